import type { Expr, IntType } from '../../simulator/program/types.js';
import type { Node } from './ast.js';
import type { Fx, Value } from './context.js';
import { binary, int, select } from './ir.js';
import { convert } from './operators.js';
import { type CType, S32, U32, U64 } from './types.js';

export type Builtin = (fx: Fx, args: readonly Node[]) => Value | null;

const WORD: IntType = { bits: 64, signed: false };

/** The compiler's functions that look for bits, as code over words. Of zero, where C leaves it open, they give what the hardware would. */
export const bitBuiltins: readonly (readonly [string, Builtin])[] = [
  ...(
    [
      ['', U32, 32],
      ['l', U64, 64],
      ['ll', U64, 64],
    ] as const
  ).flatMap(([suffix, type, bits]): [string, Builtin][] => [
    [`__builtin_ctz${suffix}`, ofWord(type, (fx, x) => trailingZeros(fx, x))],
    [`__builtin_clz${suffix}`, ofWord(type, (fx, x) => minus(int(bits - 1), highest(fx, x)))],
    [`__builtin_ffs${suffix}`, ofWord(type, (fx, x) => select(x, plus(trailingZeros(fx, x), int(1)), int(0)))],
    [`__builtin_popcount${suffix}`, ofWord(type, (fx, x) => ones(fx, x))],
    [`__builtin_parity${suffix}`, ofWord(type, (fx, x) => binary('&', ones(fx, x), int(1), WORD))],
  ]),
];

function ofWord(type: CType, count: (fx: Fx, x: Expr) => Expr): Builtin {
  return (fx, args) => {
    const [arg] = args;
    if (arg === undefined) return null;
    const x = held(fx, convert(fx.value(arg), type));
    return { e: count(fx, x), t: S32 };
  };
}

/** The value in a local of its own, unless it is a constant or one already. */
function held(fx: Fx, value: Expr): Expr {
  if (value.k === 'int' || value.k === 'local') return value;
  const dst = fx.temporary();
  fx.code.emit({ op: 'set', dst, value });
  return { k: 'local', name: dst };
}

const plus = (a: Expr, b: Expr): Expr => binary('+', a, b, WORD);
const minus = (a: Expr, b: Expr): Expr => binary('-', a, b, WORD);
const shifted = (a: Expr, by: Expr): Expr => binary('>>', a, by, WORD);
const masked = (a: Expr, mask: bigint): Expr => binary('&', a, int(mask), WORD);

/** By halves: where the lower half is empty, the bit is in the upper one. */
function trailingZeros(fx: Fx, x: Expr): Expr {
  let rest = x;
  let count: Expr = int(0);
  for (const half of [32n, 16n, 8n, 4n, 2n, 1n]) {
    const step = held(fx, select(masked(rest, (1n << half) - 1n), int(0), int(half)));
    count = held(fx, plus(count, step));
    rest = held(fx, shifted(rest, step));
  }
  return count;
}

/** The number of the highest bit. */
function highest(fx: Fx, x: Expr): Expr {
  let rest = x;
  let count: Expr = int(0);
  for (const half of [32n, 16n, 8n, 4n, 2n, 1n]) {
    const step = held(fx, select(shifted(rest, int(half)), int(half), int(0)));
    count = held(fx, plus(count, step));
    rest = held(fx, shifted(rest, step));
  }
  return count;
}

function ones(fx: Fx, x: Expr): Expr {
  let sum = x;
  for (const [half, mask] of [
    [1n, 0x5555555555555555n],
    [2n, 0x3333333333333333n],
    [4n, 0x0f0f0f0f0f0f0f0fn],
    [8n, 0x00ff00ff00ff00ffn],
    [16n, 0x0000ffff0000ffffn],
    [32n, 0x00000000ffffffffn],
  ] as const) {
    sum = held(fx, plus(masked(sum, mask), masked(shifted(sum, int(half)), mask)));
  }
  return sum;
}
