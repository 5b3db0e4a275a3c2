import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/** An epoch that a server offers. */
export interface ServedEpoch {
  readonly number: number;
  /** Path on the server, from its root. */
  readonly path: string;
  /** Changes whenever the repository does; '' where the server does not say. */
  readonly fingerprint: string;
}

const MAX_BYTES = 4 << 20;
const schema = z.record(z.string(), z.object({ fingerprint: z.string().max(200).optional() }).loose());

/** Reads `manifest.js.gz` (grokmirror's format). Null where it is none. Paths that are not an epoch's are passed over. */
export function readManifest(bytes: Uint8Array): readonly ServedEpoch[] | null {
  try {
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = packed ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : Buffer.from(bytes);
    const entries = Object.entries(schema.parse(JSON.parse(text.toString('utf8'))));
    return entries
      .flatMap(([path, { fingerprint }]) => {
        const number = /^\/[\w./~%+@-]*\/(?:git\/)?(\d{1,6})\.git$/.exec(path)?.[1];
        return number === undefined || path.includes('..') ? [] : [{ number: Number(number), path, fingerprint: fingerprint ?? '' }];
      })
      .sort((a, b) => a.number - b.number);
  } catch {
    return null;
  }
}
