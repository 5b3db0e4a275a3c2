import type { Packing } from './packing.js';

/**
 * A way in the search as one number, smaller is better above the lowest bits: old values used, then changes of CPU, then (lowest bits) the
 * last CPU and one. Counts stop at the largest they can show.
 */
export const WAY = { cpuBits: 6, switchBits: 13, staleBits: 12 } as const;
const SWITCH = 1 << WAY.cpuBits;
const STALE = 1 << (WAY.cpuBits + WAY.switchBits);
const SWITCHES = (2 ** WAY.switchBits - 1) * SWITCH;

/** Successors that wait together to be looked up. */
const BLOCK = 512;
/** States to begin with. Memory that nobody has written yet is given for nothing; what grows would be copied. */
const CAPACITY = 1 << 19;
/** States that were reached lately: slots, as a power of two. Steps of two threads that do not meet lead to one state by two ways, soon one after the other. */
const LATELY = 12;

export const list = (n: number, each: (i: number) => string, between = ', '): string =>
  Array.from({ length: n }, (_, i) => each(i)).join(between);

/** Words a row of the arena: the state's parts, its parent, its way. */
export const rowWords = ({ words }: Packing): number => words + 2;

/** Arguments that pack parts named by `name`. */
export function packed({ words, fields }: Packing, name: (i: number) => string): string {
  return list(words, (word) => {
    const of = fields.flatMap((field, i) => (field.word === word ? [field.shift === 0 ? name(i) : `${name(i)} << ${field.shift}`] : []));
    return of.length === 1 ? `${of[0] ?? '0'} | 0` : of.join(' | ');
  });
}

/**
 * The states as JavaScript: `arena` has a row for each in the order they were met (row 0 is nobody's), `table` finds a row by hash. Steps
 * hand their successors to `push`. Most are among those that were reached lately; the rest wait for `flush`, which looks up all that wait.
 * The table is larger than any cache of the processor, and a look-up alone would wait for memory: so all slots of the block are read first,
 * then all rows that they name, which memory serves side by side; then the states are numbered in the order in which they came.
 */
