import type { Catalog } from '../../../simulator/catalog/load.js';
import { type Cpu, int, type LitmusTest, ptr, type Setup, type Value } from '../../../simulator/litmus/test.js';
import type { Expr, Global, ObjectType, Procedure } from '../../../simulator/program/types.js';
import { int as number } from '../../asm/expr.js';
import { registerName } from '../../asm/registers.js';
import { parseColumns } from '../columns.js';
import { malformed, unsupported } from '../failure.js';
import type { Address, Column, InitItem, LitmusFile, Target, ValueSyntax } from '../syntax.js';
import { type Meaning, conditionOf, registersIn } from './condition.js';
import { addressesOf, entryName, MAIN, Memory, WORD } from './memory.js';
import { compileThread, type Thread } from './thread.js';

/**
 * What the manuals leave to the hardware, at its weakest: what a test may count on with any hart. Each is an axis that a run may set. See
 * docs/machine.md, "Translation on riscv".
 */
const WEAKEST: Setup['setting'] = new Map<string, string | boolean>([
  ['invalid-entries', 'cached'],
  ['walk-cache', true],
  ['asid', true],
  ['global', 'kept'],
  ['sinval', 'split'],
  ['Svvptc', false],
  ['Svadu', false],
]);

/** Registers that dependencies can be told apart for. */
const VIEW_SLOTS = 16;

/** `RISCV` tests: assembly in columns, with page tables where the test names entries. Throws LitmusFailure. */
export function riscvTest(file: LitmusFile, catalog: Catalog): LitmusTest {
  return new FrontEnd(file, catalog).test();
}

class FrontEnd {
  private readonly columns: readonly Column[];
  private readonly threads: readonly number[];
  private readonly memory: Memory;
  private readonly compiled = new Map<number, Thread>();

  constructor(
    private readonly file: LitmusFile,
    private readonly catalog: Catalog,
  ) {
    this.columns = parseColumns(file);
    this.threads = this.columns.filter((column) => !column.handler).map((column) => column.thread);
    this.memory = memoryOf(file);
  }

  test(): LitmusTest {
    const { file, memory } = this;
    const procedures = new Map<string, Procedure>();
    for (const column of this.columns) {
      const thread = this.thread(column);
      procedures.set(thread.procedure.name, thread.procedure);
      if (!column.handler) this.compiled.set(column.thread, thread);
    }
    const types = this.types();
    const setup: Setup = {
      arch: 'riscv',
      program: { procedures, globals: new Map<string, Global>(), offsets: new Map(), omissions: [] },
      rows: { get: (name) => this.catalog.find('riscv', name) },
      features: this.catalog.features,
      axes: new Map(),
      setting: WEAKEST,
      cpus: this.threads.map((thread) => this.cpu(thread)),
      objects: memory.objects(types),
      initial: this.initial(),
      physical: memory.physicalAddresses(),
      trap: null,
      throughMmu: true,
      viewSlots: VIEW_SLOTS,
      line: () => null,
    };
    return {
      name: file.name,
      setup,
      mmu: memory.mmu(this.satpValues()),
      quantifier: file.quantifier,
      condition: conditionOf(file.condition, this.meaning()),
      filter: file.filter ? conditionOf(file.filter, this.meaning()) : null,
    };
  }

  private cpu(thread: number): Cpu {
    const handler = this.columns.some((column) => column.handler && column.thread === thread);
    return {
      name: `P${String(thread)}`,
      number: this.threads.indexOf(thread),
      entry: `P${String(thread)}`,
      fault: handler ? { k: 'handler', procedure: `P${String(thread)}.F` } : { k: 'stop' },
      ...(this.memory.mapped ? { satp: this.satp(thread) } : {}),
    };
  }

