import type { Packing } from './packing.js';
import { ENTRY, KIND } from './steps.js';

/** What the generated code asks its surroundings. All numbers are numbers of parts, pairs, floors, violations. */
export interface Surroundings {
  readonly pairs: readonly { get(g: number, t: number): number }[];
  readonly newPair: (thread: number, g: number, t: number) => number;
  /** Outline of shared fields, and per thread (outline, block) to floors. */
  readonly outlineOf: { readonly items: Int32Array };
  readonly floorsOf: readonly { get(outline: number, t: number): number }[];
  readonly floorsAt: readonly { readonly items: Int32Array }[];
  readonly newFloors: (thread: number, g: number, t: number) => number;
  readonly first: readonly { readonly items: Int32Array }[];
  readonly end: readonly { readonly items: Int32Array }[];
  readonly list: { readonly items: Int32Array };
  readonly fill: (thread: number, pair: number, g: number, t: number) => void;
  /** Floors of two threads at once. */
  readonly meets: { get(a: number, b: number): number };
  readonly newMeet: (a: number, b: number) => number;
  /** What shared fields become under the floors of all threads: see `Folds.newFold`. */
  readonly folds: { get(g: number, floors: number): number };
  readonly newFold: (g: number, floors: number) => number;
  readonly sharedAfter: { readonly items: Int32Array };
  readonly rewritingOf: { readonly items: Int32Array };
  /** Per thread: (rewriting, block) to block. */
  readonly rewritten: readonly { get(rewriting: number, t: number): number }[];
  readonly newRewritten: (rewriting: number, thread: number, t: number) => number;
  /** A violation, a reason to be stuck, a full order. True where the search has to stop. */
  readonly event: (kind: number, number: number, thread: number, state: number, way: number, depth: number) => boolean;
  /** Steps that look at all parts; each successor goes to `reach`. Returns how many things they did. */
  readonly anew: (kind: number, thread: number, parts: readonly number[], state: number, way: number, depth: number) => number;
  /** CPUs that a thread's call by interrupt is still to be taken by. */
  readonly calls: (thread: number, t: number) => number;
  readonly dead: (parts: readonly number[], state: number, way: number, depth: number) => void;
  readonly outOfTime: () => boolean;
}

/** What a search has done so far, apart from how it packs states. */
export interface Progress {
  readonly edgesFrom: Int32Array;
  readonly targets: Int32Array;
  readonly ends: readonly number[];
  readonly current: number;
  readonly layerEnd: number;
  readonly depth: number;
  /** Transitions up to the state that is being expanded. */
  readonly transitions: number;
}

/** The generated search, between calls. */
export interface Generated {
  /** Adds the first state. */
  begin(parts: readonly number[]): void;
  /** Takes over from a search that packed states otherwise, with the state it was at to be expanded again. */
  takeOver(progress: Progress, before: Pick<Generated, 'states' | 'parts' | 'parent' | 'way'>): void;
  readonly progress: Progress;
  /** Goes on until all states were expanded (null) or something stops it. */
  run(maxStates: number): 'states' | 'time' | 'order' | null;
  /** A successor of the state that is being expanded. */
  reach(parts: readonly number[], cpu: number, stale: boolean): void;
  /** Some run ends in the state that is being expanded; whether it took a step to. */
  end(step: boolean): void;
  /** Number of a state, or -1. */
  find(parts: readonly number[]): number;
  parts(state: number): number[];
  readonly states: number;
  readonly transitions: number;
  /** The state from which a state was reached on its best way; -1 for the first. */
  parent(state: number): number;
  way(state: number): number;
  readonly ends: readonly number[];
  /** Edges of state i: targets from `edgesFrom[i]` up to `edgesFrom[i + 1]`. */
  readonly edgesFrom: Int32Array;
  readonly targets: Int32Array;
  /** Bytes of the states (each with its parent and way) and of the table that finds them. */
  readonly bytes: number;
  readonly edgeBytes: number;
}

/**
 * A way in the search as one number, smaller is better above the lowest bits: old values used, then changes of CPU, then (lowest bits) the
 * last CPU and one. Counts stop at the largest they can show.
 */
