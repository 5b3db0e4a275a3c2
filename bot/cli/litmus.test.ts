import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLitmusReport } from '../litmus/schema.js';
import { faultline, showsInside } from './testing/run.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-litmus-'));
  mkdirSync(join(folder, 'suite'));
  mkdirSync(join(folder, 'empty'));
  for (let i = 0; i < 9; i++) writeFileSync(join(folder, 'suite', `T${i}.litmus`), i % 3 === 0 ? '{ no test }' : `PPC T${i}\n{}\n`);
  writeFileSync(join(folder, 'suite', 'huge.litmus'), 'x'.repeat(2_000_000));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('faultline litmus', () => {
  it('goes on after a malformed file, in the order of the names', () => {
    const ran = faultline(['litmus', join(folder, 'suite')]);
    const lines = ran.stdout.split('\n').flatMap((line) => /^ {2}(\S+) +(T\d|huge) /.exec(line)?.slice(1).join(' ') ?? []);
    const names = ['T0', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8'];
    expect(lines).toEqual([...names.map((name, i) => `${i % 3 === 0 ? 'malformed' : 'unsupported'} ${name}`), 'malformed huge']);
    expect(ran.said).toMatch(/T3\.litmus, line 1, column 1: expected the architecture of the test and its name/);
    expect(ran.said).toMatch(/huge\.litmus: larger than 1048576 bytes/);
    expect(ran.said).toMatch(/unsupported: PPC tests \(6\)/);
    expect(ran.status).toBe(2);
  });

  it('prints JSON', () => {
    const ran = faultline(['litmus', join(folder, 'suite', 'T1.litmus'), '--json', '--axis', 'FEAT_ETS2=true', '--axis', 'n=3']);
    const report = parseLitmusReport(ran.stdout);
    expect(report.suites.map(({ run, setting, tests }) => [run, setting, tests.length])).toEqual([['suite', { FEAT_ETS2: true, n: 3 }, 1]]);
    expect(ran.status).toBe(0);
  });

  it('gives up a test that takes too long, and shows one that does not', () => {
    const stores = (thread: number): string => `P${thread}`.padEnd(12);
    const row = (text: string): string => [0, 1, 2, 3].map(() => text.padEnd(12)).join('|');
    const body = Array.from({ length: 7 }, (_, i) => `${row(`STR X${i % 4},[X4]`)};`).join('\n');
    const registers = [0, 1, 2, 3].flatMap((t) => [0, 1, 2, 3].map((r) => `${t}:X${r}=${4 * t + r};`).concat(`${t}:X4=x;`)).join(' ');
    const large = `AArch64 Large\n{ ${registers} }\n${[0, 1, 2, 3].map(stores).join('|')};\n${body}\nexists (x=77)\n`;
    writeFileSync(join(folder, 'Large.litmus'), large);
    writeFileSync(join(folder, 'Small.litmus'), 'AArch64 Small\n{ 0:X1=x; 0:X0=1; }\n P0 ;\n STR X0,[X1] ;\nexists (x=1)\n');
    const ran = faultline(['litmus', join(folder, 'Large.litmus'), '--seconds', '0.5']);
    expect(ran.said).toMatch(/over-budget Large gave up: out of time/);
    expect(ran.status).toBe(1);
    const shown = faultline(['litmus', join(folder, 'Small.litmus'), '--show', 'Small']);
    expect(shown.stdout).toMatch(/A run in which the condition holds:[\s\S]*1 {2}P0: x = 1[\s\S]*STR X0,\[X1\]/);
    expect(shown.status).toBe(0);
  });

  it.each([
    [['litmus', 'SUITE', '--show', 'nobody'], /no test is called nobody/],
    [['litmus', 'SUITE', '--seconds', 'soon'], /--seconds takes a number above 0/],
    [['litmus'], /missing required argument 'path'/],
    [['litmus', 'no/such/folder'], /no\/such\/folder: there is no such file or folder/],
    [['litmus', 'EMPTY'], /holds no litmus tests/],
    [['litmus', 'SUITE', '--axis', 'FEAT_ETS2'], /--axis takes NAME=VALUE/],
    [['litmus', 'SUITE', '--kinds', 'no/kinds.txt'], /cannot read the table of kinds: there is no such file/],
    [['litmus', 'SUITE', '--json', '--show', 'T1'], /'--show <test>' cannot be used with option '--json'/],
  ])('%j', (args, sentence) => {
    const ran = faultline(args.map((arg) => (/^[A-Z]+$/.test(arg) ? join(folder, arg.toLowerCase()) : arg)));
    expect(ran.said).toMatch(sentence);
    expect(showsInside(ran.said)).toBe(false);
    expect(ran.status).toBe(2);
  });
});
