import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../package.js';
import { inMail, replace } from './testing/edit-mail.js';
import { handlerLater } from './testing/handler-later.js';
import { essence, reviewText } from './testing/review-text.js';

const thread = (name: string): string => readFileSync(join(packageRoot(), 'fixtures', 'threads', `${name}.mbox`), 'utf8');

async function verdictOf(mbox: string): Promise<{ verdict: string; findings: readonly string[] }> {
  const { reviews } = await reviewText(mbox);
  expect(reviews).toHaveLength(1);
  const [review] = reviews;
  if (review === undefined) throw new Error('no review');
  return { verdict: review.verdict, findings: essence(review) };
}

describe('a vmalloc mapping that the tables of a process do not have yet', () => {
  const mbox = thread('x86-vmalloc-fault');
  const edited = (edit: (mail: string) => string): string => inMail(mbox, '20240603080211.1138-1-mira@harts.example', edit);
  const lost = { verdict: 'introduced', findings: ['introduced unhandled-fault in x86/vmalloc-sync with every setting'] };

  it('faults for good without the handler that copies the entry', async () => {
    expect(await verdictOf(mbox)).toEqual(lost);
  });

  it('does so under other names', async () => {
    expect(await verdictOf(edited((mail) => replace(mail, /\bp4d_k\b/g, 'reference')))).toEqual(lost);
  });

  it('is found later where only the order of the handlers changes', async () => {
    const later = edited(handlerLater);
    expect(await verdictOf(later)).toEqual({ verdict: 'clean', findings: [] });
  });
});

describe('the flush of vmalloc space, put off while a CPU is in user mode', () => {
  const mbox = thread('x86-deferred-kernel-flush');
  const edited = (edit: (mail: string) => string): string => inMail(mbox, '20240611064102.2207-1-mira@harts.example', edit);
  const stale = { verdict: 'introduced', findings: ['introduced stale-translation in x86/vunmap-isolated with every setting'] };

  it('comes after the page is free', async () => {
    expect(await verdictOf(mbox)).toEqual(stale);
  });

  it('does so under other names, and though the CPU asks earlier whether it is due', async () => {
    const renamed = edited((mail) => replace(replace(mail, /\bnote_flush_for_later\b/g, 'mark_as_due'), /\bcannot_wait\b/g, 'is_here'));
    expect(await verdictOf(renamed)).toEqual(stale);
    const other = edited((mail) =>
      replace(
        mail,
        '+\t\tthis_cpu_write(flush_is_due, 0);\n+\t\t__flush_tlb_all();',
        '+\t\t__flush_tlb_all();\n+\t\tthis_cpu_write(flush_is_due, 0);',
      ),
    );
    expect(await verdictOf(other)).toEqual(stale);
  });

  it('does no harm where the others are interrupted all the same', async () => {
    const noted = edited((mail) =>
      replace(mail, '+\treturn !note_flush_for_later(cpu);', '+\tnote_flush_for_later(cpu);\n+\treturn true;'),
    );
    expect(await verdictOf(noted)).toEqual({ verdict: 'clean', findings: [] });
  });
});
