import { mutantsOf, mutated, type Primitives } from '../../analyzers/mutate/mutants.js';
import type { Mutant } from '../../analyzers/mutate/types.js';
import { reachable } from '../../analyzers/program/reachable.js';
import type { Catalog } from '../../simulator/catalog/load.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Program } from '../../simulator/program/types.js';
import type { Scenario } from '../../simulator/scenarios/spec.js';
import type { Resources } from '../review/resources.js';
import type { Version } from '../review/scenario-runs.js';
import { TooManyUnknowns } from '../review/settings.js';
import { startingPoints } from '../review/versions.js';
import { alike, type Behaviour, incomplete, Laboratory, objection } from './behaviour.js';
import type { Baseline, Fate, Tried } from './types.js';

/** What was tried in one scenario. */
export interface ScenarioMutants {
  readonly baseline: Baseline;
  readonly tried: readonly Tried[];
}

/** How many second changes are tried to explain why a mutant shows nothing. */
const MAX_PARTNERS = 16;

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
    if (!(error instanceof TooManyUnknowns)) throw error;
    return { baseline: { scenario: name, settings: 0, states: 0, violations: [], trouble: error.message }, tried: [] };
  }
  const baseline: Baseline = {
    scenario: name,
    settings: plain.leaves.length,
    states: plain.leaves.reduce((sum, leaf) => sum + leaf.result.states, 0),
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
  const plain = catalog.rows.filter((row) => (row.arch === arch || row.arch === 'any') && /^\w+$/.test(row.name) && row.words.length === 0);
  const text = (does: unknown): string => JSON.stringify(Object.entries(does as object).sort());
  const byMeaning = new Map<string, string>();
  for (const { name, does } of plain) if (!byMeaning.has(text(does))) byMeaning.set(text(does), name);
  return { row: (name) => catalog.find(arch, name), named: (does) => byMeaning.get(text(does)) };
}

/** One scenario, and the code that it runs unchanged. */
class Bench {
  private readonly ran: ReadonlySet<string>;

  constructor(
    private readonly laboratory: Laboratory,
    private readonly version: Version,
    private readonly plain: Behaviour,
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
    if (!mutant.sites.some((instr) => this.plain.executed.has(instr))) return { k: 'not-run' };
    const behaviour = this.behaviour(mutated(this.version.program, mutant));
    if (typeof behaviour === 'string') return { k: 'not-modelled', why: behaviour };
    const objects = objection(behaviour, this.plain);
    if (objects) return { k: 'killed', ...objects };
    const why = incomplete(behaviour);
    if (why !== null) return { k: 'not-modelled', why };
    if (alike(behaviour, this.plain)) return { k: 'equivalent', why: 'every run is the same with it as without, step for step' };
    return { k: 'survived' };
  }

  /**
   * A mutant that shows nothing because something else does the same is told by taking that away as well: both gone is wrong, either alone
   * is not.
   */
  explained(mutant: Mutant, tried: readonly Tried[]): Fate {
    const silent = new Set(tried.filter(({ fate }) => fate.k === 'survived' || fate.k === 'equivalent').map((each) => keyOf(each.mutant)));
    const program = mutated(this.version.program, mutant);
    const partners = this.mutants(program)
      .filter((second) => second.operator === 'drop' && silent.has(keyOf(second)) && keyOf(second) !== keyOf(mutant))
      .sort((a, b) => distance(a, mutant) - distance(b, mutant))
      .slice(0, MAX_PARTNERS);
    for (const second of partners) {
      const behaviour = this.behaviour(mutated(program, second));
      const objects = typeof behaviour === 'string' ? null : objection(behaviour, this.plain);
      if (objects) {
        const place = `${second.at.file}:${second.at.line}`;
        const why = `the code does it twice: if it also ${second.what} (${place}) there is ${objects.violations.join(' and ')}, and either alone shows nothing`;
        return { k: 'equivalent', why };
      }
    }
    return { k: 'survived' };
  }

  private behaviour(program: Program): Behaviour | string {
    try {
      return this.laboratory.behaviour({ ...this.version, program, reach: reachable(program, this.entries) });
    } catch (error) {
      if (error instanceof TooManyUnknowns) return error.message;
      throw error;
    }
  }
}

const keyOf = ({ procedure, at, what }: Mutant): string => `${procedure} ${String(at.line)} ${what}`;

const distance = (a: Mutant, b: Mutant): number => (a.procedure === b.procedure ? Math.abs(a.at.line - b.at.line) : 1_000_000);
