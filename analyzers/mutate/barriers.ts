import type { Meaning } from '../../simulator/catalog/row.js';
import type { Expr } from '../../simulator/program/types.js';
import { exchanged, without } from './edit.js';
import { spellCall } from './print.js';
import { type Call, type Mutant, primitiveOf, type Subject } from './types.js';

const BARRIERS: ReadonlySet<Meaning['kind']> = new Set([
  'fence',
  'fence-tso',
  'dmb',
  'dsb',
  'isb',
  'fence-i',
  'svinval-fence',
  'ptesync',
  'tlbsync',
  'dc',
  'ic',
]);

export const isBarrier = (meaning: Meaning): boolean => BARRIERS.has(meaning.kind);

/** Barriers left out, and barriers that order less. */
export function barrierMutants(subject: Subject): Mutant[] {
  const { procedure } = subject;
  return procedure.code.flatMap((instr, index) => {
    const found = primitiveOf(subject, instr);
    if (found === null || !isBarrier(found.row.does)) return [];
    const { call, row } = found;
    const base = { at: instr.at, procedure: procedure.name, sites: [instr] };
    const drop: Mutant = { ...base, operator: 'drop', what: `drops ${spellCall(call)}`, changed: without(procedure, [index]) };
    const weaker = weakened(subject, call, row.does).map(
      (less): Mutant => ({
        ...base,
        operator: 'weaken',
        what: `${spellCall(call)} becomes ${spellCall(less)}`,
        changed: exchanged(procedure, index, less),
      }),
    );
    return [drop, ...weaker];
  });
}

/** Calls that order strictly less than this one. */
function weakened(subject: Subject, call: Call, does: Meaning): Call[] {
  switch (does.kind) {
    case 'dmb':
    case 'dsb':
      return does.of === 'argument' ? armWords(call, does.kind) : namesOf(subject, call, armWeaker(does));
    case 'fence':
      return does.pred === 'argument' || does.succ === 'argument' ? fenceSets(call) : namesOf(subject, call, fenceWeaker(does));
    case 'ptesync':
      return namesOf(subject, call, [{ kind: 'fence', pred: 'rw', succ: 'rw' }]);
    default:
      return [];
  }
}

function armWeaker(does: Extract<Meaning, { kind: 'dmb' | 'dsb' }>): Meaning[] {
  const halves: Meaning[] =
    does.of === 'full'
      ? [
          { ...does, of: 'st' },
          { ...does, of: 'ld' },
        ]
      : [];
  return does.kind === 'dsb' ? [{ kind: 'dmb', of: does.of }, ...halves] : halves;
}

/** `dsb(ish)`: the word says which accesses; `…st` and `…ld` are its halves. */
function armWords(call: Call, kind: 'dmb' | 'dsb'): Call[] {
  const [word] = call.args;
  if (word?.k !== 'str' || call.callee.k !== 'name') return [];
  const dmb: Call[] = kind === 'dsb' ? [{ ...call, callee: { k: 'name', name: call.callee.name.replace('dsb', 'dmb') } }] : [];
  if (/(?:st|ld)$/.test(word.value)) return dmb;
  const shareability = word.value === 'sy' ? '' : word.value;
  return [...dmb, ...['st', 'ld'].map((half): Call => ({ ...call, args: [{ k: 'str', value: `${shareability}${half}` }] }))];
}

const fenceWeaker = (does: Extract<Meaning, { kind: 'fence' }>): Meaning[] =>
  does.pred === 'rw' && does.succ === 'rw'
    ? [
        { kind: 'fence', pred: 'r', succ: 'r' },
        { kind: 'fence', pred: 'w', succ: 'w' },
      ]
    : [];

/** riscv `fence rw, rw`: each of the two sets loses one kind of access. */
function fenceSets(call: Call): Call[] {
  return call.args.flatMap((arg, i) => {
    if (arg.k !== 'str') return [];
    return ['r', 'w']
      .filter((kind) => arg.value.includes(kind))
      .map((kind) => arg.value.replace(kind, ''))
      .filter((rest) => /[rw]/.test(rest))
      .map((rest): Call => ({ ...call, args: call.args.map((each, j): Expr => (j === i ? { k: 'str', value: rest } : each)) }));
  });
}

const namesOf = (subject: Subject, call: Call, meanings: readonly Meaning[]): Call[] =>
  meanings.flatMap((meaning) => {
    const name = subject.named(meaning);
    return name === undefined ? [] : [{ ...call, callee: { k: 'name', name }, args: [] }];
  });
