import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { overlay, wholeFile } from '../../analyzers/source/memory-tree.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import { loadResources } from '../review/resources.js';
import { versionOf } from '../review/scenario-runs.js';
import { mutateScenario } from './mutate.js';
import { baselineLine, mutantTable } from './print.js';
import { mutateReport, parseMutateReport } from './schema.js';
import { summarise, tally } from './summary.js';

const resources = loadResources();
beforeAll(initC);

function run(name: string, tree: SourceTree = resources.skeleton) {
  const scenario = resources.scenarios.find(({ spec }) => spec.scenario === name);
  if (!scenario) throw new Error(`no scenario ${name}`);
  return mutateScenario(resources, scenario, versionOf(resources, tree, scenario, scenario.spec.explore));
}

describe('mutants of what a scenario runs', () => {
  const MAPPING = 'riscv/new-vmalloc-mapping';

  it('are killed where the protocol needs what they take away', () => {
    const { baseline, tried } = run(MAPPING);
    expect(baseline.violations).toEqual([]);
    expect(baseline.trouble).toBeNull();
    const fates = new Map(tried.map(({ mutant, fate }) => [`${mutant.procedure}: ${mutant.what}`, fate.k]));
    expect(fates.get('__flush_tlb_range: drops on_each_cpu_mask(…, __ipi_flush_tlb_range_asid, …, 1)')).toBe('killed');
    expect(fates.get('__flush_tlb_range: sbi_remote_sfence_vma_asid(…, …, …, …) for the next page instead')).toBe('killed');
    expect(tried.filter(({ mutant }) => mutant.procedure === 'local_flush_tlb_all')).toEqual([]);
    expect(tally(summarise([{ baseline, tried }])).survived).toBe(0);
  });

  it('that change no run are told apart from those that nothing objects to', () => {
    const file = 'arch/riscv/mm/tlbflush.c';
    const text = resources.skeleton.read(file)?.text ?? '';
    // Two fences where one would do: either may go, both may not.
    const twice = text.replace(/^(\t__flush_tlb_range\(NULL, start, end - start, PAGE_SIZE\);)$/m, '$1\n$1');
    expect(twice).not.toBe(text);
    const single = twice
      .replace(
        'static void __flush_tlb_range',
        'static void flush_again(unsigned long start, unsigned long size)\n{\n\tsbi_remote_sfence_vma(cpu_online_mask, start, size);\n}\n\nstatic void __flush_tlb_range',
      )
      .replace(/(\t__flush_tlb_range\(NULL, start, end - start, PAGE_SIZE\);\n)\t\S.*$/m, '$1\tflush_again(start, end - start);');
    expect(single).toContain('\tflush_again(start');
    const more = run(MAPPING, overlay(resources.skeleton, new Map([[file, wholeFile(file, single, 'skeleton')]])));
    const drop = more.tried.find(({ mutant }) => mutant.procedure === 'flush_again' && mutant.operator === 'drop');
    expect(drop?.fate.k).toBe('equivalent');
    expect(drop?.fate.k === 'equivalent' ? drop.fate.why : '').toMatch(/does it twice: if it also drops .* there is unhandled-fault/);
  });

  it('are reported the same in text and in JSON', () => {
    const done = run('riscv/bad-kernel-address');
    const mutants = summarise([done]);
    const report = mutateReport([done.baseline], mutants);
    expect(parseMutateReport(JSON.stringify(report))).toEqual(report);
    expect(report.counts).toEqual(tally(mutants));
    const text = baselineLine(done.baseline) + mutantTable(mutants);
    for (const mutant of report.mutants.filter(({ fate }) => fate === 'survived'))
      expect(text).toContain(`SURVIVED ${mutant.scenarios.join(', ')}`);
    expect(text).toMatch(new RegExp(`${String(report.counts.survived)} survived`));
  });
});
