import type { Fixed } from '../../analyzers/program/fold-axes.js';

const WORDS: Readonly<Record<string, bigint>> = { true: 1n, yes: 1n, on: 1n, false: 0n, no: 0n, off: 0n };

/** Reads `NAME=VALUE` as often as it was given; a complaint where one can't be read or a name stands twice. */
export function readAxes(texts: readonly string[]): Fixed | string {
  const fixed = new Map<string, bigint>();
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    const name = text.slice(0, Math.max(at, 0)).trim();
    const value = valueOf(text.slice(at + 1).trim());
    if (at < 0 || name === '' || value === null) return `--axis ${text}: expected NAME=VALUE, with a number, true or false`;
    if (fixed.has(name)) return `--axis ${name} stands twice`;
    fixed.set(name, value);
  }
  return fixed;
}

function valueOf(text: string): bigint | null {
  const word = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
  if (word !== undefined) return word;
  return /^(?:0x[0-9a-f]{1,16}|\d{1,19})$/i.test(text) ? BigInt.asUintN(64, BigInt(text)) : null;
}

/** What to say of axes that none of the functions asks for; null where all are asked for. */
export function notAsked(fixed: Fixed, asked: readonly string[]): string | null {
  const missing = [...fixed.keys()].filter((name) => !asked.includes(name));
  if (missing.length === 0) return null;
  const known = asked.length === 0 ? 'they ask for none' : `they ask for ${asked.join(', ')}`;
  return `--axis ${missing.join(', ')}: the functions do not ask for it; ${known}`;
}
