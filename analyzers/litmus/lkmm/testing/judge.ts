import { type Catalog, loadCatalog } from '../../../../simulator/catalog/load.js';
import { judgeLkmm, type LkmmVerdict, type Rules } from '../../../../simulator/litmus/lkmm.js';
import type { Parsed } from '../../../../simulator/litmus/test.js';
import { parseLitmus } from '../../parse.js';

/** Bodies of P0, P1, …: parameters are all names that stand behind a `*` or in a call and are no registers (`r1`). */
export type Threads = readonly string[];

let catalog: Catalog | null = null;

/** Reads a litmus test in C. */
export function read(text: string): Parsed {
  catalog ??= loadCatalog('simulator/catalog');
  const parsed = parseLitmus('test', text, catalog);
  if (parsed === null) throw new Error('no front end');
  return parsed;
}

/** The verdict on a whole test. Throws where it can't be read. */
export function judged(text: string, rules?: Rules): LkmmVerdict {
  const parsed = read(text);
  if (parsed.k !== 'test') throw new Error(JSON.stringify(parsed));
  return judgeLkmm(parsed.test, { executions: 100_000, ms: 20_000 }, rules);
}

/** Text of a test made of the bodies of its threads. */
export function textOf(threads: Threads, condition: string, init = ''): string {
  const bodies = threads.map((body, i) => {
    const names = [...body.matchAll(/[*(,&]\s*([a-z])\b(?!\()/g)].map((found) => found[1] ?? '');
    return `P${String(i)}(${[...new Set(names)].map((name) => `int *${name}`).join(', ')})\n{\n\tint r1; int r2; int r3;\n\t${body}\n}\n`;
  });
  return `C test\n{ ${init} }\n${bodies.join('\n')}\n${condition}\n`;
}

/** In how many final states the condition holds, or what else came of it. */
export function holdsIn(threads: Threads, exists: string, { init = '', rules }: { init?: string; rules?: Rules } = {}): string {
  const verdict = judged(textOf(threads, `exists (${exists})`, init), rules);
  return verdict.k === 'verdict' ? verdict.holds : verdict.k;
}
