import type { IntType, RmwFunction, RmwOrder } from '../../simulator/program/types.js';
import type { Emitter } from './emit.js';
import { registerValue, s32, s64, u32 } from './expr.js';
import { addressOperand, destination, memoryOperand, valueOperand } from './operands.js';
import { registerName } from './registers.js';
import type { Instruction } from './types.js';

const loads: ReadonlyMap<string, IntType> = new Map([
  ['lb', { bits: 8, signed: true }],
  ['lbu', { bits: 8, signed: false }],
  ['lh', { bits: 16, signed: true }],
  ['lhu', { bits: 16, signed: false }],
  ['lw', s32],
  ['lwu', u32],
  ['ld', s64],
]);

const stores: ReadonlyMap<string, IntType> = new Map([
  ['sb', { bits: 8, signed: true }],
  ['sh', { bits: 16, signed: true }],
  ['sw', s32],
  ['sd', s64],
]);

const atomics: ReadonlyMap<string, RmwFunction> = new Map([
  ['amoswap', 'swap'],
  ['amoadd', 'add'],
  ['amoand', 'and'],
  ['amoor', 'or'],
  ['amoxor', 'xor'],
  ['amocas', 'cas'],
]);

const orders: ReadonlyMap<string, RmwOrder> = new Map([
  ['', 'relaxed'],
  ['aq', 'acquire'],
  ['rl', 'release'],
  ['aqrl', 'full'],
]);

/** Receives what a load into x0 reads; the access still happens. */
const discarded = '$discard';

function lowerAtomic(instruction: Instruction, out: Emitter): boolean {
  const match = /^(amo[a-z]+)\.([wd])(?:\.(aq|rl|aqrl))?$/.exec(instruction.mnemonic);
  const fn = atomics.get(match?.[1] ?? '');
  const order = orders.get(match?.[3] ?? '');
  if (!match || fn === undefined || order === undefined) return false;
  const [rd = '', rs2 = '', address = ''] = instruction.operands;
  const dst = destination(rd);
  const operand = registerName(rs2) === null ? null : valueOperand(rs2, out.names);
  const addr = memoryOperand(address, out.names);
  if (dst === null || !operand || !addr) out.unsupported(`operands of ${instruction.mnemonic}`, instruction.at);
  else {
    const type = match[2] === 'w' ? s32 : s64;
    // amocas takes the expected value in the register that receives the old one.
    const expected = fn === 'cas' ? registerValue(rd) : null;
    out.push({ op: 'rmw', dst: dst === 'zero' ? null : dst, addr, fn, operand, expected, type, order, at: instruction.at });
  }
  return true;
}

/** Lowers loads, stores and atomics; false when the instruction is none of these. */
export function lowerMemory(instruction: Instruction, out: Emitter): boolean {
  const { mnemonic, operands, at } = instruction;
  const [first = '', second = '', third] = operands;
  const addr = (): ReturnType<typeof memoryOperand> => memoryOperand(second, out.names) ?? addressOperand(second, out.names);

  const loadType = loads.get(mnemonic);
  if (loadType) {
    const dst = destination(first);
    const from = addr();
    if (dst === null || !from) out.unsupported(`operands of ${mnemonic} ${operands.join(', ')}`, at);
    else out.push({ op: 'load', dst: dst === 'zero' ? discarded : dst, addr: from, type: loadType, order: 'once', at });
    return true;
  }
  const storeType = stores.get(mnemonic);
  if (storeType) {
    const value = registerName(first) === null ? null : valueOperand(first, out.names);
    const to = addr();
    if (!value || !to) {
      out.unsupported(`operands of ${mnemonic} ${operands.join(', ')}`, at);
      return true;
    }
    out.push({ op: 'store', addr: to, value, type: storeType, order: 'once', at });
    // `sd rs, symbol, rt` builds the address in rt.
    const scratch = destination(third);
    if (scratch !== null) out.set(scratch, to, at);
    return true;
  }
  if (/^(?:lr|sc)\.[wd](?:\.(?:aq|rl|aqrl))?$/.test(mnemonic)) {
    out.unsupported(`${mnemonic} outside a retry loop that is one atomic operation`, at);
    return true;
  }
  return lowerAtomic(instruction, out);
}
