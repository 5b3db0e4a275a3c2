import type { BinaryOp, Expr, IntType } from '../../../simulator/program/types.js';
import { binary, cast, int, local } from '../expr.js';
import type { Emitter } from './emitter.js';
import { flagLocal, flagsAfter, holds } from './flags.js';
import { type Operands, shifted } from './operands.js';
import { type Register, valueOf } from './registers.js';
import { malformed, unsupported } from './types.js';

/** What one mnemonic does with its operands. */
export type Lowering = (operands: Operands, out: Emitter) => void;

const complement = (a: Expr, type: IntType): Expr => ({ k: 'unary', op: '~', a, type });
const negated = (a: Expr, type: IntType): Expr => binary('-', int(0), a, type);

function setFlags(kind: 'add' | 'sub' | 'logic', a: Expr, b: Expr, type: IntType, out: Emitter): void {
  if (out.flags.size === 0) return;
  const after = flagsAfter(kind, a, b, type);
  for (const name of out.flags) out.set(flagLocal(name), after[name]);
}

/** `OP Rd, Rn, Rm|#imm`, with or without flags; `not`: on the complement of the last operand. */
function threeOperands(op: BinaryOp, flags: 'add' | 'sub' | 'logic' | null, not = false): Lowering {
  return (operands, out) => {
    operands.exactly(3, 4);
    const dst = operands.register(0);
    const a = valueOf(operands.registerLike(1, dst));
    arithmetic(op, flags, not, dst, a, operands.second(2, dst.type), out);
  };
}

function arithmetic(
  op: BinaryOp,
  flags: 'add' | 'sub' | 'logic' | null,
  not: boolean,
  dst: Register,
  a: Expr,
  b: Expr,
  out: Emitter,
): void {
  const { type } = dst;
  const second = not ? complement(b, type) : b;
  const result = binary(op, a, second, type);
  if (flags === 'logic') setFlags('logic', result, int(0), type, out);
  else if (flags) setFlags(flags, a, second, type, out);
  out.write(dst, result);
}

/** `OP Rn, Rm|#imm`: the flags of an operation whose result is thrown away. */
function compare(op: BinaryOp, flags: 'add' | 'sub' | 'logic'): Lowering {
  return (operands, out) => {
    operands.exactly(2, 3);
    const a = operands.register(0);
    arithmetic(op, flags, false, { local: null, type: a.type }, valueOf(a), operands.second(1, a.type), out);
  };
}

/** `OP Rd, Rm|#imm`. */
function twoOperands(value: (a: Expr, type: IntType) => Expr, flags: 'sub' | null = null): Lowering {
  return (operands, out) => {
    operands.exactly(2, 3);
    const dst = operands.register(0);
    const a = operands.second(1, dst.type);
    if (flags) setFlags(flags, int(0), a, dst.type, out);
    out.write(dst, value(a, dst.type));
  };
}

function shift(kind: string): Lowering {
  return (operands, out) => {
    operands.exactly(3);
    const dst = operands.register(0);
    const a = valueOf(operands.registerLike(1, dst));
    const { bits } = dst.type;
    if (operands.isImmediate(2)) {
      const amount = operands.immediate(2);
      if (amount < 0n || amount >= BigInt(bits)) throw malformed(2, `an amount from 0 to ${String(bits - 1)}`);
      out.write(dst, shifted(a, kind, int(amount), dst.type));
      return;
    }
    const amount = binary('&', valueOf(operands.registerLike(2, dst)), int(bits - 1), dst.type);
    out.write(dst, shifted(a, kind, amount, dst.type));
  };
}

/** MOVZ, MOVN, MOVK `Rd, #imm{, LSL #16}`. */
function moveWide(kind: 'zero' | 'not' | 'keep'): Lowering {
  return (operands, out) => {
    operands.exactly(2, 3);
    const dst = operands.register(0);
    const { type } = dst;
    const chunk = operands.immediate(1);
    if (chunk < 0n || chunk > 0xffffn) throw malformed(1, 'a number of 16 bits');
    const value = operands.second(1, type);
    if (kind === 'zero') out.write(dst, value);
    else if (kind === 'not') out.write(dst, complement(value, type));
    else {
      const amount = operands.count > 2 ? Number(/\d+/.exec(operands.text(2))?.[0] ?? '0') : 0;
      const rest = binary('&', valueOf(dst), complement(int(0xffffn << BigInt(amount)), type), type);
      out.write(dst, binary('|', rest, value, type));
    }
  };
}

