import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultline, type Ran, ROOT, showsInside } from './testing/run.js';

const BAD = `${ROOT}fixtures/mails/bad/`;
const DEMO = readFileSync(`${ROOT}fixtures/threads/demo.mbox`, 'utf8');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-cli-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Writes a file for one test and returns its path. */
function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Status 2, a short answer that holds `sentence`, nothing of the program's inside. */
function expectRefusal(ran: Ran, sentence: RegExp): void {
  expect(ran.said).toMatch(sentence);
  expect(showsInside(ran.stdout + ran.stderr)).toBe(false);
  expect((ran.stdout + ran.stderr).trimEnd().split('\n').length).toBeLessThanOrEqual(5);
  expect(ran.status).toBe(2);
}

describe('review of what is no patch', () => {
  it('an empty file', () => {
    expectRefusal(faultline(['review', file('empty.mbox', '')]), /empty\.mbox: .*the file is empty/);
  });

  it('an HTML page', () => {
    expectRefusal(faultline(['review', `${BAD}archive-page.html`]), /archive-page\.html: an HTML page, not a mail/);
  });

  it('a binary', () => {
    // Fixed bytes of every value, in no order, so that a failure can be looked at again.
    const bytes = Buffer.from(Array.from({ length: 40_000 }, (_, i) => (i * 167 + (i >> 8) * 31 + (i >> 3)) & 0xff));
    expectRefusal(faultline(['review', file('bytes.bin', bytes)]), /bytes\.bin: a binary file, not a mail/);
  });

  it('a file that is not there', () => {
    expectRefusal(faultline(['review', join(folder, 'missing.mbox')]), /missing\.mbox: .*there is no such file/);
  });

  it('a folder that is no Maildir', () => {
    mkdirSync(join(folder, 'plain', 'below'), { recursive: true });
    expectRefusal(faultline(['review', join(folder, 'plain')]), /plain: .*holds no files; give a mailbox, a Maildir/);
  });

  it('a Maildir without a mail', () => {
    for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(folder, 'Mail', name), { recursive: true });
    expectRefusal(faultline(['review', join(folder, 'Mail')]), /Mail: .*the Maildir holds no mail/);
  });

  it('a mail without a diff', () => {
    expectRefusal(faultline(['review', `${BAD}no-patch.eml`]), /"Where do the flushes go\?": the mail has no diff/);
  });

  it('nothing on standard input', () => {
    expectRefusal(faultline(['review', '-']), /standard input: .*empty/);
  });
});

describe('review of what is damaged', () => {
  it('a mail that ends in its only hunk', () => {
    expectRefusal(faultline(['review', `${BAD}cut-in-hunk.mbox`]), /promises 7 old and 13 new lines, the mail ends after 5 and 5/);
  });

  it('a mail that ends in a later hunk: half a patch gets no verdict', () => {
    const cut = file('cut.mbox', DEMO.slice(0, DEMO.indexOf('+\tbeqz t1, .Lno_new_mapping')));
    const ran = faultline(['review', cut]);
    expect(ran.said).toMatch(/the hunk at line \d+ promises 6 old and 35 new lines, the mail ends after/);
    expect(ran.stdout).toMatch(/^not-modelled: riscv: Fence new vmalloc mappings on the first fault$/m);
    expect(showsInside(ran.stdout + ran.stderr)).toBe(false);
    expect(ran.status).toBe(2);
  });

  it('wrapped lines are joined again, and the answer says so', () => {
    const ran = faultline(['review', `${BAD}wrapped.mbox`]);
    expect(ran.said).toMatch(/wrapped by a mail client/);
    expect(ran.stdout).toMatch(/^introduced: riscv: fence a new mapping on this hart only$/m);
    expect(ran.status).toBe(1);
  });

  it('CRLF line ends change nothing', () => {
    const ran = faultline(['review', file('crlf.mbox', DEMO.replaceAll('\n', '\r\n'))]);
    expect(ran.stdout).toMatch(/^lost-update, then unhandled-fault in riscv\/new-vmalloc-mapping/m);
    expect(ran.status).toBe(1);
  });
});

describe('review of files that nobody knows', () => {
  it('without flush logic: not relevant', () => {
    const ran = faultline(['review', `${BAD}unknown-files.patch`]);
    expect(ran.stdout).toMatch(/^not-relevant: foo: ring the doorbell twice$/m);
    expect(ran.said).toMatch(/no code at hand for drivers\/foo\/bell\.c/);
    expect(showsInside(ran.stdout + ran.stderr)).toBe(false);
  });

  it('with a flush: not modelled, status 2', () => {
    const ran = faultline(['review', `${BAD}unknown-flush.patch`]);
    expect(ran.stdout).toMatch(/^not-modelled: foo: flush before the bell$/m);
    expect(ran.said).toMatch(/no scenario runs what it changes in drivers\/foo\/bell\.c \(flush_tlb_all\)/);
    expect(ran.status).toBe(2);
  });
});

describe('the command line', () => {
  it('an unknown option, command or missing argument', () => {
    expectRefusal(faultline(['review', '--nosuch', 'x']), /unknown option '--nosuch'/);
    expectRefusal(faultline(['frobnicate']), /unknown command 'frobnicate'/);
    expectRefusal(faultline(['review']), /what shall be reviewed/);
    expectRefusal(faultline(['review', 'x', '--json', '--mail']), /'--mail' cannot be used with option '--json'/);
  });

  it('a mail that would say nothing is not sent without a word', () => {
    const ran = faultline(['review', `${BAD}unknown-files.patch`, '--mail']);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/^faultline: .+/);
  });

  it('a report that cannot be written', () => {
    const ran = faultline(['review', `${BAD}unknown-files.patch`, '--report', join(folder, 'no', 'such', 'r.json')]);
    expectRefusal(ran, /cannot write .*r\.json/);
  });

  it('help and version are no errors', () => {
    const ran = faultline(['--help']);
    expect(ran.stdout).toMatch(/review .*source/);
    expect(ran.status).toBe(0);
    expect(faultline(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
