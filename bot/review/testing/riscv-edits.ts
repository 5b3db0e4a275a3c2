import { type Change, dropLines, inHunks, mailOf, replace, replaceAll } from './edit-mail.js';
import type { Edit } from './edits.js';

const V1 = '20231207150348.82096-2-alexghiti@rivosinc.com';
const SCENARIO = 'riscv/new-vmalloc-mapping';
const LOST = 'lost-update>unhandled-fault';

const v1 = (edit: (mail: string) => string) => (mbox: string, change: Change) => change(mailOf(mbox, V1), V1, edit);

const WORD = 'new_vmalloc';
const CLEAR = /^\+\tld\ta2, 0\(a0\)\n\+\tnot\ta1, a1\n\+\tand\ta1, a2, a1\n\+\tsd\ta1, 0\(a0\)\n/m;
const MAYBE_FENCE = /^\+\tla\ta0, tlb_\w+\n\+\tlb\ta0, 0\(a0\)\n\+\tbeqz\ta0, \S+\n/m;
const STORE = /^(\+\t\t\t)(new_vmalloc\[i\] = -1ULL;)\n/m;

/** The fence on every fault, whatever the hardware caches: takes the value out of the question that boot code sets. */
const alwaysFence = (mail: string): string => replace(mail, MAYBE_FENCE, '');
/** A store fence between the page-table entry and the word that announces it. */
const storeFence = (mail: string): string => replace(mail, /^\+\t\tint i;\n/m, '+\t\tint i;\n+\n+\t\tsmp_wmb();\n');
const atomic = (mail: string): string => replace(mail, CLEAR, '+\tnot\ta1, a1\n+\tamoand.d\ta1, a1, (a0)\n');

const clean = { verdict: 'clean', findings: [] } as const;
const lost = { verdict: 'introduced', includes: [`introduced ${LOST} in ${SCENARIO}`] } as const;
const noLoss = { excludes: ['introduced lost-update'] } as const;

/**
 * The mapper stores all ones into the word after the page-table entry; a faulting hart loads the word, takes its bit out and stores the
 * rest. A store by the mapper between that load and that store is overwritten: the bits of the other harts are lost, and the next of
 * them to fault on the new mapping is not believed.
 */
