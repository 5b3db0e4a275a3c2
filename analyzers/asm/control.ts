import type { BinaryOp, Expr, IntType } from '../../simulator/program/types.js';
import type { Emitter } from './emit.js';
import { binary, cast, int, registerValue, s64, u64 } from './expr.js';
import { memoryOperand, valueOperand } from './operands.js';
import { registerName } from './registers.js';
import type { Instruction } from './types.js';

interface Comparison {
  readonly op: BinaryOp;
  readonly opposite: BinaryOp;
  readonly type: IntType;
}

const comparison = (op: BinaryOp, opposite: BinaryOp, type: IntType = s64): Comparison => ({ op, opposite, type });

const branches: ReadonlyMap<string, Comparison> = new Map([
  ['beq', comparison('==', '!=')],
  ['bne', comparison('!=', '==')],
  ['blt', comparison('<', '>=')],
  ['bge', comparison('>=', '<')],
  ['bgt', comparison('>', '<=')],
  ['ble', comparison('<=', '>')],
  ['bltu', comparison('<', '>=', u64)],
  ['bgeu', comparison('>=', '<', u64)],
  ['bgtu', comparison('>', '<=', u64)],
  ['bleu', comparison('<=', '>', u64)],
]);

/** beqz … are the same with x0 in second place. */
const zeroBranches = new Set(['beqz', 'bnez', 'bltz', 'bgez', 'bgtz', 'blez']);

/** Both signs of a number stand in registers, and only a comparison can tell which is meant; pointers pass through the cast. */
function operand(value: Expr, other: Expr, { op, type }: Comparison): Expr {
  const equality = op === '==' || op === '!=';
  return equality && other.k === 'int' && other.value === 0n ? value : cast(value, type);
}

function lowerBranch(instruction: Instruction, out: Emitter): boolean {
  const { mnemonic, operands, at } = instruction;
  const withZero = zeroBranches.has(mnemonic);
  const found = branches.get(withZero ? mnemonic.slice(0, -1) : mnemonic);
  if (!found) return false;
  const a = valueOperand(operands[0] ?? '', out.names);
  const b = withZero ? int(0) : valueOperand(operands[1] ?? '', out.names);
  const label = operands[withZero ? 1 : 2];
  if (!a || !b || !label) {
    out.unsupported(`operands of ${mnemonic} ${operands.join(', ')}`, at);
    return true;
  }
  const left = operand(a, b, found);
  const right = operand(b, a, found);
  out.branch(binary(found.op, left, right, found.type), binary(found.opposite, left, right, found.type), label, at);
  return true;
}

/** Register and offset of `jalr`'s many spellings: rs; rd, rs; rd, off(rs); rd, rs, off; off(rs). */
function indirect(operands: readonly string[], out: Emitter): { readonly link: string; readonly to: Expr } | null {
  const explicit = operands.length > 1;
  const link = explicit ? registerName(operands[0] ?? '') : 'ra';
  const text = operands[explicit ? 1 : 0] ?? '';
  const to = registerValue(text) ?? memoryOperand(text, out.names);
  const offset = operands[2];
  if (link === null || !to || (offset !== undefined && offset !== '0')) return null;
  return { link, to };
}

function leaveThrough(to: Expr, out: Emitter, at: Instruction['at']): void {
  // Through ra it is the way back to the caller.
  if (to.k !== 'local' || to.name !== 'ra') out.callProcedure(to, at);
  out.return(at);
}

/** Lowers branches, jumps, calls and returns; false when the instruction is none of these. */
export function lowerControl(instruction: Instruction, out: Emitter): boolean {
  const { mnemonic, operands, at } = instruction;
  const [first = '', second] = operands;
  const bare = (label: string): string => label.replace(/@plt$/, '');
  switch (mnemonic) {
    case 'j':
    case 'tail':
    case 'jump':
      out.jump(bare(first), at);
      return true;
    case 'call':
    case 'jal': {
      const link = second === undefined ? 'ra' : registerName(first);
      const label = bare(second ?? first);
      if (link === 'zero') out.jump(label, at);
      else if (link === 'ra') out.callLabel(label, at);
      else out.unsupported(`${mnemonic} ${operands.join(', ')}: links through another register than ra`, at);
      return true;
    }
    case 'ret':
      out.return(at);
      return true;
    case 'jr': {
      const to = registerValue(first) ?? memoryOperand(first, out.names);
      if (to) leaveThrough(to, out, at);
      else out.unsupported(`operands of ${mnemonic} ${operands.join(', ')}`, at);
      return true;
    }
    case 'jalr': {
      const found = indirect(operands, out);
      if (found?.link === 'ra') out.callProcedure(found.to, at);
      else if (found?.link === 'zero') leaveThrough(found.to, out, at);
      else out.unsupported(`operands of ${mnemonic} ${operands.join(', ')}`, at);
      return true;
    }
    default:
      return lowerBranch(instruction, out);
  }
}
