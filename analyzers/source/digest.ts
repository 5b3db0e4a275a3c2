import { createHash } from 'node:crypto';
import type { SourceFile } from './types.js';

/** 132 bits of SHA-256: nobody finds two texts with the same. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** A digest of all that a file says: its text, and where each line of it comes from. */
export function fileDigest(file: SourceFile): string {
  let digest = known.get(file);
  if (digest === undefined) {
    const origin = file.whole ?? file.lines.map(({ origin: from, line }) => `${from} ${String(line)}`).join();
    digest = digestOf(`${origin}\n${file.text}`);
    known.set(file, digest);
  }
  return digest;
}

const known = new WeakMap<SourceFile, string>();
