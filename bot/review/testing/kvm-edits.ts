import { type Change, dropLines, inHunks, mailOf, mailWith, replace, replaceAll } from './edit-mail.js';
import type { Edit } from './edits.js';

const POSTED = '20240325185158.8565-2-will@kernel.org';
const PASTED = 'seed-004-2@seed.invalid';

const LOCKED = 'kvm-arm64/stage2-unmap-table';
const UNLOCKED = 'kvm-arm64/stage2-unmap-table-unlocked';
const UAF = 'walker-use-after-free';

const posted = (edit: (mail: string) => string) => (mbox: string, change: Change) => change(mailOf(mbox, POSTED), POSTED, edit);
const pasted = (edit: (mail: string) => string) => (mbox: string, change: Change) => change(mbox, PASTED, edit);

const HINT = /^ (\t+ctx->addr, )ctx->level\);$/m;

/**
 * Deferred: range invalidation and FWB, where the flush comes after the walk. Hints: FEAT_TTL, where a TLBI with a leaf level covers leaf
 * entries only, so that one issued for a table entry covers nothing.
 */
export const KVM_EDITS: readonly Edit[] = [
  {
    name: 'as posted',
    edit: posted((mail) => mail),
    // The eager TLBI still carries the table's level as if it were a leaf's: enough only where hints are not honoured. Elsewhere the
    // table was freed too early before and is after. Not deferred and no hints: it was right before.
    expect: {
      verdict: 'fixed',
      findings: [
        `fixed ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1 FEAT_TTL=0`,
        `pre-existing ${UAF} in ${LOCKED} with FEAT_TTL=1`,
      ],
    },
  },
  {
    name: 'patch function renamed in the hunk header',
    edit: posted((mail) => replace(mail, /stage2_unmap_put_pte/g, 's2_drop_entry')),
    same: 'as posted',
  },
  {
    name: 'predicate renamed in the whole mail',
    edit: posted((mail) => replace(mail, /stage2_unmap_defer_tlb_flush/g, 's2_flush_comes_later')),
    same: 'as posted',
  },
  {
    name: 'context variables renamed in the whole mail',
    edit: posted((mail) =>
      replaceAll(mail, [
        [/\bctx\b/g, 'visit'],
        [/\bpgt\b/g, 'table'],
      ]),
    ),
    same: 'as posted',
  },
  { name: 'tabs to blanks', edit: posted((mail) => inHunks(mail, (line) => line.replace(/\t/g, '        '))), same: 'as posted' },
  {
    name: 'blanks at the start of context lines lost',
    staleOnly: true,
    edit: posted((mail) => inHunks(mail, (line) => line.replace(/^ /, ''))),
    same: 'as posted',
  },
  {
    name: 'added lines wrapped by a mail client',
    staleOnly: true,
    edit: posted((mail) =>
      replace(mail, '+\t\tif (!stage2_unmap_defer_tlb_flush(pgt) ||', '+\t\tif (!stage2_unmap_defer_tlb_flush(pgt)\n||'),
    ),
    same: 'as posted',
  },
  {
    name: 'hunk numbers of another tree',
    edit: posted((mail) => replace(mail, /^@@ -\d+(,\d+) \+\d+/m, '@@ -1234$1 +1240')),
    same: 'as posted',
  },
  {
    name: 'operands of the new condition swapped',
    edit: posted((mail) =>
      replaceAll(mail, [
        ['+\t\tif (!stage2_unmap_defer_tlb_flush(pgt) ||', '+\t\tif (kvm_pte_table(ctx->old, ctx->level) ||'],
        ['+\t\t    kvm_pte_table(ctx->old, ctx->level)) {', '+\t\t    !stage2_unmap_defer_tlb_flush(pgt)) {'],
      ]),
    ),
    same: 'as posted',
  },
  {
    name: 'eager, unknown level',
    edit: posted((mail) => replace(mail, HINT, '-\t\t\t\t\tctx->addr, ctx->level);\n+\t\t\t\t\tctx->addr, TLBI_TTL_UNKNOWN);')),
    // Without a hint the TLBI covers the table entry whatever the hardware, and it is complete before the free.
    expect: { verdict: 'fixed', findings: [`fixed ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1 | FEAT_TTL=1`] },
  },
  {
    name: 'eager, level 0 (which says "none" without LPA2)',
    edit: posted((mail) => replace(mail, HINT, '-\t\t\t\t\tctx->addr, ctx->level);\n+\t\t\t\t\tctx->addr, 0);')),
    expect: { verdict: 'fixed', findings: [`fixed ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1 | FEAT_TTL=1`] },
  },
  {
    name: 'added invalidation dropped',
    edit: posted((mail) =>
      replaceAll(mail, [
        ['+\t\tif (!stage2_unmap_defer_tlb_flush(pgt) ||\n', '+\t\tif (!stage2_unmap_defer_tlb_flush(pgt)) {\n'],
        ['+\t\t    kvm_pte_table(ctx->old, ctx->level)) {\n', ''],
      ]),
    ),
    // Only braces are left of the patch. What was wrong before still is, and nothing is fixed or introduced.
    expect: {
      verdict: 'pre-existing',
      findings: [`pre-existing ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1 | FEAT_TTL=1`],
    },
  },
  {
    name: 'every eager invalidation dropped',
    edit: posted((mail) =>
      replaceAll(dropLines(mail, /^\+\t\t(?:if|    kvm_pte_table|\})/), [
        [' \t\t\tkvm_call_hyp(', '-\t\t\tkvm_call_hyp('],
        [HINT, '-$1ctx->level);'],
      ]),
    ),
    // Not deferred: nothing flushes any more, so table and pages go while they are cached. With hints the table did before.
    // Deferred: as before, the table is freed ahead of the range flush.
    expect: {
      verdict: 'introduced',
      includes: [`introduced ${UAF} in ${LOCKED}`],
      excludes: [`fixed ${UAF} in ${LOCKED}`],
    },
  },
  {
    name: '|| swapped for &&',
    edit: posted((mail) =>
      replace(mail, '+\t\tif (!stage2_unmap_defer_tlb_flush(pgt) ||', '+\t\tif (!stage2_unmap_defer_tlb_flush(pgt) &&'),
    ),
    // Deferred: never eager, so the table is freed too early as before. Not deferred: leaves are not flushed at all any more, and their
    // pages go back to the host while the guest may still use them.
    expect: {
      verdict: 'introduced',
      includes: [`pre-existing ${UAF} in ${LOCKED}`],
      excludes: [`fixed ${UAF} in ${LOCKED}`],
      some: /^introduced \S+ in kvm-arm64\/stage2-unmap-table with /,
    },
  },
  {
    name: 'own diff: free behind the deferred flush, by one pointer',
    edit: () => mailWith('own-1@example.org', '[PATCH] KVM: arm64: Free unmapped tables behind the flush', FREE_BEHIND_FLUSH),
    // Deferred: the range flush carries no level and is complete before the free. Not deferred: the flush behind the walk is not there,
    // and the eager one still has the wrong hint.
    expect: {
      verdict: 'fixed',
      findings: [
        `fixed ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1`,
        `pre-existing ${UAF} in ${LOCKED} with FEAT_S2FWB=0 FEAT_TTL=1 | FEAT_TLBIRANGE=0 FEAT_TTL=1`,
      ],
    },
  },
  {
    name: 'own diff: free behind a flush that always comes',
    edit: () =>
      mailWith(
        'own-2@example.org',
        '[PATCH] KVM: arm64: Free unmapped tables behind the flush',
        replace(
          FREE_BEHIND_FLUSH,
          /^ \t(if \(stage2_unmap_defer_tlb_flush\(pgt\)\))$/m,
          '-\t$1\n+\tif (pgt->unlinked || stage2_unmap_defer_tlb_flush(pgt))',
        ),
      ),
    // The flush behind the walk carries no level in either form (range, or the whole VMID), so the free is safe everywhere.
    expect: { verdict: 'fixed', findings: [`fixed ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1 | FEAT_TTL=1`] },
  },
  {
    name: 'own diff: free one line ahead of that flush',
    edit: () => mailWith('own-3@example.org', '[PATCH] KVM: arm64: Free unmapped tables ahead of the flush', freeAhead(FREE_BEHIND_FLUSH)),
    // The same list, emptied before the flush: as wrong as it was.
    expect: {
      verdict: 'pre-existing',
      findings: [`pre-existing ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1 | FEAT_TTL=1`],
    },
  },
];

