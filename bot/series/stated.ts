import type { Mail } from './types.js';

/** A series or patch that has to be applied first. */
export type Prerequisite =
  /** What `git patch-id --stable` gives for the patch. */
  | { readonly kind: 'patch-id'; readonly id: string }
  | { readonly kind: 'message-id'; readonly id: string }
  /** A series by its change-id; its newest version where none is named. */
  | { readonly kind: 'change-id'; readonly id: string; readonly version: number | null };

/** What a series says of its place among others, in the lines that b4 and git write below a cover letter or a patch. */
export interface Stated {
  /** Stays the same through all versions of a series. */
  readonly changeId: string | null;
  /** In the order written, which is the order to apply them in. */
  readonly prerequisites: readonly Prerequisite[];
}

const LINE = /^(change-id|prerequisite-(?:patch|message|change)-id|depends-on|based-on):[ \t]*(\S{1,500})[ \t]*$/gim;
const MOST = 1000;

/** Reads the mails of a series, cover letter first. Lines that quote others (`> change-id: …`) do not count. */
export function statedIn(mails: readonly Mail[]): Stated {
  let changeId: string | null = null;
  const prerequisites = new Map<string, Prerequisite>();
  for (const { body } of mails) {
    for (const [, name = '', value = ''] of body.matchAll(LINE)) {
      if (name.toLowerCase() === 'change-id') {
        // Another tool's Change-Id is a hash with an I before it, and names one patch.
        if (/^\d{8}-/.test(value)) changeId ??= value;
        continue;
      }
      const found = prerequisiteOf(name.toLowerCase(), value);
      if (found && prerequisites.size < MOST) prerequisites.set(JSON.stringify(found), found);
    }
  }
  return { changeId, prerequisites: [...prerequisites.values()] };
}

function prerequisiteOf(name: string, value: string): Prerequisite | null {
  switch (name) {
    case 'prerequisite-patch-id':
      return /^[0-9a-f]{40}$/i.test(value) ? { kind: 'patch-id', id: value.toLowerCase() } : null;
    case 'prerequisite-change-id': {
      const match = /^(\d{8}-[^\s:]+)(?::v(\d{1,3}))?$/.exec(value);
      return match ? { kind: 'change-id', id: match[1] ?? '', version: match[2] === undefined ? null : Number(match[2]) } : null;
    }
    default: {
      // `Depends-on: <id>`; without brackets it may be a link or a title.
      const bare = /^<([^<>\s]+@[^<>\s]+)>$/.exec(value)?.[1] ?? (name === 'prerequisite-message-id' ? value : null);
      return bare !== null && /^[^<>\s]+@[^<>\s]+$/.test(bare) ? { kind: 'message-id', id: bare } : null;
    }
  }
}
