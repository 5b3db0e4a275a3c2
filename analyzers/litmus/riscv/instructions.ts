import type { AccessOrder, Expr, IntType, RmwFunction, RmwOrder, SourceRef } from '../../../simulator/program/types.js';
import { lowerArithmetic } from '../../asm/arithmetic.js';
import { lowerControl } from '../../asm/control.js';
import type { Emitter } from '../../asm/emit.js';
import { binary, int, local, registerValue, s32, s64, str, u32 } from '../../asm/expr.js';
import { lowerMemory } from '../../asm/memory.js';
import { memoryOperand } from '../../asm/operands.js';
import { registerName } from '../../asm/registers.js';
import { lowerSystem } from '../../asm/system.js';
import { malformed, unsupported } from '../failure.js';
import type { InstructionSyntax } from '../syntax.js';

/**
 * Litmus tests are about the order of each single access, so here stands what kernel code needs no rule for: exclusive pairs by themselves,
 * every ordering suffix, CSRs of the trap as registers. All the rest is lowered as kernel assembly is.
 */
export interface Context {
  readonly out: Emitter;
  readonly at: SourceRef;
  /** Number of the machine word that the instruction stands in. */
  readonly word: number;
  readonly labels: ReadonlySet<string>;
  /** Value of the program counter at a word. */
  addressOf(word: number): Expr;
  /** Name of the label in front of a word; one is made where the text has none. */
  labelAt(word: number): string;
  /** Words that the thread has. */
  readonly words: number;
}

/** CSRs that trap entry writes and that a handler reads: they are registers of the thread. */
const TRAP_CSRS: ReadonlySet<string> = new Set(['sepc', 'scause', 'stval', 'sscratch']);

type Suffix = '' | 'aq' | 'rl' | 'aqrl';

const LOADS: ReadonlyMap<string, IntType> = new Map([
  ['lb', { bits: 8, signed: true }],
  ['lbu', { bits: 8, signed: false }],
  ['lh', { bits: 16, signed: true }],
  ['lhu', { bits: 16, signed: false }],
  ['lw', s32],
  ['lwu', u32],
  ['ld', s64],
  ['lr.w', s32],
  ['lr.d', s64],
]);

const STORES: ReadonlyMap<string, IntType> = new Map([
  ['sb', { bits: 8, signed: true }],
  ['sh', { bits: 16, signed: true }],
  ['sw', s32],
  ['sd', s64],
  ['sc.w', s32],
  ['sc.d', s64],
]);

const ATOMICS: ReadonlyMap<string, RmwFunction> = new Map([
  ['amoswap', 'swap'],
  ['amoadd', 'add'],
  ['amoand', 'and'],
  ['amoor', 'or'],
  ['amoxor', 'xor'],
  ['amocas', 'cas'],
]);

const ATOMIC_ORDERS: Readonly<Record<Suffix, RmwOrder>> = { '': 'relaxed', aq: 'acquire', rl: 'release', aqrl: 'full' };

/** What a load into x0 reads goes here: the access is made all the same. */
const DISCARDED = '$discard';

/** Lowers one instruction. Throws LitmusFailure where it is none, or none that is modelled. */
export function lowerInstruction(instruction: InstructionSyntax, context: Context): void {
  const mnemonic = instruction.mnemonic.toLowerCase();
  checkOperands(mnemonic, instruction, context);
  if (lowerAccess(mnemonic, instruction, context) || lowerTrap(mnemonic, instruction, context) || lowerJump(mnemonic, instruction, context))
    return;
  const { out, at } = context;
  const plain = { mnemonic, operands: instruction.operands.map((operand) => operand.text), at };
  const { refusals } = out;
  const known = lowerSystem(plain, out) || lowerControl(plain, out) || lowerMemory(plain, out) || lowerArithmetic(plain, out);
  if (!known) throw unsupported(instruction.at, mnemonic);
  if (out.refusals > refusals) throw malformed(instruction.at, `the operands that ${mnemonic} takes`, `\`${instruction.text}\``);
}

const isNumber = (text: string): boolean => /^[-+]?(?:0x[0-9a-f]+|\d+)$/i.test(text);
/** `-0x10`: a sign that BigInt does not read in front of a hexadecimal number. */
const numberOf = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', '')));
const isMemory = (text: string): boolean => {
  const found = /^([-+]?(?:0x[0-9a-f]+|\d+))?\s*\(\s*(\w+)\s*\)$/i.exec(text);
  return found !== null && registerName(found[2] ?? '') !== null;
};

const BRANCH = /^(?:b(?:eq|ne|lt|ge|gt|le|ltu|geu|gtu|leu)z?|j|jal|jump|tail|call)$/;

