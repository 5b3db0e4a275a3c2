import type { Expr } from '../../../simulator/program/types.js';
import type { Emitter as Code } from '../emit.js';
import { evaluateText } from '../expression.js';
import { binary, int, local, str } from '../expr.js';
import type { InstructionSet } from '../isa.js';
import { addOffset, addressOperand } from '../operands.js';
import { splitOperands } from '../text.js';
import type { Instruction, Statement } from '../types.js';
import { meaningOf } from './compile.js';
import { Emitter } from './emitter.js';
import { type Flag, flagsRead, holds } from './flags.js';
import { Operands } from './operands.js';
import { registerOf, valueOf } from './registers.js';
import { A64Failure } from './types.js';

const argumentRegisters = Array.from({ length: 8 }, (_, index) => `X${String(index)}`);

/** Macros of arch/arm64/include/asm/assembler.h and sysreg.h that load a value or name a system register: kept, since they say what is meant. */
const keptMacros = new Set(['mov_q', 'adr_l', 'ldr_l', 'str_l', 'mrs_s', 'msr_s', 'sb', 'nops', 'esb', 'clearbhb', 'bti']);

/** A64 as the kernel's `.S` files use it: procedures that call each other, names of asm-offsets.c, macros that stand for a value. */
export function arm64Kernel(constants: ReadonlyMap<string, bigint> = new Map()): InstructionSet {
  let flags: ReadonlySet<Flag> = new Set();
  return {
    arch: 'arm64',
    language: 'arm64-asm',
    // Procedure Call Standard for the Arm 64-bit Architecture, "General-purpose Registers".
    calls: { arguments: argumentRegisters, result: 'X0', link: 'X30' },
    hashComments: false,
    keptMacros,
    group: () => 0,
    read: (statements) => {
      flags = flagsOf(statements);
    },
    lower: (instruction, out) => control(instruction, out) || named(instruction, out) || plain(instruction, out, flags),
    constant: (name) => constants.get(name) ?? null,
  };
}

/** Flags that some instruction of the file reads. */
function flagsOf(statements: readonly Statement[]): ReadonlySet<Flag> {
  const flags = new Set<Flag>();
  for (const statement of statements) {
    if (statement.k !== 'line') continue;
    const condition =
      conditionOf(statement.name) ?? (/^c(?:s|inc|inv|neg|cm)/i.test(statement.name) ? splitOperands(statement.rest).at(-1) : undefined);
    for (const flag of flagsRead(condition ?? '')) flags.add(flag);
  }
  return flags;
}

/** The condition that `b.eq` names, also in the old spelling without the dot; null for another instruction. */
function conditionOf(mnemonic: string): string | null {
  const name = /^b\.?([a-z]{2})$/.exec(mnemonic.toLowerCase())?.[1];
  return name !== undefined && name !== 'ti' && (flagsRead(name).length > 0 || name === 'al') ? name : null;
}

const not = (a: Expr): Expr => ({ k: 'unary', op: '!', a, type: { bits: 64, signed: false } });

