import type { AccessOrder, Expr, IntType, RmwFunction, RmwOrder } from '../../../simulator/program/types.js';
import { binary, cast, int, local, u64 } from '../expr.js';
import type { Lowering } from './data.js';
import type { Emitter } from './emitter.js';
import { type Operands, place } from './operands.js';
import { DISCARDED, type Register, valueOf } from './registers.js';
import { malformed, unsupported } from './types.js';

/** Loads and stores, by mnemonic without its size suffix. */
const loads: ReadonlyMap<string, { readonly order: AccessOrder; readonly exclusive?: true }> = new Map([
  ['LDR', { order: 'once' }],
  ['LDUR', { order: 'once' }],
  ['LDAR', { order: 'acquire' }],
  ['LDAPR', { order: 'acquire-pc' }],
  ['LDAPUR', { order: 'acquire-pc' }],
  ['LDXR', { order: 'once', exclusive: true }],
  ['LDAXR', { order: 'acquire', exclusive: true }],
]);

const stores: ReadonlyMap<string, AccessOrder> = new Map([
  ['STR', 'once'],
  ['STUR', 'once'],
  ['STLR', 'release'],
  ['STLUR', 'release'],
]);

const exclusiveStores: ReadonlyMap<string, AccessOrder> = new Map([
  ['STXR', 'once'],
  ['STLXR', 'release'],
]);

/** LSE atomics (Arm ARM DDI 0487, C3.2.14 "Atomic instructions"). */
const atomics: ReadonlyMap<string, RmwFunction> = new Map([
  ['ADD', 'add'],
  ['CLR', 'andnot'],
  ['SET', 'or'],
  ['EOR', 'xor'],
]);

const orders: ReadonlyMap<string, RmwOrder> = new Map([
  ['', 'relaxed'],
  ['A', 'acquire'],
  ['L', 'release'],
  ['AL', 'acq-rel'],
]);

const sizes: ReadonlyMap<string, IntType> = new Map([
  ['B', { bits: 8, signed: false }],
  ['H', { bits: 16, signed: false }],
  ['SB', { bits: 8, signed: true }],
  ['SH', { bits: 16, signed: true }],
  ['SW', { bits: 32, signed: true }],
]);

/** The type of an access: of its register, unless the mnemonic ends in a size. */
const accessType = (suffix: string, register: Register): IntType => sizes.get(suffix) ?? register.type;

/** An access with what its address form does to the base register. */
function at(operands: Operands, i: number, out: Emitter, access: (address: Expr) => void): void {
  const { address, writeback } = place(operands, i);
  if (writeback?.when === 'pre') {
    // The base changes only once the access was done: it may fault.
    out.set('$address', address);
    access(local('$address'));
    out.set(writeback.base, local('$address'));
    return;
  }
  access(address);
  if (writeback) out.set(writeback.base, writeback.value);
}

/** `[Xn]` and nothing else: what atomics, exclusives and ordered accesses take. */
function plainPlace(operands: Operands, i: number): Expr {
  operands.exactly(i + 1);
  const { address, writeback } = place(operands, i);
  if (writeback || address.k !== 'local') throw malformed(i, 'a base register alone, like `[X1]`');
  return address;
}

