import { beforeAll, expect, it } from 'vitest';
import { compileC } from '../../analyzers/c/compile.js';
import { initC } from '../../analyzers/c/parser.js';
import { treeOf } from '../../analyzers/c/testing/tree.js';
import type { Program } from '../../simulator/program/types.js';
import { loadResources } from './resources.js';
import { unfetchedSynchronisations, unseenSynchronisations } from './unseen-synchronisation.js';

const { catalog } = loadResources();
beforeAll(initC);

const compile = (body: string): Program =>
  compileC(
    treeOf({
      'a.c': `extern int flag;\nstatic inline void h(unsigned long x) { write_sysreg(x, ttbr0_el1); }\nvoid f(unsigned long x)\n{\n${body}\n}\n`,
    }),
    {
      arch: 'arm64',
      files: ['a.c'],
      defines: {},
      catalog: catalog.rows,
    },
  );

const WHOLE = 'write_sysreg(x, vttbr_el2); isb();';
const unseen = (before: string, after: string): readonly string[] =>
  unseenSynchronisations(catalog, 'arm64', compile(before), compile(after), ['f', 'g']);

it.each([
  ['goes', WHOLE, 'write_sysreg(x, vttbr_el2);'],
  ['goes, as assembly', 'write_sysreg(x, vttbr_el2); asm("isb");', 'write_sysreg(x, vttbr_el2);'],
  ['stays, where a write goes that is wrapped', `h(x); ${WHOLE}`, WHOLE],
  ['comes too early', WHOLE, 'isb(); write_sysreg(x, vttbr_el2);'],
  ['is that of one write less', 'asm("msr vttbr_el2, x0"); isb(); write_sysreg(x, hcr_el2); isb();', `isb(); ${WHOLE}`],
])('no run sees a synchronisation that %s', (_, before, after) => {
  expect(unseen(before, after)).toEqual(['f']);
});

it.each([
  ['nothing of the two changes', WHOLE, `WRITE_ONCE(flag, 1); ${WHOLE}`],
  ['there is one more', WHOLE, `${WHOLE} isb();`],
  ['no register is written', 'WRITE_ONCE(flag, 1); isb();', 'WRITE_ONCE(flag, 1);'],
])('runs tell all where %s', (_, before, after) => {
  expect(unseen(before, after)).toEqual([]);
});

const unfetched = (before: string, after: string): readonly string[] =>
  unfetchedSynchronisations(catalog, 'arm64', compile(before), compile(after), ['f', 'g']);

it('no run sees what is fetched without one, where nothing that changes is fetched', () => {
  expect(unfetched('dsb(ish); isb();', 'dsb(ish);')).toEqual(['f']);
  expect(unfetched('isb(); dsb(ish);', 'dsb(ish); isb();')).toEqual([]);
  expect(unfetched('dsb(ish); isb(); fetch_text(&flag);', 'dsb(ish); fetch_text(&flag);')).toEqual([]);
});
