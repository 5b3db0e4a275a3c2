import type { Meaning } from '../../simulator/catalog/row.js';
import type { Expr, Instr, Procedure } from '../../simulator/program/types.js';
import { exchanged, replaced, without } from './edit.js';
import { spellCall } from './print.js';
import { type Call, type Mutant, primitiveOf, type Subject } from './types.js';

/** What an opening or closing call belongs to: two of one procedure with the same text are ends of the same section. */
function sectionOf(does: Meaning, call: Call): { readonly of: string; readonly end: 'open' | 'close' } | null {
  switch (does.kind) {
    case 'lock':
      if (does.do !== 'acquire' && does.do !== 'release') return null;
      return { of: `lock ${textOf(call.args[does.lock])}`, end: does.do === 'acquire' ? 'open' : 'close' };
    case 'irq':
      if (does.do === 'inherit' || does.do === 'query') return null;
      return { of: 'irq', end: does.do === 'save' || does.do === 'disable' ? 'open' : 'close' };
    case 'preempt':
      if (does.do === 'query') return null;
      return { of: 'preempt', end: does.do === 'disable' ? 'open' : 'close' };
    case 'rcu-read':
      return { of: 'rcu', end: does.do === 'lock' ? 'open' : 'close' };
    case 'srcu':
      return does.do === 'sync' ? null : { of: `srcu ${textOf(call.args[does.domain])}`, end: does.do === 'lock' ? 'open' : 'close' };
    default:
      return null;
  }
}

const textOf = (expr: Expr | undefined): string =>
  JSON.stringify(expr, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));

interface End {
  readonly index: number;
  readonly call: Call;
  readonly end: 'open' | 'close';
}

/** Sections (locks, masked interrupts, preemption, RCU) left out, grace periods not waited for. Sections whose other end is elsewhere stay. */
export function sectionMutants(subject: Subject): Mutant[] {
  const { procedure } = subject;
  const sections = new Map<string, End[]>();
  const mutants: Mutant[] = [];
  procedure.code.forEach((instr, index) => {
    const found = primitiveOf(subject, instr);
    if (found === null) return;
    const section = sectionOf(found.row.does, found.call);
    if (section) sections.set(section.of, [...(sections.get(section.of) ?? []), { index, call: found.call, end: section.end }]);
    mutants.push(...graceMutants(procedure, index, found.call, found.row.does));
  });
  for (const ends of sections.values()) {
    const first = ends.find((each) => each.end === 'open');
    if (!first || !ends.some((each) => each.end === 'close')) continue;
    mutants.push({
      operator: 'drop',
      what: `drops ${spellCall(first.call)} and its end`,
      at: first.call.at,
      procedure: procedure.name,
      sites: ends.map((each) => each.call),
      changed: withoutEnds(procedure, ends),
    });
  }
  return mutants;
}

/** Flags that a dropped save would have given are 0; nobody is left to read them. */
function withoutEnds(procedure: Procedure, ends: readonly End[]): Procedure {
  const plain = ends.filter((each) => each.call.dst === null).map((each) => each.index);
  const giving = ends.filter((each) => each.call.dst !== null);
  const changed = giving.reduce<Procedure>((rest, { index, call }) => {
    const { dst } = call;
    return dst === null ? rest : exchanged(rest, index, { op: 'set', dst, value: { k: 'int', value: 0n }, at: call.at });
  }, procedure);
  return without(changed, plain);
}

function graceMutants(procedure: Procedure, index: number, call: Call, does: Meaning): Mutant[] {
  const base = { operator: 'wait' as const, at: call.at, procedure: procedure.name, sites: [call] };
  if (does.kind === 'rcu-sync' || (does.kind === 'srcu' && does.do === 'sync'))
    return [{ ...base, what: `drops ${spellCall(call)}`, changed: without(procedure, [index]) }];
  if (does.kind !== 'rcu-call') return [];
  const [head, fn] = [call.args[does.head], call.args[does.fn]];
  if (!head || !fn) return [];
  const now: Instr = { op: 'call', dst: null, callee: { k: 'value', value: fn }, args: [head], at: call.at };
  return [{ ...base, what: `${spellCall(call)} is done at once`, changed: replaced(procedure, index, 1, [now]) }];
}
