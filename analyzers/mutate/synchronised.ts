import type { Instr, Procedure, Program } from '../../simulator/program/types.js';
import { namesIn } from '../program/reachable.js';
import type { Primitives } from './mutants.js';
import { primitiveOf, type Subject } from './types.js';

/** What comes first on the way from some place to where its procedure returns: the worst of all ways. */
type First = 'synchronisation' | 'return' | 'access';

const worse = (a: First, b: First): First => (RANK[a] >= RANK[b] ? a : b);
const RANK: Readonly<Record<First, number>> = { synchronisation: 0, return: 1, access: 2 };

/**
 * Whether a CPU that goes on behind an instruction always comes to a context synchronisation before it uses a translation by an access of
 * its own, or ends. `executed`: what some run came to; ways that no run takes do not count.
 */
export function synchronisesLater(program: Program, primitives: Primitives, executed: ReadonlySet<Instr>, site: Instr): boolean {
  return new Ways(program, primitives, executed).afterwards(site);
}

class Ways {
  private readonly known = new Map<string, First>();
  private readonly passed = new Set<string>();
  private readonly live: readonly Procedure[];
  private readonly pointed: ReadonlySet<string>;

  constructor(
    private readonly program: Program,
    private readonly primitives: Primitives,
    private readonly executed: ReadonlySet<Instr>,
  ) {
    this.live = [...program.procedures.values()].filter(({ code }) => code.some((instr) => executed.has(instr)));
    this.pointed = pointedTo(program);
  }

  afterwards(site: Instr): boolean {
    const home = this.live.find(({ code }) => code.includes(site));
    return home !== undefined && this.behind(home, home.code.indexOf(site) + 1);
  }

  /** From a place on, and where the procedure returns, behind all calls of it. */
  private behind(procedure: Procedure, index: number): boolean {
    const key = `${procedure.name} ${String(index)}`;
    if (this.passed.has(key)) return true;
    this.passed.add(key);
    const first = this.first(procedure, index);
    if (first !== 'return') return first === 'synchronisation';
    const calls = this.live.flatMap((caller) =>
      caller.code.flatMap((instr, at) => (this.executed.has(instr) && this.mayCall(instr, procedure.name) ? [[caller, at] as const] : [])),
    );
    return calls.length > 0 && calls.every(([caller, at]) => this.behind(caller, at + 1));
  }

  /** A call through a pointer may be one of anything that somebody points to. */
  private mayCall(instr: Instr, name: string): boolean {
    if (instr.op !== 'call') return false;
    return instr.callee.k === 'name' ? instr.callee.name === name : this.pointed.has(name);
  }

  private first(procedure: Procedure, index: number): First {
    const key = `${procedure.name} ${String(index)}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    // Going round a loop once more changes nothing.
    this.known.set(key, 'synchronisation');
    const found = this.look(procedure, index);
    this.known.set(key, found);
    return found;
  }

  private look(procedure: Procedure, index: number): First {
    const instr = procedure.code[index];
    if (instr === undefined || instr.op === 'return') return 'return';
    if (instr.op === 'unsupported') return 'access';
    if (instr.op === 'jump') return this.first(procedure, instr.target);
    if (instr.op === 'branch') {
      const ways = [instr.target, index + 1].filter((to) => this.isLive(procedure, to)).map((to) => this.first(procedure, to));
      return ways.reduce(worse, 'synchronisation');
    }
    if (instr.op !== 'call') return this.first(procedure, index + 1);
    const inside = this.inside(procedure, instr);
    return inside === 'return' ? this.first(procedure, index + 1) : inside;
  }

  private inside(procedure: Procedure, call: Extract<Instr, { op: 'call' }>): First {
    const subject: Subject = { procedure, program: this.program, row: (name) => this.primitives.row(name), named: () => undefined };
    const kind = primitiveOf(subject, call)?.row.does.kind;
    if (kind === 'isb' || kind === 'trap-return') return 'synchronisation';
    if (kind === 'touch') return 'access';
    const { callee } = call;
    const callees = this.live.filter(({ name }) => (callee.k === 'name' ? name === callee.name : this.pointed.has(name)));
    return callees.map((each) => this.first(each, 0)).reduce(worse, callees.length === 0 ? 'return' : 'synchronisation');
  }

  private isLive(procedure: Procedure, index: number): boolean {
    const instr = procedure.code[index];
    return instr === undefined || this.executed.has(instr);
  }
}

/** Names that a Program mentions otherwise than by calling them: what a call through a pointer may come to. */
function pointedTo(program: Program): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { code } of program.procedures.values())
    for (const instr of code)
      for (const name of namesIn(instr.op === 'call' ? { ...instr, callee: { k: 'name', name: '' } } : instr)) names.add(name);
  for (const { init } of program.globals.values()) for (const { value } of init) if (value.k === 'symbol') names.add(value.name);
  return names;
}
