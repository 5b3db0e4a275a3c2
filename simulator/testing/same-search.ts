import type { Exploration } from '../explore/explore.js';

/** What two searches of one machine must have in common, as text: every state in order with its parent, every violation. */
const shown = (run: Exploration): string =>
  JSON.stringify({
    states: run.states,
    transitions: run.transitions,
    stopped: run.stopped,
    stuck: run.stuck,
    found: [...run.found].map(([kind, { from, cpu, violation }]) => [kind, from, cpu, violation]),
    parents: Array.from({ length: run.states }, (_, state) => run.parent(state)),
  });

/** Throws where two searches differ in anything but speed. What stopped on time may differ. */
export function sameSearch(a: Exploration, b: Exploration): void {
  if (a.stopped?.endsWith('ms') === true || b.stopped?.endsWith('ms') === true) return;
  const [x, y] = [shown(a), shown(b)];
  if (x !== y) throw new Error(`the two searches differ:\n${x.slice(0, 2000)}\n${y.slice(0, 2000)}`);
}

/** Throws where a reduced search shows other kinds of violation than a full one, or is stuck where that is not. What was stopped shows only a part. */
export function sameFindings(full: Exploration, reduced: Exploration): void {
  if (full.stopped !== null || reduced.stopped !== null) return;
  const shows = (run: Exploration): string => `${[...run.found.keys()].sort().join()}${run.stuck.length > 0 ? ', stuck' : ''}`;
  if (shows(full) !== shows(reduced)) throw new Error(`with reductions a search shows ${shows(reduced)}, without ${shows(full)}`);
}
