import { z } from 'zod';
import type { LineOrigin, SourceFile, SourceTree } from '../../analyzers/source/types.js';

const release = z.string().regex(/^v\d+\.\d+$/);
const schema = z.strictObject({ ages: z.array(release).min(1) });

/** The releases that skeletons can stand in for (`v6.8`), newest first. Throws where the file is not as it should be: it is part of the program. */
export const parseAges = (yaml: unknown): readonly string[] => schema.parse(yaml).ages;

/**
 * A line that says of which ages the lines after it are, up to `else` or `end`: since one release, until one, or both. In C it is a comment,
 * `/*@ since v6.5 until v6.7 *\/`; in Kconfig it starts with `#@`.
 */
const MARK = /^(?:\/\*@ (.*) \*\/|#@ (.*))$/;
const RANGE = /^(?=.)(?:since (v\d+\.\d+))? ?(?:until (v\d+\.\d+))?$/;

/**
 * A skeleton as it is at one age: without the lines of other ages and the marks; all others keep their numbers. Throws where marks are not as
 * they should be, naming the file and the line.
 */
export function atAge(file: SourceFile, age: string): SourceFile {
  const { path, text } = file;
  if (!text.includes('@ ')) return file;
  let block: { readonly isOf: boolean } | null = null;
  const kept: string[] = [];
  const lines: LineOrigin[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const mark = MARK.exec(line);
    const says = mark?.[1] ?? mark?.[2];
    if (says === undefined) {
      if (block?.isOf === false) continue;
      kept.push(line);
      lines.push({ origin: 'skeleton', line: i + 1 });
      continue;
    }
    const range = RANGE.exec(says);
    if (says === 'end' && block !== null) block = null;
    else if (says === 'else' && block !== null) block = { isOf: !block.isOf };
    else if (range !== null && block === null) block = { isOf: isWithin(age, range[1], range[2]) };
    else throw new Error(`${path}:${String(i + 1)}: ${line}: not a mark of ages that can stand here`);
  }
  if (block !== null) throw new Error(`${path}: a mark of ages without its end`);
  return lines.length === file.lines.length ? file : { path, text: kept.join('\n'), lines };
}

/** Whether a release is neither older than `since` nor newer than `until`. */
const isWithin = (age: string, since: string | undefined, until: string | undefined): boolean =>
  (since === undefined || numberOf(age) >= numberOf(since)) && (until === undefined || numberOf(age) <= numberOf(until));

function numberOf(version: string): number {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  return major * 1000 + minor;
}

/** The skeletons as they are at one age. */
export function treeAtAge(skeletons: SourceTree, age: string): SourceTree {
  const made = new Map<SourceFile, SourceFile>();
  return {
    read(path) {
      const file = skeletons.read(path);
      if (file === null) return null;
      let own = made.get(file);
      if (own === undefined) {
        own = atAge(file, age);
        made.set(file, own);
      }
      return own;
    },
    refusal: (path) => skeletons.refusal(path),
    list: (folder) => skeletons.list(folder),
  };
}
