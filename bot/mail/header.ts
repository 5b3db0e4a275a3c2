/** The header fields of a mail, unfolded and not decoded, without parsing the body: enough to decide whether the body is worth it. */
export interface RawHead {
  /** Lower-case names; the first field of each name. */
  readonly fields: ReadonlyMap<string, string>;
}

const HEAD_LIMIT = 256 * 1024;

export function readHead(raw: Buffer): RawHead {
  const text = raw.toString('latin1', 0, Math.min(raw.length, HEAD_LIMIT));
  const blank = /\r?\n\r?\n/.exec(text);
  const head = (blank ? text.slice(0, blank.index) : text).replace(/\r?\n[ \t]+/g, ' ');
  const fields = new Map<string, string>();
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return { fields };
}

/** Message ids in a References or In-Reply-To field, without brackets, in the order written, each once. */
export function messageIds(field: string): readonly string[] {
  const ids = [...field.matchAll(/<\s*([^<>\s]+)\s*>/g)].map((match) => match[1] ?? '');
  return [...new Set(ids.filter((id) => id !== ''))];
}

/**
 * The time of a Date field in milliseconds since 1970, or null. Read here because the mail parser gives the present time for a field that it
 * cannot read, and because only times that a kernel mail can have are believed.
 */
export function parseMailDate(field: string): number | null {
  const bare = field
    .replace(/\([^()]*\)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (!/^(?:[A-Za-z]{3,9},? )?\d{1,2} [A-Za-z]{3,9} \d{2,4} \d{1,2}:\d{2}/.test(bare) && !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(bare))
    return null;
  const time = Date.parse(bare);
  if (Number.isNaN(time) || time < 0 || time > Date.UTC(2100, 0, 1)) return null;
  return time;
}