/** Operands are registers, numbers, `offset(register)`, and labels in branches: a kernel's symbols and macros have no place here. */
function checkOperands(mnemonic: string, instruction: InstructionSyntax, context: Context): void {
  const words = mnemonic === 'fence' || mnemonic.startsWith('csr');
  instruction.operands.forEach(({ text, at }, i) => {
    if (registerName(text) !== null || isNumber(text) || isMemory(text)) return;
    const last = i === instruction.operands.length - 1;
    if (BRANCH.test(mnemonic) && last) {
      if (!context.labels.has(text)) throw malformed(at, 'a label of this thread', `\`${text}\``);
      return;
    }
    if (mnemonic === 'fence' && /^[iorw]+$/.test(text)) return;
    if (words && mnemonic !== 'fence' && /^[a-z][a-z0-9]*$/.test(text)) return;
    throw malformed(at, 'a register, a number or an address like `0(a0)`', `\`${text}\``);
  });
}

function lowerAccess(mnemonic: string, instruction: InstructionSyntax, context: Context): boolean {
  const found = /^(.*?)(?:\.(aq|rl|aqrl))?$/.exec(mnemonic);
  const name = found?.[1] ?? '';
  const suffix: Suffix = suffixOf(found?.[2]);
  const load = LOADS.get(name);
  if (load) return lowerLoad(name, suffix, load, instruction, context);
  const store = STORES.get(name);
  if (store) return lowerStore(name, suffix, store, instruction, context);
  const atomic = /^(amo[a-z]+)\.([wd])$/.exec(name);
  const fn = ATOMICS.get(atomic?.[1] ?? '');
  if (!atomic) return false;
  if (fn === undefined) throw unsupported(instruction.at, name);
  const dst = register(instruction, 0);
  const operand = value(instruction, 1);
  const expected = fn === 'cas' ? value(instruction, 0) : null;
  const type = atomic[2] === 'w' ? s32 : s64;
  context.out.push({
    op: 'rmw',
    dst: dst === 'zero' ? DISCARDED : dst,
    addr: address(instruction, 2, context),
    fn,
    operand,
    expected,
    type,
    order: ATOMIC_ORDERS[suffix],
    at: context.at,
  });
  return true;
}

const suffixOf = (text: string | undefined): Suffix => (text === 'aq' || text === 'rl' || text === 'aqrl' ? text : '');

function lowerLoad(name: string, suffix: Suffix, type: IntType, instruction: InstructionSyntax, context: Context): boolean {
  const { out, at } = context;
  if (suffix === 'rl') throw unsupported(instruction.at, `${name}.rl`);
  // Everything older comes before it, and it before everything later: that is a fence in front and an acquire.
  if (suffix === 'aqrl') fence('rw', 'rw', context);
  const order: AccessOrder = suffix === '' ? 'once' : 'acquire';
  const dst = register(instruction, 0);
  const exclusive = name.startsWith('lr.');
  const addr = address(instruction, 1, context);
  out.push({ op: 'load', dst: dst === 'zero' ? DISCARDED : dst, addr, type, order, ...(exclusive ? { exclusive } : {}), at });
  return true;
}

function lowerStore(name: string, suffix: Suffix, type: IntType, instruction: InstructionSyntax, context: Context): boolean {
  const { out, at } = context;
  const exclusive = name.startsWith('sc.');
  if (suffix === 'aq') throw unsupported(instruction.at, `${name}.aq`);
  const order: AccessOrder = suffix === '' ? 'once' : 'release';
  const first = exclusive ? 1 : 0;
  const addr = address(instruction, first + 1, context);
  const stored = value(instruction, first);
  if (!exclusive) {
    out.push({ op: 'store', addr, value: stored, type, order, at });
    if (suffix === 'aqrl') fence('rw', 'rw', context);
    return true;
  }
  const written = register(instruction, 0);
  const dst = written === 'zero' ? DISCARDED : written;
  out.push({ op: 'store-exclusive', dst, addr, value: stored, type, order, at });
  if (suffix === 'aqrl') {
    // An SC that failed made no access and orders nothing.
    const skip = out.freshLabel();
    out.branchIfZero(binary('==', local(dst), int(0), s64), skip, at);
    fence('rw', 'rw', context);
    out.label(skip);
  }
  return true;
}

function fence(pred: string, succ: string, { out, at }: Context): void {
  out.call('asm.fence', [str(pred), str(succ)], null, at);
}

