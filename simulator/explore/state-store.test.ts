import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Layout } from '../machine/layout.js';
import { Components } from './components.js';
import { StateStore } from './state-store.js';

const WIDTH = 6;
const vector = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: WIDTH, maxLength: WIDTH });

describe('numbers for vectors', () => {
  it('equal numbers exactly for equal vectors, and every vector comes back', () => {
    fc.assert(
      fc.property(fc.array(vector, { maxLength: 60 }), (vectors) => {
        const components = new Components(WIDTH, 4);
        const known = new Map<string, number>();
        for (const each of vectors) {
          const from = Int32Array.from([99, ...each, 99]);
          const number = components.number(from, 1);
          expect(number).toBe(known.get(each.join()) ?? known.size);
          known.set(each.join(), number);
          expect(components.same(number, from, 1)).toBe(true);
        }
        expect(components.size).toBe(known.size);
        const into = new Int32Array(WIDTH + 2);
        for (const [text, number] of known) {
          components.restore(number, into, 1);
          expect(into.join()).toBe(`0,${text},0`);
        }
      }),
    );
  });

  it('tells a zero tail from the vector before it', () => {
    const components = new Components(4, 4);
    const numbers = [
      [0, 0, 0, 0],
      [1, 0, 0, 0],
      [1, 1, 0, 0],
      [0, 1, 0, 0],
    ].map((v, i) => components.number(Int32Array.from(v), 0, i === 0 ? 0 : 2));
    expect(new Set(numbers).size).toBe(4);
  });

  it('grows', () => {
    const components = new Components(1, 4);
    for (let i = 0; i < 5000; i++) expect(components.number(Int32Array.of(i * 65_536), 0)).toBe(i);
    for (let i = 0; i < 5000; i++) expect(components.number(Int32Array.of(i * 65_536), 0)).toBe(i);
  });
});

describe('states', () => {
  const layout = new Layout(2, 2, 1, 1);
  /** A state from a few (field, value) pairs, with an order of `length` entries. */
  const state = fc
    .record({
      length: fc.nat(3),
      order: fc.array(fc.nat(3), { minLength: 6, maxLength: 6 }),
      fields: fc.array(fc.tuple(fc.nat(layout.size - 1), fc.nat(3)), { maxLength: 5 }),
    })
    .map(({ length, order, fields }) => {
      const s = new Int32Array(layout.size);
      // What lies beyond the order's length is zero in every state of the machine.
      for (const [at, value] of fields) if (at < layout.ORDER || at >= layout.globalSize) s[at] = value;
      s[layout.LEN] = length;
      order.slice(0, 2 * length).forEach((value, i) => (s[layout.ORDER + i] = value));
      return s;
    });

  it('get one number each, in the order they come, and are restored', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 30 }), fc.nat(), (states, restoreAt) => {
        const store = new StateStore(layout);
        const known = new Map<string, number>();
        const into = new Int32Array(layout.size);
        states.forEach((each, i) => {
          const number = store.add(each);
          expect(number).toBe(known.get(each.join()) ?? known.size);
          known.set(each.join(), number);
          // As the search does: states come as successors of the one restored last.
          if (i % 3 === 0) store.restore(restoreAt % store.size, into);
        });
        expect(store.size).toBe(known.size);
        for (const [text, number] of known) {
          store.restore(number, into);
          expect(into.join()).toBe(text);
        }
      }),
    );
  });
});
