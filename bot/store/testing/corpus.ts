/** A stream of numbers that looks random and is the same for the same seed (mulberry32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below) | 0;
  };
}

const HOST = 'lists.invalid';
const PEOPLE = ['Ada Writer <ada@a.invalid>', 'Ben Reader <ben@b.invalid>', 'Cyd Tester <cyd@c.invalid>'];

interface Fields {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  readonly from: string;
  readonly minute: number;
  readonly parents?: readonly string[];
}

function mail({ id, subject, body, from, minute, parents = [] }: Fields): Buffer {
  const date = new Date(Date.UTC(2025, 0, 6) + minute * 60_000).toUTCString().replace('GMT', '+0000');
  const thread =
    parents.length === 0
      ? []
      : [`In-Reply-To: <${parents.at(-1) ?? ''}>`, `References: ${parents.map((entry) => `<${entry}>`).join('\n ')}`];
  const head = [`From: ${from}`, `To: list@${HOST}`, `Subject: ${subject}`, `Date: ${date}`, `Message-ID: <${id}>`, ...thread];
  return Buffer.from(`${head.join('\n')}\n\n${body}`);
}

const diff = (file: string, line: string): string =>
  `Why.\n---\n ${file} | 1 +\n\ndiff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1,2 +1,3 @@ void f(void)\n {\n+\t${line};\n }\n-- \n2.43.0\n`;

/**
 * Mails as a list sees them: series with and without cover letters, threaded below the cover or not at all, second versions, patches that
 * never came, replies, quotes, proposals, talk. At least `count` of them, in the order in which they were sent.
 */
export function corpus(count: number, seed: number): readonly Buffer[] {
  const random = numbers(seed);
  const mails: Buffer[] = [];
  for (let n = 0; mails.length < count; n++) {
    const from = PEOPLE[random(PEOPLE.length)] ?? '';
    const start = n * 7 + random(5);
    const id = (name: string): string => `${seed}.${n}.${name}@${HOST}`;
    const total = 1 + random(4);
    const version = random(3) === 0 ? ' v2' : '';
    const withCover = total > 1 && random(3) > 0;
    const threaded = withCover || random(2) === 0;
    const number = (i: number): string => (total > 1 ? ` ${i}/${total}` : '');
    if (withCover) {
      mails.push(mail({ id: id('0'), subject: `[PATCH${version}${number(0)}] series ${n}`, body: 'What this is.\n', from, minute: start }));
    }
    for (let i = 1; i <= total; i++) {
      if (random(12) === 0) continue;
      const parents = threaded && withCover ? [id('0')] : threaded && i > 1 ? [id('1')] : [];
      const body = diff(`mm/file${n}-${i}.c`, `call_${random(100)}()`);
      mails.push(
        mail({ id: id(`${i}`), subject: `[PATCH${version}${number(i)}] patch ${i} of ${n}`, body, from, minute: start + i, parents }),
      );
      if (random(2) === 0) {
        const answer = random(3);
        const quoted = body.replace(/^/gm, '> ');
        const text =
          answer === 0
            ? 'Reviewed-by: Ben Reader <ben@b.invalid>\n'
            : answer === 1
              ? `${quoted}\nWhy so?\n`
              : `Rather:\n\n${diff('mm/other.c', `better_${n}()`)}`;
        const above = [...parents, id(`${i}`)];
        mails.push(
          mail({
            id: id(`r${i}`),
            subject: `Re: [PATCH${version}${number(i)}] patch ${i} of ${n}`,
            body: text,
            from: PEOPLE[1] ?? '',
            minute: start + i + 3,
            parents: above,
          }),
        );
      }
    }
    if (random(4) === 0) mails.push(mail({ id: id('talk'), subject: `Topic ${n}`, body: 'Dear all.\n', from, minute: start + 2 }));
  }
  return mails;
}
