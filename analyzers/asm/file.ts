import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Expr, Global, Instr, Omission, Procedure, Program } from '../../simulator/program/types.js';
import { dataGlobal } from './data.js';
import { type Destination, Emitter, type Scope } from './emit.js';
import { evaluateText } from './expression.js';
import { expandLines } from './expand.js';
import { int, local, str } from './expr.js';
import { type Layout, type Routine, layOut } from './layout.js';
import type { InstructionSet } from './isa.js';
import { followLinks } from './links.js';
import { dropDeadResults } from './liveness.js';
import { nameNumericLabels } from './numeric.js';
import type { Names } from './operands.js';
import { riscv } from './riscv.js';
import { nativeMnemonic } from './spelling.js';
import { lowerCatalogued } from './system.js';
import { splitOperands } from './text.js';
import type { AsmLine, Statement } from './types.js';

export interface TextOptions {
  /** Makes names of unnamed code unique. Default: the file of the first line. */
  readonly path?: string;
  /** Options and macros that preprocessing left by name, name → text. */
  readonly defines?: Readonly<Record<string, string>>;
  /** Rows whose names begin with `asm.` add instructions. */
  readonly catalog?: readonly Pick<CatalogRow, 'name' | 'arch'>[];
  /** Default: riscv's. */
  readonly isa?: InstructionSet;
}

interface Compiled {
  readonly procedure: Procedure;
  readonly labels: ReadonlyMap<string, number>;
}

/** Compiles one file of kernel assembly, already preprocessed. What is not understood is an omission, or unsupported where it stands. */
export function compileAsmText(lines: readonly AsmLine[], options: TextOptions = {}): Program {
  const path = options.path ?? lines[0]?.at.file ?? 'assembly';
  const defines = options.defines ?? {};
  const define = (name: string): string | null => (Object.hasOwn(defines, name) ? (defines[name] ?? null) : null);
  const isa = options.isa ?? riscv();
  const expanded = expandLines(lines, define, isa);
  isa.read(expanded.statements);
  const layout = layOut(nameNumericLabels(expanded.statements), path);
  return new FileCompiler(layout, define, options.catalog ?? [], expanded.omissions, isa).compile();
}

/** Each entry in the middle of a routine copies it; this many instructions of them are enough for any honest file. */
const maxCopied = 200_000;

class FileCompiler {
  private readonly owners = new Map<string, Routine>();
  private readonly routines = new Map<string, Routine>();
  private readonly globals = new Map<string, Global>();
  private readonly ends = new Map<string, Expr>();
  private readonly omissions: Omission[];
  private readonly catalogued: ReadonlySet<string>;
  /** Labels that are entered from outside their routine: name of the procedure → label. */
  private readonly wanted = new Map<string, string>();
  private readonly names: Names;

  constructor(
    private readonly layout: Layout,
    define: (name: string) => string | null,
    catalog: readonly Pick<CatalogRow, 'name' | 'arch'>[],
    omissions: readonly Omission[],
    private readonly isa: InstructionSet,
  ) {
    this.omissions = [...omissions, ...layout.omissions];
    this.catalogued = new Set(
      catalog.filter((row) => (row.arch === isa.arch || row.arch === 'any') && row.name.startsWith('asm.')).map((row) => row.name.slice(4)),
    );
    this.names = {
      number: (name) => {
        const text = define(name);
        return (text === null ? null : evaluateText(text, () => null)) ?? isa.constant(name);
      },
      address: (name) => this.address(name),
    };
    for (const routine of layout.routines) {
      if (this.routines.has(routine.name)) this.omit(`procedure ${routine.name}`, 'defined twice in its file; the first is kept', routine);
      else this.routines.set(routine.name, routine);
      for (const statement of routine.body) {
        if (statement.k !== 'label') continue;
        if (this.owners.has(statement.name))
          this.omit(`label ${statement.name}`, 'defined twice; a routine that has it itself uses its own', statement);
        this.owners.set(statement.name, routine);
      }
    }
  }

  compile(): Program {
    const sizes = new Map<string, number>();
    for (const symbol of this.layout.data) {
      const { global, size, omissions } = dataGlobal(symbol, this.names);
      this.omissions.push(...omissions);
      if (!global) continue;
      this.globals.set(global.name, global);
      sizes.set(global.name, size);
    }
    for (const [label, of] of this.layout.dataEnds) {
      const size = sizes.get(of);
      if (size !== undefined) this.ends.set(label, { k: 'index', base: { k: 'symbol', name: of }, index: int(size), size: 1 });
    }
    const compiled = new Map<string, Compiled>();
    for (const routine of this.routines.values()) compiled.set(routine.name, this.routine(routine));
    for (const entry of this.layout.entries) if (this.owners.has(entry)) this.wanted.set(entry, entry);

    const procedures = new Map<string, Procedure>([...compiled].map(([name, { procedure }]) => [name, procedure]));
    let copied = 0;
    for (const [name, label] of this.wanted) {
      if (procedures.has(name)) continue;
      const entered = copied > maxCopied ? null : this.entry(name, label, compiled);
      copied += entered?.code.length ?? 0;
      if (entered) procedures.set(name, entered);
      else if (copied > maxCopied)
        this.omit(`entry ${name}`, `entries inside routines make more than ${maxCopied} instructions`, { at: null });
    }
    for (const [alias, name] of this.layout.aliases) {
      const procedure = procedures.get(name);
      if (procedure && !procedures.has(alias)) procedures.set(alias, { ...procedure, name: alias });
    }
    return { procedures, globals: this.globals, offsets: new Map(), omissions: this.omissions };
  }

  private omit(what: string, why: string, where: { readonly at: Omission['at'] }): void {
    this.omissions.push({ what, why, at: where.at });
  }

