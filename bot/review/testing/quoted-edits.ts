import { type Change, replace, replaceAll } from './edit-mail.js';
import type { Edit } from './edits.js';

const REPLY = 'seed-000-1@seed.invalid';
const SCENARIO = 'riscv/new-vmalloc-mapping';

/** A reply quotes the patch two deep; its hunk headers cannot be put right by counting plain lines, so they stay as they are. */
const reply = (edit: (mail: string) => string) => (mbox: string, change: Change) => change(mbox, REPLY, edit);

const CLEAR = /^> > \+ ld a2, 0\(a0\)\n> > \+ not a1, a1\n> > \+ and a1, a2, a1\n> > \+ sd a1, 0\(a0\)\n/m;

/** The riscv edits that leave the number of lines of each hunk alone, made in the quote. */
export const QUOTED_EDITS: readonly Edit[] = [
  {
    name: 'as quoted',
    edit: reply((mail) => mail),
    expect: { verdict: 'introduced', includes: [`introduced lost-update>unhandled-fault in ${SCENARIO}`] },
  },
  { name: 'word renamed', edit: reply((mail) => replace(mail, /\bnew_vmalloc\b/g, 'kmap_pending')), same: 'as quoted' },
  {
    name: 'labels renamed',
    edit: reply((mail) => replace(mail, /\b_new_vmalloc_(\w+)/g, '.Lpending_$1')),
    same: 'as quoted',
  },
  {
    name: 'quote marks without blanks',
    edit: reply((mail) => replace(mail, /^> > /gm, '>> ')),
    same: 'as quoted',
  },
  {
    name: 'a remark between two lines of the patch',
    edit: reply((mail) => replace(mail, /^> > \+ sfence\.vma\n/m, '$&>\n> Always?\n\nYes.\n\n')),
    same: 'as quoted',
  },
  {
    name: 'plain clear turned into amoand',
    // The same number of lines; the race on the word is gone.
    edit: reply((mail) => replace(mail, CLEAR, '> > + nop\n> > + nop\n> > + not a1, a1\n> > + amoand.d a1, a1, (a0)\n')),
    expect: { verdict: 'introduced', excludes: ['introduced lost-update'] },
  },
  {
    name: 'the mapper flushes again',
    edit: reply((mail) => replace(mail, /^> > \+ int i;\n/m, '> > + int i; flush_tlb_kernel_range(start, end);\n')),
    expect: { verdict: 'clean', findings: [] },
  },
  {
    name: 'fence dropped',
    // The retry faults again where invalid entries are cached, whatever boot code finds out about the hardware.
    edit: reply((mail) => replaceAll(mail, [[/^> > \+ sfence\.vma\n/m, '> > + nop\n']])),
    expect: { verdict: 'introduced', some: /^introduced (?:lost-update>)?unhandled-fault in \S+ with .*invalid-entries=cached/ },
  },
  {
    name: 'the end of the patch left out of the quote',
    // The file that defines the word is not quoted: what declares it is, and that is all the race needs.
    edit: reply((mail) => replace(mail, /^> > diff --git a\/arch\/riscv\/mm\/init\.c[^]*$/m, '\n')),
    same: 'as quoted',
  },
];
