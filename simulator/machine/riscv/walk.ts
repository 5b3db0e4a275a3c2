import type { Machine } from '../machine.js';
import { decode, type Entry, entryFor } from '../mmu.js';
import type { Path, Wanted } from '../path.js';
import { int, type Value } from '../../interp/value.js';
import { remoteFences } from './fences.js';
import { grant, isGlobal } from './leaf.js';
import { coversCopy, overlaps } from './covers.js';
import { dropped, floor, held } from './spaces.js';

interface Step {
  readonly entry: Entry;
  readonly position: number;
}

/** A walk under way. */
interface Walk {
  readonly space: number;
  readonly steps: readonly Step[];
  /** A G bit stood on the way. */
  readonly global: boolean;
  readonly post: number;
  /** First remote fence that the access has to come before. */
  readonly limit: number;
  readonly stale: boolean;
}

/**
 * Every translation of `va` that a hart may use now. RISC-V privileged spec, "Supervisor Memory-Management Fence Instruction": an implicit
 * read may give any value that the entry had since the last fence that covers it; and "Virtual Address Translation Process" for the way
 * down. Copies made under another satp count where their ASID is the one at hand, or their mapping global.
 */
export function riscvPaths(m: Machine, s: Int32Array, cpu: number, va: bigint, wanted: Wanted): Path[] {
  const found: Path[] = [];
  const current = m.get(s, cpu, m.layout.SPACE);
  m.addressSpaces.forEach(({ root }, space) => {
    if (root !== null)
      descend(
        m,
        s,
        cpu,
        va,
        root,
        { space, steps: [], global: false, post: 0, limit: Number.POSITIVE_INFINITY, stale: false },
        wanted,
        found,
      );
    else if (space === current) found.push({ steps: [], ...PAGE_FAULT, post: 0, limit: Number.POSITIVE_INFINITY, stale: false });
  });
  return found;
}

const PAGE_FAULT: Pick<Path, 'end' | 'update'> = { end: { k: 'fault', type: 'translation' }, update: null };

function descend(m: Machine, s: Int32Array, cpu: number, va: bigint, table: string, walk: Walk, wanted: Wanted, found: Path[]): void {
  const entry = entryFor(m.entries, table, va);
  if (!entry) {
    finish(m, s, cpu, walk, walk.global, PAGE_FAULT, found);
    return;
  }
  const newest = m.order.latest(s, entry.index, m.order.length(s));
  for (const position of m.order.open(s, entry.index, 0)) {
    const value = m.auto.value(m.order.valueAt(s, entry.index, position));
    const last = entry.depth + 1 === m.mmu?.levels.length;
    const decoded = decode(m.setup.arch, value, last);
    const kind = kindOf(m, s, cpu, entry, decoded.k, value, walk, last);
    if (position < m.order.latest(s, entry.index, floor(m, s, cpu, walk.space, entry.index, kind.table, kind.global))) continue;
    if (decoded.k === 'invalid' && !mayStayInvalid(m, s, cpu, entry, position, walk.space)) continue;
    const limit = Math.min(walk.limit, remoteLimit(m, s, cpu, entry, position, walk.space, kind));
    const next: Walk = {
      space: walk.space,
      steps: [...walk.steps, { entry, position }],
      global: kind.global,
      post: Math.max(walk.post, m.order.viewOf(s, entry.index, position)),
      limit,
      stale: walk.stale || position !== newest,
    };
    const below = decoded.k === 'table' && !last ? m.pages.find((obj) => m.setup.physical.get(obj) === decoded.to) : undefined;
    if (below !== undefined) descend(m, s, cpu, va, below, next, wanted, found);
    else finish(m, s, cpu, next, kind.global, decoded.k === 'leaf' ? leaf(m, value, decoded.to, va, entry, wanted) : PAGE_FAULT, found);
  }
}

