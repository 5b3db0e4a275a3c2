// Reviews in a kernel tree against their limits: time with an empty and with a filled cache, and memory.
// Run: npm run build && npx tsc -p bench && node dist/bench/tree-review.js [TREE [PATCH…]]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTree } from '../bot/tree/open.js';
import { testTree } from '../bot/tree/testing/trees.js';
import { oneHunk } from './kernel-edits/one-hunk.js';
import { type Cost, costOf } from './process-cost.js';
import { table } from './threads.js';

/** Seconds that a review may take, and MiB. */
const LIMITS = { cold: 5, warm: 2, memory: 600 };

/** Changes of a line each, of a file and of headers that few, many and all scenarios are made of. */
const EDITS: readonly { readonly name: string; readonly path: string; readonly line: RegExp; readonly becomes: string }[] = [
  { name: 'kvm: a wait dropped', path: 'arch/arm64/kvm/hyp/nvhe/tlb.c', line: /^\t*dsb\(ish\);$/m, becomes: '' },
  {
    name: 'kvm: a flush dropped',
    path: 'arch/arm64/kvm/hyp/pgtable.c',
    line: /^\t*kvm_call_hyp\(__kvm_tlb_flush_vmid_ipa,.*$/m,
    becomes: '',
  },
  { name: 'arm64: a fence of a header dropped', path: 'arch/arm64/include/asm/tlbflush.h', line: /^\t*dsb\(ishst\);$/m, becomes: '' },
  { name: 'riscv: a flush dropped', path: 'arch/riscv/mm/tlbflush.c', line: /^\t*local_flush_tlb_all\(\);$/m, becomes: '' },
  { name: 'x86: a flush dropped', path: 'arch/x86/mm/tlb.c', line: /^\t*__flush_tlb_all\(\);$/m, becomes: '' },
  { name: 'mm: a flush dropped', path: 'mm/mmu_gather.c', line: /^\ttlb_flush_mmu_tlbonly\(tlb\);$/m, becomes: '' },
  { name: 'a comment of a Makefile', path: 'kernel/Makefile', line: /^#.*$/m, becomes: '# Nothing.' },
];

const [given, ...patches] = process.argv.slice(2);
const path = given ?? testTree('6.12');
if (path === null) process.exit(1);
const main = fileURLToPath(new URL('../bot/cli/main.js', import.meta.url));
const rows = [['patch', 'cold s', 'warm s', 'other patch first s', 'CPU cold s', 'CPU warm s', 'memory MiB', 'limits']];
let kept = true;
for (const { name, text } of await inputs(path, patches)) {
  const cold = await review(text, null);
  const cache = mkdtempSync(join(tmpdir(), 'tree-review-'));
  try {
    const filling = await review(text, cache);
    const warm = await review(text, cache);
    // The cache of another change of the same file: what this one differs in is to be compiled.
    const other = await review(
      text.replace(/^\+(?!\+\+)/m, '+\t;\n+').replace(/^(@@ -\S+ \+\d+,)(\d+)/m, (_, a: string, n: string) => a + String(Number(n) + 1)),
      cache,
    );
    const memory = Math.max(cold.mib, filling.mib, warm.mib, other.mib);
    const fits = filling.seconds < LIMITS.cold && warm.seconds < LIMITS.warm && memory < LIMITS.memory;
    kept &&= fits;
    const show = (value: number): string => value.toFixed(1);
    const cells = [filling.seconds, warm.seconds, other.seconds, filling.cpu, warm.cpu].map(show);
    rows.push([name, ...cells, String(memory), fits ? 'kept' : 'NOT kept']);
    process.stderr.write(`${rows.at(-1)?.join('  ') ?? ''}\n`);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}
process.stdout.write(
  `${table(rows)}\n\ncold under ${LIMITS.cold} s, warm under ${LIMITS.warm} s, memory under ${LIMITS.memory} MiB: ${kept ? 'kept' : 'NOT kept'}\n`,
);
process.exitCode = kept ? 0 : 1;

function review(patch: string, cache: string | null): Promise<Cost> {
  const options = cache === null ? ['--no-cache'] : ['--cache', cache];
  return costOf([main, 'review', '-', '--json', '--tree', path ?? '', ...options], patch);
}

async function inputs(folder: string, files: readonly string[]): Promise<{ name: string; text: string }[]> {
  if (files.length > 0) return files.map((file) => ({ name: file, text: readFileSync(file, 'utf8') }));
  const opened = await openTree({ path: folder });
  if (!opened.ok) throw new Error(opened.why);
  const { source } = opened.tree;
  const made = EDITS.flatMap(({ name, path: file, line, becomes }) => {
    const text = source.read(file)?.text ?? '';
    const after = text.replace(line, becomes);
    if (after === text) process.stderr.write(`${name}: ${file} has no such line\n`);
    return after === text ? [] : [{ name, text: mail(name, oneHunk(file, text, after)) }];
  });
  opened.tree.close();
  return made;
}

function mail(subject: string, diff: string): string {
  return [
    'From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001',
    'From: A Tester <tester@example.org>',
    'Date: Mon, 1 Jun 2026 10:00:00 +0000',
    `Subject: [PATCH] ${subject}`,
    `Message-ID: <${String(subject.length)}.${String(diff.length)}@example.org>`,
    '',
    'A change.',
    '---',
    diff,
    '-- ',
    '2.44.0',
    '',
  ].join('\n');
}
