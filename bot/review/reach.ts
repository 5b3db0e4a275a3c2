import { includeClosure } from '../../analyzers/program/closure.js';
import { isKconfig } from '../../analyzers/merge/kconfig.js';
import { isSameCode } from '../../analyzers/program/same-code.js';
import type { SourceTree } from '../../analyzers/source/types.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { Plan } from './plan.js';
import type { Step } from './steps.js';

/** Whether the patches may change what a scenario runs, as far as the paths that they touch tell. */
export function mayReach({ steps }: Plan, scenario: Scenario): boolean {
  const first = steps[0];
  const last = steps.at(-1);
  return first !== undefined && last !== undefined && steps.some(changesCode) && !outOfReach(scenario, first.before, last.after, steps);
}

/** No patch touches a file that the scenario could be compiled from, nor renames anything there. */
function outOfReach(scenario: Scenario, before: SourceTree, after: SourceTree, steps: readonly Step[]): boolean {
  const { files, arch, on } = scenario.spec;
  // In a kernel tree anything that is linked into it may be reached; which files that takes is only known once it has been compiled.
  if (on === 'tree') return !steps.some((step) => step.merges.some((file) => isLinked(file.path, scenario.spec) && isMaterial(step, file)));
  const read = new Set([before, after].flatMap((tree) => [...includeClosure(tree, files, arch)]));
  const names = steps.flatMap((step) => step.merges).flatMap((file) => (file.kind === 'merged' ? file.renames.map(([mail]) => mail) : []));
  const renamed = (path: string): boolean => names.some((name) => after.read(path)?.text.includes(name) === true);
  const configures = (path: string): boolean =>
    isKconfig(path) && (!path.startsWith('arch/') || path === 'arch/Kconfig' || path.startsWith(`arch/${arch}/`));
  return !steps.some((step) => step.merges.some((file) => read.has(file.path) || configures(file.path))) && ![...read].some(renamed);
}

/** Whether anything but comments and blanks comes of a patch, as far as it is in the trees. */
const changesCode = (step: Step): boolean => step.changed && step.merges.some((file) => isMaterial(step, file));

/** A hunk that found no place may hold anything. */
export const isMaterial = ({ before, after }: Step, file: Step['merges'][number]): boolean =>
  file.kind !== 'merged' || file.refused.length > 0 || !isSameCode(before.read(file.path), after.read(file.path));

/** Whether a file may be part of the kernel of a scenario, as far as scenarios follow it. */
function isLinked(path: string, { arch, files }: Scenario['spec']): boolean {
  // KVM calls the rest of the kernel, and is not called by it but through what it registers.
  if (KVM.test(path)) return files.some((file) => KVM.test(file)) && (path.startsWith('virt/') || path.startsWith(`arch/${arch}/`));
  return path.startsWith('arch/') ? path.startsWith(`arch/${arch}/`) : /^(?:include|kernel|lib|mm|virt|init)\//.test(path);
}

const KVM = /^(?:arch\/\w+|virt)\/kvm\/.*\.[cS]$/;
