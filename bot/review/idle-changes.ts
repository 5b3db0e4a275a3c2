import { type ChangedCode, changedCode, textOf } from '../../analyzers/program/changed-code.js';
import type { Expr, Instr, Procedure } from '../../simulator/program/types.js';
import type { ScenarioRuns, VersionOutcome } from './scenario-runs.js';

/** Code that the patches change, and that runs of a scenario pass by though they come to the procedure. Data. */
export interface IdleChange {
  readonly procedure: string;
  /** Ways through it, before and after the patches, as other scenarios call them too. A run that goes one of them goes through the change. */
  readonly ways: readonly string[];
  /** What no run does. */
  readonly why: string;
}

/** What of the changed code of a scenario its runs went through, and what they passed by. */
export interface ChangesRun {
  readonly ways: readonly string[];
  readonly idle: readonly IdleChange[];
}

/**
 * Holds what differs in the procedures between the first version and version `last` against what the runs executed of both. A change in a way that
 * no run takes is in no run, nor is what a changed condition does otherwise where it is always the same: silence says nothing of either.
 */
export function changesRun(runs: Pick<ScenarioRuns, 'versions' | 'leaves'>, last: number, procedures: readonly string[]): ChangesRun {
  const ways: string[] = [];
  const idle: IdleChange[] = [];
  for (const name of procedures) {
    const before = sideOf(runs, 0, name, 'before');
    const after = sideOf(runs, last, name, 'after');
    if (before === null || after === null || before.executed.size + after.executed.size === 0) continue;
    const changes = changedCode(before.procedure, after.procedure);
    for (const change of changes) {
      const lines = [...linesOf(before, change.was), ...linesOf(after, change.is)];
      if (change.was.some((at) => before.executed.has(at)) || change.is.some((at) => after.executed.has(at))) ways.push(...lines);
      else
        idle.push({
          procedure: name,
          ways: lines,
          why: `the patches change what it does at ${placeOf(change, before, after)}, and no run goes that way`,
        });
    }
    const was = directionsOf(
      before,
      changes.flatMap((change) => change.was),
    );
    const is = changes.flatMap((change) =>
      directionsOf(after, change.is).filter((each) => each.gone === null || leadsElsewhere(after, change.is, each.to)),
    );
    ways.push(...[...was, ...is].flatMap((each) => (each.gone === null ? each.way : [])));
    for (const [those, other] of [
      [was, after],
      [is, before],
    ] as const) {
      // A condition that is there before and after has only moved.
      const stays = new Set(other.procedure.code.flatMap((instr) => (instr.op === 'branch' ? asked(other.procedure, instr.cond) : [])));
      for (const { way, gone, asks } of those)
        if (gone !== null && !stays.has(asks)) idle.push({ procedure: name, ways: [way], why: gone });
    }
  }
  return { ways: [...new Set(ways)], idle };
}

/** A procedure in one version, and what the runs did in it. */
interface Side {
  readonly name: 'before' | 'after';
  readonly procedure: Procedure;
  readonly executed: ReadonlySet<number>;
  readonly held: ReadonlySet<number>;
  readonly failed: ReadonlySet<number>;
}

function sideOf(
  { versions, leaves }: Pick<ScenarioRuns, 'versions' | 'leaves'>,
  version: number,
  name: string,
  side: Side['name'],
): Side | null {
  const procedure = versions[version]?.program.procedures.get(name);
  if (!procedure) return null;
  const outcomes = leaves.flatMap((leaf) => leaf.result[version] ?? []).filter(({ procedures }) => procedures.has(name));
  const all = (but: keyof VersionOutcome['unexecuted']): ReadonlySet<number> =>
    new Set(
      outcomes.flatMap(({ unexecuted }) => {
        const not = new Set(unexecuted[but].get(name));
        return procedure.code.flatMap((_, at) => (not.has(at) ? [] : at));
      }),
    );
  return { name: side, procedure, executed: all('code'), held: all('neverHeld'), failed: all('neverFailed') };
}

/** One way that a branch may go. `asks` is the same for branches that ask the same; `gone` says why where no run goes there. */
interface Direction {
  readonly way: string;
  readonly asks: string;
  /** Where it goes on: an index in the code. */
  readonly to: number;
  readonly gone: string | null;
}

