import type { Catalog } from '../../../simulator/catalog/load.js';
import { type Cpu, int, type LitmusTest, type Setup, type Value } from '../../../simulator/litmus/test.js';
import type { Expr, Global, ObjectType, Procedure } from '../../../simulator/program/types.js';
import { int as number } from '../../asm/expr.js';
import { parseColumns } from '../columns.js';
import { malformed, unsupported } from '../failure.js';
import { infoOf } from '../file.js';
import type { Address, Column, InstructionSyntax, Line, LitmusFile, Position, ValueSyntax } from '../syntax.js';
import { conditionOf, type Meaning, registersNamed } from './condition.js';
import type { Isa } from './isa.js';
import { labelOf, Text } from './text.js';
import { type Modifiable, weave } from './weave.js';
import { instructionOf, Words } from './words.js';

type Setting = Setup['setting'];

/** Where variables stand: apart from the code, and from each other. */
const VARIABLES = 0x2000_0000n;
const VIEW_SLOTS = 24;
const CODE = 'text';
const STOP = '$stop';

/** Whether a test works on its own code: it says so, holds instructions as values, or writes where a label stands. */
export function isSelfModifying(file: LitmusFile): boolean {
  const variant = infoOf(file, 'Variant').some(({ value }) => /\b(?:self|ifetch)\b/.test(value));
  if (variant || infoOf(file, 'CacheType').length > 0 || file.init.some(({ value }) => value?.k === 'instruction')) return true;
  const columns = parseColumns(file);
  return file.init.some(({ target, value }) => {
    if (target.k !== 'register' || value?.k !== 'qualified') return false;
    return columns.some(({ thread, lines }) => thread === target.thread && lines.some((line) => writesThrough(line, target.name)));
  });
}

/** A store, or a maintenance of caches, at the address in a register. */
function writesThrough(line: Line, register: string): boolean {
  if (line.k !== 'instruction') return false;
  const base = new RegExp(`[[(]\\s*${register}\\b`, 'i');
  if (/^(?:st|s[bhwd]$)/i.test(line.mnemonic)) return line.operands.some(({ text }) => base.test(text));
  return /^(?:dc|ic)$/i.test(line.mnemonic) && line.operands.some(({ text }) => text.toLowerCase() === register.toLowerCase());
}

/**
 * A test whose threads write code that threads run. All code is one text; words that a register or variable leads to may change, and are
 * fetched, the others are what they are. Throws LitmusFailure.
 */
export function selfModifyingTest(file: LitmusFile, catalog: Catalog, isa: Isa, setting: Setting): LitmusTest {
  return new FrontEnd(file, catalog, isa, setting).test();
}

class FrontEnd {
  private readonly columns: readonly Column[];
  private readonly handlers: readonly Column[];
  private readonly text: Text;
  private readonly words: Words;
  private readonly variables: string[] = [];
  /** Words that some address leads to. */
  private readonly named = new Set<number>();
  /** Instructions that the test holds as values. */
  private readonly given = new Map<bigint, InstructionSyntax>();

  constructor(
    private readonly file: LitmusFile,
    private readonly catalog: Catalog,
    private readonly isa: Isa,
    private readonly setting: Setting,
  ) {
    const columns = parseColumns(file);
    this.columns = columns.filter((column) => !column.handler);
    this.handlers = columns.filter((column) => column.handler);
    this.text = new Text(this.columns);
    this.words = new Words(isa);
  }

  test(): LitmusTest {
    const { file, isa } = this;
    const registers = new Map(this.columns.map(({ thread }) => [thread, this.registers(thread)]));
    const initial = this.initial();
    this.findAddresses();
    const modifiable = this.modifiable();
    for (const [word, { first }] of modifiable) initial.set(this.codeLocation(word), int(first));
    const procedures = new Map<string, Procedure>();
    for (const column of this.columns) {
      const taken = this.handlers.find(({ thread }) => thread === column.thread);
      const handler = taken ? this.handler(taken) : null;
      if (handler) procedures.set(handler.name, handler);
      const procedure = this.thread(column, modifiable, registers.get(column.thread) ?? new Map<string, Expr>(), handler);
      procedures.set(procedure.name, procedure);
    }
    const condition = conditionOf(file.condition, this.meaning());
    const filter = file.filter ? conditionOf(file.filter, this.meaning()) : null;
    const setup: Setup = {
      arch: isa.arch,
      program: { procedures, globals: new Map<string, Global>(), offsets: new Map(), omissions: [] },
      rows: { get: (name) => this.catalog.find(isa.arch, name) },
      features: this.catalog.features,
      axes: new Map(),
      setting: this.setting,
      cpus: this.columns.map((column, i) => this.cpu(column, i)),
      objects: this.objects(),
      initial,
      physical: new Map(),
      trap: null,
      throughMmu: true,
      fixed: this.fixed(modifiable),
      viewSlots: VIEW_SLOTS,
      line: () => null,
    };
    return { name: file.name, setup, mmu: null, quantifier: file.quantifier, condition, filter };
  }

