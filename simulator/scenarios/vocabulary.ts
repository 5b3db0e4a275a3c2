import { join } from 'node:path';
import { z } from 'zod';

/** What speaks of flush or fault logic by its name alone. */
export interface Vocabulary {
  hasWord(name: string): boolean;
  hasFile(path: string): boolean;
}

/** The names that make a change relevant. */
export const VOCABULARY = join('simulator', 'scenarios', 'vocabulary.yaml');

const schema = z.strictObject({
  words: z.array(z.array(z.string().regex(/^[a-z0-9_]+$/)).min(1)).min(1),
  files: z.array(z.string().regex(/^[\w./*-]+$/)).min(1),
});

/** Throws where the file is not as it should be: it is part of the program. */
export function parseVocabulary(yaml: unknown): Vocabulary {
  const { words, files } = schema.parse(yaml);
  const word = new RegExp(`(?:^|_)(?:${words.flat().join('|')})(?:_|$|\\d)`, 'i');
  const file = new RegExp(`^(?:${files.map((each) => each.replaceAll('.', '\\.').replaceAll('*', '.*')).join('|')})$`);
  return { hasWord: (name) => word.test(name), hasFile: (path) => file.test(path) };
}
