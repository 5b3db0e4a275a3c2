import { describe, expect, it } from 'vitest';
import { expectsOf, parseIndex } from './index-file.js';
import { loadWording } from './stated.js';

const WORDING = loadWording();
const HEAD = '| id | file | arch | class | label |\n|---|---|---|---|---|\n';
const indexOf = (text: string): ReturnType<typeof parseIndex> => parseIndex(text, WORDING);

describe('an index', () => {
  it('gives cases with what their sections state', () => {
    const { cases, faults } = indexOf(`${HEAD}| a1 | a.mbox | riscv | lost update of a mask | BUGGY+FIX |

## a1 mask of harts
- patch at issue: [PATCH 1/2] (1 Jan) \`one@example.org\` <https://lists.example.org/r/one@example.org>
- fix or good version: \`two@example.org\`
- race: CPU0 loads the word in take_mask(). CPU1 stores.
- files: arch/riscv/mm/mask.c, include/linux/mask.h
`);
    expect(faults).toEqual([]);
    expect(cases).toEqual([
      {
        id: 'a1',
        file: 'a.mbox',
        arch: 'riscv',
        topic: 'lost update of a mask',
        label: 'BUGGY+FIX',
        expects: 'race',
        statement: {
          atIssue: ['one@example.org'],
          good: ['two@example.org'],
          violations: ['lost-update'],
          names: ['take_mask'],
          files: ['arch/riscv/mm/mask.c', 'include/linux/mask.h'],
          race: 'CPU0 loads the word in take_mask(). CPU1 stores.',
        },
      },
    ]);
  });

  it('may state violation and functions in the terms of the program', () => {
    const { cases } = indexOf(`${HEAD}| a | a.mbox | x86 | stale entry | BUGGY |
## a
- race: something stale is kept by other_function()
- violation: deadlock, unbounded-wait
- functions: hold, wait_for
`);
    expect(cases[0]?.statement).toMatchObject({ violations: ['deadlock', 'unbounded-wait'], names: ['hold', 'wait_for'] });
  });

  it('finds its columns by their headings and leaves other tables aside', () => {
    const { cases, faults } = indexOf(`| word | meaning |
|---|---|
| BUGGY | wrong |

| label | year | file | class | arch | id |
|:--|--|--|--|--|--:|
| CLEAN | 2020 | \`x.mbox\` | a \\| b | s390 | 7 |
`);
    expect(faults).toEqual([]);
    expect(cases.map(({ id, file, topic, label }) => [id, file, topic, label])).toEqual([['7', 'x.mbox', 'a | b', 'CLEAN']]);
  });

  it('says of each malformed row where it is and what is wrong, and reads the others', () => {
    const { cases, faults } = indexOf(`${HEAD}| 1 | a.mbox | x86 | CLEAN |
| 2 | | x86 | - | CLEAN |
| 3 | ../a.mbox | x86 | - | CLEAN |
| 4 | /etc/passwd | x86 | - | CLEAN |
| 5 | ok.mbox | x86 | - | CLEAN |
| 5 | again.mbox | x86 | - | CLEAN |
`);
    expect(cases.map(({ file }) => file)).toEqual(['ok.mbox']);
    expect(faults).toEqual([
      'line 3: 4 cells under 5 headings; the row is left out',
      'line 4: the column "file" is empty; the row is left out',
      'line 5: ../a.mbox is not below the folder of the index; the row is left out',
      'line 6: /etc/passwd is not below the folder of the index; the row is left out',
      'line 8: there is a case 5 already; the row is left out',
    ]);
  });

  it('says that there is no table', () => {
    expect(indexOf('nothing here\n').faults).toEqual(['no table with the columns id, file, arch, class, label']);
  });
});

describe('a label', () => {
  it.each([
    ['BUGGY', 'race'],
    ['BUGGY+FIX', 'race'],
    ['REJECTED/CLEAN', 'race'],
    ['CLEAN after review (v1 flagged)', 'silence'],
    ['NEAR-MISS FIX', 'silence'],
    ['NEGATIVE', 'silence'],
    ['REPORT', 'nothing'],
    ['PREFIX', 'nothing'],
  ])('%s expects %s', (label, expected) => {
    expect(expectsOf(label)).toBe(expected);
  });
});
