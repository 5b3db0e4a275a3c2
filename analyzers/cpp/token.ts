import type { SourceRef } from '../../simulator/program/types.js';

export type TokenKind = 'word' | 'number' | 'string' | 'char' | 'punct';

/** A preprocessing token. After expansion `at` is where the macro was used, not where it was defined. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: SourceRef;
  /** White space (or a comment) stood before it. */
  readonly space: boolean;
  /** The name met its own macro while that was being expanded, and stays as it is for ever. */
  readonly painted?: true;
}

/** The text of tokens, with one blank wherever the source had white space. */
export function textOf(tokens: readonly Token[]): string {
  let text = '';
  for (const token of tokens) text += token.space && text !== '' ? ` ${token.text}` : token.text;
  return text;
}

/** A copy that stands at another place, and where asked with other white space. */
export function placed(token: Token, at: SourceRef, space: boolean = token.space): Token {
  if (token.at === at && token.space === space) return token;
  const copy = { kind: token.kind, text: token.text, at, space };
  return token.painted ? { ...copy, painted: true } : copy;
}
