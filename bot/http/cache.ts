import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A kept answer, with what tells the host which one we have. */
export interface KeptAnswer {
  readonly url: string;
  readonly type: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Milliseconds since 1970: when the host last said that it is so. */
  readonly at: number;
  readonly body: Buffer;
}

export interface HttpCache {
  get(key: string): KeptAnswer | null;
  put(key: string, answer: KeptAnswer): void;
}

const headSchema = z.object({
  url: z.string(),
  type: z.string(),
  etag: z.string().nullable(),
  lastModified: z.string().nullable(),
  at: z.number(),
  digest: z.string(),
});

const MAX_TOTAL_BYTES = 512 * 1024 * 1024;

/** Answers in the files of a folder, which anybody may delete at any time. The least recently used ones go when it grows too large. */
export function folderCache(folder: string, maxBytes = MAX_TOTAL_BYTES): HttpCache {
  const fileOf = (key: string): string => join(folder, sha256(key).slice(0, 40));
  return {
    get(key) {
      const file = fileOf(key);
      try {
        const bytes = readFileSync(file);
        const end = bytes.indexOf(10);
        const { digest, ...head } = headSchema.parse(JSON.parse(bytes.toString('utf8', 0, end)));
        const body = bytes.subarray(end + 1);
        if (digest !== sha256(body)) throw new Error('cut off');
        const now = new Date();
        utimesSync(file, now, now);
        return { ...head, body };
      } catch {
        // Absent or damaged: asked for again.
        return null;
      }
    },
    put(key, { body, ...head }) {
      const file = fileOf(key);
      const beside = `${file}.${String(process.pid)}.new`;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        if (body.length > maxBytes / 4) return;
        writeFileSync(beside, Buffer.concat([Buffer.from(`${JSON.stringify({ ...head, digest: sha256(body) })}\n`), body]), {
          mode: 0o600,
        });
        renameSync(beside, file);
        makeRoom(folder, maxBytes);
      } catch {
        // A disk that is full or read-only costs the next caller time, nothing else.
        rmSync(beside, { force: true });
      }
    },
  };
}

const NAME = /^[0-9a-f]{40}$/;

function makeRoom(folder: string, maxBytes: number): void {
  const files = readdirSync(folder)
    .filter((name) => NAME.test(name))
    .map((name) => {
      const path = join(folder, name);
      const { size, mtimeMs } = statSync(path);
      return { path, size, mtimeMs };
    });
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= maxBytes) return;
    rmSync(path, { force: true });
    total -= size;
  }
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
