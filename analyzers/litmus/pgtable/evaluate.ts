import { malformed, unsupported } from '../failure.js';
import { DEFAULT_STAGE1, leafKind, TABLE } from './descriptor.js';
import type { Exp } from './expression.js';
import { NoWalk, shiftOf } from './image.js';
import type { MemoryLayout } from './layout.js';

/** What an expression of a register or an assertion needs to know besides memory. */
export interface Scope {
  readonly memory: MemoryLayout;
  /** Address of a label in the code of the thread at hand; null where there is none. */
  readonly label: (name: string) => bigint | null;
}

type Call = Extract<Exp, { k: 'call' }>;

/** The number that an expression stands for, in 64 bits. Throws LitmusFailure. */
export function evaluate(exp: Exp, scope: Scope): bigint {
  return BigInt.asUintN(64, number(exp, scope));
}

function number(exp: Exp, scope: Scope): bigint {
  switch (exp.k) {
    case 'number':
      return exp.value;
    case 'label': {
      const found = scope.label(exp.name);
      if (found === null) throw malformed(exp.at, 'a label of the thread', `\`${exp.name.slice(0, 40)}:\``);
      return found;
    }
    case 'name': {
      const { addresses, tables } = scope.memory;
      const found = addresses.get(exp.name)?.value ?? tables.get(exp.name);
      if (found === undefined) throw malformed(exp.at, 'the name of an address or of tables', `\`${exp.name.slice(0, 40)}\``);
      return found;
    }
    case 'call':
      return call(exp, scope);
  }
}

/** Functions of isla's litmus expressions (isla-axiomatic, litmus expressions). */
function call(exp: Call, scope: Scope): bigint {
  const { fn } = exp;
  const positional = (count: number): bigint[] => {
    if (exp.args.length !== count || exp.named.size > 0) throw malformed(exp.at, `${fn}() with ${count} arguments`, describe(exp));
    return exp.args.map((arg) => number(arg, scope));
  };
  const level = /^(?:pte|desc|mkdesc)([0-3])$/.exec(fn)?.[1];
  if (level !== undefined) {
    if (fn.startsWith('mk')) return makeDescriptor(exp, Number(level), scope);
    const [address = 0n, base = 0n] = positional(2);
    const entry = walked(exp, scope, base, address, Number(level));
    return fn.startsWith('pte') ? entry : (scope.memory.image.descriptors.get(entry) ?? 0n);
  }
  switch (fn) {
    case 'extz': {
      const [value = 0n, bits = 0n] = positional(2);
      return BigInt.asUintN(Number(bits > 64n ? 64n : bits), value);
    }
    case 'page':
      return (positional(1)[0] ?? 0n) >> 12n;
    case 'asid':
    case 'vmid':
      return (positional(1)[0] ?? 0n) << 48n;
    case 'pa': {
      const [address = 0n, base = 0n] = positional(2);
      const found = scope.memory.image.translate(base, address);
      if (found === null) throw malformed(exp.at, 'an address that is mapped', 'one that is not');
      return found;
    }
    case 'ttbr':
      return ttbr(exp, scope);
    case 'offset':
    case 'index': {
      const index = indexOf(exp, scope);
      return fn === 'index' ? index : index * 8n;
    }
    case '~':
      return ~(exp.args[0] ? number(exp.args[0], scope) : 0n);
    case '..': {
      const [value = 0n, high = 0n, low = 0n] = positional(3);
      if (high < low || high > 63n) throw malformed(exp.at, 'bits from high to low', `[${high} .. ${low}]`);
      return BigInt.asUintN(Number(high - low + 1n), value >> low);
    }
    default: {
      const operator = OPERATORS[fn];
      if (!operator) throw unsupported(exp.at, `function ${fn.slice(0, 20)}() of expressions`);
      const [a = 0n, b = 0n] = positional(2);
      return operator(a, b);
    }
  }
}

const shift = (amount: bigint): bigint => (amount > 64n ? 64n : amount);

const OPERATORS: Readonly<Partial<Record<string, (a: bigint, b: bigint) => bigint>>> = {
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  bvand: (a, b) => a & b,
  bvor: (a, b) => a | b,
  bvxor: (a, b) => a ^ b,
  bvshl: (a, b) => a << shift(b),
  bvlshr: (a, b) => a >> shift(b),
};

const describe = (exp: Call): string => `${exp.args.length} arguments and ${exp.named.size} by name`;

function named(exp: Call, scope: Scope, known: readonly string[]): Map<string, bigint> {
  for (const key of exp.named.keys())
    if (!known.includes(key)) throw malformed(exp.at, `arguments of ${exp.fn}(): ${known.join(', ')}`, `\`${key.slice(0, 40)}=\``);
  if (exp.args.length > 0) throw malformed(exp.at, `${exp.fn}() with arguments by name`, describe(exp));
  return new Map([...exp.named].map(([key, value]) => [key, number(value, scope)]));
}

/** `mkdesc3(oa=pa1)`, `mkdesc2(table=0x283000)`. */
function makeDescriptor(exp: Call, level: number, scope: Scope): bigint {
  const given = named(exp, scope, ['oa', 'table']);
  const oa = given.get('oa');
  const table = given.get('table');
  if (table !== undefined && oa === undefined && level < 3) return table | TABLE;
  if (oa !== undefined && table === undefined && level > 0) return oa | DEFAULT_STAGE1 | leafKind(level);
  throw malformed(exp.at, level === 3 ? `${exp.fn}(oa=…)` : `${exp.fn}(oa=…) or ${exp.fn}(table=…)`, describe(exp));
}

/** `ttbr(asid=1, base=tables)`: TTBR or VTTBR (Arm ARM DDI 0487, "TTBR0_EL1", "VTTBR_EL2"). */
function ttbr(exp: Call, scope: Scope): bigint {
  const given = named(exp, scope, ['asid', 'vmid', 'base', 'CnP']);
  const base = given.get('base');
  const space = given.get('asid') ?? given.get('vmid');
  if (base === undefined || space === undefined) throw malformed(exp.at, 'ttbr() with a base and an asid or vmid', describe(exp));
  return base | (BigInt.asUintN(16, space) << 48n) | (given.get('CnP') ?? 0n);
}

function indexOf(exp: Call, scope: Scope): bigint {
  const given = named(exp, scope, ['level', 'va', 'ipa']);
  const level = given.get('level');
  const address = given.get('va') ?? given.get('ipa');
  if (level === undefined || address === undefined || level > 3n)
    throw malformed(exp.at, `${exp.fn}() with a level and a va or ipa`, describe(exp));
  return (address >> shiftOf(Number(level))) & 511n;
}

function walked(exp: Call, scope: Scope, base: bigint, address: bigint, level: number): bigint {
  try {
    return scope.memory.image.find(base, address, level);
  } catch (error) {
    if (error instanceof NoWalk) throw malformed(exp.at, `an address whose level ${level} entry is there`, error.message);
    throw error;
  }
}
