import type { Token } from '../cpp/token.js';
import { groupLength } from './words.js';

/** Part of an asm template. */
export type TemplatePart =
  | { readonly k: 'text'; readonly text: string }
  | { readonly k: 'alternative'; readonly old: readonly TemplatePart[]; readonly new: readonly TemplatePart[]; readonly feature: string }
  | { readonly k: 'unknown'; readonly text: string };

export interface AsmOperand {
  readonly name: string | null;
  readonly constraint: string;
}

/** An `asm` statement. Its operands stand as arguments of a call, outputs first. */
export interface AsmBlock {
  readonly template: readonly TemplatePart[];
  readonly outputs: readonly AsmOperand[];
  readonly inputs: readonly AsmOperand[];
  readonly labels: readonly string[];
}

/**
 * Reads the tokens between the parentheses of an `asm`. `operands` are the tokens of the operand expressions, outputs first.
 * `featureArgument` is the number of ALTERNATIVE's argument that names the feature (it differs by architecture).
 */
export function readAsm(tokens: readonly Token[], featureArgument: number): { block: AsmBlock; operands: Token[][] } {
  const sections = splitAt(tokens, ':');
  const outputs: AsmOperand[] = [];
  const inputs: AsmOperand[] = [];
  const operands: Token[][] = [];
  for (const [section, list] of [
    [sections[1] ?? [], outputs],
    [sections[2] ?? [], inputs],
  ] as const) {
    for (const operand of splitAt(section, ',')) {
      if (operand.length === 0) continue;
      const open = operand.findIndex((token) => token.text === '(');
      const named = operand[0]?.text === '[' ? (operand[1]?.text ?? null) : null;
      const constraint = operand
        .slice(0, Math.max(open, 0))
        .filter((token) => token.kind === 'string')
        .map((token) => unquote(token.text))
        .join('');
      list.push({ name: named, constraint });
      operands.push(operand.slice(open + 1, -1));
    }
  }
  const labels = splitAt(sections[4] ?? [], ',').flatMap((label) => label[0]?.text ?? []);
  return { block: { template: readTemplate(sections[0] ?? [], featureArgument, 0), outputs, inputs, labels }, operands };
}

/** Splits at a punctuator that stands in no group. `::` counts as two colons. */
export function splitAt(tokens: readonly Token[], separator: string): Token[][] {
  const texts = (index: number): string | undefined => tokens[index]?.text;
  let current: Token[] = [];
  const parts = [current];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) break;
    if (token.text === separator && token.kind === 'punct') {
      current = [];
      parts.push(current);
    } else if (token.text === '(' || token.text === '[' || token.text === '{') {
      const length = groupLength(texts, i);
      current.push(...tokens.slice(i, i + length));
      i += length - 1;
    } else current.push(token);
  }
  return parts;
}

export function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(n|t|[0-7]{1,3}|.)/g, (_, escape: string) => {
    if (escape === 'n') return '\n';
    if (escape === 't') return '\t';
    if (/^[0-7]/.test(escape)) return String.fromCharCode(Number.parseInt(escape, 8));
    return escape;
  });
}

function readTemplate(tokens: readonly Token[], featureArgument: number, depth: number): TemplatePart[] {
  const texts = (index: number): string | undefined => tokens[index]?.text;
  const parts: TemplatePart[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) break;
    if (token.kind === 'string') {
      parts.push({ k: 'text', text: unquote(token.text) });
      continue;
    }
    if (token.kind === 'word' && texts(i + 1) === '(') {
      const length = groupLength(texts, i + 1);
      const args = splitAt(tokens.slice(i + 2, i + length), ',');
      i += length;
      const feature = args[featureArgument]?.[0]?.text ?? '';
      if (alternatives.has(token.text) && depth < 4 && feature !== '') {
        const read = (index: number): TemplatePart[] => readTemplate(args[index] ?? [], featureArgument, depth + 1);
        parts.push({ k: 'alternative', old: read(0), new: read(1), feature: feature.startsWith('"') ? unquote(feature) : feature });
      } else parts.push({ k: 'unknown', text: `${token.text}(…)` });
      continue;
    }
    if (token.text !== '(' && token.text !== ')') parts.push({ k: 'unknown', text: token.text });
  }
  return parts;
}

const alternatives = new Set(['ALTERNATIVE', '_ALTERNATIVE_CFG', '__ALTERNATIVE_CFG']);
