import type { Packing } from './packing.js';
import { type ReducedParts, type ReducedShape, reducedText } from './reduce-code.js';
import { list, packed as packedBy, rowWords, storeText } from './store-code.js';
import { ENTRY, KIND, STAY } from './steps.js';

/** A map of pairs as the generated code reads it: see `PairMap.slots`. */
interface Slots {
  readonly slots: Int32Array;
}

/** A map of pairs of low numbers: see `NearMap`. */
interface Near {
  readonly cells: Int32Array;
  readonly shift: number;
  get(a: number, b: number): number;
}

/** What the generated code asks its surroundings. All numbers are numbers of parts, floors, violations. */
export interface Surroundings {
  /** Per thread: (shared fields, block) to where its entries start in `list`, and its floors. */
  readonly pairs: readonly Slots[];
  readonly newPair: (thread: number, g: number, t: number) => void;
  readonly list: { readonly items: Int32Array };
  /** Outline of shared fields, and per thread (outline, block) to floors. */
  readonly outlineOf: { readonly items: Int32Array };
  readonly floorsOf: readonly Near[];
  readonly newFloors: (thread: number, g: number, t: number) => void;
  /** Floors of two threads at once. */
  readonly meets: Near;
  readonly newMeet: (a: number, b: number) => void;
  /** What shared fields become under the floors of all threads, and how threads are rewritten: see `Folds.newFold`. */
  readonly folds: Slots;
  readonly newFold: (g: number, floors: number) => void;
  /** Per thread: (rewriting, block) to block. */
  readonly rewritten: readonly Near[];
  readonly newRewritten: (thread: number, rewriting: number, t: number) => void;
  /** A violation, a reason to be stuck, a full order. True where the search has to stop. */
  readonly event: (kind: number, number: number, thread: number, state: number, way: number, depth: number) => boolean;
  /** Steps that look at all parts; each successor goes to `reach`. Returns how many things they did. */
  readonly anew: (kind: number, thread: number, parts: readonly number[], state: number, way: number, depth: number) => number;
  /** CPUs that a thread's call by interrupt is still to be taken by. */
  readonly calls: (thread: number, t: number) => number;
  readonly dead: (parts: readonly number[], state: number, way: number, depth: number) => void;
  readonly outOfTime: () => boolean;
  /** What is reduced; null for nothing. */
  readonly reduced: ReducedParts | null;
  /** How this search packs states, and the rows of another as this one packs them. */
  readonly packing: Packing;
  readonly repacked: (before: Progress) => Int32Array;
}

/** What a search has done so far. */
export interface Progress {
  readonly packing: Packing;
  /** Rows of the states, from row 1 on: parts as packed, parent, way. */
  readonly arena: Int32Array;
  readonly states: number;
  readonly edgesFrom: Int32Array;
  readonly targets: Int32Array;
  readonly ends: readonly number[];
  readonly current: number;
  readonly layerEnd: number;
  readonly depth: number;
  /** Transitions that lead to no state, up to the state that is being expanded. */
  readonly toNowhere: number;
}

/** The generated search, between calls. */
export interface Generated {
  /** Adds the first state. */
  begin(parts: readonly number[]): void;
  /** Takes over from a search that packed states otherwise, with the state it was at to be expanded again. */
  takeOver(progress: Progress): void;
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
  readonly ends: readonly number[];
  /** Edges of state i: targets from `edgesFrom[i]` up to `edgesFrom[i + 1]`. */
  readonly edgesFrom: Int32Array;
  readonly targets: Int32Array;
  /** Bytes of the states (each with its parent and way) and of the table that finds them. */
  readonly bytes: number;
  readonly edgeBytes: number;
}

const compiled = new Map<string, (surroundings: Surroundings) => Generated>();

/**
 * The search for states of this shape as JavaScript: a state is a few words, its parts are local variables, masks and shifts are constants.
 * The text is made of numbers and of nothing that comes from input.
 */
export function generated(packing: Packing, shape: ReducedShape | null): (surroundings: Surroundings) => Generated {
  const text = searchText(packing, shape);
  const known = compiled.get(text);
  if (known) return known;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text above holds numbers of this program only
  const made = new Function('on', text) as (surroundings: Surroundings) => Generated;
  compiled.set(text, made);
  return made;
}

/**
 * A function `at_NAME(a, b)`: where the row of a pair stands in a map, after `make` where it has none yet. Looks where `PairMap.get` does.
 * What is read of `rows_NAME` has to be read after the call: maps grow.
 */
const lookup = (name: string, map: string, make: string): string => `
let rows_${name} = ${map}.slots, mask_${name} = (rows_${name}.length >> 2) - 1;
function at_${name}(a, b) {
  const key = a + 1;
  const mixed = Math.imul(key, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77);
  for (let slot = mixed ^ (mixed >>> 15); ; slot++) {
    const at = (slot & mask_${name}) << 2;
    const found = rows_${name}[at];
    if (found === key && rows_${name}[at + 1] === b) return at;
    if (found === 0) {
      ${make};
      rows_${name} = ${map}.slots;
      mask_${name} = (rows_${name}.length >> 2) - 1;
      slot = (mixed ^ (mixed >>> 15)) - 1;
    }
  }
}`;

