import { harmless } from '../report/text.js';
import type { RowNames } from './names.js';
import type { ScenarioCheckup } from './scenarios.js';

/** What the doctor found: scenarios first, then names of the catalog. */
export function doctorText(tree: string, scenarios: readonly ScenarioCheckup[], rows: RowNames): string {
  const lines = [harmless(tree), ''];
  const ill = scenarios.filter(({ troubles }) => troubles.length > 0);
  for (const { scenario, functions, troubles, notes } of scenarios) {
    const from = `${functions.tree} functions of the tree${functions.skeleton > 0 ? `, ${functions.skeleton} of skeletons` : ''}`;
    lines.push(
      `${troubles.length === 0 ? 'ok  ' : 'ill '} ${scenario}: ${from}`,
      ...troubles.map((trouble) => `       ${harmless(trouble)}`),
      ...notes.map((note) => `       (${harmless(note)})`),
    );
  }
  lines.push('', `${scenarios.length - ill.length} of ${scenarios.length} scenarios can be run on this tree as they are.`, '');
  for (const row of rows.missing) lines.push(`no ${row.name} in the tree (catalog, ${row.arch}; ${harmless(row.source)})`);
  if (rows.otherVersions.length > 0)
    lines.push(`not in this tree, but of the kernel that the row names: ${rows.otherVersions.map(({ name }) => name).join(', ')}`);
  const cut = rows.cut ? '; there are more files than were read' : '';
  lines.push(
    `${rows.found} of ${rows.found + rows.missing.length + rows.otherVersions.length} names of the catalog stand in the tree; ${rows.exempt} are instructions, builtins or a scenario's own` +
      ` (${rows.files.toLocaleString('en')} files${cut}).`,
  );
  return `${lines.join('\n')}\n`;
}
