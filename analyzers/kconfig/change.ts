import type { SourceRef } from '../../simulator/program/types.js';
import type { Config } from './config.js';
import { type Evaluation, isTristate } from './evaluate.js';
import { type Reason, reasonText } from './explain.js';

/** What a user can still make of a bool or tristate symbol, everything else left as it is. */
export type Freedom = 'always on' | 'always off' | 'free' | 'undefined';

/** What a change to Kconfig files does to one symbol of a configuration. */
export interface SymbolChange {
  readonly name: string;
  /** Null: not defined, or a number without a value. */
  readonly before: string | null;
  readonly after: string | null;
  readonly freedomBefore: Freedom;
  readonly freedomAfter: Freedom;
  /** Why it has its new value; why it had the old one when nothing defines it any more. */
  readonly reason: Reason;
}

/**
 * The symbols that differ in value or in what a user may set, sorted by name. Both are configurations of one architecture, made of the same
 * defconfig and settings, from the Kconfig files before and after. Where these are the same, so is everything.
 */
export function configChange(before: Config, after: Config): SymbolChange[] {
  const changes: SymbolChange[] = [];
  for (const name of [...new Set([...before.names(), ...after.names()])].sort()) {
    const change: SymbolChange = {
      name,
      before: before.value(name),
      after: after.value(name),
      freedomBefore: freedomOf(before, name),
      freedomAfter: freedomOf(after, name),
      reason: after.value(name) === null ? before.why(name) : after.why(name),
    };
    if (change.before !== change.after || change.freedomBefore !== change.freedomAfter) changes.push(change);
  }
  return changes;
}

/** One line for a person: `WALKER: n → y (selected by RISCV, arch/riscv/Kconfig:12), always on`. */
export function changeText({ name, before, after, freedomBefore, freedomAfter, reason }: SymbolChange): string {
  const value = before === after ? `${name} stays ${after ?? 'undefined'}` : `${name}: ${before ?? 'undefined'} → ${after ?? 'undefined'}`;
  const at = placeOf(reason);
  const why = `${reasonText(reason)}${at === null || reason.kind === 'set' ? '' : `, ${at.file}:${at.line}`}`;
  return `${value} (${why})${freedomNote(freedomBefore, freedomAfter)}`;
}

/** Only a freedom that somebody had or gains is worth a word. */
function freedomNote(before: Freedom, after: Freedom): string {
  return before !== after && (before === 'free' || after === 'free') ? `; ${freedomTexts[after]}` : '';
}

const freedomTexts: Readonly<Record<Freedom, string>> = {
  'always on': 'can no longer be switched off',
  'always off': 'cannot be switched on',
  free: 'can be set either way',
  undefined: 'is no longer defined',
};

function placeOf(reason: Reason): SourceRef | null {
  return reason.kind === 'undefined' ? null : reason.at;
}

function freedomOf(config: Config, name: string): Freedom {
  const symbol = config.model.byName.get(name);
  if (symbol === undefined || symbol.nodes.length === 0) return 'undefined';
  const evaluation: Evaluation = config.evaluation;
  const visible = evaluation.visibility(symbol);
  if (!isTristate(symbol)) return visible === 0 ? 'always on' : 'free';
  if (visible > evaluation.selected(symbol)) return 'free';
  return evaluation.valueOf(symbol) === 0 ? 'always off' : 'always on';
}
