import { numbers } from '../bot/store/testing/corpus.js';

const WORDS =
  'the table entry before flush is not visible other CPU walks page while lock held so that mapping stale until next barrier order release range level kernel user address remote wait early late common case only when'.split(
    ' ',
  );

/**
 * Mails as large as those of a kernel list (5.5 KB in the mean, headers included): series with cover letters, replies that quote them, talk. One in
 * ten is base64, one in ten quoted-printable, and names are not all ASCII. Given one at a time.
 */
export function* realSizeMails(count: number, seed: number): Generator<Buffer> {
  const random = numbers(seed);
  const words = (n: number): string => Array.from({ length: n }, () => WORDS[random(WORDS.length)] ?? '').join(' ');
  const text = (lines: number): string => Array.from({ length: lines }, () => words(8 + random(5))).join('\n');
  const hunk = (line: number): string => {
    const body = Array.from(
      { length: 14 + random(16) },
      (_, i) => `${i % 5 === 2 ? '+' : ' '}\tif (${words(2).replace(' ', '_')}(x, ${random(64)}))`,
    );
    const added = body.filter((entry) => entry.startsWith('+')).length;
    return `@@ -${line},${body.length - added} +${line},${body.length} @@ static void ${words(2).replace(' ', '_')}(void)\n${body.join('\n')}\n`;
  };
  const diff = (name: string): string => {
    const hunks = Array.from({ length: 2 + random(6) }, (_, i) => hunk(40 + i * 100)).join('');
    return `---\n mm/${name}.c | 9 +++++++++\n 1 file changed, 9 insertions(+)\n\ndiff --git a/mm/${name}.c b/mm/${name}.c\nindex 0123456789ab..ba9876543210 100644\n--- a/mm/${name}.c\n+++ b/mm/${name}.c\n${hunks}-- \n2.43.0\n\n`;
  };
  const received = (): string =>
    Array.from(
      { length: 4 },
      (_, i) =>
        `Received: from host${i}.example.invalid (host${i}.example.invalid [192.0.2.${random(250)}])\n\tby mx${i}.lists.invalid with ESMTPS id ${random(1e9)}x${random(1e9)};\n\tMon, 06 Jan 2025 10:00:00 +0000`,
    ).join('\n');
  const signature = (): string =>
    Array.from({ length: 4 }, () => Array.from({ length: 72 }, () => (random(36) | 0).toString(36)).join('')).join('\n\t');
  let made = 0;
  for (let n = 0; made < count; n++) {
    const total = 1 + random(7);
    const id = (name: string): string => `2025010610${String(n).padStart(6, '0')}.${1000 + (n % 9000)}-${name}@example.invalid`;
    const cover = total > 1 ? id('1-author') : null;
    const send = (name: string, subject: string, body: string, parents: readonly string[], at: number): Buffer => {
      made++;
      const kind = random(10);
      const encoded =
        kind === 0 ? Buffer.from(body).toString('base64').replace(/.{76}/g, '$&\n') : kind === 1 ? quotedPrintable(body) : body;
      const encoding = kind === 0 ? 'base64' : kind === 1 ? 'quoted-printable' : '8bit';
      const thread =
        parents.length === 0
          ? ''
          : `In-Reply-To: <${parents.at(-1) ?? ''}>\nReferences: ${parents.map((entry) => `<${entry}>`).join('\n ')}\n`;
      const head = `${received()}\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.invalid;\n\tb=${signature()}\nFrom: =?utf-8?q?J=C3=BCrgen_Schreiber?= <author${n % 50}@example.invalid>\nTo: linux-mm@lists.invalid, linux-kernel@lists.invalid\nCc: Ada Reader <ada@example.invalid>,\n\tBen Reader <ben@example.invalid>, Cyd Reader <cyd@example.invalid>\nSubject: ${subject}\nDate: ${new Date(Date.UTC(2025, 0, 6, 10, 0) + (n * 40 + at) * 20_000).toUTCString().replace('GMT', '+0000')}\nMessage-ID: <${id(name)}>\n${thread}MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: ${encoding}\nX-Mailer: git-send-email 2.43.0\nList-Id: <linux-mm.lists.invalid>\nPrecedence: bulk\n\n`;
      return Buffer.from(head + encoded);
    };
    if (cover !== null) yield send('1-author', `[PATCH v2 0/${total}] mm: ${words(4)}`, `Hi all,\n\n${text(12)}\n\n${text(8)}\n`, [], 0);
    for (let i = 1; i <= total; i++) {
      const parents = cover === null ? [] : [cover];
      const title = `[PATCH v2 ${i}/${total}] mm: ${words(5)}`;
      const body = `${text(6 + random(8))}\n\nSigned-off-by: Jürgen Schreiber <author${n % 50}@example.invalid>\n${diff(`file${n}-${i}`)}`;
      const name = `${i + 1}-author`;
      yield send(name, title, body, parents, i);
      if (random(2) > 0) continue;
      const quoted = body.replace(/^/gm, '> ');
      const answer =
        random(2) === 0
          ? `On Mon, Jürgen wrote:\n${quoted}\nWhat about ${words(9)}?\n\n${text(3)}\n`
          : `${text(4)}\n\nReviewed-by: Ada Reader <ada@example.invalid>\n`;
      yield send(`r${i}`, `Re: ${title}`, answer, [...parents, id(name)], i + 9);
    }
  }
}

function quotedPrintable(text: string): string {
  const escaped = Buffer.from(text)
    .toString('latin1')
    .replace(/[^\n\t -<>-~]/g, (c) => `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replace(/[ \t]$/gm, (c) => `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return escaped
    .split('\n')
    .map((line) => line.replace(/(.{70,73}(?<!=.?))(?=.{4})/g, '$1=\n'))
    .join('\n');
}
