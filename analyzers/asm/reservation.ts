import type { Expr, IntType, RmwFunction, RmwOrder, SourceRef } from '../../simulator/program/types.js';
import type { Emitter } from './emit.js';
import { binary, int, registerValue, s32, s64 } from './expr.js';
import { memoryOperand, valueOperand } from './operands.js';
import { registerName } from './registers.js';
import { nativeMnemonic } from './spelling.js';
import { splitOperands } from './text.js';
import type { Instruction, Statement } from './types.js';

/** Operations of a retry loop that are an atomic's: name → function, and whether the operands may change places. */
const operations: ReadonlyMap<string, { readonly fn: RmwFunction; readonly op: '+' | '-' | '&' | '|' | '^'; readonly swaps: boolean }> =
  new Map([
    ['add', { fn: 'add', op: '+', swaps: true }],
    ['addi', { fn: 'add', op: '+', swaps: false }],
    ['sub', { fn: 'sub', op: '-', swaps: false }],
    ['and', { fn: 'and', op: '&', swaps: true }],
    ['andi', { fn: 'and', op: '&', swaps: false }],
    ['or', { fn: 'or', op: '|', swaps: true }],
    ['ori', { fn: 'or', op: '|', swaps: false }],
    ['xor', { fn: 'xor', op: '^', swaps: true }],
    ['xori', { fn: 'xor', op: '^', swaps: false }],
  ]);

/** The order of the whole, where one says it; lr.aq with sc.rl is less than fully ordered and more than either. */
function orderOf(lr: string, sc: string): RmwOrder | null {
  if (lr === 'aqrl' || sc === 'aqrl') return 'full';
  if (lr === 'aq' && sc === 'rl') return null;
  return lr === 'aq' || sc === 'aq' ? 'acquire' : lr === 'rl' || sc === 'rl' ? 'release' : 'relaxed';
}

function instructionOf(statement: Statement | undefined): Instruction | null {
  if (statement?.k !== 'line') return null;
  return { mnemonic: nativeMnemonic(statement.name), operands: splitOperands(statement.rest), at: statement.at };
}