  private cpu({ thread }: Column, number: number): Cpu {
    const handler = this.handlers.some((column) => column.thread === thread);
    const name = `P${String(thread)}`;
    return { name, number, entry: name, fault: handler ? { k: 'handler', procedure: `${name}.F` } : { k: 'stop' } };
  }

  /** First values of the registers that the test sets, and zero for those that only its condition names. */
  private registers(thread: number): Map<string, Expr> {
    const found = new Map<string, Expr>();
    for (const name of this.results(thread)) found.set(name, number(0));
    for (const { target, value } of this.file.init) {
      if (target.k !== 'register' || target.thread !== thread) continue;
      found.set(this.register(target.name, target.at), number(value ? this.number(value) : 0n));
    }
    return found;
  }

  private results(thread: number): string[] {
    const { condition, filter } = this.file;
    const named = [...registersNamed(condition, thread), ...(filter ? registersNamed(filter, thread) : [])];
    return [...new Set(named.map(({ name, at }) => this.register(name, at)))];
  }

  private register(name: string, at: Position): string {
    const found = this.isa.register(name);
    if (found === null) throw malformed(at, 'a register', `\`${name}\``);
    return found;
  }

  /** First values of variables. */
  private initial(): Map<string, Value> {
    const initial = new Map<string, Value>();
    for (const { target, value, length } of this.file.init) {
      if (target.k === 'register') {
        if (!this.columns.some(({ thread }) => thread === target.thread))
          throw malformed(target.at, 'a thread of the test', `\`P${String(target.thread)}\``);
        continue;
      }
      if (length !== null) throw unsupported(target.at, 'arrays in self-modifying tests');
      initial.set(this.location(target), int(value ? this.number(value) : 0n));
    }
    return initial;
  }

  private number(value: ValueSyntax): bigint {
    switch (value.k) {
      case 'number':
        return BigInt.asUintN(64, value.value);
      case 'name':
        return this.variable(value.name, value.at);
      case 'qualified':
        return this.codeAddress(value.thread, value.name, value.at);
      case 'label':
        return this.codeAddress(value.thread, value.label, value.at);
      case 'instruction': {
        const instruction = instructionOf(value.text, value.at);
        const word = this.words.of(instruction);
        this.given.set(word, instruction);
        return word;
      }
      case 'apply':
      case 'content':
      case 'element':
      case 'fields':
      case 'list':
        throw unsupported(value.at, 'page tables and arrays in self-modifying tests');
    }
  }

  private codeAddress(thread: number, label: string, at: Position): bigint {
    const word = this.text.label(thread, label);
    if (word === null) throw malformed(at, `a label of P${String(thread)}`, `\`${label}\``);
    this.named.add(word);
    return this.text.address(word);
  }

  private variable(name: string, at: Position): bigint {
    if (/^(?:pte|tlbi)_/i.test(name)) throw unsupported(at, 'page tables and arrays in self-modifying tests');
    let index = this.variables.indexOf(name);
    if (index < 0) index = this.variables.push(name) - 1;
    return VARIABLES + 64n * BigInt(index);
  }

  private location(address: Address): string {
    if (address.k !== 'name') throw unsupported(address.at, 'page tables and arrays in self-modifying tests');
    this.variable(address.name, address.at);
    return address.name;
  }

  /** Labels whose address an instruction takes: an operand that names one, in what is no branch. */
  private findAddresses(): void {
    for (const { thread, lines } of [...this.columns, ...this.handlers]) {
      for (const line of lines) {
        if (line.k !== 'instruction' || !/^(?:adrp?|la|lla)$/i.test(line.mnemonic)) continue;
        for (const { text } of line.operands) {
          const word = this.text.label(thread, text);
          if (word !== null) this.named.add(word);
        }
      }
    }
  }

