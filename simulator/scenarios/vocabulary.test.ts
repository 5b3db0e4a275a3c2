import { describe, expect, it } from 'vitest';
import { parseVocabulary } from './vocabulary.js';

const vocabulary = parseVocabulary({ words: [['tlb', 'page_fault'], ['asid']], files: ['arch/*/tlb*', 'kernel/smp.c'] });

describe('a vocabulary', () => {
  it.each(['tlb', 'flush_tlb_range', 'do_page_fault', 'TLB', 'asid2idx', '_asid'])('finds a word among the parts of %s', (name) => {
    expect(vocabulary.hasWord(name)).toBe(true);
  });

  it.each(['tlbs', 'bottlb', 'page', 'fault', ''])('finds none in %s', (name) => {
    expect(vocabulary.hasWord(name)).toBe(false);
  });

  it.each(['arch/x86/mm/tlb.c', 'arch/arm64/include/asm/tlbflush.h', 'kernel/smp.c'])('knows the file %s', (path) => {
    expect(vocabulary.hasFile(path)).toBe(true);
  });

  it.each(['drivers/arch/x/tlb.c', 'kernel/smpxc', 'kernel/smp.c.orig', 'arch/x86/mm/fault.c'])('does not know the file %s', (path) => {
    expect(vocabulary.hasFile(path)).toBe(false);
  });

  it('takes no word or path with marks that a pattern would read', () => {
    expect(() => parseVocabulary({ words: [['a|b']], files: ['a'] })).toThrow();
    expect(() => parseVocabulary({ words: [['a']], files: ['(a)'] })).toThrow();
  });
});
