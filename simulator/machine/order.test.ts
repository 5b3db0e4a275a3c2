import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Layout, MAX_ORDER } from './layout.js';
import { Order, OrderFull } from './order.js';

const layout = new Layout(2, 3, 1, 1);
const fresh = (): { order: Order; s: Int32Array } => {
  const order = new Order(layout);
  order.initials.push(7, 8, 9);
  return { order, s: new Int32Array(layout.size) };
};

describe('the order of writes', () => {
  it('begins with first values', () => {
    const { order, s } = fresh();
    expect(order.length(s)).toBe(0);
    expect([0, 1, 2].map((loc) => order.valueAt(s, loc, 0))).toEqual([7, 8, 9]);
    expect(order.open(s, 0, 0)).toEqual([0]);
  });

  it('the newest at or below a view, and what a floor leaves open', () => {
    const { order, s } = fresh();
    order.append(s, 0, 11);
    order.append(s, 1, 12);
    order.append(s, -1, 2);
    order.append(s, 0, 13);
    expect([0, 1, 2, 3, 4].map((view) => order.latest(s, 0, view))).toEqual([0, 1, 1, 1, 4]);
    expect(order.open(s, 0, 0)).toEqual([0, 1, 4]);
    expect(order.open(s, 0, 3)).toEqual([1, 4]);
    expect(order.open(s, 0, 4)).toEqual([4]);
    expect(order.open(s, 2, 4)).toEqual([0]);
    expect([order.valueAt(s, 0, 4), order.valueAt(s, 1, 2), order.floorOf(s, 3), order.code(s, 3)]).toEqual([13, 12, 2, -1]);
  });

  it('a base other than the first value, and the first value again', () => {
    const { order, s } = fresh();
    order.setBase(s, 1, 0);
    expect(order.valueAt(s, 1, 0)).toBe(0);
    order.setBase(s, 1, 8);
    expect(order.valueAt(s, 1, 0)).toBe(8);
    expect(s.every((field) => field === 0)).toBe(true);
  });

  it('says when it is full', () => {
    const { order, s } = fresh();
    for (let i = 0; i < MAX_ORDER; i++) order.append(s, 0, i);
    expect(() => order.append(s, 0, 1)).toThrow(OrderFull);
  });

  it('a higher floor never opens more', () => {
    const writes = fc.array(fc.integer({ min: -1, max: 2 }), { maxLength: MAX_ORDER });
    fc.assert(
      fc.property(writes, fc.nat(MAX_ORDER), fc.nat(MAX_ORDER), fc.nat(2), (codes, a, b, loc) => {
        const { order, s } = fresh();
        for (const code of codes) order.append(s, code, 1);
        const [low, high] = [Math.min(a, b, codes.length), Math.min(Math.max(a, b), codes.length)];
        const open = order.open(s, loc, low);
        for (const position of order.open(s, loc, high)) expect(open).toContain(position);
        expect(open.at(-1)).toBe(order.latest(s, loc, codes.length));
      }),
    );
  });
});
