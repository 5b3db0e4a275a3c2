import { describe, expect, it } from 'vitest';
import { parseVocabulary } from './vocabulary.js';

const DATA = {
  words: [['tlb', 'page_fault'], ['asid']],
  files: ['arch/*/tlb*', 'kernel/smp.c'],
  ordering: ['mm/*'],
  elsewhere: { files: ['drivers/*', 'fs/*'], but: ['fs/exec.c'], words: ['flush_tlb'] },
};
const vocabulary = parseVocabulary(DATA);

describe('a vocabulary', () => {
  it.each(['tlb', 'flush_tlb_range', 'do_page_fault', 'TLB', 'asid2idx', '_asid'])('finds a word among the parts of %s', (name) => {
    expect(vocabulary.hasWord(name, 'mm/a.c')).toBe(true);
  });

  it.each(['tlbs', 'bottlb', 'page', 'fault', ''])('finds none in %s', (name) => {
    expect(vocabulary.hasWord(name, 'mm/a.c')).toBe(false);
  });

  it.each(['arch/x86/mm/tlb.c', 'arch/arm64/include/asm/tlbflush.h', 'kernel/smp.c'])('knows the file %s', (path) => {
    expect(vocabulary.hasFile(path)).toBe(true);
  });

  it.each(['drivers/arch/x/tlb.c', 'kernel/smpxc', 'kernel/smp.c.orig', 'arch/x86/mm/fault.c'])('does not know the file %s', (path) => {
    expect(vocabulary.hasFile(path)).toBe(false);
  });

  it('takes no word or path with marks that a pattern would read', () => {
    expect(() => parseVocabulary({ ...DATA, words: [['a|b']] })).toThrow();
    expect(() => parseVocabulary({ ...DATA, files: ['(a)'] })).toThrow();
  });

  it.each([
    ['bond_tlb_xmit', 'drivers/net/bonding/bond_alb.c', false],
    ['flush_tlb_mm', 'drivers/iommu/a.c', true],
    ['tlb_gather_mmu', 'fs/exec.c', true],
    ['tlb_gather_mmu', 'fs/open.c', false],
  ])('%s in %s: %s', (name, path, speaks) => {
    expect(vocabulary.hasWord(name, path)).toBe(speaks);
  });

  it('knows where order is about translations', () => {
    expect(['mm/a.c', 'net/a.c'].map((path) => vocabulary.ordersTranslations(path))).toEqual([true, false]);
  });
});
