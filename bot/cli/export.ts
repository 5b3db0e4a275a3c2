import { writeFileSync } from 'node:fs';
import { initC } from '../../analyzers/c/parser.js';
import { AxisNeeded, type AxisValue } from '../../simulator/interp/setup.js';
import { exportPromela } from '../../simulator/scenarios/run.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import { loadResources, type Resources } from '../review/resources.js';
import { linked, versionOf } from '../review/scenario-runs.js';
import { complain, fileTrouble } from './words.js';

export interface ExportOptions {
  readonly setting?: readonly string[];
  readonly window?: string;
  readonly size?: string;
  readonly output?: string;
}

const BUDGET = { states: 5_000_000, ms: 600_000 };

/** `faultline export --promela`: a scenario, with the skeletons' code, as a model for Spin. Returns the exit status. */
export async function exportCommand(name: string, options: ExportOptions): Promise<number> {
  const resources = loadResources();
  const scenario = resources.scenarios.find(({ spec }) => spec.scenario === name);
  if (!scenario) return complain(`no scenario ${name}; there are ${resources.scenarios.map(({ spec }) => spec.scenario).join(', ')}`);
  const setting = settingOf(scenario, options.setting ?? []);
  if (typeof setting === 'string') return complain(setting);
  const window = options.window ?? '0';
  if (window !== '0' && window !== '1') return complain(`--window ${window}: expected 0 or 1`);
  await initC();
  return write(resources, scenario, setting, window === '0' ? 0 : 1, options);
}

function write(
  resources: Resources,
  scenario: Scenario,
  setting: ReadonlyMap<string, AxisValue>,
  window: 0 | 1,
  options: ExportOptions,
): number {
  const size = options.size === 'measure' ? scenario.spec.measure : scenario.spec.explore;
  if (!size) return complain(`${scenario.spec.scenario} has no larger size`);
  const about = [scenario.spec.scenario, ...[...setting].map(([axis, value]) => `${axis}=${String(value)}`), `window ${String(window)}`];
  try {
    const model = linked(resources, scenario, size, versionOf(resources, resources.skeleton, scenario, size), setting);
    const made = exportPromela(model, { window, budget: BUDGET }, about.join(', '));
    if (!made.ok) return complain(`${scenario.spec.scenario} can not be exported: ${made.why}`);
    if (options.output === undefined) process.stdout.write(made.text);
    else writeFileSync(options.output, made.text);
    return 0;
  } catch (error) {
    if (error instanceof AxisNeeded) {
      const values = scenario.spec.axes[error.axis]?.map(String).join(' or ') ?? '0 or 1';
      return complain(`${scenario.spec.scenario} depends on ${error.axis}: give --setting ${error.axis}=VALUE, where VALUE is ${values}`);
    }
    if (error instanceof Error && 'syscall' in error)
      return complain(`cannot write ${options.output ?? 'standard output'}: ${fileTrouble(error)}`);
    throw error;
  }
}

/** The axes as given, each with a value that it has; or what is wrong with one. */
function settingOf(scenario: Scenario, given: readonly string[]): Map<string, AxisValue> | string {
  const setting = new Map<string, AxisValue>();
  for (const each of given) {
    const at = each.indexOf('=');
    const [axis, text] = [each.slice(0, at), each.slice(at + 1)];
    if (at < 1) return `--setting ${each}: expected NAME=VALUE`;
    const values = axis.startsWith('?') ? [0, 1] : scenario.spec.axes[axis];
    if (!values)
      return `--setting ${each}: ${scenario.spec.scenario} has no axis ${axis}; it has ${Object.keys(scenario.spec.axes).join(', ')}`;
    const value = values.find((candidate) => String(candidate) === text);
    if (value === undefined) return `--setting ${each}: ${axis} is one of ${values.map(String).join(', ')}`;
    setting.set(axis, value);
  }
  return setting;
}
