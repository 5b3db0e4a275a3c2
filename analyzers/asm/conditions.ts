import { evaluateText } from './expression.js';
import { splitOperands, stringValue } from './text.js';

interface Symbols {
  valueOf(name: string): bigint | null;
  /** Whether the file has set the symbol, or placed the label, up to here. */
  isDefined(name: string): boolean;
}

const comparisons: ReadonlyMap<string, (value: bigint) => boolean> = new Map([
  ['.if', (value) => value !== 0n],
  ['.ifne', (value) => value !== 0n],
  ['.ifeq', (value) => value === 0n],
  ['.ifgt', (value) => value > 0n],
  ['.ifge', (value) => value >= 0n],
  ['.iflt', (value) => value < 0n],
  ['.ifle', (value) => value <= 0n],
]);

/** Whether the condition of an `.if…` directive holds; null when it cannot be told. */
export function evaluateCondition(directive: string, rest: string, symbols: Symbols): boolean | null {
  const [first = '', second = ''] = splitOperands(rest).map(stringValue);
  switch (directive) {
    case '.ifdef':
      return symbols.isDefined(rest.trim());
    case '.ifndef':
    case '.ifnotdef':
      return !symbols.isDefined(rest.trim());
    case '.ifb':
      return stringValue(rest) === '';
    case '.ifnb':
      return stringValue(rest) !== '';
    case '.ifc':
    case '.ifeqs':
      return first === second;
    case '.ifnc':
    case '.ifnes':
      return first !== second;
  }
  const compare = comparisons.get(directive);
  const value = compare ? evaluateText(rest, (name) => symbols.valueOf(name)) : null;
  return compare && value !== null ? compare(value) : null;
}
