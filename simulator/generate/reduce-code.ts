import type { Reductions } from '../explore/reductions.js';
import { MOST_FUSED } from '../explore/fusion.js';
import { ANYTHING } from '../explore/effects.js';
import { Growing } from './growing.js';
import type { Parts } from './parts.js';
import { list } from './store-code.js';
import { ENTRY, KIND } from './steps.js';

/** What of the reductions the text of a search depends on. */
export interface ReducedShape {
  readonly fuses: boolean;
  /** CPUs that are alike. */
  readonly groups: readonly (readonly number[])[];
}

/** Reductions as the generated code asks for them: by the numbers of parts. */
export class ReducedParts {
  readonly shape: ReducedShape;
  /** Per thread and block: what the thread may yet do, and which of it in others its next step would not commute with. */
  readonly futures: readonly Growing[];
  readonly needs: readonly Growing[];
  /** Per CPU and block: what CPUs that are alike are ordered by. */
  readonly ranks: readonly Growing[];
  private readonly sharedUnder: readonly Growing[];
  private readonly blocksUnder: readonly (readonly Growing[])[];
  private readonly from: Int32Array;
  private readonly to: Int32Array;

  constructor(
    private readonly parts: Parts,
    readonly reductions: Reductions,
  ) {
    const { alike, fusion } = reductions;
    const per = (): Growing[] => parts.threads.map(() => new Growing());
    this.shape = { fuses: fusion !== null, groups: alike?.groups ?? [] };
    this.futures = per();
    this.needs = per();
    this.ranks = per();
    this.sharedUnder = (alike?.permuter.all ?? []).map(() => new Growing());
    this.blocksUnder = (alike?.permuter.all ?? []).map(per);
    this.from = new Int32Array(parts.m.layout.size);
    this.to = new Int32Array(parts.m.layout.size);
  }

  /** Computes `futures` and `needs` of a thread up to this block. */
  newFuture(thread: number, t: number): void {
    const { futures } = this.reductions;
    const [ahead, needs] = [this.futures[thread], this.needs[thread]];
    if (!futures || !ahead || !needs) return;
    while (ahead.length <= t) {
      this.parts.restoreThread(thread, ahead.length, this.from);
      ahead.push(futures.of(this.from, thread));
      needs.push(thread < this.parts.m.rcuThread ? futures.needs(this.from, thread) : ANYTHING);
    }
  }

  /** The rank of this block. */
  newRank(thread: number, t: number): void {
    const known = this.ranks[thread];
    while (known && known.length <= t) known.push(-1);
    this.parts.restoreThread(thread, t, this.from);
    if (known) known.items[t] = this.reductions.alike?.rank(this.from, thread) ?? 0;
  }

  /** Lets CPUs with these ranks change places until they are in order, in `numbers`. Returns where CPU `cpu` went. */
  sort(numbers: number[], cpu: number): number {
    const { alike } = this.reductions;
    const which = alike?.order((each) => this.ranks[each]?.items[numbers[each + 1] ?? 0] ?? 0) ?? 0;
    const places = alike?.permuter.all[which];
    if (which === 0 || !places) return cpu;
    const before = [...numbers];
    numbers[0] = this.shared(which, before[0] ?? 0);
    this.parts.threads.forEach((_, thread) => {
      numbers[(places[thread] ?? thread) + 1] = this.block(which, thread, before[thread + 1] ?? 0);
    });
    return places[cpu] ?? cpu;
  }

  private shared(which: number, g: number): number {
    const known = this.sharedUnder[which];
    while (known && known.length <= g) known.push(-1);
    const found = known?.items[g] ?? -1;
    if (found >= 0) return found;
    this.parts.restoreShared(g, this.from);
    this.reductions.alike?.permuter.shared(this.from, which, this.to);
    const made = this.parts.sharedOf(this.to);
    if (known) known.items[g] = made;
    return made;
  }

  private block(which: number, thread: number, t: number): number {
    const known = this.blocksUnder[which]?.[thread];
    while (known && known.length <= t) known.push(-1);
    const found = known?.items[t] ?? -1;
    if (found >= 0) return found;
    const { alike } = this.reductions;
    this.parts.restoreThread(thread, t, this.from);
    alike?.permuter.block(this.from, thread, which, this.to);
    const made = this.parts.threadOf(this.to, alike?.permuter.all[which]?.[thread] ?? thread);
    if (known) known.items[t] = made;
    return made;
  }