/** What a leaf gives: its page (for a superpage the one within it that `va` means), or a page fault. */
function leaf(m: Machine, value: Value, to: bigint, va: bigint, entry: Entry, wanted: Wanted): Pick<Path, 'end' | 'update'> {
  // Step 6: a superpage has to stand at a multiple of its size.
  if (value.k !== 'int' || to % entry.size !== 0n) return PAGE_FAULT;
  const granted = grant(value.v, wanted, m.axis('Svadu'));
  if (granted.k === 'fault') return { end: granted, update: null };
  const page = to + (((va - entry.from) >> 12n) << 12n);
  return { end: { k: 'page', to: page }, update: granted.update === null ? null : int(granted.update) };
}

interface Kind {
  readonly table: boolean;
  readonly global: boolean;
}

/**
 * Which fences cover a copy. An invalid one is no leaf and no pointer: it goes with the fences that are meant for what software then puts
 * there ("If software modifies a non-leaf PTE, …"; "… changing an invalid PTE to a valid leaf …").
 */
function kindOf(
  m: Machine,
  s: Int32Array,
  cpu: number,
  entry: Entry,
  decoded: 'invalid' | 'leaf' | 'table',
  value: Value,
  walk: Walk,
  last: boolean,
): Kind {
  const marked = (bits: Value): boolean => walk.global || (bits.k === 'int' && isGlobal(bits.v));
  if (decoded !== 'invalid') return { table: decoded === 'table' && !last, global: marked(value) };
  const view = floor(m, s, cpu, walk.space, entry.index, false, false);
  const then = m.auto.value(m.order.valueAt(s, entry.index, m.order.latest(s, entry.index, view)));
  const became = decode(m.setup.arch, then, last).k;
  if (became === 'invalid') return { table: false, global: walk.global };
  return { table: became === 'table' && !last, global: marked(then) };
}

/** Whether a hart may act on an invalid entry this old: see the axis `invalid-entries`. */
function mayStayInvalid(m: Machine, s: Int32Array, cpu: number, entry: Entry, position: number, space: number): boolean {
  if (m.invalidEntries() === 'cached') return true;
  return space === m.get(s, cpu, m.layout.SPACE) && position >= m.order.latest(s, entry.index, m.get(s, cpu, m.layout.FRESH));
}

/** First remote fence in the order that covers this copy: who uses it all the same comes before that fence. */
function remoteLimit(m: Machine, s: Int32Array, cpu: number, entry: Entry, position: number, space: number, kind: Kind): number {
  for (const { at, view, what } of remoteFences(m, s, cpu, 'walks')) {
    if (!overlaps(what.range, entry)) continue;
    if (!coversCopy(m, what, m.addressSpaces[space]?.asid ?? 0n, kind.table && m.axis('walk-cache'), kind.global)) continue;
    if (position < m.order.latest(s, entry.index, view)) return at;
  }
  return Number.POSITIVE_INFINITY;
}

function finish(
  m: Machine,
  s: Int32Array,
  cpu: number,
  walk: Walk,
  global: boolean,
  outcome: Pick<Path, 'end' | 'update'>,
  found: Path[],
): void {
  const { space, steps } = walk;
  const current = m.get(s, cpu, m.layout.SPACE);
  const deepest = steps.at(-1)?.entry;
  const keepsPointers = m.axis('walk-cache');
  if (space !== current) {
    if (m.addressSpaces[space]?.asid !== m.addressSpaces[current]?.asid && !global) return;
    if (!held(m, s, cpu, space, global)) return;
    if (!keepsPointers && deepest && dropped(m, s, cpu, space, deepest.index, global)) return;
  }
  // Without copies of pointers a walk is kept whole or not at all: what covers its end covers the way.
  if (!keepsPointers && deepest) {
    const view = floor(m, s, cpu, space, deepest.index, false, global);
    if (steps.some(({ entry, position }) => position < m.order.latest(s, entry.index, view))) return;
  }
  // Whatever this hart did after the fence shows that the fence was done: no later access is from before it.
  if (m.get(s, cpu, m.layout.VM) >= walk.limit || walk.post >= walk.limit) return;
  found.push({ steps, ...outcome, post: walk.post, limit: walk.limit, stale: walk.stale });
}
