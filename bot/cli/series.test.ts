import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultline, ROOT } from './testing/run.js';

describe('faultline series', () => {
  let folder = '';
  let store = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'faultline-series-'));
    store = join(folder, 's.db');
    expect(faultline(['ingest', '--store', store, join(ROOT, 'fixtures/mails/series-v1-v2.mbox')]).status).toBe(0);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('lists what the store has, with what is missing', () => {
    const { status, stdout, stderr } = faultline(['series', '--store', store]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('v1 1/2  ');
    expect(stdout).toContain('\n    patch 2 of 2 is not in the source\n');
    expect(stdout).toContain('v2 RFC RFT 2/2  Flush a mapping before its table goes');
    expect(faultline(['series', '--store', store, '--limit', '1']).stdout).not.toContain('v1 1/2');
    expect(faultline(['series', '--store', store, 'series-v1']).stdout).toBe(stdout);
  });

  it('tells all of the thread of a mail, as JSON too', () => {
    const id = '20240603080000.77-2-ada@kernel.invalid';
    const { stdout } = faultline(['series', '--store', store, `<${id}>`]);
    expect(stdout).toContain(`<${id}>`);
    expect(stdout).toContain('a diff in a reply of');
    const listing: unknown = JSON.parse(faultline(['series', '--store', store, id, '--json']).stdout);
    expect(listing).toMatchObject({
      schema: 1,
      series: [{ version: 2, said: { changeId: null } }],
      problems: [],
    });
  });

  it.each([
    [['nowhere'], 'has no mail with the id "nowhere", and no series from a source of that name'],
    [['no@where'], 'has no mail with the id "no@where"'],
    [['--limit', '0'], '--limit takes a number, 1 or more'],
  ])('%j', (args, why) => {
    const { status, stderr } = faultline(['series', '--store', store, ...args]);
    expect(status).toBe(2);
    expect(stderr).toContain(why);
  });

  it('says that there is no store', () => {
    const { status, stderr } = faultline(['series', '--store', join(folder, 'none.db')]);
    expect(status).toBe(2);
    expect(stderr).toContain('there is no store yet');
  });
});