/** A function `value_NAME(a, b)`: the value of a pair of low numbers, as a rule from its cell. */
const near = (name: string, map: string, make: string, more = ''): string => `
let { cells: cells_${name}, shift: shift_${name} } = ${map}, width_${name} = 1 << shift_${name}, height_${name} = cells_${name}.length >>> shift_${name};
function value_${name}(a, b${more}) {
  const found = b < width_${name} && a < height_${name} ? cells_${name}[a << shift_${name} | b] : 0;
  return found !== 0 ? found - 1 : far_${name}(a, b${more});
}
function far_${name}(a, b${more}) {
  if (${map}.get(a, b) < 0) ${make};
  ({ cells: cells_${name}, shift: shift_${name} } = ${map});
  width_${name} = 1 << shift_${name};
  height_${name} = cells_${name}.length >>> shift_${name};
  return ${map}.get(a, b);
}`;

/** The floors of all threads, `floor` those of one, at once. */
export const meetOf = (n: number, floor: (i: number) => string): string =>
  Array.from({ length: n - 1 }, (_, i) => i + 1).reduce((before, i) => `meet(${before}, ${floor(i)})`, floor(0));

/** Floors of all threads (`all`), and of all but each (`others0` on), where thread i has f0 on. */
export function meets(n: number): string {
  if (n === 1) return 'const all = f0;';
  const last = n - 1;
  const upTo = (i: number): string => (i === 0 ? 'f0' : `upTo${i}`);
  const since = (i: number): string => (i === last ? `f${last}` : `since${i}`);
  const made = (name: string, a: string, b: string): string => `${name} = meet(${a}, ${b})`;
  return `const ${[
    ...Array.from({ length: last - 1 }, (_, i) => made(`upTo${i + 1}`, upTo(i), `f${i + 1}`)),
    ...Array.from({ length: last - 1 }, (_, i) => made(`since${last - 1 - i}`, `f${last - 1 - i}`, since(last - i))),
    made('all', upTo(last - 1), `f${last}`),
    `others0 = ${since(1)}`,
    ...Array.from({ length: last - 1 }, (_, i) => made(`others${i + 1}`, upTo(i), since(i + 2))),
    `others${last} = ${upTo(last - 1)}`,
  ].join(', ')};`;
}

