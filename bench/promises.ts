// Interleaving and promises on what runs: every protocol of the machine's tests, and every scenario on its skeleton code, under each setting.
// Run: npm run build && npx tsc -p bench && node dist/bench/promises.js [promises at a time]
import { initC } from '../analyzers/c/parser.js';
import { loadResources } from '../bot/review/resources.js';
import { linked as linkedScenario, versionOf } from '../bot/review/scenario-runs.js';
import { enumerate } from '../bot/review/settings.js';
import { excluded, type Linked } from '../simulator/scenarios/link.js';
import { compareWithPromises } from '../simulator/scenarios/promised.js';
import { linked } from '../simulator/testing/build.js';
import { protocols } from '../simulator/testing/protocols/all.js';
import { table } from './threads.js';

const budget = { states: 150_000, ms: 30_000, ahead: Number(process.argv[2] ?? 1) };
const rows = [
  ['', 'compared', 'the same', 'promises show more', 'interleaving shows more', 'not finished', 'states', 'with promises', 'seconds'],
];

class Row {
  private readonly count = { compared: 0, same: 0, more: 0, fewer: 0, unfinished: 0, states: 0, promised: 0 };
  private readonly began = performance.now();

  constructor(private readonly name: string) {}

  compare(model: Linked): void {
    const { interleaving, promising, incomplete } = compareWithPromises(model, budget);
    const lacks = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...b].some((each) => !a.has(each));
    const more = lacks(interleaving.ends, promising.ends) || lacks(interleaving.violations, promising.violations);
    const fewer = lacks(promising.ends, interleaving.ends) || lacks(promising.violations, interleaving.violations);
    this.count.compared++;
    this.count.states += interleaving.states;
    this.count.promised += promising.states;
    if (incomplete !== null) this.count.unfinished++;
    else if (fewer) this.count.fewer++;
    else if (more) this.count.more++;
    else this.count.same++;
  }

  end(): void {
    const { compared, same, more, fewer, unfinished, states, promised } = this.count;
    const seconds = ((performance.now() - this.began) / 1000).toFixed(1);
    rows.push([this.name, ...[compared, same, more, fewer, unfinished, states, promised].map(String), seconds]);
    process.stderr.write(`${rows.at(-1)?.join('  ') ?? ''}\n`);
    if (fewer > 0) process.exitCode = 1;
  }
}

const row = new Row('protocols');
for (const { scene, mutants } of protocols) for (const mutant of ['', ...mutants]) row.compare(linked(scene(mutant)));
row.end();

await initC();
const resources = loadResources();
for (const scenario of resources.scenarios) {
  const { axes, explore, scenario: name } = scenario.spec;
  const version = versionOf(resources, resources.skeleton, scenario, explore);
  const each = new Row(name);
  enumerate(
    new Map(Object.entries(axes)),
    (setting) => excluded(scenario, setting),
    (setting) => {
      each.compare(linkedScenario(resources, scenario, explore, version, setting));
    },
  );
  each.end();
}
process.stdout.write(`At most ${String(budget.ahead)} promises at a time.\n\n${table(rows)}\n`);
