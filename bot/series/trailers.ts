import { addressOf } from './subject.js';
import type { Mail, Trailer } from './types.js';

const TRAILER = /^([A-Z][A-Za-z]*(?:-[A-Za-z]+)*-by|Fixes|Closes|Link|Cc): *(\S.*?)[ \t]*$/;
const GIVEN = /^(?:Reviewed|Acked|Tested|Reviewed-and-tested|Reported|Reported-and-tested|Suggested|Co-developed|Signed-off)-by$/;

/** Trailers of the message of a patch: what stands in its last paragraph above the `---`. */
export function ownTrailers(body: string): readonly Trailer[] {
  if (!/^[A-Z][A-Za-z-]*: /m.test(body)) return [];
  const end = /^(?:---[ \t]*$|diff --git |Index: )/m.exec(body)?.index ?? body.length;
  const found: Trailer[] = [];
  for (const line of body.slice(0, end).trimEnd().split('\n').reverse()) {
    const trailer = readTrailer(line, null);
    if (trailer) found.push(trailer);
    // `[ name: what was changed on the way ]`, and the rest of a folded trailer, stand between trailers.
    else if (!/^(?:\[.*\]?$|[ \t]+\S)/.test(line)) break;
  }
  return found.reverse();
}

/** Reviewed-by and its like that a reply gives, outside of what it quotes. Who gives none with an address gives none. */
export function givenTrailers(reply: Mail): readonly Trailer[] {
  if (!reply.body.includes('-by:')) return [];
  const found: Trailer[] = [];
  for (const line of reply.body.split('\n')) {
    const trailer = line.includes('-by:') ? readTrailer(line, reply.messageId) : null;
    if (trailer && GIVEN.test(trailer.name) && /\S+@\S+/.test(trailer.value)) found.push(trailer);
  }
  return found;
}

function readTrailer(line: string, by: string | null): Trailer | null {
  if (line.length > 1000) return null;
  const match = TRAILER.exec(line);
  return match ? { name: match[1] ?? '', value: match[2] ?? '', by } : null;
}

/** What a patch has of trailers, each once: a reviewer who says it twice, or whose word is in the message already, has said it once. */
export function collected(own: readonly Trailer[], given: readonly Trailer[]): readonly Trailer[] {
  const seen = new Set<string>();
  return [...own, ...given].filter(({ name, value }) => {
    const key = `${name.toLowerCase()} ${/@/.test(value) ? addressOf(value) : value}`;
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
}
