import type { Definition } from './definitions.js';

/** What one file defines. */
export interface FileDefinitions {
  readonly path: string;
  readonly digest: string;
  readonly definitions: readonly (readonly [string, Definition])[];
}

/** A line for each file: path, digest, and name, line and kind of each definition. */
export function encodeDefinitions(files: readonly FileDefinitions[]): string {
  return files
    .map(({ path, digest, definitions }) =>
      [path, digest, ...definitions.flatMap(([name, each]) => [name, `${String(each.line)}${letters(each)}`])].join('\t'),
    )
    .join('\n');
}

const letters = ({ kind, weak, isStatic, initialised }: Definition): string =>
  `${kind === 'function' ? 'f' : 'v'}${weak ? 'w' : ''}${isStatic ? 's' : ''}${initialised ? 'i' : ''}`;

/** The files of a text that `encodeDefinitions` made; of any other what can be read. */
export function decodeDefinitions(
  text: string | null,
): ReadonlyMap<string, { readonly digest: string; definitions(): FileDefinitions['definitions'] }> {
  return new Map(
    (text ?? '').split('\n').map((line) => {
      const [path = '', digest = ''] = line.split('\t', 2);
      return [path, { digest, definitions: () => definitionsOn(path, line.split('\t').slice(2)) }];
    }),
  );
}

function definitionsOn(path: string, words: readonly string[]): FileDefinitions['definitions'] {
  return Array.from({ length: words.length >> 1 }, (_, i) => {
    const how = words[2 * i + 1] ?? '';
    const kind = how.includes('f') ? 'function' : 'variable';
    const flags = { weak: how.includes('w'), isStatic: how.includes('s'), initialised: how.includes('i') };
    return [words[2 * i] ?? '', { path, line: Number.parseInt(how, 10), kind, ...flags }];
  });
}
