import type { Cpu } from '../../../simulator/litmus/test.js';
import { malformed, unsupported } from '../failure.js';
import { infoOf } from '../file.js';
import type { Info, LitmusFile, Position } from '../syntax.js';

/** What the lines before the initial state ask of the machine. */
export interface Machine {
  /** What a thread without a handler does at a fault. `skip` goes on with the next instruction. */
  readonly faults: 'stop' | 'retry' | 'skip';
  /** Says which value FEAT_ETS2 has; null where the test leaves it open. */
  readonly ets2: true | null;
  readonly updates: (thread: number) => NonNullable<Cpu['updates']>;
  readonly user: (thread: number) => boolean;
}

/**
 * herd7's names for what a fault does (its manual, "Fault handling"): `fatal` ends the thread, and is the default; `handled` runs the
 * access again; `skip` goes on behind it. Before 7.57 they were called precise, imprecise and faulttonext.
 */
const faultWords: ReadonlyMap<string, Machine['faults']> = new Map([
  ['fatal', 'stop'],
  ['precise', 'stop'],
  ['handled', 'retry'],
  ['imprecise', 'retry'],
  ['skip', 'skip'],
  ['faulttonext', 'skip'],
]);

/** Say which of herd7's models to use, and change nothing that is modelled here. */
const ignoredVariants = new Set(['vmsa', 'kvm']);

/** Lines that would change what the test means. All others are notes, or for tools that run tests on hardware. */
const notModelled = /^(?:cachetype|memorytype|mt|align)$/;

/** What the lines `Variant=`, `TTHM=` and `EL0=` say. Throws LitmusFailure at one that is not modelled. */
export function machineOf(file: LitmusFile): Machine {
  let faults: Machine['faults'] = 'stop';
  let ets2: Machine['ets2'] = null;
  for (const { word, at } of words(infoOf(file, 'Variant'))) {
    const plan = faultWords.get(word.toLowerCase());
    if (plan) faults = plan;
    else if (word.toLowerCase() === 'ets2') ets2 = true;
    else if (!ignoredVariants.has(word.toLowerCase())) throw unsupported(at, `Variant=${word.toLowerCase()}`);
  }
  for (const info of file.info) {
    if (notModelled.test(info.key.toLowerCase())) throw unsupported(info.at, `the line ${info.key}=`);
  }
  return { faults, ets2, updates: hardwareUpdates(file), user: userThreads(file) };
}

function hardwareUpdates(file: LitmusFile): Machine['updates'] {
  const all = new Set<string>();
  const some = new Map<number, Set<string>>();
  for (const { word, at } of words(infoOf(file, 'TTHM'))) {
    const found = /^(?:P([0-9]{1,4}):)?(HA|HD|SW)$/i.exec(word);
    if (!found) throw malformed(at, 'HA or HD, with or without a thread before it, like `P1:HA`', `\`${word}\``);
    const [, thread, kind = ''] = found;
    if (thread === undefined) all.add(kind.toUpperCase());
    else some.set(Number(thread), (some.get(Number(thread)) ?? new Set()).add(kind.toUpperCase()));
  }
  return (thread) => {
    const has = (kind: string): boolean => all.has(kind) || some.get(thread)?.has(kind) === true;
    return has('HD') ? 'hd' : has('HA') ? 'ha' : 'none';
  };
}

function userThreads(file: LitmusFile): Machine['user'] {
  const threads = new Set<number>();
  for (const { word, at } of words(infoOf(file, 'EL0'))) {
    const found = /^P([0-9]{1,4})$/.exec(word);
    if (!found) throw malformed(at, 'a thread, like `P0`', `\`${word}\``);
    threads.add(Number(found[1]));
  }
  return (thread) => threads.has(thread);
}

/** Words with commas or blanks between them. */
function* words(lines: readonly Info[]): Generator<{ readonly word: string; readonly at: Position }> {
  for (const { value, at } of lines) for (const word of value.split(/[\s,]+/)) if (word !== '') yield { word, at };
}
