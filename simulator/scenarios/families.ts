import { join } from 'node:path';
import { z } from 'zod';

/** A kind of scenario. */
export interface Family {
  readonly of: string;
  /** What goes on in such a scenario, as a clause. */
  readonly happens: string;
  /** Parts of names, between underscores, that code of this kind has. */
  readonly words: readonly string[];
}

/** The kinds of scenarios that there could be, by the names in a change. */
export const FAMILIES = join('simulator', 'scenarios', 'families.yaml');

const schema = z.strictObject({
  families: z
    .array(z.strictObject({ of: z.string(), happens: z.string(), words: z.array(z.string().regex(/^[a-z0-9_]+$/)).min(1) }))
    .min(1),
});

/** Throws where the file is not as it should be: it is part of the program. */
export const parseFamilies = (yaml: unknown): readonly Family[] => schema.parse(yaml).families;

/** The first family of which some name has a word; null where none has. */
export function familyOf(families: readonly Family[], names: readonly string[]): Family | null {
  const parts = names.map((name) => `_${name.toLowerCase().replace(/[^a-z0-9]+/g, '_')}_`);
  return families.find(({ words }) => words.some((word) => parts.some((part) => part.includes(`_${word}_`)))) ?? null;
}
