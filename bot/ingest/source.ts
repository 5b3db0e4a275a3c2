import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';

/** The outside world of a source: a file system and a standard input. */
export interface SourceIo {
  readonly open: (path: string) => AsyncIterable<Uint8Array>;
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Names in a folder, sorted. Links count as `other`: they may lead out of it. */
  readonly kind: (path: string) => Promise<'file' | 'folder' | 'other' | 'missing'>;
  readonly list: (path: string) => Promise<readonly string[]>;
}

/** One stream of bytes of a source, under the name to use for it in messages. */
export interface SourcePart {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Each file of a Maildir is one mail, whatever it looks like. */
  readonly maildir: boolean;
}

export interface SourceBytes {
  readonly parts: readonly SourcePart[];
  /** What of the source cannot be read, each a sentence. */
  readonly faults: readonly string[];
}

export const nodeIo: SourceIo = {
  open: (path) => createReadStream(path, { highWaterMark: 1 << 20 }),
  stdin: () => process.stdin,
  kind: async (path) => {
    try {
      const stat = await lstat(path);
      return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
    } catch {
      return 'missing';
    }
  },
  list: async (path) => (await readdir(path)).sort(),
};

/** Opens a file, a Maildir, a folder of mails or patches, or `-` for the standard input. Nothing is read before a part's chunks are. */
export async function readSource(path: string, io: SourceIo = nodeIo): Promise<SourceBytes> {
  if (path === '-') return { parts: [{ name: 'standard input', chunks: io.stdin(), maildir: false }], faults: [] };
  const kind = await io.kind(path);
  if (kind === 'missing') return { parts: [], faults: [`${path}: there is no such file or folder`] };
  if (kind !== 'folder') return { parts: [{ name: path, chunks: io.open(path), maildir: false }], faults: [] };
  const names = await io.list(path);
  if (names.includes('cur') || names.includes('new')) return readMaildir(path, names, io);
  const parts: SourcePart[] = [];
  const faults: string[] = [];
  for (const name of names.filter((entry) => !entry.startsWith('.'))) {
    const file = join(path, name);
    const what = await io.kind(file);
    if (what === 'file') parts.push({ name: file, chunks: io.open(file), maildir: false });
    else if (what === 'other') faults.push(`${file}: a link or device, not followed`);
  }
  if (parts.length === 0) faults.push(`${path}: the folder holds no files; give a mailbox, a Maildir or a folder of patches`);
  return { parts, faults };
}

async function readMaildir(path: string, names: readonly string[], io: SourceIo): Promise<SourceBytes> {
  const parts: SourcePart[] = [];
  for (const box of ['cur', 'new'].filter((entry) => names.includes(entry))) {
    if ((await io.kind(join(path, box))) !== 'folder') continue;
    for (const name of await io.list(join(path, box))) {
      const file = join(path, box, name);
      if (!name.startsWith('.') && (await io.kind(file)) === 'file') parts.push({ name: file, chunks: io.open(file), maildir: true });
    }
  }
  return { parts, faults: parts.length === 0 ? [`${path}: the Maildir holds no mail`] : [] };
}

/** Bytes at hand, in the form of a stream. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

/** Unpacks gzip on the way (archives serve mailboxes that way). */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip();
  const feed = (async () => {
    try {
      for await (const chunk of chunks) {
        if (!unzip.write(chunk)) await new Promise<void>((resolve) => unzip.once('drain', resolve));
      }
      unzip.end();
    } catch (error) {
      unzip.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  })();
  for await (const chunk of unzip) {
    if (chunk instanceof Uint8Array) yield chunk;
  }
  await feed;
}
