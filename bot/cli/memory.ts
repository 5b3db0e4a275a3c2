import { answersOf } from '../memory/answers.js';
import type { FreshReview, Memory } from '../memory/remember.js';
import type { VersionFacts } from '../memory/version.js';
import type { Report } from '../report/schema.js';
import type { Mail, Series } from '../series/types.js';
import { migrationsFolder, storeFile, type StoreOption } from './ingest.js';
import { replyIds } from './replies.js';
import { complain } from './words.js';

/** The reviews that a store remembers, for one run of the program. */
export interface OpenMemory {
  /** Series of the store that these may have to be applied on top of. */
  readonly before: (series: readonly Series[]) => Promise<readonly Series[]>;
  /** What is known of other versions of these series; `mails` are at hand and may hold answers. */
  readonly of: (all: readonly VersionFacts[], mails: readonly Mail[]) => Promise<Memory>;
  /** Notes what this run found; `report` has the reviews in the order of `fresh`. Null, or why it could not be stored. */
  readonly save: (fresh: readonly FreshReview[], report: Report, mails: readonly Mail[]) => string | null;
  readonly close: () => void;
}

/** Opens the memory, which is made where there is none; or says what is wrong with it. */
export async function openMemory(options: StoreOption): Promise<OpenMemory | string> {
  const file = storeFile(options);
  const { openStore, storeTrouble } = await import('../store/open.js');
  const { StoreReader } = await import('../store/read.js');
  const { ReviewStore } = await import('../store/reviews.js');
  const { prerequisitePool } = await import('../store/pool.js');
  const store = await openStore({ file, migrations: migrationsFolder(), use: 'review' });
  if (!store.ok) return store.why;
  const reader = new StoreReader(store.db);
  const reviews = new ReviewStore(store.db);
  return {
    before: (series) => prerequisitePool(store.db, series),
    of: async (all, mails) => {
      const found = new Map(all.flatMap((facts) => reviews.candidates(facts)).map((each) => [each.facts.messageId, each]));
      const versions = [];
      for (const each of found.values()) {
        const { messageId, author } = each.facts;
        const replies = reviews.repliesOf(messageId);
        const thread =
          replies.size === 0
            ? []
            : [...new Map([...(await reader.thread(messageId)), ...mails].map((mail) => [mail.messageId, mail])).values()];
        versions.push({
          ...each,
          answers: answersOf(
            thread,
            author,
            replies,
            each.review.findings.map((finding) => finding.id),
          ),
        });
      }
      return { versions, dismissals: reviews.dismissals() };
    },
    save: (fresh, report, mails) => {
      try {
        fresh.forEach(({ facts }, i) => {
          const review = report.reviews[i];
          if (facts === null || review === undefined) return;
          const one = { ...report, reviews: [review], problems: [] };
          reviews.save(facts, one, replyIds(one, mails), Date.now());
        });
        return null;
      } catch (error) {
        return storeTrouble(file, error);
      }
    },
    close: store.close,
  };
}

export interface DismissOptions extends StoreOption {
  readonly why: string;
}

/** `faultline dismiss`: later versions are not told again of a finding. Returns the exit status. */
export async function dismissCommand(finding: string, options: DismissOptions): Promise<number> {
  const { openStore, storeTrouble } = await import('../store/open.js');
  const { ReviewStore } = await import('../store/reviews.js');
  const file = storeFile(options);
  if (!/^[0-9a-f]{4,16}$/.test(finding)) return complain(`"${finding}" is no id of a finding: 4 to 16 hex digits, as a report shows them`);
  const store = await openStore({ file, migrations: migrationsFolder(), use: 'read' });
  if (!store.ok) return complain(store.why);
  try {
    const reviews = new ReviewStore(store.db);
    const [id, ...others] = reviews.findings(finding);
    if (id === undefined)
      return complain(`${file} remembers no finding ${finding}; it has those of reviews by message-id, range or address`);
    if (others.length > 0) return complain(`${finding} is the beginning of ${[id, ...others].join(', ')}: give more of it`);
    reviews.dismiss(id, options.why, Date.now());
    process.stdout.write(`${id} is dismissed: ${options.why}\n`);
    return 0;
  } catch (error) {
    return complain(storeTrouble(file, error));
  } finally {
    store.close();
  }
}
