import { mutantsOf, mutated, type Primitives } from '../../analyzers/mutate/mutants.js';
import type { Mutant } from '../../analyzers/mutate/types.js';
import { synchronisesLater } from '../../analyzers/mutate/synchronised.js';
import { contextSynchronisations, unseenEffect } from '../../analyzers/mutate/unseen.js';
import { reachable } from '../../analyzers/program/reachable.js';
import { NoSuchLocation } from '../../simulator/scenarios/objects.js';
import type { Catalog } from '../../simulator/catalog/load.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Program } from '../../simulator/program/types.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { Resources } from '../review/resources.js';
import type { Version } from '../review/scenario-runs.js';
import { TooManyUnknowns } from '../review/settings.js';
import { startingPoints } from '../review/versions.js';
import { alike, type Behaviour, incomplete, Laboratory, objection, sameEnds } from './behaviour.js';
import type { Baseline, Fate, Tried } from './types.js';

/** What was tried in one scenario. */
export interface ScenarioMutants {
  readonly baseline: Baseline;
  readonly tried: readonly Tried[];
}

/** How many second changes are tried to explain why a mutant shows nothing. */
const MAX_PARTNERS = 16;

/**
 * How many states may be searched for that, for one mutant: so many times those of the scenario itself, and no fewer than the second number. Two
 * changes may well run wild together where either alone does not.
 */
const EXPLAINED_IN = { times: 12, states: 200_000 };

/** A change that alone takes more states than so many times those of the scenario is not tried together with another: both would run wild. */
const WILD = 10;

const SURVIVED: Fate = { k: 'survived', why: null };

/** Makes every mutant of the kernel functions that a scenario runs in this version of the code, and runs each. */
export function mutateScenario(
  resources: Resources,
  scenario: Scenario,
  version: Version,
  progress: (what: string) => void = () => undefined,
): ScenarioMutants {
  const name = scenario.spec.scenario;
  const laboratory = new Laboratory(resources, scenario);
  let plain: Behaviour;
  try {
    plain = laboratory.behaviour(version);
  } catch (error) {
    if (!(error instanceof TooManyUnknowns || error instanceof NoSuchLocation)) throw error;
    return { baseline: { scenario: name, settings: 0, states: 0, violations: [], trouble: error.message }, tried: [] };
  }
  const baseline: Baseline = {
    scenario: name,
    settings: plain.leaves.length,
    states: statesOf(plain),
    violations: [...new Set(plain.leaves.flatMap((leaf) => [...leaf.result.violations.keys()]))],
    trouble: incomplete(plain),
  };
  const primitives = primitivesOf(resources.catalog, scenario.spec.arch);
  const bench = new Bench(laboratory, version, plain, primitives, startingPoints(scenario, scenario.spec.explore));
  const mutants = bench.mutants(version.program);
  const tried = mutants.map((mutant, i): Tried => {
    progress(`${name}: mutant ${String(i + 1)} of ${String(mutants.length)}`);
    return { scenario: name, mutant, fate: bench.fate(mutant) };
  });
  return {
    baseline,
    tried: tried.map((each) => (each.fate.k === 'survived' ? { ...each, fate: bench.explained(each.mutant, tried) } : each)),
  };
}

function primitivesOf(catalog: Catalog, arch: Arch): Primitives {
  const known = catalog.rows.filter((row) => (row.arch === arch || row.arch === 'any') && row.words.length === 0);
  // Names of C first, then instructions that the sources write as numbers.
  const plain = [/^\w+$/, /^asm\.0x\w+$/].flatMap((form) => known.filter(({ name }) => form.test(name)));
  const text = (does: unknown): string => JSON.stringify(Object.entries(does as object).sort());
  const byMeaning = new Map<string, string>();
  for (const { name, does } of plain) if (!byMeaning.has(text(does))) byMeaning.set(text(does), name);
  return { row: (name) => catalog.find(arch, name), named: (does) => byMeaning.get(text(does)) };
}

/** One scenario, and the code that it runs unchanged. */
class Bench {
  private readonly ran: ReadonlySet<string>;
  /** Mutants that nothing objects to and whose runs end as without them: in how many states. */
  private readonly ends = new Map<string, number>();
  private readonly singles = new Map<string, Behaviour | null>();
  /** States searched so far. */
  private searched = 0;
  /** Mutants that took many more states than the code as it stands. */
  private readonly wild = new Set<string>();

