import { join } from 'node:path';
import { z } from 'zod';

/** What speaks of flush or fault logic by its name alone. */
export interface Vocabulary {
  /** Whether a name in a file speaks of it. */
  hasWord(name: string, path: string): boolean;
  /** Whether a file is about nothing else. */
  hasFile(path: string): boolean;
  /** Whether barriers, RCU and IPIs in a file are about it. */
  ordersTranslations(path: string): boolean;
}

/** The names that make a change relevant. */
export const VOCABULARY = join('simulator', 'scenarios', 'vocabulary.yaml');

const word = z.string().regex(/^[a-z0-9_]+$/);
const pattern = z.string().regex(/^[\w./*-]+$/);
const schema = z.strictObject({
  words: z.array(z.array(word).min(1)).min(1),
  files: z.array(pattern).min(1),
  ordering: z.array(pattern).min(1),
  elsewhere: z.strictObject({ files: z.array(pattern).min(1), but: z.array(pattern).min(1), words: z.array(word).min(1) }),
});

/** Throws where the file is not as it should be: it is part of the program. */
export function parseVocabulary(yaml: unknown): Vocabulary {
  const { words, files, ordering, elsewhere } = schema.parse(yaml);
  const [here, there] = [partOf(words.flat()), partOf(elsewhere.words)];
  const [file, orders, foreign, own] = [files, ordering, elsewhere.files, elsewhere.but].map(pathOf);
  return {
    hasWord: (name, path) => (foreign?.test(path) === true && own?.test(path) === false ? there : here).test(name),
    hasFile: (path) => file?.test(path) === true,
    ordersTranslations: (path) => orders?.test(path) === true,
  };
}

const partOf = (words: readonly string[]): RegExp => new RegExp(`(?:^|_)(?:${words.join('|')})(?:_|$|\\d)`, 'i');
const pathOf = (paths: readonly string[]): RegExp =>
  new RegExp(`^(?:${paths.map((each) => each.replaceAll('.', '\\.').replaceAll('*', '.*')).join('|')})$`);