/** Edits of the diff that a reply proposes: free through RCU, flush deferred. */
export const PASTED_EDITS: readonly Edit[] = [
  {
    name: 'pasted diff',
    edit: pasted((mail) => mail),
    kind: 'pasted',
    // Nothing orders the grace period and the deferred flush but the write hold of mmu_lock over both, an RCU reader. Not deferred with
    // hints: the eager flush covers nothing, as before, and a grace period flushes no walk cache.
    expect: {
      verdict: 'fixed',
      findings: [
        `fixed ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1`,
        `pre-existing ${UAF} in ${LOCKED} with FEAT_S2FWB=0 FEAT_TTL=1 | FEAT_TLBIRANGE=0 FEAT_TTL=1`,
        `pre-existing ${UAF} in ${UNLOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1 | FEAT_TTL=1`,
      ],
    },
  },
  {
    name: 'pasted diff without its is_hyp_code()',
    kind: 'pasted',
    // The host is not hyp code: the same answer there.
    edit: pasted((mail) =>
      replaceAll(mail, [
        [
          '+\treturn !is_hyp_code() && system_supports_tlb_range() &&\n+\t\tstage2_has_fwb(pgt);',
          '+\treturn system_supports_tlb_range() && stage2_has_fwb(pgt);',
        ],
      ]),
    ),
    same: 'pasted diff',
  },
  {
    name: 'pasted diff, whole VMID flushed before the call',
    kind: 'pasted',
    // One flush without a level, complete before call_rcu(): safe for every caller on every hardware.
    edit: pasted((mail) =>
      replaceAll(mail, [
        [' \tif (childp)\n', '-\tif (childp)\n+\tif (childp) {\n+\t\tkvm_call_hyp(__kvm_tlb_flush_vmid, pgt->mmu);\n'],
        ['+\t\tmm_ops->free_unlinked_table(childp, ctx->level);', '+\t\tmm_ops->free_unlinked_table(childp, ctx->level);\n+\t}'],
      ]),
    ),
    expect: { verdict: 'fixed', findings: [`fixed ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1 | FEAT_TTL=1`] },
  },
  {
    name: 'pasted diff, never deferred in hyp or host',
    kind: 'pasted',
    // Deferral is off, so every entry is flushed eagerly with its level: safe for any caller without hints, and with them as wrong as ever.
    edit: pasted((mail) => replace(mail, '+\treturn !is_hyp_code() &&', '+\treturn is_hyp_code() &&')),
    expect: {
      verdict: 'fixed',
      findings: [
        `fixed ${UAF} in ${LOCKED} with FEAT_S2FWB=1 FEAT_TLBIRANGE=1 FEAT_TTL=0`,
        `pre-existing ${UAF} in ${LOCKED} with FEAT_TTL=1`,
      ],
    },
  },
];