  private thread(column: Column): Thread {
    const { thread, handler } = column;
    const registers = new Map<string, Expr>();
    if (!handler) {
      const results = registersIn(this.file, thread);
      // herd7 gives registers that nobody sets the value 0.
      for (const name of [...results, ...this.registersOf(thread)]) registers.set(name, number(0));
      for (const item of this.file.init) {
        if (item.target.k !== 'register' || item.target.thread !== thread || item.target.name === 'satp') continue;
        registers.set(this.register(item.target), this.expression(item));
      }
    }
    const name = `P${String(thread)}${handler ? '.F' : ''}`;
    return compileThread(column, this.file.name, { name, registers, results: handler ? [] : registersIn(this.file, thread) });
  }

  /** Registers that the code of a thread and its handler name. */
  private registersOf(thread: number): string[] {
    const lines = this.columns.filter((column) => column.thread === thread).flatMap((column) => column.lines);
    const operands = lines.flatMap((line) => (line.k === 'instruction' ? line.operands : []));
    const names = operands.flatMap(({ text }) => text.split(/[()\s]+/)).map(registerName);
    return [...new Set(names.filter((name) => name !== null && name !== 'zero'))].filter((name) => name !== null);
  }

  private register(target: Extract<Target, { k: 'register' }>): string {
    if (!this.threads.includes(target.thread)) throw malformed(target.at, 'a thread of the test', `\`${String(target.thread)}\``);
    const name = registerName(target.name);
    if (name === null || name === 'zero') throw malformed(target.at, 'a register, like `a0` or `x10`', `\`${target.name}\``);
    return name;
  }

  private satp(thread: number): bigint {
    const item = this.file.init.find(({ target }) => target.k === 'register' && target.thread === thread && target.name === 'satp');
    if (!item) return this.memory.satp(MAIN, 0n);
    if (item.value?.k !== 'fields') throw malformed(item.at, 'a value like `(satp:main, asid:1)`', 'another');
    return this.satpValue(item.value);
  }

  /** Every value of satp that the test names, each once. */
  private satpValues(): bigint[] {
    const values = this.threads.map((thread) => this.satp(thread));
    for (const { value } of this.file.init) {
      if (value?.k === 'fields' && isSatp(value)) values.push(this.satpValue(value));
    }
    return [...new Set(values)];
  }

  private satpValue(syntax: Extract<ValueSyntax, { k: 'fields' }>): bigint {
    let space = MAIN;
    let asid = 0n;
    for (const { key, values, at } of syntax.fields) {
      const [value] = values;
      if (key === 'satp' && value?.k === 'name' && this.memory.spaces.includes(value.name)) space = value.name;
      else if (key === 'asid' && value?.k === 'number' && value.value >= 0n && value.value < 65536n) asid = value.value;
      else throw malformed(at, '`satp:` and an address space, or `asid:` and a number', `\`${key}\``);
    }
    return this.memory.satp(space, asid);
  }

  private expression({ value, at }: InitItem): Expr {
    if (!value) return number(0);
    if (value.k === 'qualified' || value.k === 'label' || value.k === 'instruction')
      throw unsupported(at, 'addresses and words of code as values');
    if (value.k === 'name' && !this.memory.mapped) {
      this.memory.need(value.name, value.at);
      return { k: 'symbol', name: value.name };
    }
    const entry = value.k === 'apply' ? entryName(value) : null;
    if (entry) {
      const { obj, index } = this.memory.entryPointer(entry);
      return { k: 'index', base: { k: 'symbol', name: obj }, index: number(index), size: 8 };
    }
    const found = this.value(value, null);
    if (found.k !== 'int') throw malformed(at, 'a value', 'another');
    return number(BigInt.asIntN(64, found.v));
  }