/** Branches, calls and returns; false for other instructions. */
function control({ mnemonic, operands, at }: Instruction, out: Code): boolean {
  const [first = '', second = '', third = ''] = operands;
  const condition = conditionOf(mnemonic);
  const bad = (): true => {
    out.unsupported(`operands of ${mnemonic} ${operands.join(', ')}`, at);
    return true;
  };
  if (condition !== null) {
    out.branch(holds(condition, null), not(holds(condition, null)), first, at);
    return true;
  }
  switch (mnemonic) {
    case 'b':
      jump(first, out, at);
      return true;
    case 'bl':
      out.callLabel(first, at);
      return true;
    case 'br':
    case 'blr': {
      const to = registerOf(first);
      if (to?.local == null) return bad();
      out.callProcedure(local(to.local), at);
      if (mnemonic === 'br') out.return(at);
      return true;
    }
    case 'ret': {
      const to = registerOf(first === '' ? 'x30' : first);
      if (to?.local == null) return bad();
      if (to.local !== 'X30') out.callProcedure(local(to.local), at);
      out.return(at);
      return true;
    }
    case 'eret':
      out.call('asm.eret', [], null, at);
      out.push({ op: 'return', value: null, at });
      return true;
    case 'cbz':
    case 'cbnz': {
      const register = registerOf(first);
      if (!register || second === '') return bad();
      const value = valueOf(register);
      if (mnemonic === 'cbz') out.branch(not(value), value, second, at);
      else out.branch(value, not(value), second, at);
      return true;
    }
    case 'tbz':
    case 'tbnz': {
      const register = registerOf(first);
      const bit = evaluateText(second.replace(/^#/, ''), (name) => out.names.number(name));
      if (!register || bit === null || bit < 0n || bit > 63n || third === '') return bad();
      const value = binary('&', binary('>>', valueOf(register), int(bit), register.type), int(1), register.type);
      if (mnemonic === 'tbz') out.branch(not(value), value, third, at);
      else out.branch(value, not(value), third, at);
      return true;
    }
    default:
      return false;
  }
}

/** `b .` stays where it is for ever; `b . + 4` goes on. */
function jump(to: string, out: Code, at: Instruction['at']): void {
  const place = to.replace(/\s+/g, '');
  if (place === '.+4') return;
  if (place !== '.') {
    out.jump(to, at);
    return;
  }
  const here = out.freshLabel();
  out.label(here);
  out.jumpHere(here, at);
}

/** Instructions and macros whose operands are names: system registers, addresses, wide constants. */
function named({ mnemonic, operands, at }: Instruction, out: Code): boolean {
  const [first = '', second = '', third] = operands;
  const set = (text: string, value: Expr | null): true => {
    const register = registerOf(text);
    if (register?.local == null || value === null) out.unsupported(`operands of ${mnemonic} ${operands.join(', ')}`, at);
    else out.set(register.local, value, at);
    return true;
  };
  const number = (text: string): bigint | null => evaluateText(text.replace(/^[#=]/, ''), (name) => out.names.number(name));
  const address = (text: string): Expr | null => addressOperand(text.replace(/^=/, ''), out.names);
  switch (mnemonic) {
    case 'mrs':
    case 'mrs_s': {
      const register = registerOf(first);
      if (register?.local == null) return false;
      out.call('asm.mrs', [str(second.toLowerCase())], register.local, at);
      return true;
    }
    case 'msr':
    case 'msr_s': {
      const register = registerOf(second);
      const immediate = register ? null : number(second);
      if (!register && immediate === null) return false;
      out.call('asm.msr', [str(first.toLowerCase()), register ? valueOf(register) : int(immediate ?? 0n)], null, at);
      return true;
    }
    case 'mov_q': {
      const value = number(second);
      return set(first, value === null ? { k: 'unknown', key: second } : int(BigInt.asUintN(64, value)));
    }
    case 'adr':
    case 'adrp':
    case 'adr_l':
      return set(first, address(second));
    case 'add': {
      const from = registerOf(second);
      if (third === undefined || operands.length > 3 || from?.local == null || registerOf(third) || number(third) !== null) return false;
      // The low part of an address goes with the ADRP before it, which stands for the whole.
      if (/^#?:lo12:/.test(third)) return set(first, local(from.local));
      return set(first, addOffset(local(from.local), third.replace(/^#/, ''), out.names));
    }
    case 'mov':
      // A name whose value the sources at hand do not give.
      if (!second.startsWith('#') || number(second) !== null) return false;
      return set(first, { k: 'unknown', key: second.slice(1).trim() });
    case 'ldr': {
      if (!second.startsWith('=')) return literal(first, second, out, at, address);
      const value = number(second);
      return set(first, value === null ? address(second) : int(BigInt.asUintN(64, value)));
    }
    case 'ldr_l':
      return literal(first, second, out, at, address);
    case 'str_l': {
      const register = registerOf(first);
      const to = address(second);
      if (!register || to === null) return false;
      out.push({ op: 'store', addr: to, value: valueOf(register), type: register.type, order: 'once', at });
      return true;
    }
    case 'movz':
    case 'movk': {
      const part = /^#?:abs_g[0-3](?:_s|_nc)*:(.*)$/s.exec(second)?.[1];
      if (part === undefined) return false;
      // The parts of one value follow each other: each of them stands for the whole.
      const value = number(part);
      return set(first, value === null ? { k: 'unknown', key: part.trim() } : int(BigInt.asUintN(64, value)));
    }
    case 'ubfm':
    case 'sbfm': {
      const [low, high] = [number(third ?? ''), number(operands[3] ?? '')];
      if (low === null || high === null || high < low) return false;
      const width = `#${(high - low + 1n).toString()}`;
      return plain({ mnemonic: mnemonic.replace('fm', 'fx'), operands: [first, second, `#${low.toString()}`, width], at }, out, new Set());
    }
    case 'nops':
    case 'bti':
    case 'clearbhb':
    case 'hint':
      return true;
    case 'sb':
    case 'esb':
      out.call(`asm.${mnemonic}`, [], null, at);
      return true;
    case 'sevl':
      out.call('asm.sev', [], null, at);
      return true;
    default:
      return false;
  }
}

/** A load from a label. */
function literal(dst: string, label: string, out: Code, at: Instruction['at'], address: (text: string) => Expr | null): boolean {
  const register = registerOf(dst);
  const from = /^[A-Za-z_.$]/.test(label) ? address(label) : null;
  if (register?.local == null || from === null) return false;
  out.push({ op: 'load', dst: register.local, addr: from, type: register.type, order: 'once', at });
  return true;
}

/** An instruction as litmus tests know it, its constants as numbers. */
function plain({ mnemonic, operands, at }: Instruction, out: Code, flags: ReadonlySet<Flag>): boolean {
  const scratch = new Emitter(new Map(), [], flags, { base: 0n, label: () => null });
  scratch.begin(at);
  const names = { number: (name: string) => out.names.number(name) };
  try {
    const spelled = operands.map((text) => withNumbers(text, names.number));
    const displaced = (base: Expr, offset: string): Expr | null => addOffset(base, offset.replace(/^#/, ''), out.names);
    meaningOf(mnemonic.toUpperCase())(new Operands({ k: 'instruction', mnemonic, operands: spelled, at }, displaced), scratch);
  } catch (error) {
    if (!(error instanceof A64Failure)) throw error;
    return false;
  }
  for (const instr of scratch.code) out.push(instr);
  return true;
}

/** Constant expressions in an operand as numbers: `#(1 << PAGE_SHIFT)`, `lsl #SHIFT`, `[x0, #FIELD + 8]`, `:abs_g1:VALUE`. */
function withNumbers(text: string, number: (name: string) => bigint | null): string {
  const inside = /^\[(.*)\](!?)$/s.exec(text);
  if (inside) {
    const parts = splitOperands(inside[1] ?? '').map((part, index) => (index === 0 ? part : withNumbers(part, number)));
    return `[${parts.join(', ')}]${inside[2] ?? ''}`;
  }
  const amount = /^([a-z]{3,4})\s+#?(.+)$/i.exec(text);
  if (amount && /^(?:lsl|lsr|asr|ror|[us]xt[bhwx])$/i.test(amount[1] ?? ''))
    return `${amount[1] ?? ''} ${withNumbers(`#${amount[2] ?? ''}`, number)}`;
  if (registerOf(text)) return text;
  const value = evaluateText(text.replace(/^#/, ''), number);
  return value === null ? text : `#${value.toString()}`;
}
