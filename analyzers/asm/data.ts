import type { Expr, Global, Initialiser, IntType, ObjectType, Omission, SourceRef } from '../../simulator/program/types.js';
import { evaluateText } from './expression.js';
import { int } from './expr.js';
import { addressOperand, type Names } from './operands.js';
import { splitOperands } from './text.js';

/** A label in a data section and the directives that follow it. */
export interface DataSymbol {
  readonly name: string;
  readonly at: SourceRef;
  readonly items: { readonly directive: string; readonly rest: string }[];
}

const widths: ReadonlyMap<string, 1 | 2 | 4 | 8> = new Map([
  ['.byte', 1],
  ['.1byte', 1],
  ['.half', 2],
  ['.hword', 2],
  ['.short', 2],
  ['.2byte', 2],
  ['.word', 4],
  ['.long', 4],
  ['.int', 4],
  ['.4byte', 4],
  ['RISCV_INT', 4],
  ['.dword', 8],
  ['.quad', 8],
  ['.8byte', 8],
  ['.xword', 8],
  ['RISCV_PTR', 8],
  ['REG_ASM', 8],
]);

const others = new Set([
  '.zero',
  '.skip',
  '.space',
  '.fill',
  '.ascii',
  '.asciz',
  '.string',
  '.incbin',
  '.uleb128',
  '.sleb128',
  '.float',
  '.double',
  '.octa',
]);

const maxElements = 4096;

/** Whether a directive puts bytes into its section. */
export function isData(directive: string): boolean {
  return widths.has(directive) || others.has(directive);
}

interface Element {
  readonly width: 1 | 2 | 4 | 8;
  /** Null for zero bytes. */
  readonly text: string | null;
}

/** All elements of a symbol, or why they cannot be told. */
function elements(symbol: DataSymbol, names: Names): readonly Element[] | string {
  const list: Element[] = [];
  for (const { directive, rest } of symbol.items) {
    const width = widths.get(directive);
    const operands = splitOperands(rest);
    if (width) for (const text of operands) list.push({ width, text });
    else if (directive === '.zero' || directive === '.skip' || directive === '.space') {
      const count = evaluateText(operands[0] ?? '', (name) => names.number(name));
      const fill = operands[1] === undefined ? 0n : evaluateText(operands[1], (name) => names.number(name));
      if (count === null || count < 0n || fill !== 0n) return `${directive} ${rest} is not a number of zero bytes`;
      if (count > BigInt(maxElements)) return `more than ${maxElements} elements`;
      for (let i = 0n; i < count; i++) list.push({ width: 1, text: null });
    } else return `${directive} is not modelled`;
    if (list.length > maxElements) return `more than ${maxElements} elements`;
  }
  return list;
}

const typeOf = (width: 1 | 2 | 4 | 8): IntType => ({ bits: width === 1 ? 8 : width === 2 ? 16 : width === 4 ? 32 : 64, signed: false });

function valueOf(text: string, names: Names): Expr {
  const value = evaluateText(text, (name) => names.number(name));
  if (value !== null) return int(value);
  return addressOperand(text, names) ?? { k: 'unknown', key: text };
}

/** The global object that a data symbol defines: an integer, a pointer, or an array of one of them. */
export function dataGlobal(
  symbol: DataSymbol,
  names: Names,
): { readonly global: Global | null; readonly size: number; readonly omissions: readonly Omission[] } {
  const omit = (why: string): { readonly global: null; readonly size: number; readonly omissions: readonly Omission[] } => ({
    global: null,
    size: 0,
    omissions: [{ what: `data ${symbol.name}`, why, at: symbol.at }],
  });
  const list = elements(symbol, names);
  if (typeof list === 'string') return omit(list);
  const [first] = list;
  if (!first) return omit('no data follows its label');
  if (list.some((element) => element.width !== first.width)) return omit('its elements differ in size');
  const values = list.map((element) => (element.text === null ? null : valueOf(element.text, names)));
  const pointers = values.some((value) => value?.k === 'symbol' || value?.k === 'index');
  const of: ObjectType = pointers && first.width === 8 ? { k: 'pointer' } : { k: 'int', type: typeOf(first.width) };
  const single = list.length === 1;
  const init = values.flatMap((value, index): Initialiser[] => (value ? [{ path: single ? '' : `[${index}]`, value }] : []));
  const type: ObjectType = single ? of : { k: 'array', of, length: list.length };
  return { global: { name: symbol.name, type, init, at: symbol.at, defined: true }, size: list.length * first.width, omissions: [] };
}
