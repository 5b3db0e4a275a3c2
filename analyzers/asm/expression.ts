/** An expression of the assembler. `reloc` is an operator such as %lo(symbol). */
export type Expression =
  | { readonly k: 'int'; readonly value: bigint }
  | { readonly k: 'name'; readonly name: string }
  | { readonly k: 'reloc'; readonly operator: string; readonly of: Expression }
  | { readonly k: 'unary'; readonly op: '-' | '+' | '~' | '!'; readonly a: Expression }
  | { readonly k: 'binary'; readonly op: string; readonly a: Expression; readonly b: Expression };

const maxTokens = 512;

/** gas's own precedences: they differ from C in that | & ^ bind tighter than + and -. */
const precedence: Readonly<Record<string, number>> = {
  '*': 4,
  '/': 4,
  '%': 4,
  '<<': 4,
  '>>': 4,
  '|': 3,
  '&': 3,
  '^': 3,
  '+': 2,
  '-': 2,
  '==': 1.5,
  '!=': 1.5,
  '<>': 1.5,
  '<': 1.5,
  '>': 1.5,
  '<=': 1.5,
  '>=': 1.5,
  '&&': 1,
  '||': 0.5,
};

function tokens(text: string): string[] | null {
  const pattern =
    /\s*(0[xX][0-9a-fA-F]+[uUlL]*|0[bB][01]+|\d+[uUlL]*(?![\w$])|'\\?.'?|%[a-z_]+(?=\s*\()|[A-Za-z_.$][\w.$]*|<<|>>|<=|>=|==|!=|<>|&&|\|\||[-+*/%&|^~!()<>])/y;
  const out: string[] = [];
  while (pattern.lastIndex < text.length) {
    if (text.slice(pattern.lastIndex).trim() === '') break;
    const match = pattern.exec(text);
    if (!match?.[1] || out.length >= maxTokens) return null;
    out.push(match[1]);
  }
  return out;
}

function literal(token: string): bigint | null {
  if (/^\d/.test(token)) {
    const digits = token.replace(/[uUlL]+$/, '');
    return /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : /^0\d/.test(digits) ? null : BigInt(digits);
  }
  if (token.startsWith("'")) return BigInt(token.replace(/^'\\?/, '').codePointAt(0) ?? 0);
  return null;
}

/** Parses an assembler expression; null when it is none. */
export function parseExpression(text: string): Expression | null {
  const list = tokens(text);
  if (!list || list.length === 0) return null;
  let next = 0;

  function primary(): Expression | null {
    const token = list?.[next++];
    if (token === undefined) return null;
    if (token === '-' || token === '+' || token === '~' || token === '!') {
      const a = primary();
      return a && { k: 'unary', op: token, a };
    }
    if (token === '(') {
      const inner = binary(0);
      return list?.[next++] === ')' ? inner : null;
    }
    if (/^%[a-z]/.test(token)) {
      const of = primary();
      return of && { k: 'reloc', operator: token.slice(1), of };
    }
    const value = literal(token);
    if (value !== null) return { k: 'int', value };
    return /^[A-Za-z_.$]/.test(token) ? { k: 'name', name: token } : null;
  }

  function binary(least: number): Expression | null {
    let a = primary();
    while (a) {
      const op = list?.[next];
      const strength = op === undefined ? undefined : precedence[op];
      if (op === undefined || strength === undefined || strength < least) return a;
      next++;
      const b = binary(strength + 0.25);
      a = b && { k: 'binary', op, a, b };
    }
    return null;
  }

  const parsed = binary(0);
  return next === list.length ? parsed : null;
}

/** gas says -1 for true. */
const truth = (value: boolean): bigint => (value ? -1n : 0n);

function apply(op: string, a: bigint, b: bigint): bigint | null {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n ? null : a / b;
    case '%':
      return b === 0n ? null : a % b;
    case '<<':
      return b < 0n || b > 127n ? null : a << b;
    case '>>':
      return b < 0n || b > 127n ? null : BigInt.asUintN(64, a) >> b;
    case '|':
      return a | b;
    case '&':
      return a & b;
    case '^':
      return a ^ b;
    case '==':
      return truth(a === b);
    case '!=':
    case '<>':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '>':
      return truth(a > b);
    case '<=':
      return truth(a <= b);
    case '>=':
      return truth(a >= b);
    case '&&':
      return a !== 0n && b !== 0n ? 1n : 0n;
    case '||':
      return a !== 0n || b !== 0n ? 1n : 0n;
    default:
      return null;
  }
}

/** The value as a signed 64-bit number; null when a name in it has none. */
export function evaluate(expression: Expression, valueOf: (name: string) => bigint | null): bigint | null {
  switch (expression.k) {
    case 'int':
      return BigInt.asIntN(64, expression.value);
    case 'name':
      return valueOf(expression.name);
    case 'reloc':
      return null;
    case 'unary': {
      const a = evaluate(expression.a, valueOf);
      if (a === null) return null;
      if (expression.op === '!') return a === 0n ? 1n : 0n;
      return BigInt.asIntN(64, expression.op === '-' ? -a : expression.op === '~' ? ~a : a);
    }
    case 'binary': {
      const a = evaluate(expression.a, valueOf);
      const b = evaluate(expression.b, valueOf);
      const value = a === null || b === null ? null : apply(expression.op, a, b);
      return value === null ? null : BigInt.asIntN(64, value);
    }
  }
}

/** The number that `text` is; null when it is not one, or names something without a value. */
export function evaluateText(text: string, valueOf: (name: string) => bigint | null): bigint | null {
  const expression = parseExpression(text);
  return expression && evaluate(expression, valueOf);
}
