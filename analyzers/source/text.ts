import { isUtf8 } from 'node:buffer';

/** Files above this many bytes are not taken: no C or assembly file of the kernel that is written by hand comes near. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** The text of a source file, or why its bytes are none. */
export type FileText = { readonly text: string } | { readonly refused: string };

/** The bytes as text; null stands for more bytes than are taken. */
export function sourceText(bytes: Buffer | null): FileText {
  if (bytes === null || bytes.length > MAX_FILE_BYTES) return { refused: `it is larger than ${MAX_FILE_BYTES >> 20} MiB` };
  if (!isUtf8(bytes)) return { refused: 'it is not UTF-8 text' };
  if (bytes.includes(0)) return { refused: 'it is binary' };
  return { text: bytes.toString('utf8') };
}
