import type { Assembly } from './types.js';

/**
 * What of an assembly is about one mail: the version of the series that it belongs to, with what replies propose for it; for a reply, what it
 * proposes itself. All of it where the mail is nothing of this kind: a discussion is about its whole thread.
 */
export function about(assembly: Assembly, messageId: string): Assembly {
  const { series, pasted, rejected } = assembly;
  const own = series.filter(
    (each) =>
      each.cover?.messageId === messageId ||
      each.patches.some((patch) => patch.mail.messageId === messageId && patch.via.kind !== 'earlier'),
  );
  const ids = new Set(own.flatMap((each) => each.patches.map((patch) => patch.mail.messageId)));
  const proposed = pasted.filter((diff) => diff.mail.messageId === messageId || (diff.about !== null && ids.has(diff.about.messageId)));
  return own.length + proposed.length === 0 ? assembly : { series: own, pasted: proposed, rejected };
}
