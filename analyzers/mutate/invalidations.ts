import type { Meaning } from '../../simulator/catalog/row.js';
import type { Expr, IntType, Procedure } from '../../simulator/program/types.js';
import { exchanged, replaced, without } from './edit.js';
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
/** The bit that IPTE and IDTE set (z/Architecture Principles of Operation, page-table entry and segment-table entry, I). */
const INVALID = { page: 0x400n, table: 0x20n } as const;
/** The larger of the two sizes that kernels of powerpc have. */
const LARGE_PAGE = 65_536;

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
    if (row.does.kind === 'invalidate-entry') {
      const what = `${spellCall(call)} marks the entry and drops no copies`;
      mutants.push({ ...base, operator: 'weaken', what, changed: marksOnly(procedure, index, call, row.does) });
    }
    for (const [operator, what, changed] of variants(subject, call, row.does))
      mutants.push({ ...base, operator, what: `${spellCall(call)} ${what}`, changed: exchanged(procedure, index, changed) });
    return mutants;
  });
}

type Variant = readonly [operator: Operator, what: string, changed: Call];

function variants(subject: Subject, call: Call, does: Meaning): Variant[] {
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
    case 'sinval':
      return elsewhere(call, does.address, PAGE);
    case 'tlbie':
      return [
        ...elsewhere(call, does.address, LARGE_PAGE),
        ...ofOneKind(call, does.ric),
        ...ofAnotherProcess(call, does),
        ...tlbiel(subject, call, does),
      ];
    case 'invalidate-entry':
      return [...onThisCpu(call, does.local), ...nextEntry(call, does.entry), ...onlyFirst(call, does.more, 0)];
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
  return [['range', 'for the next page instead', withArg(call, argument, plus(address, by))]];
}

/** tlbie of translations alone (RIC 0), of the page walk cache alone (1). */
function ofOneKind(call: Call, argument: number): Variant[] {
  const given = call.args[argument];
  if (given === undefined) return [];
  const kinds = ['translations', 'the page walk cache'] as const;
  return kinds.flatMap((kind, ric): Variant[] => {
    if (given.k === 'int' && given.value === BigInt(ric)) return [];
    return [['weaken', `with RIC ${ric}, of ${kind} alone`, withArg(call, argument, { k: 'int', value: BigInt(ric) })]];
  });
}

/** tlbie → tlbiel, where the catalog has a row for that. */
function tlbiel(subject: Subject, call: Call, does: Extract<Meaning, { kind: 'tlbie' }>): Variant[] {
  const name = does.local ? undefined : subject.named({ ...does, local: true });
  return name === undefined ? [] : [['weaken', 'on this CPU alone', { ...call, callee: { k: 'name', name } }]];
}

function ofAnotherProcess(call: Call, does: Extract<Meaning, { kind: 'tlbie' }>): Variant[] {
  const process = does.process === undefined ? undefined : call.args[does.process];
  if (does.process === undefined || process === undefined) return [];
  const next = plus(process, does.by === 'registers' ? 2 ** 32 : 1);
  return [['range', 'of another process instead', withArg(call, does.process, next)]];
}

function onThisCpu(call: Call, argument: number | undefined): Variant[] {
  const given = argument === undefined ? undefined : call.args[argument];
  if (argument === undefined || given === undefined || (given.k === 'int' && given.value !== 0n)) return [];
  return [['weaken', 'on this CPU alone', withArg(call, argument, { k: 'int', value: 1n })]];
}

function nextEntry(call: Call, argument: number): Variant[] {
  const base = call.args[argument];
  if (base === undefined) return [];
  const next: Expr = { k: 'index', base, index: { k: 'int', value: 1n }, size: 8 };
  return [['range', 'of the next entry instead', withArg(call, argument, next)]];
}

/** The entry as it is left, by a plain store. */
function marksOnly(procedure: Procedure, index: number, call: Call, does: Extract<Meaning, { kind: 'invalidate-entry' }>): Procedure {
  const addr = call.args[does.entry];
  if (addr === undefined) return without(procedure, [index]);
  const old: Expr = { k: 'local', name: 'entry.before' };
  const bit: Expr = { k: 'int', value: INVALID[does.level] };
  return replaced(procedure, index, 1, [
    { op: 'load', dst: old.name, addr, type: U64, order: 'once', at: call.at },
    { op: 'store', addr, value: { k: 'binary', op: '|', a: old, b: bit, type: U64 }, type: U64, order: 'once', at: call.at },
  ]);
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

const plus = (a: Expr, by: number): Expr => ({ k: 'binary', op: '+', a, b: { k: 'int', value: BigInt(by) }, type: U64 });

const withArg = (call: Call, argument: number, value: Expr): Call => ({
  ...call,
  args: call.args.map((each, i) => (i === argument ? value : each)),
});
