import type { BinaryOp, Expr, IntType } from '../../../simulator/program/types.js';
import { binary, cast, int, local, u64 } from '../expr.js';
import { type Register, registerOf, valueOf } from './registers.js';
import { type A64Instruction, malformed, unsupported } from './types.js';

/** The operands of one instruction, read from the left. */
export class Operands {
  constructor(
    readonly instruction: A64Instruction,
    /** `base` moved by an offset that is spelled with names; null when it makes no sense. */
    readonly displaced: (base: Expr, offset: string) => Expr | null = () => null,
  ) {}

  get count(): number {
    return this.instruction.operands.length;
  }

  text(i: number): string {
    return this.instruction.operands[i] ?? '';
  }

  /** Refuses an instruction with another number of operands. */
  exactly(min: number, max = min): void {
    if (this.count < min) throw malformed(null, `${String(min)} operands`);
    if (this.count > max) throw malformed(max, max === min ? `${String(max)} operands` : `at most ${String(max)} operands`);
  }

  register(i: number): Register {
    const register = registerOf(this.text(i));
    if (register) return register;
    if (/^[bhsdqvzp]\d+/i.test(this.text(i))) throw unsupported('vector registers');
    throw malformed(i, 'a register');
  }

  /** A register of the same width as `like`. */
  registerLike(i: number, like: Register): Register {
    const register = this.register(i);
    if (register.type.bits !== like.type.bits) throw malformed(i, `a register of ${String(like.type.bits)} bits`);
    return register;
  }

  isImmediate(i: number): boolean {
    return numberOf(this.text(i)) !== null;
  }

  immediate(i: number): bigint {
    const value = numberOf(this.text(i));
    if (value === null) throw malformed(i, 'an immediate number');
    return value;
  }

  /** A register or an immediate of `type`, from operand `i` on to the end, where a shift or extension may follow. */
  second(i: number, type: IntType): Expr {
    if (this.isImmediate(i)) {
      const shift = this.count > i + 1 ? modifier(this.text(i + 1), i + 1) : null;
      this.exactly(i + 1, i + 2);
      if (shift !== null && shift.kind !== 'LSL') throw malformed(i + 1, 'LSL and an amount');
      return int(BigInt.asUintN(type.bits, this.immediate(i) << BigInt(shift?.amount ?? 0)));
    }
    const register = this.register(i);
    this.exactly(i + 1, i + 2);
    if (this.count === i + 1) {
      if (register.type.bits !== type.bits) throw malformed(i, `a register of ${String(type.bits)} bits`);
      return valueOf(register);
    }
    return modified(register, modifier(this.text(i + 1), i + 1), type, i + 1);
  }
}

/** `#12`, `12`, `-4`, `#0x40`, `#0b101`; null for anything else. */
function numberOf(text: string): bigint | null {
  const found = /^#?\s*([+-]?)\s*(0[xX][0-9a-fA-F]{1,16}|0[bB][01]{1,64}|[0-9]{1,20})$/.exec(text.trim());
  if (!found) return null;
  const value = BigInt(found[2] ?? '0');
  return found[1] === '-' ? -value : value;
}

interface Modifier {
  readonly kind: string;
  readonly amount: number;
}

const extensions: ReadonlyMap<string, IntType> = new Map([
  ['UXTB', { bits: 8, signed: false }],
  ['UXTH', { bits: 16, signed: false }],
  ['UXTW', { bits: 32, signed: false }],
  ['UXTX', { bits: 64, signed: false }],
  ['SXTB', { bits: 8, signed: true }],
  ['SXTH', { bits: 16, signed: true }],
  ['SXTW', { bits: 32, signed: true }],
  ['SXTX', { bits: 64, signed: true }],
]);

/** `LSL #2`, `SXTW`. */
function modifier(text: string, operand: number): Modifier {
  const [, name = '', amount = ''] = /^([A-Za-z]+)\s*(.*)$/.exec(text.trim()) ?? [];
  const kind = name.toUpperCase();
  const value = amount === '' && extensions.has(kind) ? 0n : numberOf(amount);
  if (!extensions.has(kind) && !['LSL', 'LSR', 'ASR', 'ROR'].includes(kind)) throw malformed(operand, 'a shift or an extension');
  if (value === null || value < 0n || value > 63n) throw malformed(operand, 'an amount from 0 to 63');
  return { kind, amount: Number(value) };
}

