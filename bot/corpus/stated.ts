import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../package.js';
import { VIOLATION_NAMES } from '../report/violations.js';
import type { Violation } from './types.js';

/** How people put each violation: words that stand together in one sentence. */
export type Wording = readonly { readonly violation: Violation; readonly words: readonly RegExp[] }[];

const schema = z.strictObject({ wording: z.record(z.enum(VIOLATION_NAMES), z.array(z.array(z.string().min(1)).min(1)).optional()) });

/** The rows of bot/corpus/wording.yaml. */
export function loadWording(root = packageRoot()): Wording {
  const { wording } = schema.parse(parse(readFileSync(join(root, 'bot', 'corpus', 'wording.yaml'), 'utf8')));
  return VIOLATION_NAMES.flatMap((violation) =>
    (wording[violation] ?? []).map((words) => ({ violation, words: words.map((word) => new RegExp(`\\b${escape(word)}`, 'i')) })),
  );
}

/** Violations that texts speak of; `exact`: they name them as reports do. */
export function violationsIn(texts: readonly string[], wording: Wording, exact = false): Violation[] {
  if (exact) return VIOLATION_NAMES.filter((name) => texts.some((text) => text.split(/[\s,;]+/).includes(name)));
  const sentences = texts.flatMap((text) => text.split(/(?<=[.;:])\s+/));
  const said = wording.filter(({ words }) => sentences.some((sentence) => words.every((word) => word.test(sentence))));
  return VIOLATION_NAMES.filter((name) => said.some(({ violation }) => violation === name));
}

/** Names of C in prose: with an underscore, or with the parentheses of a call. */
export function namesIn(texts: readonly string[]): string[] {
  const names = texts.flatMap((text) => [...text.matchAll(/\b([a-z_][a-z0-9_]{2,})\b(\(\)|\[\])?/g)]);
  return [
    ...new Set(names.filter(([, name = '', call]) => call !== undefined || /[a-z0-9]_[a-z0-9]/.test(name)).map(([, name = '']) => name)),
  ];
}

const escape = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