  private resolveAlias(name: string): string {
    let current = name;
    for (let i = 0; i < 8; i++) {
      const next = this.layout.aliases.get(current);
      if (next === undefined) break;
      current = next;
    }
    return current;
  }

  private address(name: string): Expr | null {
    const end = this.ends.get(name);
    if (end) return end;
    const target = this.resolveAlias(name);
    if (this.globals.has(target) || this.routines.has(target)) return { k: 'symbol', name: target };
    return this.owners.has(target) ? { k: 'symbol', name: this.enter(target) } : null;
  }

  /** The procedure that begins at a label inside a routine. */
  private enter(label: string): string {
    const owner = this.owners.get(label);
    const name = this.layout.entries.has(label) || !owner ? label : `${owner.name}:${label}`;
    this.wanted.set(name, label);
    return name;
  }

  private scope(routine: Routine): Scope {
    const outside = (spelled: string): Exclude<Destination, { readonly k: 'here' }> => {
      const label = this.resolveAlias(spelled);
      if (this.routines.has(label)) return { k: 'procedure', name: label };
      if (this.owners.has(label)) return { k: 'procedure', name: this.enter(label) };
      if (!/^[A-Za-z_$][\w.$]*$/.test(label)) return { k: 'nowhere', why: `jump to ${label}, which is no label of this file` };
      return { k: 'procedure', name: label };
    };
    const own = new Set([routine.name]);
    for (const statement of routine.body) if (statement.k === 'label') own.add(statement.name);
    return {
      call: outside,
      jump: (spelled) => {
        const label = this.resolveAlias(spelled);
        return own.has(label) ? { k: 'here', label } : outside(spelled);
      },
    };
  }

  private routine(routine: Routine): Compiled {
    const out = new Emitter(this.names, this.scope(routine), this.isa.calls);
    out.label(routine.name);
    for (let i = 0; i < routine.body.length; ) {
      const statement = routine.body[i];
      if (!statement) break;
      const loop = this.isa.group(routine.body, i, out);
      if (loop === 0) this.statement(statement, out);
      i += Math.max(loop, 1);
    }
    const at = routine.body.at(-1)?.at ?? routine.at;
    if (!out.ended) {
      if (routine.next === null) out.unsupported(`${routine.name} runs past its end`, at);
      else {
        out.callProcedure(routine.next, at);
        out.return(at);
      }
    }
    const finished = out.finish();
    const linked = followLinks(finished.code, this.isa.calls);
    const labels = new Map([...finished.labels].map(([label, index]): [string, number] => [label, linked.moved[index] ?? index]));
    return { procedure: this.procedure(routine.name, dropDeadResults(linked.code), routine), labels };
  }

  private procedure(name: string, code: readonly Instr[], routine: Pick<Routine, 'at'>): Procedure {
    return { name, params: [], frame: new Map(), code, at: routine.at, language: this.isa.language };
  }

  /** A procedure that begins in the middle of a routine: what of the routine's code it reaches. */
  private entry(name: string, label: string, compiled: ReadonlyMap<string, Compiled>): Procedure | null {
    const owner = this.owners.get(label);
    const whole = owner && compiled.get(owner.name);
    const start = whole?.labels.get(label);
    if (!whole || start === undefined || start >= whole.procedure.code.length) return null;
    const at = whole.procedure.code[start]?.at ?? whole.procedure.at;
    return this.procedure(name, codeFrom(whole.procedure.code, start), { at });
  }

  private statement(statement: Statement, out: Emitter): void {
    switch (statement.k) {
      case 'label':
        out.label(statement.name);
        return;
      case 'goto':
        out.jump(statement.target, statement.at);
        return;
      case 'gap':
        out.unsupported(statement.what, statement.at);
        return;
      case 'unless': {
        // Features do not change while the kernel runs, so that one register for each will do.
        const chosen = `$alternative.${statement.feature}`;
        out.call('axis.alternative', [str(statement.feature)], chosen, statement.at);
        out.branchIfZero(local(chosen), statement.target, statement.at);
        return;
      }
      case 'line':
        this.instruction(statement.name, statement.rest, statement, out);
    }
  }

  private instruction(name: string, rest: string, { at }: Statement, out: Emitter): void {
    const instruction = { mnemonic: nativeMnemonic(name), operands: splitOperands(rest), at };
    const known = this.isa.lower(instruction, out);
    if (known) return;
    if (this.catalogued.has(instruction.mnemonic)) lowerCatalogued(instruction, out);
    else out.unsupported(`instruction ${name} ${rest}`.trim().slice(0, 160), at);
  }
}

/** The part of `code` that is reached from `start`, which comes first. */
function codeFrom(code: readonly Instr[], start: number): Instr[] {
  const reached = new Set<number>();
  const open = [start];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const instr = code[index];
    if (instr === undefined || reached.has(index)) continue;
    reached.add(index);
    if (instr.op === 'jump' || instr.op === 'branch') open.push(instr.target);
    if (instr.op !== 'jump' && instr.op !== 'return' && instr.op !== 'unsupported') open.push(index + 1);
  }
  const kept = [...reached].sort((a, b) => a - b);
  const moved = new Map(kept.map((index, position) => [index, position + 1]));
  const body = kept.flatMap((index): Instr[] => {
    const instr = code[index];
    if (instr === undefined) return [];
    return [instr.op === 'jump' || instr.op === 'branch' ? { ...instr, target: moved.get(instr.target) ?? kept.length + 1 } : instr];
  });
  const at = code[start]?.at;
  return at === undefined ? body : [{ op: 'jump', target: moved.get(start) ?? 1, at }, ...body];
}