  /** Value of what stands in a register or at a location; `of` is the entry whose fields these are. */
  private value(syntax: ValueSyntax, of: Address | null): Value {
    switch (syntax.k) {
      case 'number':
        return int(syntax.value);
      case 'fields': {
        if (isSatp(syntax)) return int(this.satpValue(syntax));
        return int(this.memory.bits(syntax.fields, of ? entryName(of) : null, syntax.at));
      }
      case 'name':
        this.memory.need(syntax.name, syntax.at);
        return this.memory.mapped ? int(this.memory.virtual(syntax.name)) : ptr(syntax.name);
      case 'apply':
        if (syntax.fn === 'PA' && syntax.of.k === 'name') return int(this.memory.page(syntax));
        throw unsupported(syntax.at, `${syntax.fn}() as a value`);
      case 'element':
      case 'list':
        throw unsupported(syntax.at, 'arrays');
      case 'qualified':
      case 'label':
      case 'instruction':
        throw unsupported(syntax.at, 'addresses and words of code as values');
      case 'content':
        throw unsupported(syntax.at, 'contents of places as values');
    }
  }

  private types(): ReadonlyMap<string, ObjectType> {
    const types = new Map<string, ObjectType>();
    for (const { target, length } of this.file.init) {
      if (target.k !== 'name') continue;
      if (length !== null) throw unsupported(target.at, 'arrays');
      types.set(target.name, WORD);
    }
    return types;
  }

  private initial(): Map<string, Value> {
    const initial = this.memory.standardEntries();
    for (const { target, value } of this.file.init) {
      if (target.k === 'register' || !value) continue;
      initial.set(this.location(target), this.value(value, target));
    }
    return initial;
  }

  private location(address: Address): string {
    const entry = entryName(address);
    if (entry) {
      this.memory.need(entry.variable, address.at);
      return this.memory.location(entry);
    }
    if (address.k !== 'name') throw unsupported(address.at, 'places in memory other than variables and entries');
    this.memory.need(address.name, address.at);
    return address.name;
  }

  private meaning(): Meaning {
    return {
      cpu: (thread) => {
        const cpu = this.threads.indexOf(thread);
        return cpu < 0 ? null : cpu;
      },
      location: (address) => this.location(address),
      value: (syntax, target) => {
        const value = this.value(syntax, target.k === 'register' ? null : target);
        // Registers hold numbers with a sign, memory without.
        return target.k === 'register' && value.k === 'int' ? int(BigInt.asIntN(64, value.v)) : value;
      },
      word: (thread, label) => this.compiled.get(thread)?.labels.get(label) ?? null,
      address: (address) => {
        if (address.k !== 'name') throw unsupported(address.at, 'faults at other addresses than variables');
        this.memory.need(address.name, address.at);
        return this.memory.virtual(address.name);
      },
    };
  }
}

const isSatp = (syntax: Extract<ValueSyntax, { k: 'fields' }>): boolean =>
  syntax.fields.some(({ key }) => key === 'satp' || key === 'asid');

/** Variables, address spaces and levels that a test names. */
function memoryOf(file: LitmusFile): Memory {
  const variables = new Set<string>();
  const spaces = new Set<string>([MAIN]);
  let top = 0;
  const satp = file.init.some(({ target, value }) => (target.k === 'register' && target.name === 'satp') || value?.k === 'fields');
  let mapped = satp || file.info.some(({ key, value }) => key.toLowerCase() === 'variant' && /\bvm/.test(value));
  for (const address of addressesOf(file)) {
    const entry = entryName(address);
    if (entry) {
      mapped = true;
      variables.add(entry.variable);
      spaces.add(entry.space);
      top = Math.max(top, entry.level);
    } else if (address.k === 'apply') {
      if (address.of.k === 'name') variables.add(address.of.name);
    } else variables.add(address.name);
  }
  // Names of address spaces stand where variables may.
  for (const { value } of file.init) {
    if (value?.k !== 'fields') continue;
    for (const { key, values } of value.fields) {
      const [only] = values;
      if (key === 'satp' && only?.k === 'name') {
        variables.delete(only.name);
        spaces.add(only.name);
      }
    }
  }
  return new Memory([...variables], [...spaces], mapped, top);
}