/** The ways of branches that runs come to. */
function directionsOf({ name, procedure, executed, held, failed }: Side, indices: readonly number[]): Direction[] {
  return indices.flatMap((at) => {
    const instr = procedure.code[at];
    if (instr?.op !== 'branch' || !executed.has(at) || !decides(procedure, at, instr.target)) return [];
    const where = lineOf(instr);
    const asks = asked(procedure, instr.cond);
    const says = name === 'before' ? 'the patches take away or change a condition' : 'the patches add or change a condition';
    const gone = (taken: ReadonlySet<number>, always: string): string | null =>
      taken.has(at) ? null : `${says} at ${where}, which ${always} in every run`;
    return [
      { way: `${name} ${where} holds`, asks, to: at + 1, gone: gone(held, 'fails') },
      { way: `${name} ${where} fails`, asks, to: instr.target, gone: gone(failed, 'holds') },
    ];
  });
}

/**
 * Whether added code, from one of its instructions on, may lead to code that was there before but for what follows it: then it makes something be left
 * out, or done once more. Added code that goes on where all went on before only adds to what was done.
 */
function leadsElsewhere({ procedure: { code }, executed }: Side, added: readonly number[], from: number): boolean {
  const own = new Set(added);
  const seen = new Set<number>();
  const queue = [from];
  const ends = new Set<number>();
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    // What is run from there on is run from other places.
    if (seen.has(at) || (own.has(at) && executed.has(at))) continue;
    seen.add(at);
    const instr = code[at];
    if (!own.has(at) || instr === undefined) ends.add(at);
    else if (instr.op === 'return') return true;
    else if (instr.op === 'jump') queue.push(instr.target);
    else queue.push(at + 1, ...(instr.op === 'branch' ? [instr.target] : []));
  }
  const follows = Math.max(...added) + 1;
  return [...ends].some((end) => end !== follows);
}

/** Whether anything hangs on a branch that others could see, on one of its two ways up to where they meet. */
function decides(procedure: Procedure, at: number, target: number): boolean {
  const skipped = procedure.code.slice(at + 1, Math.max(target, at + 1));
  const end = skipped.at(-1);
  const other = end?.op === 'jump' ? procedure.code.slice(target, Math.max(end.target, target)) : [];
  const ways = end?.op === 'jump' ? [...skipped.slice(0, -1), ...other] : skipped;
  const backwards = target <= at || (end?.op === 'jump' && end.target < target);
  return backwards || !ways.every((instr) => isOwn(procedure, instr));
}

/** Whether only its own call sees what an instruction does. */
const isOwn = (procedure: Procedure, instr: Instr): boolean =>
  instr.op === 'set' || instr.op === 'load' || (instr.op === 'store' && definition(procedure, instr.addr).k === 'frame');

/** What a condition asks, whatever the locals are called that it goes through. */
const asked = (procedure: Procedure, cond: Expr): string =>
  JSON.stringify(cond, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part.toString()}n`;
    if (!isLocal(part)) return part;
    const source = procedure.code.filter((instr) => 'dst' in instr && instr.dst === part.name);
    return source.map((instr) => textOf(instr)).join() || part.name;
  });

const isLocal = (part: unknown): part is Extract<Expr, { k: 'local' }> => (part as Partial<Expr> | null)?.k === 'local';

/** What a local was set to, where one place sets it. */
function definition(procedure: Procedure, expr: Expr): Expr {
  if (expr.k !== 'local') return expr;
  const [only, ...others] = procedure.code.filter((instr) => 'dst' in instr && instr.dst === expr.name);
  return only?.op === 'set' && others.length === 0 && only.value.k !== 'local' ? only.value : expr;
}

const linesOf = ({ name, procedure }: Side, indices: readonly number[]): string[] => [
  ...new Set(indices.flatMap((at) => (procedure.code[at] === undefined ? [] : `${name} ${lineOf(procedure.code[at])}`))),
];

/** Where it stands after the patches; for what they only take away, where it stood. */
function placeOf({ was, is }: ChangedCode, before: Side, after: Side): string {
  const [side, at] = is.length > 0 ? [after, is[0]] : [before, was[0]];
  const instr = side.procedure.code[at ?? 0];
  return instr === undefined ? side.procedure.at.file : lineOf(instr);
}

const lineOf = ({ at }: Instr): string => `${at.file}:${String(at.line)}`;