/** A register shifted or extended, as a number of `type` (Arm ARM DDI 0487, C6.2 "ADD (extended register)", "ADD (shifted register)"). */
function modified(register: Register, { kind, amount }: Modifier, type: IntType, operand: number): Expr {
  const extension = extensions.get(kind);
  if (!extension) {
    if (register.type.bits !== type.bits) throw malformed(operand - 1, `a register of ${String(type.bits)} bits`);
    return shifted(valueOf(register), kind, int(amount), type);
  }
  // Sign extension goes to the width of the result.
  const whole = register.local === null ? int(0) : local(register.local);
  const extended = cast(extension.bits === 64 ? whole : cast(whole, extension), type);
  return amount === 0 ? extended : binary('<<', extended, int(amount), type);
}

/** `value` (unsigned, of `type`) shifted; amounts count modulo the width. */
export function shifted(value: Expr, kind: string, amount: Expr, type: IntType): Expr {
  if (amount.k === 'int' && amount.value === 0n) return value;
  const by = (op: BinaryOp, of: IntType): Expr => binary(op, value, amount, of);
  switch (kind) {
    case 'LSL':
      return by('<<', type);
    case 'LSR':
      return by('>>', type);
    case 'ASR':
      return cast(by('>>', { bits: type.bits, signed: true }), type);
    default: {
      const left = binary('<<', value, binary('-', int(type.bits), amount, type), type);
      return binary('|', by('>>', type), left, type);
    }
  }
}

/** Where an access goes, and what becomes of its base register. */
export interface Place {
  readonly address: Expr;
  /** Pre-index (before the access) or post-index: the base register and its new value. */
  readonly writeback: { readonly when: 'pre' | 'post'; readonly base: string; readonly value: Expr } | null;
}

/** `[Xn]`, `[Xn,#8]`, `[Xn,Wm,SXTW #2]`, `[Xn,#8]!`, `[Xn],#8` (Arm ARM DDI 0487, C1.3.3 "Load/store addressing modes"), from operand `i` on. */
export function place(operands: Operands, i: number): Place {
  const found = /^\[([^\]]*)\](!?)$/.exec(operands.text(i));
  if (!found) throw malformed(i, 'an address in brackets, like `[X1]`');
  const [base = '', offset, extra, ...more] = (found[1] ?? '').split(',').map((part) => part.trim());
  const register = registerOf(base);
  if (!register || register.local === null || register.type.bits !== 64)
    throw malformed(i, 'an address in brackets, with a 64-bit base register');
  const from = local(register.local);
  const pre = found[2] === '!';
  if (operands.count > i + 1) {
    operands.exactly(i + 2);
    if (pre || offset !== undefined) throw malformed(i + 1, 'no more operands');
    const by = operands.immediate(i + 1);
    return { address: from, writeback: { when: 'post', base: register.local, value: sum(from, int(by)) } };
  }
  if (more.length > 0) throw malformed(i, 'a base, an offset and a shift at most');
  const address = offset === undefined ? from : moved(operands, from, offset, extra, i);
  if (!pre) return { address, writeback: null };
  if (offset === undefined) throw malformed(i, 'an offset before `]!`');
  return { address, writeback: { when: 'pre', base: register.local, value: address } };
}

function moved(operands: Operands, from: Expr, offset: string, extra: string | undefined, operand: number): Expr {
  const isName = extra === undefined && numberOf(offset) === null && registerOf(offset) === null;
  return (isName ? operands.displaced(from, offset) : null) ?? sum(from, offsetOf(offset, extra, operand));
}

function offsetOf(offset: string, extra: string | undefined, operand: number): Expr {
  const number = numberOf(offset);
  if (number !== null) {
    if (extra !== undefined) throw malformed(operand, 'no shift after a number');
    return int(number);
  }
  const register = registerOf(offset);
  if (!register) throw malformed(operand, 'an offset: a number or a register');
  if (extra === undefined) {
    if (register.type.bits !== 64) throw malformed(operand, 'UXTW or SXTW after a 32-bit offset register');
    return valueOf(register);
  }
  return modified(register, modifier(extra, operand), u64, operand);
}

/** Either side may be a pointer. */
const sum = (a: Expr, b: Expr): Expr => (b.k === 'int' && b.value === 0n ? a : binary('+', a, b, u64));
