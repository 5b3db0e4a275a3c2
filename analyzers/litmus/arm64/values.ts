import { int, ptr, type Value } from '../../../simulator/litmus/test.js';
import type { Expr } from '../../../simulator/program/types.js';
import { malformed, unsupported } from '../failure.js';
import type { Position, ValueSyntax } from '../syntax.js';
import { descriptor } from './descriptor.js';
import { type Layout, type Place, TABLE, type Variable } from './layout.js';

/** Address of a label, or null where the thread has none of that name. */
export type LabelAddress = (thread: number, label: string) => bigint | null;

export interface Context {
  readonly layout: Layout;
  readonly label: LabelAddress;
}

/**
 * A value of the text. `bits` is the width of what will hold it, as far as it is told; `own` the variable whose page-table entry it is for.
 * Throws LitmusFailure.
 */
export function valueOf(value: ValueSyntax, context: Context, bits: number, own: Variable | null = null): Value {
  const { layout } = context;
  switch (value.k) {
    case 'number':
      return int(value.value < 0n ? BigInt.asUintN(bits, value.value) : value.value);
    case 'name':
    case 'apply':
    case 'element':
      return addressValue(layout.place(value), layout, value.at);
    case 'fields':
      return int(descriptor(value, layout, own));
    case 'qualified':
      return labelValue(value.thread, value.name, value.at, context);
    case 'label':
      return labelValue(value.thread, value.label, value.at, context);
    case 'instruction':
      throw unsupported(value.at, 'instructions as values');
    case 'content':
    case 'list':
      throw malformed(value.at, 'a value', value.k === 'list' ? 'a list' : 'the content of a place');
  }
}

function labelValue(thread: number, label: string, at: Position, context: Context): Value {
  const address = context.label(thread, label);
  if (address === null) throw malformed(at, `a label of P${String(thread)}`, `\`${label}\``);
  return int(address);
}

function addressValue(place: Place, layout: Layout, at: Position): Value {
  if (place.k === 'physical') throw unsupported(at, 'physical addresses as values');
  if (place.k === 'entry') return ptr(TABLE, `[${String(place.variable.page)}]`);
  const bytes = (place.variable.width?.bits ?? 64) / 8;
  return int(layout.virtualAddress(place.variable) + BigInt(place.index ?? 0) * BigInt(bytes));
}

/** The expression that gives an initial value. */
export function exprOf(value: Value): Expr {
  if (value.k === 'int') return { k: 'int', value: value.v };
  if (value.k !== 'ptr') throw new Error(`no initial value is of kind ${value.k}`);
  const index = /^\[(\d+)\]$/.exec(value.path)?.[1] ?? '0';
  return { k: 'index', base: { k: 'symbol', name: value.obj }, index: { k: 'int', value: BigInt(index) }, size: 8 };
}
