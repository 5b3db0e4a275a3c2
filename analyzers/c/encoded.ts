/** An instruction that the sources write as a number, for assemblers that do not know it. */
export interface Encoded {
  /** The number with all operands 0, as the catalog names it: `0x7c000264`. */
  readonly name: string;
  /** In the order in which the number is put together. */
  readonly operands: readonly string[];
}

/**
 * Reads `.long (0x7c000264 | (((%0) & 0x1f) << 11) | …)` (powerpc, arch/powerpc/include/asm/ppc-opcode.h) and
 * `.insn rrf,0xb98f0000,%0,%1,0,0` (s390; GNU as manual, "s390 Directives", `.insn`). Null for data and for anything else.
 */
export function encodedInstruction(directive: string, rest: string): Encoded | null {
  if (directive === '.insn') {
    const [, number, ...operands] = rest.split(',').map((part) => part.trim());
    return number !== undefined && HEX.test(number) ? { name: number.toLowerCase(), operands } : null;
  }
  if (directive !== '.long' && directive !== '.4byte') return null;
  const [first, ...fields] = terms(unwrapped(rest));
  if (first === undefined || !HEX.test(first)) return null;
  const operands: string[] = [];
  for (const field of fields) {
    const operand = OPERAND.exec(field)?.[1];
    if (operand === undefined) return null;
    operands.push(operand);
  }
  return { name: first.toLowerCase(), operands };
}

const HEX = /^0x[0-9a-f]{8}$/i;
/** `(((%0) & 0x1f) << 11)`: the operand, its width, its place. */
const OPERAND = /^\(*\s*(%?\w+|%\[\w+\])\s*\)*\s*&\s*0x[0-9a-f]+\s*\)*\s*<<\s*\d+\s*\)*$/i;

/** Without the parentheses around all of it. */
function unwrapped(text: string): string {
  const inner = text.trim();
  if (!inner.startsWith('(') || !inner.endsWith(')')) return inner;
  let depth = 0;
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] === '(') depth++;
    else if (inner[i] === ')') depth--;
    if (depth === 0) return i + 1 === inner.length ? unwrapped(inner.slice(1, -1)) : inner;
  }
  return inner;
}

/** What stands between the `|` outside of parentheses. */
function terms(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const c of text) {
    if (c === '(') depth++;
    else if (c === ')') depth--;
    if (c === '|' && depth === 0) parts.push('');
    else parts[parts.length - 1] = `${parts.at(-1) ?? ''}${c}`;
  }
  return parts.map((part) => part.trim());
}