  constructor(
    private readonly laboratory: Laboratory,
    private readonly version: Version,
    private plain: Behaviour,
    private readonly primitives: Primitives,
    private readonly entries: readonly string[],
  ) {
    const { procedures } = version.program;
    this.ran = new Set([...procedures].filter(([, { code }]) => code.some((instr) => plain.executed.has(instr))).map(([name]) => name));
  }

  /** Mutants of all kernel functions that some run enters; of those of the scenario itself there are none. */
  mutants(program: Program): Mutant[] {
    return [...this.version.reach.procedures].sort().flatMap((name) => {
      const procedure = program.procedures.get(name);
      if (!procedure || procedure.at.origin === 'scenario' || !this.ran.has(name)) return [];
      return mutantsOf(program, procedure, this.primitives);
    });
  }

  fate(mutant: Mutant): Fate {
    const before = this.searched;
    const fate = this.judged(mutant);
    if (this.searched - before > WILD * statesOf(this.plain)) this.wild.add(keyOf(mutant));
    return fate;
  }

  private judged(mutant: Mutant): Fate {
    if (!mutant.sites.some((instr) => this.plain.executed.has(instr))) return { k: 'not-run' };
    let behaviour = this.behaviour(mutated(this.version.program, mutant));
    if (typeof behaviour === 'string') return { k: 'not-modelled', why: behaviour };
    const objects = objection(behaviour, this.plain);
    if (objects) return { k: 'killed', ...objects };
    const why = incomplete(behaviour);
    if (why !== null) return { k: 'not-modelled', why };
    if (!alike(behaviour, this.plain)) behaviour = this.settled(mutant) ?? behaviour;
    if (alike(behaviour, this.plain)) return { k: 'equivalent', why: 'every run is the same with it as without, step for step' };
    const hidden = unseenEffect(mutant, this.version.program, this.primitives);
    if (hidden !== null) return { k: 'not-modelled', why: hidden };
    const ends = sameEnds(behaviour, this.plain);
    // A CPU that has ended does not show what it had synchronised: for that, a later synchronisation has to do the same.
    const syncs = contextSynchronisations(mutant, this.version.program, this.primitives);
    if (syncs.length > 0) {
      const later = syncs.every((site) => synchronisesLater(this.version.program, this.primitives, this.plain.executed, site));
      return ends !== null && later ? { k: 'equivalent', why: SYNCHRONISES_LATER } : SURVIVED;
    }
    // What is left out may be something that the code does elsewhere, too: that says more, and is looked for first.
    if (ends !== null && TAKES_AWAY.has(mutant.operator)) this.ends.set(keyOf(mutant), ends);
    else if (ends !== null) return { k: 'equivalent', why: endsAlike(ends) };
    return SURVIVED;
  }

  /**
   * The mutant once more, where the code without it is found to run otherwise by now: what a state has to hold hangs on all that the laboratory
   * has seen, and only runs of the same knowledge can be compared. Null where nothing has changed.
   */
  private settled(mutant: Mutant): Behaviour | null {
    const plain = this.behaviour(this.version.program);
    if (typeof plain === 'string' || alike(plain, this.plain)) return null;
    this.plain = plain;
    const again = this.behaviour(mutated(this.version.program, mutant));
    return typeof again === 'string' ? null : again;
  }

  /**
   * A mutant that shows nothing because something else does the same is told by taking that away as well: with both gone there is something
   * wrong that is not there with either gone alone. Where the code does it more than twice, all but one of those go.
   */
  explained(mutant: Mutant, tried: readonly Tried[]): Fate {
    const limit = Math.max(EXPLAINED_IN.states, EXPLAINED_IN.times * statesOf(this.plain));
    const last = this.searched + limit;
    const over = (): boolean => this.searched > last;
    const program = mutated(this.version.program, mutant);
    const others = tried
      .filter(
        ({ mutant: other, fate }) =>
          TAKES_AWAY.has(other.operator) && fate.k !== 'not-run' && keyOf(other) !== keyOf(mutant) && !this.wild.has(keyOf(other)),
      )
      .sort((a, b) => distance(a.mutant, mutant) - distance(b.mutant, mutant));
    const made = new Map(this.mutants(program).map((each) => [keyOf(each), each]));
    for (const { mutant: first, fate } of others.filter((each) => each.fate.k !== 'not-modelled').slice(0, MAX_PARTNERS)) {
      if (over()) return this.unexplained(mutant, cutShort(limit));
      const second = made.get(keyOf(first));
      const both = second === undefined ? null : this.behaviour(mutated(program, second));
      if (both === null || typeof both === 'string' || objection(both, this.plain) === null) continue;
      const alone = this.alone(first);
      const objects = alone === null ? null : objection(both, alone);
      if (objects === null) continue;
      const [place, bad] = [`${first.at.file}:${first.at.line}`, objects.violations.join(' and ')];
      const why =
        fate.k === 'killed'
          ? `what it does is done elsewhere, too: if the code also ${first.what} (${place}) there is ${bad}, which there is not by that alone`
          : `the code does it twice: if it also ${first.what} (${place}) there is ${bad}, and either alone shows nothing`;
      return { k: 'equivalent', why };
    }
    const many = others.filter(({ fate }) => fate.k === 'survived' || fate.k === 'equivalent').slice(0, MAX_PARTNERS);
    return this.oneOfMany(mutant, many, over) ?? this.unexplained(mutant, cutShort(limit));
  }