const squeezed = (text: string | undefined): string => (text ?? '').replace(/\s+/g, '').replace(/^0?\(/, '(');

interface Loop {
  readonly old: string;
  readonly address: Expr;
  readonly order: RmwOrder;
  readonly type: IntType;
  readonly at: SourceRef;
  /** The register that sc writes its success to. */
  readonly status: string;
  /** The register that sc stores. */
  readonly stored: string;
  /** Between lr and sc; null when sc stores a register as it is. */
  readonly middle: Instruction | null;
  readonly length: number;
}

/** Finds `label: lr; [one instruction]; sc; bnez status, label` at `index`, where the lr is. */
function findLoop(body: readonly Statement[], index: number, out: Emitter): Loop | null {
  const lr = instructionOf(body[index]);
  const reserve = /^lr\.([wd])(?:\.(aq|rl|aqrl))?$/.exec(lr?.mnemonic ?? '');
  if (!lr || !reserve) return null;
  const second = instructionOf(body[index + 1]);
  const middle = second && !second.mnemonic.startsWith('sc.') ? second : null;
  const length = middle ? 4 : 3;
  const sc = instructionOf(body[index + length - 2]);
  const retry = instructionOf(body[index + length - 1]);
  const conditional = /^sc\.([wd])(?:\.(aq|rl|aqrl))?$/.exec(sc?.mnemonic ?? '');
  if (!sc || !retry || !conditional || conditional[1] !== reserve[1] || squeezed(sc.operands[2]) !== squeezed(lr.operands[1])) return null;

  const old = registerName(lr.operands[0] ?? '');
  const status = registerName(sc.operands[0] ?? '');
  const stored = registerName(sc.operands[1] ?? '');
  const address = memoryOperand(lr.operands[1] ?? '', out.names);
  const order = orderOf(reserve[2] ?? '', conditional[2] ?? '');
  if (old === null || status === null || stored === null || status === 'zero' || !address || order === null) return null;

  const back = retry.mnemonic === 'bnez' ? retry.operands[1] : null;
  const labels: string[] = [];
  for (let i = index - 1; i >= 0; i--) {
    const before = body[i];
    if (before?.k !== 'label') break;
    labels.push(before.name);
  }
  if (!back || !labels.includes(back) || registerName(retry.operands[0] ?? '') !== status) return null;
  // A register that the loop writes must not be one that it needs again when it goes round.
  const written = [old, status, ...(middle && operations.has(middle.mnemonic) ? [stored] : [])];
  if (address.k === 'local' && written.includes(address.name)) return null;
  return { old, address, order, type: reserve[1] === 'w' ? s32 : s64, at: lr.at, status, stored, middle, length };
}

function lowerUpdate(loop: Loop, middle: Instruction, out: Emitter): boolean {
  const operation = operations.get(middle.mnemonic);
  const [dst, first = '', second = ''] = middle.operands;
  if (!operation || registerName(dst ?? '') !== loop.stored) return false;
  const other = registerName(first) === loop.old ? second : operation.swaps && registerName(second) === loop.old ? first : null;
  const name = other === null ? null : registerName(other);
  const operand = other === null ? null : valueOperand(other, out.names);
  if (!operand || (name !== null && [loop.old, loop.stored, loop.status].includes(name)) || loop.stored === 'zero') return false;
  out.push({
    op: 'rmw',
    dst: loop.old === 'zero' ? null : loop.old,
    addr: loop.address,
    fn: operation.fn,
    operand,
    expected: null,
    type: loop.type,
    order: loop.order,
    at: loop.at,
  });
  const old = registerValue(loop.old) ?? int(0);
  if (loop.stored !== loop.status) out.set(loop.stored, binary(operation.op, old, operand, s64), middle.at);
  out.set(loop.status, int(0), loop.at);
  return true;
}

function lowerSwap(loop: Loop, out: Emitter): boolean {
  const operand = registerValue(loop.stored);
  if (!operand || loop.stored === loop.old || loop.stored === loop.status) return false;
  const dst = loop.old === 'zero' ? null : loop.old;
  out.push({ op: 'rmw', dst, addr: loop.address, fn: 'swap', operand, expected: null, type: loop.type, order: loop.order, at: loop.at });
  out.set(loop.status, int(0), loop.at);
  return true;
}

/** `bne old, expected, out` between lr and sc: a compare and exchange. Of 64 bits only, where the comparison is of what was loaded. */
function lowerCompare(loop: Loop, middle: Instruction, out: Emitter): boolean {
  const [a = '', b = '', label] = middle.operands;
  const expectedText = registerName(a) === loop.old ? b : registerName(b) === loop.old ? a : null;
  const expectedName = expectedText === null ? null : registerName(expectedText);
  const expected = expectedText === null ? null : registerValue(expectedText);
  const operand = registerValue(loop.stored);
  if (middle.mnemonic !== 'bne' || loop.type.bits !== 64 || !expected || !operand || !label || loop.old === 'zero') return false;
  const distinct = new Set([loop.old, loop.status]);
  if (distinct.size < 2 || distinct.has(loop.stored) || (expectedName !== null && distinct.has(expectedName))) return false;
  out.push({
    op: 'rmw',
    dst: loop.old,
    addr: loop.address,
    fn: 'cas',
    operand,
    expected,
    type: loop.type,
    order: loop.order,
    at: loop.at,
  });
  const old = registerValue(loop.old) ?? int(0);
  out.branch(binary('!=', old, expected, s64), binary('==', old, expected, s64), label, middle.at);
  out.set(loop.status, int(0), loop.at);
  return true;
}

/** `ld r, place` and then `sc zero, r, place`: gives up a reservation. If it stores at all, it stores what is there. */
function givesUpReservation(body: readonly Statement[], index: number): boolean {
  const sc = instructionOf(body[index]);
  const before = instructionOf(body[index - 1]);
  if (!sc || !before || !/^sc\.[wd]$/.test(sc.mnemonic) || registerName(sc.operands[0] ?? '') !== 'zero') return false;
  const load = sc.mnemonic === 'sc.d' ? 'ld' : 'lw';
  const value = registerName(sc.operands[1] ?? '');
  return (
    before.mnemonic === load &&
    value !== null &&
    registerName(before.operands[0] ?? '') === value &&
    squeezed(before.operands[1]) === squeezed(sc.operands[2]) &&
    !squeezed(sc.operands[2]).endsWith(`(${value})`)
  );
}

/**
 * Lowers a load-reserved/store-conditional loop that is one atomic operation, from the lr at `index`. Returns how many statements it took;
 * 0 when there is no such loop.
 */
export function lowerReservation(body: readonly Statement[], index: number, out: Emitter): number {
  const statement = body[index];
  if (statement?.k !== 'line' || !/^(?:lr|sc)\.|^REG_SC$/i.test(statement.name)) return 0;
  if (givesUpReservation(body, index)) return 1;
  const loop = findLoop(body, index, out);
  if (!loop) return 0;
  const { middle } = loop;
  const lowered = middle ? lowerUpdate(loop, middle, out) || lowerCompare(loop, middle, out) : lowerSwap(loop, out);
  return lowered ? loop.length : 0;
}
