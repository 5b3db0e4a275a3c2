import { type Address, headerAddresses, headerDate, headerIds, headerText, renderHeaders } from '../report/headers.js';

/** A commit, or what a host of pull requests says of one. */
export interface Commit {
  /** Full object name. */
  readonly id: string;
  readonly author: Address;
  /** When it was written, in milliseconds since 1970. */
  readonly date: number;
  readonly title: string;
  /** Below the title. */
  readonly message: string;
  /** As git prints it, with a/ and b/ before the paths. Bytes: files need not be UTF-8. */
  readonly diff: Buffer;
}

/** Commits that belong together, oldest first. */
export interface Commits {
  /** Distinguishes this run of commits from others that share some with it. One line without blanks. */
  readonly name: string;
  readonly commits: readonly Commit[];
  /** Commit that the first one stands on; null where it is not known. */
  readonly base: string | null;
  readonly cover: { readonly title: string; readonly text: string; readonly author: Address; readonly date: number } | null;
  /** Stays when the commits are made anew, so that versions find each other (a change-id trailer); null for none. */
  readonly changeId: string | null;
}

/** Commits as mails of a series, the cover letter first: what `git format-patch` would make of them, under message-ids that follow from the commits. */
export function patchMails({ name, commits, base, cover, changeId }: Commits): readonly Buffer[] {
  const total = commits.length;
  const trailers = [...(base === null ? [] : [`base-commit: ${base}`]), ...(changeId === null ? [] : [`change-id: ${changeId}`])];
  const ids = commits.map(({ id }, i) => `${id}.${String(i + 1)}.${safe(name)}@commit.invalid`);
  const coverId = `${commits.at(-1)?.id ?? 'none'}.0.${safe(name)}@commit.invalid`;
  const root = cover ? coverId : ids[0];
  const mails = commits.map((commit, i) => {
    const number = total === 1 && !cover ? '' : ` ${String(i + 1).padStart(String(total).length, '0')}/${String(total)}`;
    const id = ids[i] ?? '';
    return render({
      subject: `[PATCH${number}] ${commit.title}`,
      from: commit.author,
      date: commit.date,
      id,
      parent: root === undefined || root === id ? null : root,
      body: Buffer.concat([
        Buffer.from(`${separated(commit.message)}---\n\n`),
        commit.diff,
        Buffer.from(`-- \nfaultline\n${i === 0 && !cover ? trailing(trailers) : ''}`),
      ]),
    });
  });
  if (!cover) return mails;
  const number = `0/${String(total)}`.padStart(2 * String(total).length + 1, '0');
  const body = Buffer.from(`${separated(cover.text)}-- \nfaultline\n${trailing(trailers)}`);
  return [
    render({ subject: `[PATCH ${number}] ${cover.title}`, from: cover.author, date: cover.date, id: coverId, parent: null, body }),
    ...mails,
  ];
}

const trailing = (trailers: readonly string[]): string => (trailers.length === 0 ? '' : `\n${trailers.join('\n')}\n`);

/** The text of a message, which must not be taken for a diff, nor end before its time. */
function separated(message: string): string {
  const text = message
    .replace(/\r\n?/g, '\n')
    .trim()
    .replace(/^(---\s*$|diff --git |Index: |@@ -|--- \S|\+\+\+ \S|-- $|(?:base-commit|change-id|prerequisite-[a-z-]+): )/gm, ' $1');
  return text === '' ? '' : `${text}\n`;
}

interface MailFields {
  readonly subject: string;
  readonly from: Address;
  readonly date: number;
  readonly id: string;
  readonly parent: string | null;
  readonly body: Buffer;
}

function render({ subject, from, date, id, parent, body }: MailFields): Buffer {
  const head = renderHeaders([
    ['From', headerAddresses([from]) || headerText(from.name === '' ? 'nobody' : from.name, 'From'.length)],
    ['Subject', headerText(subject, 'Subject'.length)],
    ['Date', headerDate(date)],
    ['Message-ID', headerIds([id])],
    ...(parent === null ? [] : [['In-Reply-To', headerIds([parent])] as const, ['References', headerIds([parent])] as const]),
    ['MIME-Version', '1.0'],
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Transfer-Encoding', '8bit'],
  ]);
  return Buffer.concat([Buffer.from(`${head}\n`), body]);
}

/** As part of a message-id. */
const safe = (name: string): string => name.replace(/[^A-Za-z0-9.+=_-]+/g, '-').slice(0, 100);
