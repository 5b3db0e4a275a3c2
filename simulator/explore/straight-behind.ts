import type { Automaton, Node } from '../interp/automaton.js';
import { optionalAxis, type Setup } from '../interp/setup.js';
import type { Frame } from '../interp/thread.js';
import { placeOf, type Synchronisation } from '../program/synchronisation.js';
import type { Instr, Procedure, SourceRef } from '../program/types.js';

/**
 * The ISBs of texts of this origin that some run came to. One that comes straight behind another context synchronisation orders nothing: what it
 * could wait for, the other has waited for (Arm ARM DDI 0487, "Context synchronization event": ISB, taking an exception, exception return).
 */
export function synchronisations(auto: Automaton, setup: Setup, origin: SourceRef['origin']): Synchronisation[] {
  const before = new Map<number, Node[]>();
  for (let id = 0; id < auto.size; id++) {
    const { op } = auto.node(id).request.does;
    if (op === 'isb' && auto.node(id).request.at.origin === origin) before.set(id, []);
  }
  if (before.size === 0) return [];
  for (let id = 0; id < auto.size; id++) for (const to of auto.node(id).leadsTo) before.get(to)?.push(auto.node(id));
  const found = new Map<string, Synchronisation>();
  for (const [id, ways] of before) {
    const node = auto.node(id);
    const { procedure, at } = node.request;
    const here: Synchronisation = { procedure, file: at.file, line: at.line, origin, behind: behind(setup, node, ways) };
    const known = found.get(placeOf(here));
    found.set(placeOf(here), known && known.behind !== here.behind ? { ...here, behind: null } : here);
  }
  return [...found.values()];
}

function behind(setup: Setup, node: Node, ways: readonly Node[]): string | null {
  if (setup.arch !== 'arm64' || !nothingBetween(setup, node)) return null;
  const crossed = new Set(ways.map((before) => crossing(setup, before, node)));
  const [what = null] = crossed;
  return crossed.size === 1 ? what : null;
}

const exceptions = (node: Node): Frame[] => node.state.frames.filter(({ entry }) => entry.k === 'trap' || entry.k === 'interrupt');

/** The context synchronisation that leads from one state to the next; null where it is none. */
function crossing(setup: Setup, before: Node, after: Node): string | null {
  const entered = exceptions(after).length > exceptions(before).length;
  const { op } = before.request.does;
  if (entered || op === 'exception') {
    if (optionalAxis(setup, 'EIS', true) === false) return null;
    return exceptions(after).at(-1)?.entry.k === 'interrupt' && entered ? 'taking the interrupt' : 'taking the exception';
  }
  if (op === 'trap-return' || op === 'interrupt-return') return optionalAxis(setup, 'EOS', true) === false ? null : 'the exception return';
  return op === 'isb' ? 'the ISB before it' : null;
}

/**
 * Whether nothing that the machine leaves out lies between the last operation and the ISB: a write to a system register takes effect there. Seen in
 * the procedure that the ISB stands in, so that it has to be the one that was entered, or to have been called by the scenario itself.
 */
function nothingBetween(setup: Setup, { state, request }: Node): boolean {
  const frame = state.frames.at(-1);
  const procedure = setup.program.procedures.get(request.procedure);
  if (!frame || !procedure) return false;
  const silent = silentWayTo(setup, procedure, frame.pc);
  if (silent === 'to the start') return frame.entry.k === 'trap' || frame.entry.k === 'interrupt' || calledByScenario(setup, state.frames);
  return silent === 'clean';
}

function calledByScenario(setup: Setup, frames: readonly Frame[]): boolean {
  const caller = frames.at(-2);
  return caller !== undefined && setup.program.procedures.get(caller.procedure)?.at.origin === 'scenario';
}

/** Also where the scenario has nobody who could see them. */
const ACCESSES: ReadonlySet<string> = new Set<Instr['op']>(['load', 'store', 'rmw', 'store-exclusive', 'copy', 'zero']);

/** What stands before `pc` up to the operations of the machine that come last before it, on all ways through the procedure. */
function silentWayTo(setup: Setup, { code }: Procedure, pc: number): 'clean' | 'to the start' | 'not clean' {
  const seen = new Set<number>();
  const open = [pc];
  let start = false;
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    if (index === 0) start = true;
    for (const [from, instr] of code.entries()) {
      const next =
        instr.op === 'jump' ? [instr.target] : instr.op === 'branch' ? [from + 1, instr.target] : instr.op === 'return' ? [] : [from + 1];
      if (!next.includes(index)) continue;
      if (ACCESSES.has(instr.op)) return 'not clean';
      if (instr.op !== 'call') {
        open.push(from);
        continue;
      }
      if (instr.callee.k !== 'name') return 'not clean';
      const row = setup.program.procedures.has(instr.callee.name) ? undefined : setup.rows.get(instr.callee.name);
      if (row === undefined || (row.does.kind === 'drop' && row.does.until !== undefined)) return 'not clean';
      // Looks at what the machine knows, and does nothing.
      if (row.does.kind === 'rcu-watching' || row.does.kind === 'drop' || row.does.kind === 'axis' || row.does.kind === 'feature')
        open.push(from);
    }
  }
  return start ? 'to the start' : 'clean';
}