  private codeLocation(word: number): string {
    return `${CODE}[${String(word)}]`;
  }

  /** Words that may change, and what may come to stand there: any instruction that the test holds as a value or in such a word. */
  private modifiable(): Map<number, Modifiable> {
    const instructions = new Map(this.given);
    const first = new Map<number, bigint>();
    for (const word of this.named) {
      const { instruction } = this.text.words[word] ?? {};
      // The end of a column holds no instruction of the test.
      if (!instruction) continue;
      const value = this.words.of(instruction, this.text.offset(word));
      first.set(word, value);
      if (!instructions.has(value)) instructions.set(value, instruction);
    }
    let behind = this.text.words.length;
    const found = new Map<number, Modifiable>();
    for (const [word, value] of first) {
      const others = [...instructions].filter(([each, instruction]) => each !== value && this.fits(instruction, word));
      found.set(word, {
        address: this.text.address(word),
        first: value,
        others: others.map(([each, instruction]) => {
          const at = behind;
          // Behind each alternative stands the jump to the word that follows.
          behind += 2;
          return { word: each, at, instruction };
        }),
      });
    }
    return found;
  }

  /** Whether an instruction can be compiled at a word: its labels stand in that word's column. */
  private fits(instruction: InstructionSyntax, word: number): boolean {
    return this.isa.fits(instruction, (label) => this.text.offset(word)(label) !== null);
  }

  private thread(
    column: Column,
    modifiable: ReadonlyMap<number, Modifiable>,
    registers: ReadonlyMap<string, Expr>,
    handler: Procedure | null,
  ): Procedure {
    const { text, isa } = this;
    const parse = instructionOf;
    const lines = text.lines(isa, STOP, parse);
    for (const [word, { others }] of modifiable) {
      for (const { instruction } of others) {
        lines.push({ k: 'instruction', ...text.placed(instruction, word) });
        lines.push({ k: 'instruction', ...parse(isa.jump(labelOf(word + 1)), instruction.at) });
      }
    }
    lines.push({ k: 'label', name: STOP, at: column.at });
    const procedure = isa.compile({
      name: `P${String(column.thread)}`,
      lines,
      at: { file: this.file.name, line: column.at.line, origin: 'scenario' },
      base: text.base,
      label: () => null,
      registers,
      results: this.results(column.thread),
      handler: false,
      handled: handler,
    });
    return weave(procedure, isa, { modifiable, words: text.words.length, start: text.start(column.thread) });
  }

  private handler(column: Column): Procedure {
    return this.isa.compile({
      name: `P${String(column.thread)}.F`,
      lines: column.lines,
      at: { file: this.file.name, line: column.at.line, origin: 'scenario' },
      base: this.text.address(this.text.words.length + 0x1000 * (column.thread + 1)),
      label: (name) => {
        const word = this.text.label(column.thread, name);
        return word === null ? null : this.text.address(word);
      },
      registers: new Map(),
      results: [],
      handler: true,
      handled: null,
    });
  }

  private objects(): Map<string, ObjectType> {
    const objects = new Map<string, ObjectType>(this.variables.map((name) => [name, { k: 'int', type: { bits: 64, signed: false } }]));
    const word: ObjectType = { k: 'int', type: { bits: 32, signed: false } };
    objects.set(CODE, { k: 'array', of: word, length: this.text.words.length });
    return objects;
  }

  /** Numbers that are places in memory. Code that nothing leads to has none: nobody can write or read it. */
  private fixed(modifiable: ReadonlyMap<number, Modifiable>): Map<bigint, string> {
    const fixed = new Map<bigint, string>();
    for (const name of this.variables) fixed.set(VARIABLES + 64n * BigInt(this.variables.indexOf(name)), name);
    for (const [word, { address }] of modifiable) fixed.set(address, this.codeLocation(word));
    return fixed;
  }

  private meaning(): Meaning {
    return {
      cpu: (thread, at) => {
        const cpu = this.columns.findIndex((column) => column.thread === thread);
        if (cpu < 0) throw malformed(at, 'a thread of the test', `\`P${String(thread)}\``);
        return cpu;
      },
      register: (name, at) => this.register(name, at),
      location: (address) => this.location(address),
      value: (syntax) => int(this.number(syntax)),
      word: (thread, label, at) => {
        const word = this.text.label(thread, label);
        if (word === null) throw malformed(at, `a label of P${String(thread)}`, `\`${label}\``);
        return word;
      },
    };
  }
}
