import { lexOne } from './lexer.js';
import type { Macro } from './macros.js';
import { type Token, placed } from './token.js';

export interface Arguments {
  /** One entry a parameter. */
  readonly raw: readonly (readonly Token[])[];
  readonly expanded: (tokens: readonly Token[]) => readonly Token[];
}

/** The body of `macro` with arguments in place, `#` and `##` done. Its tokens stand where `use` stands; arguments keep their own place. */
export function substitute(macro: Macro, args: Arguments | null, use: Token): Token[] {
  const out: Token[] = [];
  const { body } = macro;
  const expandedArgs = new Map<number, readonly Token[]>();
  const paramOf = (token: Token | undefined): number =>
    token?.kind === 'word' && macro.params !== null ? macro.params.indexOf(token.text) : -1;
  const rawOf = (index: number): readonly Token[] => args?.raw[index] ?? [];

  for (let i = 0; i < body.length; i++) {
    const token = body[i];
    if (token === undefined) break;
    if (token.text === '#' && macro.params !== null) {
      const param = paramOf(body[i + 1]);
      if (param >= 0) {
        out.push(stringify(rawOf(param), use, token.space));
        i++;
        continue;
      }
    }
    if (token.text === '##' && i > 0 && i + 1 < body.length) {
      i++;
      paste(out, body[i], paramOf(body[i]), rawOf, macro, use);
      continue;
    }
    const param = paramOf(token);
    if (param < 0) {
      out.push(placed(token, use.at));
      continue;
    }
    const beforePaste = body[i + 1]?.text === '##';
    let replacement: readonly Token[];
    if (beforePaste) {
      replacement = rawOf(param);
      // An empty operand of ## must not let the paste reach the token before it.
      if (replacement.length === 0) replacement = [placemarker(use)];
    } else {
      replacement = expandedArgs.get(param) ?? args?.expanded(rawOf(param)) ?? [];
      expandedArgs.set(param, replacement);
    }
    append(out, replacement, token.space);
  }
  const real = out.filter((token) => token.text !== '');
  const [first] = real;
  if (first !== undefined) real[0] = placed(first, first.at, use.space);
  return real;
}

function append(out: Token[], tokens: readonly Token[], space: boolean): void {
  for (const [index, token] of tokens.entries()) out.push(index === 0 ? placed(token, token.at, space) : token);
}

function placemarker(use: Token): Token {
  return { kind: 'punct', text: '', at: use.at, space: false };
}

function paste(
  out: Token[],
  right: Token | undefined,
  param: number,
  rawOf: (index: number) => readonly Token[],
  macro: Macro,
  use: Token,
): void {
  if (right === undefined) return;
  const tokens = param >= 0 ? rawOf(param) : [placed(right, use.at)];
  const left = out[out.length - 1];
  if (left?.text === ',' && macro.variadic && param === (macro.params?.length ?? 0) - 1) {
    // GNU: the comma goes when there are no variable arguments.
    if (tokens.length === 0) out.pop();
    else append(out, tokens, true);
    return;
  }
  const [first, ...rest] = tokens;
  if (first === undefined) return;
  if (left === undefined || left.text === '') {
    out.pop();
    append(out, tokens, left?.space ?? false);
    return;
  }
  const joined = lexOne(left.text + first.text, use.at, left.space);
  if (joined === null) out.push(first, ...rest);
  else {
    out[out.length - 1] = joined;
    out.push(...rest);
  }
}

function stringify(tokens: readonly Token[], use: Token, space: boolean): Token {
  let text = '';
  for (const token of tokens) {
    if (token.space && text !== '') text += ' ';
    text += token.kind === 'string' || token.kind === 'char' ? token.text.replace(/["\\]/g, '\\$&') : token.text;
  }
  return { kind: 'string', text: `"${text}"`, at: use.at, space };
}
