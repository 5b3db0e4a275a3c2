import type { Expr } from '../../../simulator/program/types.js';
import { binary, int, local } from '../expr.js';
import type { Lowering } from './data.js';
import { holds } from './flags.js';
import { registerOf, valueOf } from './registers.js';
import { malformed } from './types.js';

const not = (a: Expr): Expr => ({ k: 'unary', op: '!', a, type: { bits: 64, signed: false } });

/** CBZ, CBNZ. */
function compareAndBranch(onZero: boolean): Lowering {
  return (operands, out) => {
    operands.exactly(2);
    const value = valueOf(operands.register(0));
    out.branchUnless(onZero ? value : not(value), operands.text(1), 1);
  };
}

/** TBZ, TBNZ. */
function testAndBranch(onZero: boolean): Lowering {
  return (operands, out) => {
    operands.exactly(3);
    const register = operands.register(0);
    const bit = operands.immediate(1);
    if (bit < 0n || bit >= BigInt(register.type.bits)) throw malformed(1, `a bit from 0 to ${String(register.type.bits - 1)}`);
    const value = binary('&', binary('>>', valueOf(register), int(bit), register.type), int(1), register.type);
    out.branchUnless(onZero ? value : not(value), operands.text(2), 2);
  };
}

/** BR, BLR, RET: `link` keeps where to come back to, RET without operand takes X30. */
function indirect(link: boolean, fallback: string | null): Lowering {
  return (operands, out) => {
    operands.exactly(fallback === null ? 1 : 0, 1);
    const register = operands.count === 0 ? registerOf(fallback ?? '') : operands.register(0);
    if (!register || register.type.bits !== 64) throw malformed(0, 'a 64-bit register');
    if (!link) {
      out.jumpTo(valueOf(register));
      return;
    }
    // The target may stand in X30 itself.
    out.set('$target', valueOf(register));
    out.set('X30', out.returnAddress);
    out.jumpTo(local('$target'));
  };
}

const branches: ReadonlyMap<string, Lowering> = new Map<string, Lowering>([
  [
    'B',
    (operands, out) => {
      operands.exactly(1);
      out.jump(operands.text(0), 0);
    },
  ],
  [
    'BL',
    (operands, out) => {
      operands.exactly(1);
      out.set('X30', out.returnAddress);
      out.jump(operands.text(0), 0);
    },
  ],
  ['BR', indirect(false, null)],
  ['BLR', indirect(true, null)],
  ['RET', indirect(false, 'X30')],
  ['CBZ', compareAndBranch(true)],
  ['CBNZ', compareAndBranch(false)],
  ['TBZ', testAndBranch(true)],
  ['TBNZ', testAndBranch(false)],
]);

/** The condition that `B.EQ` names; null for another instruction. */
export const branchCondition = (mnemonic: string): string | null => /^B\.([A-Z]{2})$/.exec(mnemonic)?.[1] ?? null;

/** The meaning of a branch; null for another instruction. */
export function branch(mnemonic: string): Lowering | null {
  const condition = branchCondition(mnemonic);
  if (condition === null) return branches.get(mnemonic) ?? null;
  return (operands, out) => {
    operands.exactly(1);
    // Goes where the condition holds: not where its opposite does.
    out.branchUnless(not(holds(condition, null)), operands.text(0), 0);
  };
}

/** Instructions that the next word may be come back to. */
export const isCall = (mnemonic: string): boolean => mnemonic === 'BL' || mnemonic === 'BLR';