/** Bits `lsb` … `lsb + width - 1` of a register, extended by `signed` (UBFX, SBFX). */
function bitField(signed: boolean): Lowering {
  return (operands, out) => {
    operands.exactly(4);
    const dst = operands.register(0);
    const a = valueOf(operands.registerLike(1, dst));
    const [lsb, width] = field(operands, 2, 3, dst.type.bits);
    const moved = binary('>>', binary('<<', a, int(dst.type.bits - lsb - width), dst.type), int(dst.type.bits - width), {
      bits: dst.type.bits,
      signed,
    });
    out.write(dst, cast(moved, dst.type));
  };
}

/** BFI puts the low bits of a register at `lsb`, BFXIL bits from `lsb` on at 0; the rest of the destination stays. */
function bitFieldMove(insert: boolean): Lowering {
  return (operands, out) => {
    operands.exactly(4);
    const dst = operands.register(0);
    const { type } = dst;
    const a = valueOf(operands.registerLike(1, dst));
    const [lsb, width] = field(operands, 2, 3, type.bits);
    const ones = (1n << BigInt(width)) - 1n;
    const mask = insert ? ones << BigInt(lsb) : ones;
    const moved = binary(insert ? '<<' : '>>', a, int(lsb), type);
    const rest = binary('&', valueOf(dst), complement(int(mask), type), type);
    out.write(dst, binary('|', rest, binary('&', moved, int(mask), type), type));
  };
}

function field(operands: Operands, lsbAt: number, widthAt: number, bits: number): [lsb: number, width: number] {
  const lsb = operands.immediate(lsbAt);
  const width = operands.immediate(widthAt);
  if (lsb < 0n || lsb >= BigInt(bits)) throw malformed(lsbAt, `a bit from 0 to ${String(bits - 1)}`);
  if (width < 1n || lsb + width > BigInt(bits)) throw malformed(widthAt, `a width that stays in ${String(bits)} bits`);
  return [Number(lsb), Number(width)];
}

/** UXTB, SXTW and their like. */
function extend(from: IntType): Lowering {
  return (operands, out) => {
    operands.exactly(2);
    const dst = operands.register(0);
    const source = operands.register(1);
    out.write(dst, cast(cast(source.local === null ? int(0) : local(source.local), from), dst.type));
  };
}

/** `Rd, Rn, Rm, cond`: the first, or something of the second. */
function select(other: (b: Expr, type: IntType) => Expr): Lowering {
  return (operands, out) => {
    operands.exactly(4);
    const dst = operands.register(0);
    const then = valueOf(operands.registerLike(1, dst));
    const otherwise = other(valueOf(operands.registerLike(2, dst)), dst.type);
    out.write(dst, { k: 'select', cond: holds(operands.text(3), 3), then, else: otherwise });
  };
}

/** `Rd, cond` and `Rd, Rn, cond`: aliases of the above on the opposite condition. */
function selectAlias(of: 'set' | 'register', value: (a: Expr, type: IntType) => Expr): Lowering {
  return (operands, out) => {
    const last = of === 'set' ? 1 : 2;
    operands.exactly(last + 1);
    const dst = operands.register(0);
    const a = of === 'set' ? int(0) : valueOf(operands.registerLike(1, dst));
    // The alias exists for no condition that always holds.
    const cond = holds(operands.text(last), last, true);
    out.write(dst, { k: 'select', cond, then: a, else: value(a, dst.type) });
  };
}

/** CCMP, CCMN `Rn, Rm|#imm, #nzcv, cond`: the comparison's flags, or those given. */
function conditionalCompare(kind: 'add' | 'sub'): Lowering {
  return (operands, out) => {
    operands.exactly(4);
    const a = operands.register(0);
    const b = operands.isImmediate(1) ? int(operands.immediate(1)) : valueOf(operands.registerLike(1, a));
    const given = operands.immediate(2);
    if (given < 0n || given > 15n) throw malformed(2, 'flags from 0 to 15');
    const cond = holds(operands.text(3), 3);
    if (out.flags.size === 0) return;
    // The condition is asked of the flags as they were.
    out.set('$condition', cond);
    const after = flagsAfter(kind, valueOf(a), b, a.type);
    const bits = { N: 8n, Z: 4n, C: 2n, V: 1n };
    for (const name of out.flags) {
      const otherwise = int((given & bits[name]) === 0n ? 0 : 1);
      out.set(flagLocal(name), { k: 'select', cond: local('$condition'), then: after[name], else: otherwise });
    }
  };
}