/** Fences that are two in one, CSRs of the trap, ecall. */
function lowerTrap(mnemonic: string, instruction: InstructionSyntax, context: Context): boolean {
  const { out, at } = context;
  switch (mnemonic) {
    case 'fence.tso':
      // RVWMO: loads before everything later, stores before later stores.
      fence('r', 'rw', context);
      fence('w', 'w', context);
      return true;
    case 'ecall':
      out.call('asm.ecall', ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'].map(local), 'a0', at);
      out.set('a1', int(0), at);
      return true;
    case 'sret':
      out.call('asm.sret', [], null, at);
      return true;
    case 'ebreak':
    case 'mret':
    case 'wfi':
      throw unsupported(instruction.at, mnemonic);
    default:
      return mnemonic.startsWith('csr') && lowerCsr(mnemonic, instruction, context);
  }
}

function lowerCsr(mnemonic: string, instruction: InstructionSyntax, context: Context): boolean {
  const { out, at } = context;
  const found = /^csr(r?)(w|s|c|r)?(i?)$/.exec(mnemonic);
  const does = mnemonic === 'csrr' ? 'r' : found?.[2];
  if (!found || does === undefined) throw unsupported(instruction.at, mnemonic);
  const hasDst = mnemonic === 'csrr' || found[1] === 'r';
  const csr = operand(instruction, hasDst ? 1 : 0).text;
  if (csr === 'satp') {
    if (mnemonic !== 'csrw') throw unsupported(instruction.at, `${mnemonic} of satp`);
    out.call('asm.csrw', [str('satp'), value(instruction, 1)], null, at);
    return true;
  }
  if (!TRAP_CSRS.has(csr)) throw unsupported(operand(instruction, hasDst ? 1 : 0).at, `CSR ${csr}`);
  const dst = hasDst ? register(instruction, 0) : 'zero';
  const old = local(csr);
  if (mnemonic === 'csrr') {
    out.set(dst, old, at);
    return true;
  }
  const given = value(instruction, hasDst ? 2 : 1);
  const inverted: Expr = { k: 'unary', op: '~', a: given, type: s64 };
  const next = does === 'w' ? given : does === 's' ? binary('|', old, given, s64) : binary('&', old, inverted, s64);
  out.set('$csr', next, at);
  out.set(dst, old, at);
  out.set(csr, local('$csr'), at);
  return true;
}

/** Jumps that keep or use an address of code: the way back is a number, as hardware has it. */
function lowerJump(mnemonic: string, instruction: InstructionSyntax, context: Context): boolean {
  const { out, at, word } = context;
  const { operands } = instruction;
  switch (mnemonic) {
    case 'jal':
    case 'call': {
      const link = operands.length > 1 ? register(instruction, 0) : 'ra';
      out.set(link, context.addressOf(word + 1), at);
      out.jump(operand(instruction, operands.length - 1).text, at);
      return true;
    }
    case 'ret':
      goThrough(local('ra'), context);
      return true;
    case 'jr':
      goThrough(target(instruction, 0, context), context);
      return true;
    case 'jalr': {
      const explicit = operands.length > 1;
      const to = target(instruction, explicit ? 1 : 0, context);
      // The target is read before the link is written: they may be one register.
      out.set('$target', to, at);
      out.set(explicit ? register(instruction, 0) : 'ra', context.addressOf(word + 1), at);
      goThrough(local('$target'), context);
      return true;
    }
    default:
      return false;
  }
}

/** An indirect jump: compares with every word of the thread. */
function goThrough(to: Expr, context: Context): void {
  const { out, at } = context;
  for (let word = 0; word <= context.words; word++) {
    out.branchIfZero(binary('!=', to, context.addressOf(word), s64), context.labelAt(word), at);
  }
  out.unsupported('a jump to where no code of this thread stands', at);
}

function target(instruction: InstructionSyntax, i: number, context: Context): Expr {
  const { text } = operand(instruction, i);
  return registerValue(text) ?? address(instruction, i, context);
}

function operand(instruction: InstructionSyntax, i: number): { readonly text: string; readonly at: InstructionSyntax['at'] } {
  const found = instruction.operands[i];
  if (!found) throw malformed(instruction.at, `${String(i + 1)} operands`, `\`${instruction.text}\``);
  return found;
}

function register(instruction: InstructionSyntax, i: number): string {
  const { text, at } = operand(instruction, i);
  const name = registerName(text);
  if (name === null) throw malformed(at, 'a register', `\`${text}\``);
  return name;
}

function value(instruction: InstructionSyntax, i: number): Expr {
  const { text, at } = operand(instruction, i);
  const found = registerValue(text) ?? (isNumber(text) ? int(numberOf(text)) : null);
  if (!found) throw malformed(at, 'a register or a number', `\`${text}\``);
  return found;
}

function address(instruction: InstructionSyntax, i: number, context: Context): Expr {
  const { text, at } = operand(instruction, i);
  const found = isMemory(text) ? memoryOperand(text, context.out.names) : null;
  if (!found) throw malformed(at, 'an address like `0(a0)`', `\`${text}\``);
  return found;
}