  get bytes(): number {
    const all = [...this.futures, ...this.needs, ...this.ranks, ...this.sharedUnder, ...this.blocksUnder.flat()];
    return all.reduce((sum, each) => sum + each.bytes, 0);
  }
}

/**
 * A function `reduced(parts…, cpu, stale)` that takes the place of `push`: it fuses, orders CPUs that are alike, and pushes. `successor` writes what
 * a step of thread i makes of the parts, from the entry at `at`; `packed` packs them.
 */
export function reducedText(
  { fuses, groups }: ReducedShape,
  n: number,
  successor: (i: number, then: (part: (k: number) => string) => string) => string,
  packed: string,
): string {
  const parts = list(n + 1, (k) => (k === 0 ? 'g' : `t${k - 1}`));
  const cpus = n - 1;
  const members = groups.flat();
  const assigned = (part: (k: number) => string): string =>
    `{ const next = [${list(n + 1, part)}]; ${list(n + 1, (k) => `${k === 0 ? 'g' : `t${k - 1}`} = next[${k}];`, ' ')} }`;
  const others = (i: number): string =>
    Array.from({ length: n }, (_, j) => j)
      .filter((j) => j !== i)
      .map((j) => `future${j}(t${j})`)
      .join(' | ');
  const fuse = (i: number): string => `
    while (left > 0 && (needs${i}(t${i}) & (${others(i)})) === 0) {
      const at = only(at_pairs${i}(g, t${i}), rows_pairs${i});
      if (at < 0) break;
      left--;
      again = true;
      const f${i} = rows_pairs${i}[at_pairs${i}(g, t${i}) + 3];
      ${successor(i, assigned)}
    }`;
  const read = (name: string, of: string, i: number, make: string): string => `
let ${name}${i}_ = on.reduced.${of}[${i}].items;
function ${name}${i}(t) {
  const found = t < on.reduced.${of}[${i}].length ? ${name}${i}_[t] : undefined;
  if (found !== undefined${name === 'rank' ? ' && found >= 0' : ''}) return found;
  on.reduced.${make}(${i}, t);
  ${name}${i}_ = on.reduced.${of}[${i}].items;
  return ${name}${i}_[t];
}`;
  return `
${fuses ? list(n, (i) => read('future', 'futures', i, 'newFuture') + read('needs', 'needs', i, 'newFuture'), '') : ''}
${members.map((cpu) => read('rank', 'ranks', cpu, 'newRank')).join('')}
/** The only thing that a thread may do, if it is a step that uses nothing old: where its entry stands, else -1. */
function only(pair, rows) {
  const from = rows[pair + 2];
  let found = -1;
  for (let at = from + 1, end = items[from]; at < end; at += ${ENTRY}) {
    if (items[at] === ${KIND.deliver}) continue;
    if (found >= 0 || items[at] !== ${KIND.step}) return -1;
    found = at;
  }
  return found;
}
const numbers = new Array(${n + 1});
function reduced(${parts}, cpu, stale) {
  ${
    fuses
      ? `let left = ${MOST_FUSED};
  for (let again = true; again; ) {
    again = false;
    ${list(cpus, fuse, '')}
  }`
      : ''
  }
  ${
    groups.length === 0
      ? ''
      : `${members.map((member) => `const r${member} = rank${member}(t${member});`).join(' ')}
  if (${groups.flatMap((group) => group.slice(1).map((member, i) => `r${group[i]} > r${member}`)).join(' || ')}) {
    ${list(n + 1, (k) => `numbers[${k}] = ${k === 0 ? 'g' : `t${k - 1}`};`, ' ')}
    cpu = on.reduced.sort(numbers, cpu - 1) + 1;
    ${list(n + 1, (k) => `${k === 0 ? 'g' : `t${k - 1}`} = numbers[${k}];`, ' ')}
  }`
  }
  push(${packed}, cpu, stale);
}`;
}
