import type { DerivedStore } from './derived.js';
import { digestOf, fileDigest } from './digest.js';
import type { SourceFile, SourceTree } from './types.js';
import type { FilesRead } from './variants.js';

/** How values of one kind are kept. */
export interface Form<T> {
  /** Lower-case letters, digits and `-`; with a number that goes up when the same files give another value or the text changes. */
  readonly kind: string;
  readonly encode: (value: T) => string;
  /** Null, or a throw, when the text is not what `encode` makes. */
  readonly decode: (text: string) => T | null;
}

export interface FromFiles<T> {
  readonly reads: FilesRead;
  readonly value: T;
}

/**
 * A value that was made of files, if one is kept that was made of the same: each file that it was made of is there with the same content,
 * and none is there that was looked for in vain. `key` says all else that it depends on.
 */
export function findKept<T>(store: DerivedStore, form: Form<T>, key: string, tree: SourceTree): FromFiles<T> | null {
  for (const { files, text } of variants(store.get(form.kind, digestOf(key)))) {
    try {
      const reads = sameFiles(files, tree);
      const value = reads === null ? null : form.decode(text);
      if (reads !== null && value !== null) return { reads, value };
    } catch {
      // Whatever it is, `keep` has not made it.
    }
  }
  return null;
}

/** Keeps a value beside those that were made of other versions of the files. */
export function keep<T>(store: DerivedStore, form: Form<T>, key: string, { reads, value }: FromFiles<T>): void {
  const files = JSON.stringify([...reads].map(([path, file]) => [path, file === null ? 0 : fileDigest(file)]));
  const others = variants(store.get(form.kind, digestOf(key))).filter((each) => each.files !== files);
  const all = [{ files, text: form.encode(value) }, ...others].slice(0, MAX_VARIANTS);
  store.put(form.kind, digestOf(key), all.map((each) => `${each.files}\n${each.text}`).join('\n'));
}

/** A tree and three patched ones. */
const MAX_VARIANTS = 4;

/** Pairs of lines: the files, and what was made of them. */
function variants(text: string | null): { readonly files: string; readonly text: string }[] {
  const lines = text?.split('\n') ?? [];
  return Array.from({ length: lines.length >> 1 }, (_, i) => ({ files: lines[2 * i] ?? '', text: lines[2 * i + 1] ?? '' }));
}

function sameFiles(text: string, tree: SourceTree): FilesRead | null {
  const reads = new Map<string, SourceFile | null>();
  for (const [path, digest] of JSON.parse(text) as readonly (readonly [string, string | 0])[]) {
    const file = tree.read(path);
    if ((file === null ? 0 : fileDigest(file)) !== digest) return null;
    reads.set(path, file);
  }
  return reads;
}
