import { memoryTree } from '../../source/memory-tree.js';
import { type Assignment, parseAssignments } from '../assignments.js';
import { Config } from '../config.js';
import { Evaluation } from '../evaluate.js';
import type { KconfigModel } from '../model.js';
import { readKconfig } from '../read.js';
import type { Toolchain } from '../toolchain.js';

/** The model of a few files; a string alone is the file `Kconfig`. */
export function modelOf(files: string | Readonly<Record<string, string>>, toolchain?: Toolchain): KconfigModel {
  const tree = memoryTree(new Map(Object.entries(typeof files === 'string' ? { Kconfig: files } : files)), 'tree');
  return readKconfig(tree, { environment: { ARCH: 'riscv', SRCARCH: 'riscv' }, ...(toolchain === undefined ? {} : { toolchain }) });
}

/** Its configuration under the lines of a `.config`. */
export function configOf(files: string | Readonly<Record<string, string>>, set = ''): Config {
  const model = modelOf(files);
  const assignments: Assignment[] = parseAssignments(set, 'user.config');
  return new Config('riscv', new Evaluation(model, assignments), model.omissions);
}

/** `A=y B=n`, for the names given. */
export function valuesOf(config: Config, ...names: readonly string[]): string {
  return names.map((name) => `${name}=${config.value(name) ?? '-'}`).join(' ');
}
