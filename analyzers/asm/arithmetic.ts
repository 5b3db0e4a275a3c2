import type { BinaryOp, Expr } from '../../simulator/program/types.js';
import type { Emitter } from './emit.js';
import { binary, cast, int, s32, s64, u32, u64 } from './expr.js';
import { addOffset, addressOperand, destination, valueOperand } from './operands.js';
import type { Instruction } from './types.js';

type Combine = (a: Expr, b: Expr) => Expr;

const plain =
  (op: BinaryOp): Combine =>
  (a, b) =>
    binary(op, a, b, s64);

/** The 32-bit form: its result is extended with sign. */
const word =
  (op: BinaryOp): Combine =>
  (a, b) =>
    cast(binary(op, a, b, s64), s32);

/** Hardware looks at the low bits of a shift count only. */
const count = (b: Expr, bits: 32 | 64): Expr => (b.k === 'int' ? int(b.value & BigInt(bits - 1)) : binary('&', b, int(bits - 1), s64));

const inverted = (a: Expr): Expr => ({ k: 'unary', op: '~', a, type: s64 });

const shiftAdd =
  (shift: number): Combine =>
  (a, b) =>
    binary('+', binary('<<', a, int(shift), s64), b, s64);

/** rd, rs1, and a register or an immediate. The assembler takes the immediate under both names (`add`, `addi`). */
const threeOperand: Readonly<Record<string, Combine>> = {
  add: plain('+'),
  addi: plain('+'),
  sub: plain('-'),
  and: plain('&'),
  andi: plain('&'),
  or: plain('|'),
  ori: plain('|'),
  xor: plain('^'),
  xori: plain('^'),
  mul: plain('*'),
  andn: (a, b) => binary('&', a, inverted(b), s64),
  orn: (a, b) => binary('|', a, inverted(b), s64),
  xnor: (a, b) => inverted(binary('^', a, b, s64)),
  sh1add: shiftAdd(1),
  sh2add: shiftAdd(2),
  sh3add: shiftAdd(3),
  addw: word('+'),
  addiw: word('+'),
  subw: word('-'),
  mulw: word('*'),
  sll: (a, b) => binary('<<', a, count(b, 64), s64),
  srl: (a, b) => cast(binary('>>', cast(a, u64), count(b, 64), u64), s64),
  sra: (a, b) => binary('>>', cast(a, s64), count(b, 64), s64),
  sllw: (a, b) => cast(binary('<<', cast(a, u32), count(b, 32), u32), s32),
  srlw: (a, b) => cast(binary('>>', cast(a, u32), count(b, 32), u32), s32),
  sraw: (a, b) => binary('>>', cast(a, s32), count(b, 32), s32),
  slt: (a, b) => binary('<', cast(a, s64), cast(b, s64), s64),
  sltu: (a, b) => binary('<', cast(a, u64), cast(b, u64), u64),
  sgt: (a, b) => binary('>', cast(a, s64), cast(b, s64), s64),
  sgtu: (a, b) => binary('>', cast(a, u64), cast(b, u64), u64),
};

const immediateNames: Readonly<Record<string, string>> = {
  slli: 'sll',
  srli: 'srl',
  srai: 'sra',
  slliw: 'sllw',
  srliw: 'srlw',
  sraiw: 'sraw',
  slti: 'slt',
  sltiu: 'sltu',
};

const twoOperand: Readonly<Record<string, (a: Expr) => Expr>> = {
  mv: (a) => a,
  move: (a) => a,
  not: inverted,
  neg: (a) => binary('-', int(0), a, s64),
  negw: (a) => cast(binary('-', int(0), a, s64), s32),
  'sext.w': (a) => cast(a, s32),
  'sext.h': (a) => cast(a, { bits: 16, signed: true }),
  'sext.b': (a) => cast(a, { bits: 8, signed: true }),
  'zext.w': (a) => cast(a, u32),
  'zext.h': (a) => cast(a, { bits: 16, signed: false }),
  'zext.b': (a) => cast(a, { bits: 8, signed: false }),
  seqz: (a) => binary('==', a, int(0), s64),
  snez: (a) => binary('!=', a, int(0), s64),
  sltz: (a) => binary('<', cast(a, s64), int(0), s64),
  sgtz: (a) => binary('>', cast(a, s64), int(0), s64),
};

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(table, name) ? table[name] : undefined);

function upperImmediate(text: string, out: Emitter): Expr | null {
  const value = valueOperand(text, out.names);
  if (value?.k !== 'int' || text.includes('%')) return value;
  return int(BigInt.asIntN(32, value.value << 12n));
}

/** The value that an arithmetic or move instruction computes. Null: not one of them; undefined: its operands make no sense. */
function result(instruction: Instruction, out: Emitter): Expr | null | undefined {
  const { mnemonic, operands } = instruction;
  const [, second = '', third = ''] = operands;
  const two = own(twoOperand, mnemonic);
  if (two) {
    const a = valueOperand(second, out.names);
    return a ? two(a) : undefined;
  }
  const three = own(threeOperand, own(immediateNames, mnemonic) ?? mnemonic);
  if (three) {
    const a = valueOperand(second, out.names);
    const b = valueOperand(third, out.names);
    if (!a || !b) return undefined;
    // addi with a name of asm-offsets.c, or with the low part of an address, moves a pointer.
    if (mnemonic === 'addi' && b.k !== 'int' && b.k !== 'local') return addOffset(a, third, out.names) ?? undefined;
    if (mnemonic === 'addi' && third.includes('%')) return a;
    if (b.k === 'int' && b.value === 0n && (mnemonic === 'addi' || mnemonic === 'add')) return a;
    return three(a, b);
  }
  switch (mnemonic) {
    case 'li':
      return valueOperand(second, out.names) ?? undefined;
    case 'la':
    case 'lla':
    case 'lga':
      return addressOperand(second, out.names) ?? undefined;
    case 'lui':
      return upperImmediate(second, out) ?? undefined;
    case 'auipc':
      return second.includes('%pcrel_hi') ? (valueOperand(second, out.names) ?? undefined) : undefined;
    default:
      return null;
  }
}

/** Lowers arithmetic, moves and addresses; false when the instruction is none of these. */
export function lowerArithmetic(instruction: Instruction, out: Emitter): boolean {
  const value = result(instruction, out);
  if (value === null) return false;
  const dst = destination(instruction.operands[0]);
  if (value === undefined || dst === null)
    out.unsupported(`operands of ${instruction.mnemonic} ${instruction.operands.join(', ')}`, instruction.at);
  else out.set(dst, value, instruction.at);
  return true;
}