/** Keeps dead tables on a list of their own and frees them where the walk's flush is done. */
const FREE_BEHIND_FLUSH = `diff --git a/arch/arm64/include/asm/kvm_pgtable.h b/arch/arm64/include/asm/kvm_pgtable.h
--- a/arch/arm64/include/asm/kvm_pgtable.h
+++ b/arch/arm64/include/asm/kvm_pgtable.h
@@ -400,1 +400,2 @@ struct kvm_pgtable {
 \tstruct kvm_s2_mmu *mmu;
+\tvoid *unlinked;
diff --git a/arch/arm64/kvm/hyp/pgtable.c b/arch/arm64/kvm/hyp/pgtable.c
--- a/arch/arm64/kvm/hyp/pgtable.c
+++ b/arch/arm64/kvm/hyp/pgtable.c
@@ -1160,6 +1160,8 @@ static int stage2_unmap_walker(const struct kvm_pgtable_visit_ctx *ctx,
-\tif (childp)
-\t\tmm_ops->put_page(childp);
+\tif (childp) {
+\t\tvirt_to_page(childp)->private = (unsigned long)pgt->unlinked;
+\t\tpgt->unlinked = childp;
+\t}
 
 \treturn 0;
 }
@@ -1180,4 +1182,10 @@ int kvm_pgtable_stage2_unmap(struct kvm_pgtable *pgt, u64 addr, u64 size)
 \tif (stage2_unmap_defer_tlb_flush(pgt))
 \t\tkvm_tlb_flush_vmid_range(pgt->mmu, addr, size);
+\twhile (pgt->unlinked) {
+\t\tvoid *dead = pgt->unlinked;
+
+\t\tpgt->unlinked = (void *)virt_to_page(dead)->private;
+\t\tpgt->mm_ops->put_page(dead);
+\t}
 \treturn ret;
 }
`;

function freeAhead(diff: string): string {
  const free = /^\+\twhile \(.*\n(?:\+.*\n)*?\+\t\}\n/m.exec(diff)?.[0] ?? '';
  return replace(
    replace(diff, free, ''),
    ' \tif (stage2_unmap_defer_tlb_flush(pgt))\n',
    `${free} \tif (stage2_unmap_defer_tlb_flush(pgt))\n`,
  );
}