function multiply(operands: Operands, out: Emitter): void {
  operands.exactly(3);
  const dst = operands.register(0);
  out.write(dst, binary('*', valueOf(operands.registerLike(1, dst)), valueOf(operands.registerLike(2, dst)), dst.type));
}

function multiplyAdd(op: BinaryOp): Lowering {
  return (operands, out) => {
    operands.exactly(4);
    const dst = operands.register(0);
    const [a, b, c] = [1, 2, 3].map((i) => valueOf(operands.registerLike(i, dst)));
    if (a && b && c) out.write(dst, binary(op, c, binary('*', a, b, dst.type), dst.type));
  };
}

function move(operands: Operands, out: Emitter): void {
  operands.exactly(2, 3);
  const dst = operands.register(0);
  if (operands.count === 3 && !operands.isImmediate(1)) throw malformed(2, '2 operands');
  out.write(dst, operands.second(1, dst.type));
}

function address(operands: Operands, out: Emitter): void {
  operands.exactly(2);
  const dst = operands.register(0);
  if (dst.type.bits !== 64) throw malformed(0, 'a 64-bit register');
  if (/^:|^#/.test(operands.text(1))) throw unsupported('relocations');
  out.write(dst, out.addressOfLabel(operands.text(1), 1));
}

const one = int(1);
const increment = (b: Expr, type: IntType): Expr => binary('+', b, one, type);

/** Data processing: everything that works on registers alone (Arm ARM DDI 0487, C3.4 and C3.5). */
export const dataProcessing: ReadonlyMap<string, Lowering> = new Map<string, Lowering>([
  ['MOV', move],
  ['MOVZ', moveWide('zero')],
  ['MOVN', moveWide('not')],
  ['MOVK', moveWide('keep')],
  ['MVN', twoOperands(complement)],
  ['NEG', twoOperands(negated)],
  ['NEGS', twoOperands(negated, 'sub')],
  ['ADR', address],
  ['ADD', threeOperands('+', null)],
  ['ADDS', threeOperands('+', 'add')],
  ['SUB', threeOperands('-', null)],
  ['SUBS', threeOperands('-', 'sub')],
  ['CMP', compare('-', 'sub')],
  ['CMN', compare('+', 'add')],
  ['TST', compare('&', 'logic')],
  ['AND', threeOperands('&', null)],
  ['ANDS', threeOperands('&', 'logic')],
  ['BIC', threeOperands('&', null, true)],
  ['BICS', threeOperands('&', 'logic', true)],
  ['ORR', threeOperands('|', null)],
  ['ORN', threeOperands('|', null, true)],
  ['EOR', threeOperands('^', null)],
  ['EON', threeOperands('^', null, true)],
  ['LSL', shift('LSL')],
  ['LSR', shift('LSR')],
  ['ASR', shift('ASR')],
  ['ROR', shift('ROR')],
  ['LSLV', shift('LSL')],
  ['LSRV', shift('LSR')],
  ['ASRV', shift('ASR')],
  ['RORV', shift('ROR')],
  ['UBFX', bitField(false)],
  ['SBFX', bitField(true)],
  ['BFI', bitFieldMove(true)],
  ['BFXIL', bitFieldMove(false)],
  ['UXTB', extend({ bits: 8, signed: false })],
  ['UXTH', extend({ bits: 16, signed: false })],
  ['UXTW', extend({ bits: 32, signed: false })],
  ['SXTB', extend({ bits: 8, signed: true })],
  ['SXTH', extend({ bits: 16, signed: true })],
  ['SXTW', extend({ bits: 32, signed: true })],
  ['MUL', multiply],
  ['MADD', multiplyAdd('+')],
  ['MSUB', multiplyAdd('-')],
  ['CSEL', select((b) => b)],
  ['CSINC', select(increment)],
  ['CSINV', select(complement)],
  ['CSNEG', select(negated)],
  ['CSET', selectAlias('set', increment)],
  ['CSETM', selectAlias('set', complement)],
  ['CINC', selectAlias('register', increment)],
  ['CINV', selectAlias('register', complement)],
  ['CNEG', selectAlias('register', negated)],
  ['CCMP', conditionalCompare('sub')],
  ['CCMN', conditionalCompare('add')],
]);
