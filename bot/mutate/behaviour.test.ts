import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../../analyzers/c/parser.js';
import { overlay, wholeFile } from '../../analyzers/source/memory-tree.js';
import { loadResources } from '../review/resources.js';
import { versionOf } from '../review/scenario-runs.js';
import { alike, Laboratory, sameEnds } from './behaviour.js';

const resources = loadResources();
beforeAll(initC);

describe('what runs leave behind', () => {
  const scenario = resources.scenarios.find(({ spec }) => spec.scenario === 'riscv/new-vmalloc-mapping');
  const file = 'mm/vmalloc.c';
  const text = resources.skeleton.read(file)?.text ?? '';
  // That of riscv; other architectures find a table first.
  const mapped = /^\t*set_pte\(&.*$/m.exec(text)?.[0] ?? '';

  const behaviour = (changed: string) => {
    if (scenario === undefined) throw new Error('the scenario is gone');
    const tree = overlay(resources.skeleton, new Map([[file, wholeFile(file, changed, 'skeleton')]]));
    return new Laboratory(resources, scenario).behaviour(versionOf(resources, tree, scenario, scenario.spec.explore));
  };

  it('is the same where code goes another way to it, and is not where it stores something else', () => {
    expect(mapped).not.toBe('');
    const plain = behaviour(text);
    const longer = behaviour(text.replace(mapped, `${mapped}\n\tsmp_mb();`));
    expect(alike(plain, longer)).toBe(false);
    expect(sameEnds(plain, longer)).toBeGreaterThan(0);
    const other = behaviour(text.replace(mapped, mapped.replace('set_pte(', 'if (0) set_pte(')));
    expect(sameEnds(plain, other)).toBeNull();
  });
});