export const WAY = { cpuBits: 6, switchBits: 13, staleBits: 12 } as const;
const SWITCH = 1 << WAY.cpuBits;
const STALE = 1 << (WAY.cpuBits + WAY.switchBits);

const list = (n: number, each: (i: number) => string, between = ', '): string => Array.from({ length: n }, (_, i) => each(i)).join(between);

const compiled = new Map<string, (surroundings: Surroundings) => Generated>();

/**
 * The search for states of this shape as JavaScript: a state is a few words, its parts are local variables, masks and shifts are constants.
 * The text is made of numbers and of nothing that comes from input.
 */
export function generated(packing: Packing): (surroundings: Surroundings) => Generated {
  const text = searchText(packing);
  const known = compiled.get(text);
  if (known) return known;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text above holds numbers of this program only
  const made = new Function('on', text) as (surroundings: Surroundings) => Generated;
  compiled.set(text, made);
  return made;
}

function searchText({ words: W, fields }: Packing): string {
  const n = fields.length - 1;
  /** Words a state: its parts, its parent, its way. */
  const S = W + 2;
  const mask = (bits: number): string => `0x${(2 ** bits - 1).toString(16)}`;
  const unpack = (i: number): string => {
    const { word, shift, bits } = fields[i] ?? { word: 0, shift: 0, bits: 0 };
    return bits === 32 ? `w${word}` : `(w${word} >>> ${shift}) & ${mask(bits)}`;
  };
  /** Arguments that pack parts named by `name`. */
  const packed = (name: (i: number) => string): string =>
    list(W, (word) => {
      const of = fields.flatMap((field, i) => (field.word === word ? [field.shift === 0 ? name(i) : `${name(i)} << ${field.shift}`] : []));
      return of.length === 1 ? `${of[0] ?? '0'} | 0` : of.join(' | ');
    });
  const part = (i: number): string => (i === 0 ? 'g' : `t${i - 1}`);
  const ws = list(W, (i) => `w${i}`);
  /** The fold of shared fields under the floors of all threads. */
  const meets = (shared: string, floor: (i: number) => string): string =>
    `fold(${shared}, ${Array.from({ length: n - 1 }, (_, i) => i + 1).reduce((all, i) => `meet(${all}, ${floor(i)})`, floor(0))})`;

  const thread = (i: number): string => {
    return `
    {
      let from = first${i}.items[p${i}];
      if (from < 0) { on.fill(${i}, p${i}, g, t${i}); from = first${i}.items[p${i}]; }
      const end = end${i}.items[p${i}];
      for (let at = from; at < end; at += ${ENTRY}) {
        const items = list.items;
        const kind = items[at];
        if (kind > ${KIND.stale}) { if (special(kind, ${i}, items[at + 1], ${list(n + 1, part)})) return 'order'; continue; }
        const h = items[at + 1];
        const floor = items[at + 4];
        events++;
        if (h === g && floor === f${i}) {
          const u = items[at + 2];
          reach(${packed((k) => (k === i + 1 ? 'u' : part(k)))}, ${i + 1}, kind);
          continue;
        }
        const ho = outlineOf.items[h];
        const r = ${meets('h', (j) => (j === i ? 'floor' : `(h === g ? f${j} : floorOf${j}(ho, h, t${j}))`))};
        const x = sharedAfter.items[r];
        const how = rewritingOf.items[r];
        if (how < 0) {
          const u = items[at + 2];
          reach(${packed((k) => (k === 0 ? 'x' : k === i + 1 ? 'u' : part(k)))}, ${i + 1}, kind);
        } else {
          ${list(n, (j) => `const v${j} = rewritten${j}(how, ${j === i ? 'items[at + 3]' : `t${j}`});`, '\n          ')}
          reach(${packed((k) => (k === 0 ? 'x' : `v${k - 1}`))}, ${i + 1}, kind);
        }
      }
    }`;
  };

  return `'use strict';
let capacity = 4096, count = 0, mask = 2 * capacity - 1;
let tags = ~mask;
let arena = new Int32Array(capacity * ${S}), table = new Int32Array(2 * capacity);
let edgesFrom = new Int32Array(capacity + 1);
let targets = new Int32Array(4 * capacity), edges = 0;
let current = 0, layerEnd = 1, depth = 0, transitions = 0, events = 0, way = 0, lastCpu = 0;
let transitionsBefore = 0, endsBefore = 0;
let ends = [];
const list = on.list;
${list(n, (i) => `const pairs${i} = on.pairs[${i}], floors${i} = on.floorsOf[${i}], at${i} = on.floorsAt[${i}], first${i} = on.first[${i}], end${i} = on.end[${i}];`, '\n')}
const { meets, folds, sharedAfter, rewritingOf, outlineOf } = on;
${list(
  n,
  (i) => `const rewrites${i} = on.rewritten[${i}];
function rewritten${i}(r, t) { const found = rewrites${i}.get(r, t); return found < 0 ? on.newRewritten(r, ${i}, t) : found; }`,
  '\n',
)}

function hash(${ws}) {
  let h = 0x2545f491;
  ${list(W, (i) => `h = Math.imul(h ^ w${i}, 0x9e3779b1); h ^= h >>> 15;`, '\n  ')}
  h = Math.imul(h, 0x85ebca77);
  return h ^ (h >>> 13);
}
function grow() {
  const more = (old, size) => { const made = new Int32Array(size); made.set(old); return made; };
  capacity *= capacity < 1 << 20 ? 4 : 2;
  arena = more(arena, capacity * ${S});
  edgesFrom = more(edgesFrom, capacity + 1);
  refill();
}
function refill() {
  table = new Int32Array(2 * capacity);
  mask = 2 * capacity - 1;
  tags = ~mask;
  for (let state = 0; state < count; state++) {
    ${list(W, (i) => `const w${i} = arena[state * ${S} + ${i}];`, '\n    ')}
    const h = hash(${ws});
    let slot = h & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = (h & tags) | (state + 1);
  }
}
function find(${ws}) {
  const h = hash(${ws});
  const tag = h & tags;
  for (let slot = h & mask; ; slot = (slot + 1) & mask) {
    const found = table[slot];
    if (found === 0) return -1 - slot;
    if ((found & tags) !== tag) continue;
    const at = ((found & mask) - 1) * ${S};
    if (${list(W, (i) => `arena[at + ${i}] === w${i}`, ' && ')}) return (found & mask) - 1;
  }
}
function add(slot, ${ws}) {
  if (count + 1 === capacity) { grow(); slot = -1 - find(${ws}); }
  table[slot] = (hash(${ws}) & tags) | (count + 1);
  const at = count * ${S};
  ${list(W, (i) => `arena[at + ${i}] = w${i};`, '\n  ')}
  return count++;
}
function reach(${ws}, cpu, stale) {
  transitions++;
  let to = find(${ws});
  const changed = cpu === lastCpu ? 0 : ${SWITCH};
  if (to < 0) {
    to = add(-1 - to, ${ws});
    arena[to * ${S} + ${W}] = current;
    arena[to * ${S} + ${W + 1}] = extended(changed, cpu, stale);
  } else if (to >= layerEnd) {
    const at = to * ${S} + ${W};
    const better = extended(changed, cpu, stale);
    if (better >>> ${WAY.cpuBits} < arena[at + 1] >>> ${WAY.cpuBits}) { arena[at] = current; arena[at + 1] = better; }
  }
  if (edges === targets.length) { const made = new Int32Array(2 * edges); made.set(targets); targets = made; }
  targets[edges++] = to;
}
function extended(changed, cpu, stale) {
  let made = (way & ${~(SWITCH - 1)}) | cpu;
  if (changed !== 0 && (made & ${(2 ** WAY.switchBits - 1) * SWITCH}) !== ${(2 ** WAY.switchBits - 1) * SWITCH}) made += ${SWITCH};
  if (stale !== 0 && made >>> ${WAY.cpuBits + WAY.switchBits} !== ${2 ** WAY.staleBits - 1}) made += ${STALE};
  return made;
}
${list(
  n,
  (i) => `function pairOf${i}(g, t) { const p = pairs${i}.get(g, t); return p < 0 ? on.newPair(${i}, g, t) : p; }
function floorOf${i}(o, g, t) { const f = floors${i}.get(o, t); return f < 0 ? on.newFloors(${i}, g, t) : f; }`,
  '\n',
)}
function meet(a, b) {
  if (a === b) return a;
  const found = meets.get(a, b);
  return found < 0 ? on.newMeet(a, b) : found;
}
function fold(h, floors) {
  const found = folds.get(h, floors);
  return found < 0 ? on.newFold(h, floors) : found;
}
/** Everything that is not a plain successor. True where the search has to stop. */
function special(kind, i, number, ${list(n + 1, part)}) {
  if (kind === ${KIND.deliver}) {
    if (((${list(n, (i) => `on.calls(${i}, t${i})`, ' | ')}) & (1 << i)) !== 0) events += on.anew(kind, i, [${list(n + 1, part)}], current, way, depth);
    return false;
  }
  if (kind === ${KIND.operate} || kind === ${KIND.thread}) { events += on.anew(kind, i, [${list(n + 1, part)}], current, way, depth); return false; }
  events++;
  if (kind === ${KIND.violation}) transitions++;
  ends.push(current);
  return on.event(kind, number, i, current, way, depth);
}
function run(maxStates) {
  for (; current < count; current++) {
    if (current === layerEnd) { depth++; layerEnd = count; }
    edgesFrom[current] = edges;
    edgesFrom[current + 1] = edges;
    if (count > maxStates) return 'states';
    if ((current & 255) === 0 && on.outOfTime()) return 'time';
    ${list(W, (i) => `const w${i} = arena[current * ${S} + ${i}];`, '\n    ')}
    ${list(n + 1, (i) => `const ${part(i)} = ${unpack(i)};`, '\n    ')}
    way = arena[current * ${S} + ${W + 1}];
    lastCpu = way & ${SWITCH - 1};
    events = 0;
    transitionsBefore = transitions;
    endsBefore = ends.length;
    ${list(n, (i) => `const p${i} = pairOf${i}(g, t${i}), f${i} = at${i}.items[p${i}];`, '\n    ')}
    ${list(n, thread, '\n')}
    edgesFrom[current + 1] = edges;
    if (events === 0) { ends.push(current); on.dead([${list(n + 1, part)}], current, way, depth); }
  }
  return null;
}
return {
  begin(parts) { const [${list(n + 1, part)}] = parts; add(-1 - find(${packed(part)}), ${packed(part)}); arena[${W}] = -1; },
  takeOver(progress, before) {
    ({ edgesFrom, targets, current, layerEnd, depth, transitions } = progress);
    ends = [...progress.ends];
    edges = edgesFrom[current];
    count = before.states;
    capacity = edgesFrom.length - 1;
    arena = new Int32Array(capacity * ${S});
    for (let state = 0; state < count; state++) {
      const [${list(n + 1, part)}] = before.parts(state);
      const at = state * ${S};
      ${packed(part)
        .split(', ')
        .map((word, i) => `arena[at + ${i}] = ${word};`)
        .join('\n      ')}
      arena[at + ${W}] = before.parent(state);
      arena[at + ${W + 1}] = before.way(state);
    }
    refill();
  },
  get progress() {
    return { edgesFrom, targets, ends: ends.slice(0, endsBefore), current, layerEnd, depth, transitions: transitionsBefore };
  },
  parent(state) { return arena[state * ${S} + ${W}]; },
  way(state) { return arena[state * ${S} + ${W + 1}]; },
  run,
  reach(parts, cpu, stale) { const [${list(n + 1, part)}] = parts; reach(${packed(part)}, cpu + 1, stale ? 1 : 0); },
  end(step) { if (step) transitions++; ends.push(current); },
  find(parts) { const [${list(n + 1, part)}] = parts; const found = find(${packed(part)}); return found < 0 ? -1 : found; },
  parts(state) {
    ${list(W, (i) => `const w${i} = arena[state * ${S} + ${i}];`, '\n    ')}
    return [${list(n + 1, unpack)}];
  },
  get states() { return count; },
  get transitions() { return transitions; },
  get ends() { return ends; },
  get edgesFrom() { return edgesFrom; },
  get targets() { return targets; },
  get bytes() { return arena.byteLength + table.byteLength; },
  get edgeBytes() { return edgesFrom.byteLength + targets.byteLength; },
};`;
}
