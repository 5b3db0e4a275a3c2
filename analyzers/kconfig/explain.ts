import type { SourceRef } from '../../simulator/program/types.js';
import { type Evaluation, NO, isTristate, tristateOf } from './evaluate.js';
import { spell } from './expression.js';
import type { Default, KconfigSymbol } from './model.js';

/** Why a symbol has its value. */
export type Reason =
  /** A defconfig, a `.config` or a setting says so. */
  | { readonly kind: 'set'; readonly at: SourceRef }
  | { readonly kind: 'selected'; readonly by: readonly string[]; readonly at: SourceRef }
  | { readonly kind: 'implied'; readonly by: readonly string[]; readonly at: SourceRef }
  /** The default that counts, as it is written. */
  | { readonly kind: 'default'; readonly text: string; readonly at: SourceRef }
  /** Which member a choice comes out as. */
  | { readonly kind: 'choice'; readonly member: string | null; readonly at: SourceRef }
  /** Dependencies that are n, each as it is written. */
  | { readonly kind: 'depends'; readonly unmet: readonly string[]; readonly at: SourceRef }
  /** Nothing selects it, sets it or gives it a default. */
  | { readonly kind: 'no-default'; readonly at: SourceRef }
  | { readonly kind: 'undefined' };

export function reasonOf(evaluation: Evaluation, symbol: KconfigSymbol): Reason {
  const [node] = symbol.nodes;
  if (symbol.type === null || node === undefined) return { kind: 'undefined' };
  const on = isTristate(symbol) && evaluation.valueOf(symbol) !== NO;
  const given = isTristate(symbol) ? evaluation.valueOf(symbol) : NO;
  if (symbol.choice !== null && evaluation.visibility(symbol) !== NO) {
    return { kind: 'choice', member: evaluation.choose(symbol.choice)?.name ?? null, at: node.at };
  }
  const user = evaluation.userValue(symbol);
  const userCounts = user !== null && evaluation.visibility(symbol) !== NO;
  if (userCounts && (!isTristate(symbol) || tristateOf(user.value) >= given)) return { kind: 'set', at: user.at };
  if (on && evaluation.selected(symbol) === given) return { kind: 'selected', ...reverse(evaluation, symbol.selectedBy, node.at) };
  const value = evaluation.defaultOf(symbol);
  const implied = on && evaluation.implied(symbol) === given;
  if (value !== null && !(implied && evaluation.condition(value.value) === NO)) {
    return { kind: 'default', text: defaultText(value), at: value.at };
  }
  if (implied) return { kind: 'implied', ...reverse(evaluation, symbol.impliedBy, node.at) };
  const unmet = evaluation.direct(symbol) === NO ? unmetDependencies(evaluation, symbol) : [];
  return unmet.length > 0 ? { kind: 'depends', unmet, at: node.at } : { kind: 'no-default', at: node.at };
}

/** In words, to follow "X is y: …". */
export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'set':
      return `${reason.at.file}:${reason.at.line} sets it`;
    case 'selected':
      return `selected by ${reason.by.join(', ')}`;
    case 'implied':
      return `implied by ${reason.by.join(', ')}`;
    case 'default':
      return reason.text;
    case 'choice':
      return reason.member === null ? 'no member of its choice can be had' : `its choice is ${reason.member}`;
    case 'depends':
      return `depends on ${reason.unmet.join(' and ')}, which is n`;
    case 'no-default':
      return 'nothing selects it or gives it a default';
    case 'undefined':
      return 'no Kconfig file that is read defines it';
  }
}

function defaultText({ value, condition }: Default): string {
  return `default ${spell(value)}${condition === null ? '' : ` if ${spell(condition)}`}`;
}

function reverse(evaluation: Evaluation, from: KconfigSymbol['selectedBy'], at: SourceRef): { by: string[]; at: SourceRef } {
  const counting = from.filter((one) => evaluation.reverseValue(one) !== NO);
  return { by: [...new Set(counting.map((one) => one.by.name))], at: counting[0]?.at ?? at };
}

/** The dependencies of the first definition that fail, outermost first. */
function unmetDependencies(evaluation: Evaluation, symbol: KconfigSymbol): string[] {
  const unmet: string[] = [];
  for (let node = symbol.nodes[0] ?? null; node !== null; node = node.parent) {
    const parts = node.depends.flatMap((expr) => (expr.op === 'and' ? expr.of : [expr]));
    unmet.unshift(...parts.filter((part) => evaluation.condition(part) === NO).map(spell));
  }
  return unmet;
}
