import { describe, expect, it } from 'vitest';
import { mailWith } from './testing/edit-mail.js';
import { reviewText } from './testing/review-text.js';

/** Adds a member to what the hunk stands in. */
const diff = (section: string): string =>
  `diff --git a/mm/a.c b/mm/a.c\n--- a/mm/a.c\n+++ b/mm/a.c\n@@ -10,3 +10,4 @@ ${section}\n \t\t.first = 1,\n+\t\t.support = level_of_support(),\n \t};\n \tfinish(x);\n`;

const reviewed = async (subject: string, section: string) =>
  (await reviewText(mailWith('part@example.org', subject, diff(section)))).reviews.map(({ verdict, notModelled }) => ({
    verdict,
    notModelled,
  }));

describe('a patch that changes no flush or fault logic', () => {
  it('is not relevant, whatever it stands in, where the series is whole', async () => {
    expect(await reviewed('[PATCH] mm: Ask for support', 'int ask(struct pte_range *x)')).toEqual([
      { verdict: 'not-relevant', notModelled: [] },
    ]);
  });

  it('is not modelled where patches are missing and it stands in code of page tables: they may be what it is about', async () => {
    expect(await reviewed('[PATCH 3/5] mm: Ask for support', 'int ask(struct pte_range *x)')).toEqual([
      {
        verdict: 'not-modelled',
        notModelled: [
          {
            what: 'the series',
            why: 'patches 1, 2, 4 and 5 of 5 are not in the source; what is at hand stands in or beside pte_range, and changes no flush or fault logic itself',
          },
        ],
      },
    ]);
  });

  it('is not relevant where patches are missing and it stands in other code', async () => {
    expect(await reviewed('[PATCH 3/5] mm: Ask for support', 'int read_table(struct a *x)')).toMatchObject([{ verdict: 'not-relevant' }]);
  });
});