function searchText(packing: Packing, shape: ReducedShape | null): string {
  const { words: W, fields } = packing;
  const n = fields.length - 1;
  const S = rowWords(packing);
  const mask = (bits: number): string => `0x${(2 ** bits - 1).toString(16)}`;
  const unpack = (i: number): string => {
    const { word, shift, bits } = fields[i] ?? { word: 0, shift: 0, bits: 0 };
    return bits === 32 ? `w${word}` : `(w${word} >>> ${shift}) & ${mask(bits)}`;
  };
  const packed = (name: (i: number) => string): string => packedBy(packing, name);
  const part = (i: number): string => (i === 0 ? 'g' : `t${i - 1}`);
  const parts = list(n + 1, part);
  const words = (row: string): string => list(W, (i) => `const w${i} = arena[${row} * ${S} + ${i}];`, ' ');

  const push = (part: (k: number) => string, cpu: string | number, stale: string | number): string =>
    shape ? `reduced(${list(n + 1, part)}, ${cpu}, ${stale});` : `push(${packed(part)}, ${cpu}, ${stale});`;

  /**
   * What the step of thread i makes of the parts, for `then`; its entry stands at `at`, its floors are `f${i}`. `folded` says what becomes of the state
   * where the shared fields stay and the floors do not.
   */
  const successor = (i: number, then: (part: (k: number) => string) => string, folded: string): string => `
      const h = items[at + 1], floor = items[at + 4];
      let fold = -1;
      if (h !== ${STAY}) {
        const o = outlineOf.items[h];
        ${list(n, (j) => (j === i ? '' : `const h${j} = value_floors${j}(o, t${j}, h);`), '\n        ')}
        fold = at_folds(h, ${meetOf(n, (j) => (j === i ? 'floor' : `h${j}`))});
      } else if (floor !== f${i}) {
        ${folded}
      }
      if (fold < 0) {
        const u = items[at + 2];
        ${then((k) => (k === i + 1 ? 'u' : part(k)))}
      } else {
        const x = rows_folds[fold + 2], how = rows_folds[fold + 3];
        if (how < 0) {
          const u = items[at + 2];
          ${then((k) => (k === 0 ? 'x' : k === i + 1 ? 'u' : part(k)))}
        } else {
          ${list(n, (j) => `const v${j} = value_rewritten${j}(how, ${j === i ? 'items[at + 3]' : `t${j}`});`, '\n          ')}
          ${then((k) => (k === 0 ? 'x' : `v${k - 1}`))}
        }
      }`;
  // A canonical state whose floors stay is canonical.
  const foldIfMoved = (i: number): string => `const now = ${n === 1 ? 'floor' : `meet(others${i}, floor)`};
        if (now !== all) fold = at_folds(g, now);`;
  const foldAnew = (i: number): string => `const o = outlineOf.items[g];
        fold = at_folds(g, ${meetOf(n, (j) => (j === i ? 'floor' : `value_floors${j}(o, t${j}, g)`))});`;

  const thread = (i: number): string => `
    for (let at = from${i} + 1, end = items[from${i}]; at < end; at += ${ENTRY}) {
      const kind = items[at];
      if (kind > ${KIND.stale}) {
        const did = special(kind, ${i}, items[at + 1], ${parts});
        if (did < 0) return 'order';
        events += did;
        continue;
      }
      events = 1;
      ${successor(i, (made) => push(made, i + 1, 'kind'), foldIfMoved(i))}
    }`;

  return `'use strict';
${storeText(packing)}
let depth = 0, toNowhere = 0, toNowhereBefore = 0, endsBefore = 0;
let ends = [];
const { outlineOf } = on;
let items = on.list.items;
${list(
  n,
  (i) =>
    lookup(`pairs${i}`, `on.pairs[${i}]`, `on.newPair(${i}, a, b); items = on.list.items`) +
    near(`floors${i}`, `on.floorsOf[${i}]`, `on.newFloors(${i}, g, b)`, ', g') +
    near(`rewritten${i}`, `on.rewritten[${i}]`, `on.newRewritten(${i}, a, b)`),
  '',
)}
${near('meets', 'on.meets', 'on.newMeet(a, b)')}
${lookup('folds', 'on.folds', 'on.newFold(a, b)')}
function meet(a, b) { return a === b ? a : value_meets(a, b); }
${shape ? reducedText(shape, n, (i, then) => successor(i, then, foldAnew(i)), packed(part)) : ''}
/** Everything that is not a plain successor: how many things it did, or -1 where the search has to stop. */
function special(kind, i, number, ${parts}) {
  const way = arena[current * ${S} + ${S + W + 1}];
  if (kind === ${KIND.deliver}) {
    if (((${list(n, (i) => `on.calls(${i}, t${i})`, ' | ')}) & (1 << i)) === 0) return 0;
    return on.anew(kind, i, [${parts}], current, way, depth);
  }
  if (kind === ${KIND.operate} || kind === ${KIND.thread}) return on.anew(kind, i, [${parts}], current, way, depth);
  if (kind === ${KIND.violation}) toNowhere++;
  ends.push(current);
  return on.event(kind, number, i, current, way, depth) ? -1 : 1;
}
function expand(maxStates) {
  for (; ; current++) {
    if (current === layerEnd) {
      flush();
      if (current === count) return null;
      depth++;
      layerEnd = count;
    }
    edgesFrom[current] = edges;
    edgesFrom[current + 1] = edges;
    if (count + waits > maxStates) {
      flush();
      if (count > maxStates) return 'states';
    }
    if ((current & 255) === 0 && on.outOfTime()) return 'time';
    ${words('(current + 1)')}
    ${list(n + 1, (i) => `const ${part(i)} = ${unpack(i)};`, '\n    ')}
    toNowhereBefore = toNowhere;
    endsBefore = ends.length;
    ${list(n, (i) => `const p${i} = at_pairs${i}(g, t${i}), from${i} = rows_pairs${i}[p${i} + 2], f${i} = rows_pairs${i}[p${i} + 3];`, '\n    ')}
    ${meets(n)}
    let events = 0;
    ${list(n, thread, '\n')}
    edgesFrom[current + 1] = edges;
    if (events === 0) {
      ends.push(current);
      on.dead([${parts}], current, arena[current * ${S} + ${S + W + 1}], depth);
    }
  }
}
return {
  begin(parts) {
    const [${parts}] = parts;
    push(${packed(part)}, 0, 0);
    flush();
    edges = 0;
    arena[${S + W}] = -1;
    arena[${S + W + 1}] = 0;
  },
  takeOver(before) {
    ({ edgesFrom, targets, current, layerEnd, depth, toNowhere, states: count } = before);
    ends = [...before.ends];
    edges = edgesFrom[current];
    capacity = edgesFrom.length - 1;
    arena = on.repacked(before);
    refill();
  },
  get progress() {
    return { packing: on.packing, arena, states: count, edgesFrom, targets, ends: ends.slice(0, endsBefore), current, layerEnd, depth, toNowhere: toNowhereBefore };
  },
  parent(state) { return arena[state * ${S} + ${S + W}]; },
  run(maxStates) { try { return expand(maxStates); } finally { flush(); } },
  reach(parts, cpu, stale) { const [${parts}] = parts; ${push(part, 'cpu + 1', 'stale ? 1 : 0')} },
  end(step) { if (step) toNowhere++; ends.push(current); },
  find(parts) { const [${parts}] = parts; return find(${packed(part)}); },
  parts(state) {
    ${words('(state + 1)')}
    return [${list(n + 1, unpack)}];
  },
  get states() { return count; },
  get transitions() { return edges + toNowhere; },
  get ends() { return ends; },
  get edgesFrom() { return edgesFrom; },
  get targets() { return targets; },
  get bytes() { return 4 * (count + 1) * ${S} + table.byteLength; },
};`;
}