export const RISCV_EDITS: readonly Edit[] = [
  { name: 'as posted', edit: v1((mail) => mail), expect: lost },
  { name: 'word renamed', edit: v1((mail) => replace(mail, /\bnew_vmalloc\b/g, 'kmap_pending')), same: 'as posted' },
  {
    name: 'macro and labels renamed',
    edit: v1((mail) =>
      replaceAll(mail, [
        [/\bnew_vmalloc_check\b/g, 'spurious_kernel_fault'],
        [/\b_new_vmalloc_(\w+)/g, '.Lpending_$1'],
      ]),
    ),
    same: 'as posted',
  },
  {
    name: 'thread_info members and offsets renamed',
    edit: v1((mail) =>
      replaceAll(mail, [
        [/\bTASK_TI_A([012])\b/g, 'TASK_TI_SAVE$1'],
        [/\bthread_info\.a([012])\b/g, 'thread_info.save$1'],
        ['a0, a1, a2;', 'save0, save1, save2;'],
      ]),
    ),
    same: 'as posted',
  },
  { name: 'tabs to blanks', edit: v1((mail) => inHunks(mail, (line) => line.replace(/\t/g, '    '))), same: 'as posted' },
  {
    name: 'blanks at the start of context lines lost',
    staleOnly: true,
    edit: v1((mail) => inHunks(mail, (line) => line.replace(/^ /, ''))),
    same: 'as posted',
  },
  {
    name: 'comment wrapped by a mail client',
    staleOnly: true,
    edit: v1((mail) => replace(mail, /^(\+\t\t \* the only place this can happen is in) /m, '$1\n')),
    same: 'as posted',
  },
  {
    name: 'two independent instructions swapped',
    edit: v1((mail) => replace(mail, /^(\+\tslli\ta1, a1, 3\n)(\+\tla\ta0, new_vmalloc\n)/m, '$2$1')),
    same: 'as posted',
  },
  {
    name: 'a second word that nobody reads',
    // Two maps, both set; only the first is ever looked at.
    edit: v1((mail) =>
      replaceAll(mail, [
        [/^\+extern u64 new_vmalloc\[\];\n/m, '+extern u64 new_vmalloc[];\n+extern u64 new_modules[];\n'],
        [/^\+u64 new_vmalloc\[(.*)\];\n/m, '+u64 new_vmalloc[$1];\n+u64 new_modules[$1];\n'],
        [
          /^\+\t\tfor \(.*\n\+\t\t\tnew_vmalloc\[i\] = -1ULL;\n/m,
          '$&+\t\tfor (i = 0; i < NR_CPUS / sizeof(u64) + 1; ++i)\n+\t\t\tnew_modules[i] = -1ULL;\n',
        ],
      ]),
    ),
    same: 'as posted',
  },
  {
    name: 'bits numbered from the top',
    // Hart n has bit 63 - n: the word is shared as before.
    edit: v1((mail) => replace(mail, /^\+\tli\ta2, 1\n\+\tsll\ta1, a2, a1\n/m, '+\tli\ta2, 1\n+\tslli\ta2, a2, 63\n+\tsrl\ta1, a2, a1\n')),
    same: 'as posted',
  },
  {
    name: 'store to each word written out',
    // One word is enough for two harts, and four.
    edit: v1((mail) =>
      replace(mail, /^\+\t\tfor \(.*\n\+\t\t\tnew_vmalloc\[i\] = -1ULL;\n/m, '+\t\ti = 0;\n+\t\tnew_vmalloc[i] = -1ULL;\n'),
    ),
    same: 'as posted',
  },
  {
    name: 'amoand with the inverted mask',
    // The race on the word is gone; what else there is (no store fence, no fence on some hardware) may stay.
    edit: v1(atomic),
    expect: { verdict: 'introduced', ...noLoss },
  },
  {
    name: 'amoxor with the mask',
    edit: v1((mail) => replace(mail, CLEAR, '+\tamoxor.d\ta2, a1, (a0)\n')),
    expect: { verdict: 'introduced', ...noLoss },
  },
  {
    name: 'amoand, fence always, store fence in the mapper',
    // Every hole of the protocol closed: the bit is set after the entry, taken out atomically, and the fence comes after that.
    edit: v1((mail) => storeFence(alwaysFence(atomic(mail)))),
    expect: clean,
  },
  {
    name: 'amoand, fence always, no store fence in the mapper',
    // The entry may still be in the mapper's store buffer when the bit is seen, cleared and fenced for.
    edit: v1((mail) => alwaysFence(atomic(mail))),
    expect: { verdict: 'introduced', includes: [`introduced unhandled-fault in ${SCENARIO}`], ...noLoss },
  },
  {
    name: 'plain clear, fence always, store fence in the mapper',
    // Nothing is wrong but the plain clear.
    edit: v1((mail) => storeFence(alwaysFence(mail))),
    expect: lost,
  },
  {
    name: 'amoand and store fence, sfence.vma dropped',
    // Where invalid entries are cached nothing removes them: the retry faults with its bit gone.
    edit: v1((mail) => dropLines(storeFence(alwaysFence(atomic(mail))), /^\+\tsfence\.vma$/)),
    expect: { verdict: 'introduced', includes: [`introduced unhandled-fault in ${SCENARIO}`], ...noLoss },
  },
  {
    name: 'amoand and store fence, sfence.vma before the clear',
    // Between fence and clear the mapper may announce a second mapping: its bit is taken out, and nothing fences for it.
    edit: v1((mail) =>
      replaceAll(dropLines(storeFence(alwaysFence(atomic(mail))), /^\+\tsfence\.vma$/), [
        [/^\+\tamoand\.d/m, '+\tsfence.vma\n+\tamoand.d'],
      ]),
    ),
    expect: { verdict: 'introduced', includes: [`introduced unhandled-fault in ${SCENARIO}`], ...noLoss },
  },
  {
    name: 'one word a hart',
    // Each hart clears a word of its own: no other hart's news can be lost by it.
    edit: v1(wordPerHart),
    expect: { verdict: 'introduced', ...noLoss },
  },
  {
    name: 'one word a hart, fence always, store fence in the mapper',
    // The hart's fence comes after its store, so what the store overwrote was announced before the fence.
    edit: v1((mail) => storeFence(alwaysFence(wordPerHart(mail)))),
    expect: clean,
  },
  {
    name: 'the mapper flushes again, after the store',
    // Every hart is fenced before the mapping is handed out: nobody faults on it, and what happens to the word is of no account.
    edit: v1((mail) => replace(mail, STORE, '$1$2\n+\t\tflush_tlb_kernel_range(start, end);\n')),
    expect: clean,
  },
  {
    name: 'the mapper flushes again, before the store',
    edit: v1((mail) => replace(mail, /^\+\t\tint i;\n/m, '+\t\tint i;\n+\n+\t\tflush_tlb_kernel_range(start, end);\n')),
    expect: clean,
  },
  {
    name: 'the mapper fences only itself',
    edit: v1((mail) => replace(mail, STORE, '$1$2\n+\t\tlocal_flush_tlb_kernel_range(start, end);\n')),
    // The other hart still depends on the word.
    expect: { verdict: 'introduced', some: /^introduced (?:lost-update>)?unhandled-fault in riscv/ },
  },
  {
    name: 'the mapper announces nothing',
    // Nobody is ever believed: the first fault on a new mapping is the last.
    edit: v1((mail) => dropLines(mail, /^\+\t\t(?:for \(|\tnew_vmalloc\[i\] = )/)),
    expect: { verdict: 'introduced', includes: [`introduced unhandled-fault in ${SCENARIO} with every setting`], ...noLoss },
  },
];

/** An array of NR_CPUS words, all set by the mapper; a hart looks at and clears its own. */
function wordPerHart(mail: string): string {
  return replaceAll(mail, [
    [/^\+u64 new_vmalloc\[.*\];\n/m, `+u64 ${WORD}[NR_CPUS];\n`],
    [/i < NR_CPUS \/ sizeof\(u64\) \+ 1;/, 'i < NR_CPUS;'],
    [/^\+\tsrli\ta1, a2, 6\n\+\tslli\ta1, a1, 3\n/m, '+\tslli\ta1, a2, 3\n'],
    [/^\+\tslli\ta1, a1, 3\n\+\tsub\ta1, a2, a1\n/m, ''],
    [/^\+\tli\ta2, 1\n\+\tsll\ta1, a2, a1\n/m, ''],
    [/^\+\tand\ta2, a2, a1\n/m, ''],
    [CLEAR, '+\tsd\tzero, 0(a0)\n'],
  ]);
}
