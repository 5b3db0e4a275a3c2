import { FeedError } from '../feed.js';

const MAX_BYTES = 4 << 20;
const PATIENCE_MS = 30_000;

/** Gets small files under a name of our own. Null where the server has none; throws `FeedError` where it cannot be asked. */
export const download =
  (agent: string) =>
  async (url: string): Promise<Uint8Array | null> => {
    try {
      const response = await fetch(url, { headers: { 'user-agent': agent }, signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!response.ok || response.body === null) {
        await response.body?.cancel();
        return null;
      }
      const parts: Uint8Array[] = [];
      let size = 0;
      for await (const part of response.body as AsyncIterable<Uint8Array>) {
        size += part.length;
        if (size > MAX_BYTES) return null;
        parts.push(part);
      }
      return Buffer.concat(parts);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new FeedError(`${url}: the server cannot be reached (${cause})`);
    }
  };
