import type { Expr } from '../../simulator/program/types.js';
import { type Expression, evaluate, parseExpression } from './expression.js';
import { binary, int, registerValue, s64 } from './expr.js';
import { registerName } from './registers.js';

/** What names in operands stand for. */
export interface Names {
  /** Value of a constant, or null. */
  number(name: string): bigint | null;
  /** Address of a symbol that this file defines, or null. */
  address(name: string): Expr | null;
}

const lowRelocations = new Set(['lo', 'pcrel_lo', 'tprel_lo']);
const highRelocations = new Set(['hi', 'pcrel_hi']);

/** Names that an address expression adds to a number. */
function plainName(expression: Expression): string | null {
  return expression.k === 'name' ? expression.name : null;
}

/** The value of an expression as the program sees it: an int, an address of this file, or an unknown by the name in the source. */
function toExpr(expression: Expression, names: Names): Expr | null {
  const value = evaluate(expression, (name) => names.number(name));
  if (value !== null) return int(value);
  switch (expression.k) {
    case 'int':
      return int(expression.value);
    case 'name':
      return names.address(expression.name) ?? { k: 'unknown', key: expression.name };
    case 'reloc':
      return lowRelocations.has(expression.operator)
        ? int(0)
        : highRelocations.has(expression.operator)
          ? symbolAddress(expression.of, names)
          : null;
    case 'unary': {
      const a = toExpr(expression.a, names);
      if (!a || expression.op === '+') return a;
      return { k: 'unary', op: expression.op, a, type: s64 };
    }
    case 'binary': {
      const a = toExpr(expression.a, names);
      const b = toExpr(expression.b, names);
      if (!a || !b) return null;
      switch (expression.op) {
        case '+':
        case '-':
        case '*':
        case '/':
        case '%':
        case '|':
        case '&':
        case '^':
        case '<<':
        case '>>':
          return binary(expression.op, a, b, s64);
        default:
          return null;
      }
    }
  }
}

/** The address that `symbol` or `symbol + number` names; the symbol need not be of this file. */
function symbolAddress(expression: Expression, names: Names): Expr | null {
  const name = plainName(expression);
  if (name !== null) return names.address(name) ?? { k: 'symbol', name };
  if (expression.k !== 'binary' || (expression.op !== '+' && expression.op !== '-')) return null;
  const base = symbolAddress(expression.a, names);
  const offset = toExpr(expression.op === '-' ? { k: 'unary', op: '-', a: expression.b } : expression.b, names);
  return base && offset && { k: 'index', base, index: offset, size: 1 };
}

/** The address in the operand of `la`; null when it is no symbol. */
export function addressOperand(text: string, names: Names): Expr | null {
  const expression = parseExpression(text);
  return expression && symbolAddress(expression, names);
}

/** A register or an immediate. Null when `text` is neither. */
export function valueOperand(text: string, names: Names): Expr | null {
  const register = registerValue(text);
  if (register) return register;
  const expression = parseExpression(text);
  return expression && toExpr(expression, names);
}

/** `base + offset`, where the offset may be a name of asm-offsets.c. */
export function addOffset(base: Expr, text: string, names: Names): Expr | null {
  if (text.trim() === '') return base;
  const expression = parseExpression(text);
  return expression && displace(base, expression, names);
}

function displace(base: Expr, expression: Expression, names: Names): Expr | null {
  const value = evaluate(expression, (name) => names.number(name));
  if (value !== null) return value === 0n ? base : { k: 'index', base, index: int(value), size: 1 };
  const name = plainName(expression);
  if (name !== null) return { k: 'offset', base, symbol: name };
  if (expression.k === 'reloc' && lowRelocations.has(expression.operator)) return base;
  if (expression.k === 'binary' && expression.op === '+') {
    const inner = displace(base, expression.a, names);
    return inner && displace(inner, expression.b, names);
  }
  if (expression.k === 'binary' && expression.op === '-' && evaluate(expression.b, (other) => names.number(other)) !== null) {
    const inner = displace(base, expression.a, names);
    return inner && displace(inner, { k: 'unary', op: '-', a: expression.b }, names);
  }
  const index = toExpr(expression, names);
  return index && { k: 'index', base, index, size: 1 };
}

/** `offset(register)`; null when the operand has another form. */
export function memoryOperand(text: string, names: Names): Expr | null {
  const match = /^(.*)\(\s*(\w+)\s*\)$/s.exec(text.trim());
  if (!match) return null;
  const base = registerValue(match[2] ?? '');
  return base && addOffset(base, match[1] ?? '', names);
}

/** The register that an operand writes; `zero` where the value is thrown away. Null when it is none. */
export function destination(text: string | undefined): string | null {
  return text === undefined ? null : registerName(text);
}
