import type { Meaning } from '../../simulator/catalog/row.js';
import type { Expr, IntType } from '../../simulator/program/types.js';
import { exchanged, without } from './edit.js';
import { spellCall } from './print.js';
import { type Call, type Mutant, type Operator, primitiveOf, type Subject } from './types.js';

const INVALIDATIONS: ReadonlySet<Meaning['kind']> = new Set([
  'tlbi',
  'sfence',
  'sinval',
  'sbi-sfence',
  'sbi-call',
  'flush',
  'invpcid',
  'cr3-write',
  'invlpgb',
  'invalidate-entry',
  'csp',
  'tlbie',
]);

/** Whether a primitive takes translations away, on this CPU or another. */
export const isInvalidation = (meaning: Meaning): boolean => INVALIDATIONS.has(meaning.kind);

const U64: IntType = { bits: 64, signed: false };
const PAGE = 4096;

/** Invalidations left out, of less, of something else, with another hint; calls of other CPUs that are left out or not waited for. */
export function invalidationMutants(subject: Subject): Mutant[] {
  const { procedure } = subject;
  return procedure.code.flatMap((instr, index) => {
    const found = primitiveOf(subject, instr);
    if (found === null || !(isInvalidation(found.row.does) || found.row.does.kind === 'ipi')) return [];
    const { call, row } = found;
    const base = { at: instr.at, procedure: procedure.name, sites: [instr] };
    const mutants: Mutant[] = [];
    // What also writes the entry, or gives a value, can't be left out without changing what the code computes.
    if (call.dst === null && row.does.kind !== 'invalidate-entry' && row.does.kind !== 'csp')
      mutants.push({ ...base, operator: 'drop', what: `drops ${spellCall(call)}`, changed: without(procedure, [index]) });
    for (const [operator, what, changed] of variants(call, row.does))
      mutants.push({ ...base, operator, what: `${spellCall(call)} ${what}`, changed: exchanged(procedure, index, changed) });
    return mutants;
  });
}

type Variant = readonly [operator: Operator, what: string, changed: Call];

function variants(call: Call, does: Meaning): Variant[] {
  switch (does.kind) {
    case 'tlbi':
      return [
        ...tlbiWords(call),
        ...elsewhere(call, does.address, does.pages === undefined ? 1 : PAGE),
        ...onlyFirst(call, does.pages, 1),
        ...levels(call, does.level),
      ];
    case 'sfence':
    case 'flush':
    case 'invpcid':
    case 'tlbie':
    case 'sinval':
      return elsewhere(call, does.address, PAGE);
    case 'invlpgb':
      return [...elsewhere(call, does.address, PAGE), ...onlyFirst(call, does.pages, 1)];
    case 'sbi-sfence':
      return [...elsewhere(call, does.start, PAGE), ...onlyFirst(call, does.size, PAGE)];
    case 'ipi':
      return typeof does.wait === 'number' && call.args[does.wait]
        ? [['wait', 'does not wait for the others', withArg(call, does.wait, { k: 'int', value: 0n })]]
        : [];
    default:
      return [];
  }
}

/** TLBI operations by their letters: inner or outer shareable → this CPU; all levels → the last; both stages → stage 1. */
function tlbiWords(call: Call): Variant[] {
  const [word] = call.args;
  if (word?.k !== 'str') return [];
  const others: readonly (readonly [string, string])[] = [
    [word.value.replace(/[io]s$/, ''), 'on this CPU alone'],
    [word.value.replace(/^(r?va+|r?ipas2)e/, '$1le'), 'of the last level alone'],
    [word.value.replace(/^vmalls12e/, 'vmalle'), 'of stage 1 alone'],
  ];
  return others
    .filter(([other]) => other !== word.value)
    .map(([other, what]): Variant => ['weaken', `becomes ${other}, ${what}`, withArg(call, 0, { k: 'str', value: other })]);
}

function elsewhere(call: Call, argument: number | undefined, by: number): Variant[] {
  const address = argument === undefined ? undefined : call.args[argument];
  if (argument === undefined || address === undefined) return [];
  const next: Expr = { k: 'binary', op: '+', a: address, b: { k: 'int', value: BigInt(by) }, type: U64 };
  return [['range', 'for the next page instead', withArg(call, argument, next)]];
}

function onlyFirst(call: Call, argument: number | undefined, one: number): Variant[] {
  if (argument === undefined || call.args[argument] === undefined) return [];
  return [['range', 'for the first page alone', withArg(call, argument, { k: 'int', value: BigInt(one) })]];
}

function levels(call: Call, argument: number | undefined): Variant[] {
  if (argument === undefined || call.args[argument] === undefined) return [];
  return [2, 3].map(
    (level): Variant => ['hint', `with level ${level} as hint`, withArg(call, argument, { k: 'int', value: BigInt(level) })],
  );
}

const withArg = (call: Call, argument: number, value: Expr): Call => ({
  ...call,
  args: call.args.map((each, i) => (i === argument ? value : each)),
});