function load(mnemonic: string, suffix: string): Lowering | null {
  const kind = loads.get(mnemonic);
  if (!kind) return null;
  return (operands, out) => {
    operands.exactly(2, 3);
    const dst = operands.register(0);
    const type = accessType(suffix, dst);
    if (!/^\[/.test(operands.text(1))) throw unsupported('loads of literals');
    const emit = (addr: Expr): void => {
      const exclusive = kind.exclusive === true ? { exclusive: true } : {};
      out.push({ op: 'load', dst: out.destination(dst), addr, type, order: kind.order, ...exclusive });
      // A signed load into a W register leaves the upper half zero.
      if (type.signed && dst.type.bits === 32 && dst.local !== null) out.set(dst.local, cast(local(dst.local), dst.type));
    };
    if (kind.order === 'once' && kind.exclusive !== true) at(operands, 1, out, emit);
    else emit(mnemonic === 'LDAPUR' ? place(operands, 1).address : plainPlace(operands, 1));
  };
}

function store(mnemonic: string, suffix: string): Lowering | null {
  const order = stores.get(mnemonic);
  if (!order) return null;
  return (operands, out) => {
    operands.exactly(2, 3);
    const source = operands.register(0);
    const type = accessType(suffix, source);
    const emit = (addr: Expr): void => {
      out.push({ op: 'store', addr, value: valueOf(source), type, order });
    };
    if (order === 'once') at(operands, 1, out, emit);
    else emit(mnemonic === 'STLUR' ? place(operands, 1).address : plainPlace(operands, 1));
  };
}

function exclusiveStore(mnemonic: string, suffix: string): Lowering | null {
  const order = exclusiveStores.get(mnemonic);
  if (!order) return null;
  return (operands, out) => {
    operands.exactly(3);
    const status = operands.register(0);
    if (status.type.bits !== 32) throw malformed(0, 'a 32-bit register for the status');
    const source = operands.register(1);
    const addr = plainPlace(operands, 2);
    const dst = status.local ?? DISCARDED;
    out.push({ op: 'store-exclusive', dst, addr, value: valueOf(source), type: accessType(suffix, source), order });
  };
}

/** `LDADD Rs, Rt, [Xn]`, `SWP Rs, Rt, [Xn]`; without Rt for the ST forms. */
function atomic(fn: RmwFunction, order: RmwOrder, suffix: string, returns: boolean): Lowering {
  return (operands, out) => {
    const source = operands.register(0);
    const dst = returns ? operands.registerLike(1, source) : { local: null };
    const addr = plainPlace(operands, returns ? 2 : 1);
    const type = accessType(suffix, source);
    // A result that is thrown away takes the acquire with it (Arm ARM DDI 0487, C6.2 "LDADD, LDADDA, LDADDAL, LDADDL").
    const kept = dst.local !== null ? order : order === 'acquire' ? 'relaxed' : order === 'acq-rel' ? 'release' : order;
    out.push({ op: 'rmw', dst: dst.local, addr, fn, operand: valueOf(source), expected: null, type, order: kept });
  };
}

/** `CAS Rs, Rt, [Xn]`: Rs is what is expected, and receives what was found. */
function compareAndSwap(order: RmwOrder, suffix: string): Lowering {
  return (operands, out) => {
    const expected = operands.register(0);
    const source = operands.registerLike(1, expected);
    const addr = plainPlace(operands, 2);
    const type = accessType(suffix, expected);
    const dst = out.destination(expected);
    out.push({ op: 'rmw', dst, addr, fn: 'cas', operand: valueOf(source), expected: cast(valueOf(expected), type), type, order });
  };
}

/** LDP, STP: two accesses next to each other, in no order. */
function pair(mnemonic: string): Lowering | null {
  if (!/^(?:LDP|STP|LDNP|STNP)$/.test(mnemonic)) return null;
  return (operands, out) => {
    operands.exactly(3, 4);
    const [first, second] = [operands.register(0), operands.registerLike(1, operands.register(0))];
    const step = int(first.type.bits / 8);
    at(operands, 2, out, (address) => {
      // The first register may be the base.
      out.set('$pair', binary('+', address, step, u64));
      if (mnemonic.startsWith('LD')) {
        out.push({ op: 'load', dst: out.destination(first), addr: address, type: first.type, order: 'once' });
        out.push({ op: 'load', dst: out.destination(second), addr: local('$pair'), type: second.type, order: 'once' });
        return;
      }
      out.push({ op: 'store', addr: address, value: valueOf(first), type: first.type, order: 'once' });
      out.push({ op: 'store', addr: local('$pair'), value: valueOf(second), type: second.type, order: 'once' });
    });
  };
}

/** The meaning of a load, store or atomic; null for another instruction. */
export function memoryAccess(mnemonic: string): Lowering | null {
  const paired = pair(mnemonic);
  if (paired) return paired;
  const [, plain = mnemonic, suffix = ''] = /^((?:LD|ST)(?:U|A|L|AP|APU|LU|X|AX|LX)?R)(B|H|SB|SH|SW)?$/.exec(mnemonic) ?? [];
  const access = load(plain, suffix) ?? store(plain, suffix) ?? exclusiveStore(plain, suffix);
  if (access) return access;
  const swap = /^SWP(A|L|AL)?([BH])?$/.exec(mnemonic);
  if (swap) return atomic('swap', orders.get(swap[1] ?? '') ?? 'relaxed', swap[2] ?? '', true);
  const cas = /^CAS(A|L|AL)?([BH])?$/.exec(mnemonic);
  if (cas) return compareAndSwap(orders.get(cas[1] ?? '') ?? 'relaxed', cas[2] ?? '');
  const found = /^(LD|ST)(ADD|CLR|SET|EOR)(A|L|AL)?([BH])?$/.exec(mnemonic);
  const fn = atomics.get(found?.[2] ?? '');
  const order = orders.get(found?.[3] ?? '');
  if (!found || !fn || !order || (found[1] === 'ST' && (order === 'acquire' || order === 'acq-rel'))) return null;
  return atomic(fn, order, found[4] ?? '', found[1] === 'LD');
}