  /** Takes away as many of the others as may go at once, and then this one. Null where it is over before that is done. */
  private oneOfMany(mutant: Mutant, others: readonly Tried[], over: () => boolean): Fate | null {
    let { program } = this.version;
    const gone: Mutant[] = [];
    for (const { mutant: other } of others) {
      if (over()) return null;
      const next = this.mutants(program).find((each) => keyOf(each) === keyOf(other));
      if (next === undefined) continue;
      const without = mutated(program, next);
      const behaviour = this.behaviour(without);
      if (typeof behaviour === 'string' || incomplete(behaviour) !== null || objection(behaviour, this.plain) !== null) continue;
      program = without;
      gone.push(other);
    }
    const last = gone.length < 2 ? undefined : this.mutants(program).find((each) => keyOf(each) === keyOf(mutant));
    const behaviour = last === undefined ? null : this.behaviour(mutated(program, last));
    const objects = behaviour === null || typeof behaviour === 'string' ? null : objection(behaviour, this.plain);
    if (objects === null) {
      return this.unexplained(mutant, null);
    }
    const places = gone.map(({ at }) => `${at.file}:${at.line}`).join(', ');
    const why = `the code does it ${String(gone.length + 1)} times: all the others may go (${places}), and with it gone, too, there is ${objects.violations.join(' and ')}`;
    return { k: 'equivalent', why };
  }

  /** No other change brings out what this one does. */
  private unexplained(mutant: Mutant, why: string | null): Fate {
    const ends = this.ends.get(keyOf(mutant));
    return ends === undefined ? { k: 'survived', why } : { k: 'equivalent', why: endsAlike(ends) };
  }

  /** What the program does with one change alone. */
  private alone(mutant: Mutant): Behaviour | null {
    const key = keyOf(mutant);
    const known = this.singles.get(key);
    if (known !== undefined) return known;
    const behaviour = this.behaviour(mutated(this.version.program, mutant));
    const made = typeof behaviour === 'string' ? null : behaviour;
    this.singles.set(key, made);
    return made;
  }

  private behaviour(program: Program): Behaviour | string {
    try {
      const behaviour = this.laboratory.behaviour({ ...this.version, program, reach: reachable(program, this.entries) });
      this.searched += statesOf(behaviour);
      return behaviour;
    } catch (error) {
      if (error instanceof TooManyUnknowns || error instanceof NoSuchLocation) return error.message;
      throw error;
    }
  }
}

/** Mutants that leave something out that the code does. */
const TAKES_AWAY: ReadonlySet<Mutant['operator']> = new Set(['drop', 'wait', 'free-first']);

const SYNCHRONISES_LATER =
  'its runs end as they do without it, and in each of them the CPU synchronises its context once more before it uses a translation';

const statesOf = ({ leaves }: Behaviour): number => leaves.reduce((sum, leaf) => sum + leaf.result.states, 0);

const cutShort = (states: number): string => `a reason was looked for in ${states.toLocaleString('en')} states, and no further`;

const endsAlike = (count: number): string =>
  `its runs end as they do without it: ${String(count)} end states, the same in memory, in the order of writes and invalidations, and in what is freed`;

const keyOf = ({ procedure, at, what }: Mutant): string => `${procedure} ${String(at.line)} ${what}`;

const distance = (a: Mutant, b: Mutant): number => (a.procedure === b.procedure ? Math.abs(a.at.line - b.at.line) : 1_000_000);