export function storeText(packing: Packing): string {
  const W = packing.words;
  const S = rowWords(packing);
  /** Words of a successor that waits: its parts, the state it comes from, its CPU (from 1) and whether its step was stale, hash, edge. */
  const R = W + 4;
  /** Words of a slot of the states reached lately: parts and row. */
  const L = W + 1;
  const ws = list(W, (i) => `w${i}`);
  return `
let capacity = ${CAPACITY}, count = 0, mask = 2 * capacity - 1;
let arena = new Int32Array((capacity + 1) * ${S}), table = new Int32Array(2 * capacity);
let edgesFrom = new Int32Array(capacity + 1);
let targets = new Int32Array(4 * capacity), edges = 0;
let current = 0, layerEnd = 1;
const waiting = new Int32Array(${BLOCK * R}), lately = new Int32Array(${L << LATELY});
let waits = 0, touched = 0;

function hash(${ws}) {
  let h = 0x2545f491;
  ${list(W, (i) => `h = Math.imul(h ^ w${i}, 0x9e3779b1); h ^= h >>> 15;`, '\n  ')}
  h = Math.imul(h, 0x85ebca77);
  return h ^ (h >>> 13);
}
function more(old, size) { const made = new Int32Array(size); made.set(old); return made; }
function grow() {
  capacity *= 2;
  arena = more(arena, (capacity + 1) * ${S});
  edgesFrom = more(edgesFrom, capacity + 1);
  if (targets.length < 4 * capacity) targets = more(targets, 4 * capacity);
  refill();
}
function refill() {
  table = new Int32Array(2 * capacity);
  mask = 2 * capacity - 1;
  const tags = ~mask;
  for (let row = 1; row <= count; row++) {
    const h = hash(${list(W, (i) => `arena[row * ${S} + ${i}]`)});
    let slot = h & mask;
    while (table[slot] !== 0) slot = (slot + 1) & mask;
    table[slot] = (h & tags) | row;
  }
}
function find(${ws}) {
  const h = hash(${ws});
  for (let slot = h & mask; table[slot] !== 0; slot = (slot + 1) & mask) {
    const at = (table[slot] & mask) * ${S};
    if (${list(W, (i) => `arena[at + ${i}] === w${i}`, ' && ')}) return (table[slot] & mask) - 1;
  }
  return -1;
}
/** The successor that \`current\` has by a step of \`cpu\` (from 1; 0 is nobody). */
function push(${ws}, cpu, stale) {
  if (edges === targets.length) targets = more(targets, 2 * edges);
  const h = hash(${ws});
  const known = (h >>> ${32 - LATELY}) * ${L};
  if (${list(W, (i) => `lately[known + ${i}] === w${i}`, ' && ')} && lately[known + ${W}] !== 0) {
    const row = lately[known + ${W}];
    targets[edges++] = row - 1;
    if (row > layerEnd) improve(row * ${S}, current, cpu << 1 | stale);
    return;
  }
  const at = waits * ${R};
  ${list(W, (i) => `waiting[at + ${i}] = w${i};`, '\n  ')}
  waiting[at + ${W}] = current;
  waiting[at + ${W + 1}] = cpu << 1 | stale;
  waiting[at + ${W + 2}] = h;
  waiting[at + ${W + 3}] = edges++;
  if (++waits === ${BLOCK}) flush();
}
/** Only states of the next layer can still get a better way. */
function improve(to, from, step) {
  const way = extended(arena[from * ${S} + ${S + W + 1}], step);
  if (way >>> ${WAY.cpuBits} < arena[to + ${W + 1}] >>> ${WAY.cpuBits}) { arena[to + ${W}] = from; arena[to + ${W + 1}] = way; }
}
function flush() {
  const n = waits * ${R};
  while (count + waits > capacity) grow();
  waits = 0;
  const rows = arena, slots = table, most = mask, tags = ~mask;
  let sum = 0;
  for (let at = 0; at < n; at += ${R}) sum ^= slots[waiting[at + ${W + 2}] & most];
  for (let at = 0; at < n; at += ${R}) sum ^= rows[(slots[waiting[at + ${W + 2}] & most] & most) * ${S}];
  touched = sum;
  for (let at = 0; at < n; at += ${R}) {
    const ${list(W, (i) => `w${i} = waiting[at + ${i}]`)}, from = waiting[at + ${W}], step = waiting[at + ${W + 1}], h = waiting[at + ${W + 2}];
    let slot = h & most, row = 0;
    for (;;) {
      const found = slots[slot];
      if (found === 0) {
        row = ++count;
        slots[slot] = (h & tags) | row;
        const to = row * ${S};
        ${list(W, (i) => `rows[to + ${i}] = w${i};`, '\n        ')}
        rows[to + ${W}] = from;
        rows[to + ${W + 1}] = extended(rows[from * ${S} + ${S + W + 1}], step);
        break;
      }
      if (((found ^ h) & tags) === 0) {
        row = found & most;
        const to = row * ${S};
        if (${list(W, (i) => `rows[to + ${i}] === w${i}`, ' && ')}) {
          if (row > layerEnd) improve(to, from, step);
          break;
        }
      }
      slot = (slot + 1) & most;
    }
    targets[waiting[at + ${W + 3}]] = row - 1;
    const known = (h >>> ${32 - LATELY}) * ${L};
    ${list(W, (i) => `lately[known + ${i}] = w${i};`, '\n    ')}
    lately[known + ${W}] = row;
  }
}
/** The way after one more step. */
function extended(way, step) {
  const cpu = step >> 1;
  let made = (way & ${~(SWITCH - 1)}) | cpu;
  if ((way & ${SWITCH - 1}) !== cpu && (made & ${SWITCHES}) !== ${SWITCHES}) made += ${SWITCH};
  if ((step & 1) !== 0 && made >>> ${WAY.cpuBits + WAY.switchBits} !== ${2 ** WAY.staleBits - 1}) made += ${STALE};
  return made;
}`;
}
