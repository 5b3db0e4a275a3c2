import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../program/yaml.js';
import { FAMILIES, familyOf, parseFamilies } from './families.js';

const families = parseFamilies(parseYaml(readFileSync(FAMILIES, 'utf8')));
const of = (...names: readonly string[]): string | undefined => familyOf(families, names)?.of;

describe('the family of a change', () => {
  it('is told by whole parts of its names', () => {
    expect(of('aarch64_insn_patch_text_cb')).toBe('text patching');
    expect(of('hv_flush_tlb_others')).toBe('user mappings');
    expect(of('ARCH_WANT_HUGE_PMD_SHARE')).toBe('shared tables');
    expect(of('subtle_context_free')).toBe('address-space numbers');
    expect(of('subtlety', 'insnot')).toBeUndefined();
  });

  it('is the first that fits, whichever name says so', () => {
    expect(of('flush_tlb_page', 'gmap_shadow')).toBe('nested guests');
    expect(of('gmap_shadow', 'flush_tlb_page')).toBe('nested guests');
  });
});
