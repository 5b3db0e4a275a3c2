import type { Arch } from '../../simulator/program/arch.js';
import type { Omission } from '../../simulator/program/types.js';
import type { SourceTree } from '../source/types.js';
import { kernelArches } from './arches.js';
import { type Assignment, parseAssignments } from './assignments.js';
import { Evaluation, isTristate } from './evaluate.js';
import { type Reason, reasonOf } from './explain.js';
import type { KconfigModel, KconfigSymbol } from './model.js';
import { readKconfig } from './read.js';
import type { Toolchain } from './toolchain.js';

/** A kernel configuration: each symbol with its value and why it has it. */
export class Config {
  constructor(
    readonly arch: Arch,
    readonly evaluation: Evaluation,
    /** What of the Kconfig files and of the settings could not be used. */
    readonly omissions: readonly Omission[],
  ) {}

  get model(): KconfigModel {
    return this.evaluation.model;
  }

  /** `y`, `m` or `n`, or the text of a string, int or hex. Null when nothing defines the symbol, or an int has no value. */
  value(name: string): string | null {
    const symbol = this.model.byName.get(name);
    if (symbol?.type == null) return null;
    return isTristate(symbol) || this.evaluation.isWritten(symbol) ? this.evaluation.textOf(symbol) : null;
  }

  why(name: string): Reason {
    const symbol = this.model.byName.get(name);
    return symbol === undefined ? { kind: 'undefined' } : reasonOf(this.evaluation, symbol);
  }

  /** All symbols that the architecture's Kconfig files define. */
  names(): string[] {
    return this.model.symbols.filter(isDefined).map(({ name }) => name);
  }
}

export interface ConfigOptions {
  readonly arch: Arch;
  /** A configuration of the user's own, or a fragment: used instead of the defconfig. */
  readonly config?: { readonly path: string; readonly text: string };
  /** Symbols to set on top, without `CONFIG_`: `PREEMPT_RT` → `y`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly toolchain?: Toolchain;
  /** The Kconfig files, when they were read already for the same tree and architecture. */
  readonly model?: KconfigModel;
}

/** The Kconfig files of an architecture. */
function archKconfig(tree: SourceTree, arch: Arch, toolchain?: Toolchain): KconfigModel {
  return readKconfig(tree, { environment: { ARCH: arch, SRCARCH: arch }, ...(toolchain === undefined ? {} : { toolchain }) });
}

/** What `make olddefconfig` makes of the architecture's defconfig, or of the configuration given. */
export function kernelConfig(tree: SourceTree, options: ConfigOptions): Config {
  const model = options.model ?? archKconfig(tree, options.arch, options.toolchain);
  const omissions: Omission[] = [...model.omissions];
  const assignments =
    options.config === undefined ? defconfig(tree, options.arch, omissions) : parseAssignments(options.config.text, options.config.path);
  assignments.push(...settingsOf(options.settings ?? {}));
  const evaluation = new Evaluation(model, assignments);
  return new Config(options.arch, evaluation, omissions);
}

function defconfig(tree: SourceTree, arch: Arch, omissions: Omission[]): Assignment[] {
  const { defconfig: files, changes } = kernelArches[arch];
  const found: Assignment[] = [];
  for (const name of files) {
    const path = `arch/${arch}/configs/${name}`;
    const file = tree.read(path);
    if (file === null) omissions.push({ what: path, why: 'the tree has no such configuration; defaults are used', at: null });
    else found.push(...parseAssignments(file.text, path));
  }
  return [...found, ...settingsOf(changes)];
}

function settingsOf(settings: Readonly<Record<string, string>>): Assignment[] {
  return Object.entries(settings).map(([name, value]) => ({ name, value, at: { file: 'settings', line: 1, origin: 'scenario' } }));
}

/** The macros of include/generated/autoconf.h: `CONFIG_SMP` → `1`, `CONFIG_X_MODULE` → `1` for m. */
export function configMacros(config: Config): Record<string, string> {
  const macros: Record<string, string> = {};
  for (const symbol of config.model.symbols) {
    if (!isDefined(symbol)) continue;
    const value = config.value(symbol.name);
    if (value === null || value === 'n') continue;
    if (isTristate(symbol)) macros[`CONFIG_${symbol.name}${value === 'm' ? '_MODULE' : ''}`] = '1';
    else macros[`CONFIG_${symbol.name}`] = macroText(symbol, value);
  }
  return macros;
}

function macroText(symbol: KconfigSymbol, value: string): string {
  if (symbol.type === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  return symbol.type === 'hex' && !/^0[xX]/.test(value) ? `0x${value}` : value;
}

function isDefined(symbol: KconfigSymbol): boolean {
  return symbol.type !== null && symbol.nodes.length > 0;
}
