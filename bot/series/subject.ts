/** What the subject of a kernel mail says. */
export interface Subject {
  /** Begins with Re:, Fwd: or what other languages have for it. */
  readonly reply: boolean;
  /** Has a bracket with PATCH, RFC, a version or n/N in it. */
  readonly patch: boolean;
  /** 0 for a cover letter; null without n/N. */
  readonly index: number | null;
  readonly total: number | null;
  /** null where the prefix names none. */
  readonly version: number | null;
  /** Upper case for RFC, RFT and RESEND; tree and list names as written. */
  readonly prefixes: readonly string[];
  /** Without reply marks and prefix. */
  readonly title: string;
}

const REPLY = /^\s*(?:re|fw|fwd|aw|wg|sv|vs|antw|rép|回复|答复|转发)(?:\s*\[\d+\]|\s*\(\d+\))?\s*[:：]\s*/i;
/** Brackets may stand in brackets, one deep: `[PATCH [v2] 1/2]`. */
const BRACKET = /^\s*\[((?:[^[\]]|\[[^[\]]*\])*)\]\s*:?\s*/;
const NUMBER = /^0*(\d{1,4})\s*(?:\/|of)\s*0*(\d{1,4})$/i;
const VERSION = /^(?:rfc|patch)?[-_]?v\.?(\d{1,3})(?:\.\d+)?$/i;
const WORD = /^(?:patch(?:es)?|rfc|rft|resend|repost|rfc\/rft|rft\/rfc)$/i;

/** Reads all forms that the lists know: `[PATCH v2 3/4]`, `[RFC PATCH]`, `[tree,v2,1/2]`, `[List] [PATCHv3 1 of 2]: …`. */
export function parseSubject(subject: string): Subject {
  let rest = subject;
  let reply = false;
  let patch = false;
  const prefixes: string[] = [];
  let numbers: { index: number; total: number } | null = null;
  let version: number | null = null;
  for (;;) {
    const marked = REPLY.exec(rest);
    if (marked) {
      reply = true;
      rest = rest.slice(marked[0].length);
      continue;
    }
    const bracket = BRACKET.exec(rest);
    if (!bracket) break;
    const inside = readBracket(bracket[1] ?? '');
    // Behind the bracket that says patch, one that only says more of the same belongs to it; any other is the title's.
    if (patch && !inside.only) break;
    // A bracket that says nothing of patches is a list's name if such a bracket follows, and else part of the title.
    // `[tip: x86/mm]` is how a robot says in which branch a patch is now.
    const notice = /^tip:/i.test(bracket[1] ?? '');
    if (!inside.patch && !notice && !leadsToPatch(rest.slice(bracket[0].length))) break;
    patch ||= inside.patch;
    numbers ??= inside.numbers;
    version ??= inside.version;
    prefixes.push(...inside.prefixes);
    rest = rest.slice(bracket[0].length);
  }
  if (patch) version ??= versionInTitle(rest);
  return {
    reply,
    patch,
    index: numbers?.index ?? null,
    total: numbers?.total ?? null,
    version,
    prefixes: [...new Set(prefixes)],
    title: rest.trim(),
  };
}

interface Bracket {
  readonly patch: boolean;
  readonly numbers: { index: number; total: number } | null;
  readonly version: number | null;
  readonly prefixes: readonly string[];
  /** Holds nothing but numbers, a version, RFC and their like. */
  readonly only: boolean;
}

/** `[PATCH 1/2] mm: a title (v3)`. */
function versionInTitle(title: string): number | null {
  const found = /\(v(\d{1,3})\)\s*$/i.exec(title.slice(-32));
  return found ? Number(found[1]) : null;
}

function readBracket(text: string): Bracket {
  const words = text
    .replace(/[[\]]/g, ' ')
    .replace(/(\d)\s*(\/|\bof\b)\s*(\d)/gi, '$1$2$3')
    // `PATCH1/8`, `v2PATCH12/15`.
    .replace(/(^|[\s,;])(v\d{1,3})?(patch)(\d{1,4}\/\d{1,4})(?![\w/])/gi, '$1$2 $3 $4')
    .split(/[\s,;]+/)
    .filter((word) => word !== '');
  let numbers: Bracket['numbers'] = null;
  let version: number | null = null;
  let word = false;
  const prefixes: string[] = [];
  for (const [i, entry] of words.entries()) {
    const number = NUMBER.exec(entry);
    const versioned = VERSION.exec(entry);
    if (number && !numbers && isNumbering(Number(number[1]), Number(number[2]), i, words.length)) {
      numbers = { index: Number(number[1]), total: Number(number[2]) };
    } else if (versioned) {
      version = Number(versioned[1]);
      if (/^(?:rfc|patch)/i.test(entry)) word = true;
      if (/^rfc/i.test(entry)) prefixes.push('RFC');
    } else if (WORD.test(entry)) {
      word = true;
      for (const part of entry.toUpperCase().split('/')) if (!part.startsWith('PATCH')) prefixes.push(part);
    } else if (/[\p{L}\p{N}]/u.test(entry)) prefixes.push(entry.replace(/:$/, ''));
  }
  const patch = word || numbers !== null || (version !== null && words.length <= 4);
  const only = patch && prefixes.every((prefix) => WORD.test(prefix));
  return { patch, numbers, version, prefixes, only };
}

/** `3/4`, and `3/2` of people who add one; but not a date or a path. */
function isNumbering(index: number, total: number, at: number, words: number): boolean {
  return total > 0 && index <= total + 9 && (at === words - 1 || words <= 6);
}

function leadsToPatch(rest: string): boolean {
  let text = rest;
  for (let i = 0; i < 4; i++) {
    const marked = REPLY.exec(text);
    if (marked) text = text.slice(marked[0].length);
    const bracket = BRACKET.exec(text);
    if (!bracket) return false;
    if (readBracket(bracket[1] ?? '').patch) return true;
    text = text.slice(bracket[0].length);
  }
  return false;
}

/** No line of a mail is longer (RFC 5322, 2.1.1), and what looks for an address takes the square of a text that has none. */
const LONGEST_FIELD = 998;

/** The address of a From field, lower case; '' without one. */
export function addressOf(from: string): string {
  const field = from.length <= LONGEST_FIELD ? from : `${from.slice(0, LONGEST_FIELD / 2)} ${from.slice(-LONGEST_FIELD / 2)}`;
  return (/<([^<>\s]+@[^<>\s]+)>/.exec(field)?.[1] ?? /\S+@\S+/.exec(field)?.[0] ?? field).toLowerCase();
}

/** The name in a From field, or its address where it has none. */
export function nameOf(from: string): string {
  const name = /^\s*"?([^"<>]*?)"?\s*<[^<>]*>\s*$/.exec(from.slice(0, LONGEST_FIELD))?.[1]?.trim() ?? '';
  return name === '' ? addressOf(from) : name;
}
