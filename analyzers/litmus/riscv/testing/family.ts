import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Catalog, loadCatalog } from '../../../../simulator/catalog/load.js';
import type { LitmusOutcome } from '../../../../simulator/litmus/run.js';
import type { LitmusTest } from '../../../../simulator/litmus/test.js';
import { parseLitmus } from '../../parse.js';

/** What a test's header says: its kind on the weakest hart, and on others by `axis:value`. */
export interface Verdicts {
  readonly weakest: Kind;
  readonly axes: ReadonlyMap<string, Kind>;
}

export type Kind = 'Allowed' | 'Forbidden' | 'Required';

export interface Member {
  readonly name: string;
  readonly text: string;
  readonly verdicts: Verdicts;
}

const catalog: Catalog = loadCatalog('simulator/catalog');

const folderOf = (family: string): string => join('fixtures', 'litmus', family);

export function membersOf(family: string): Member[] {
  const folder = folderOf(family);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.litmus'))
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      return { name: file.slice(0, -'.litmus'.length), text, verdicts: verdictsOf(text) };
    });
}

function verdictsOf(text: string): Verdicts {
  const [weakest = '', ...others] = (/^Verdict=(.*)$/m.exec(text)?.[1] ?? '').split(';').map((part) => part.trim());
  const axes = others.map((part): [string, Kind] => {
    const [axis = '', kind = ''] = part.split('=');
    return [axis, kindOf(kind)];
  });
  return { weakest: kindOf(weakest), axes: new Map(axes) };
}

function kindOf(word: string): Kind {
  if (word === 'Allowed' || word === 'Forbidden' || word === 'Required') return word;
  throw new Error(`no kind: ${word}`);
}

/** Tables of kinds in the folder: file → `axis:value`, '' for the weakest hart. */
export function tablesOf(family: string): Map<string, string> {
  const files = readdirSync(folderOf(family)).filter((file) => file.endsWith('.txt'));
  return new Map(files.map((file) => [file, /^kinds-(.*)\.txt$/.exec(file)?.[1] ?? '']));
}

export function readTable(family: string, file: string): Map<string, string> {
  const lines = readFileSync(join(folderOf(family), file), 'utf8')
    .trim()
    .split('\n');
  return new Map(
    lines.map((line) => {
      const [name = '', kind = ''] = line.split('\t');
      return [name, kind];
    }),
  );
}

export function parseMember(member: Member, setting: ReadonlyMap<string, string | boolean> = new Map()): LitmusTest {
  const parsed = parseLitmus(member.name, member.text, catalog);
  if (parsed?.k !== 'test') throw new Error(`${member.name}: ${JSON.stringify(parsed)}`);
  const { test } = parsed;
  return { ...test, setup: { ...test.setup, setting: new Map([...test.setup.setting, ...setting]) } };
}

/** `walk-cache:false` as a setting. */
export function settingOf(axis: string): Map<string, string | boolean> {
  if (axis === '') return new Map();
  const [name = '', value = ''] = axis.split(':');
  return new Map([[name, value === 'true' ? true : value === 'false' ? false : value]]);
}

/** What a run says, in the words of the tables; a run that came to no verdict says why. */
export function kindShown({ holds, stopped, stuck }: LitmusOutcome, wanted: Kind): string {
  if (holds === null) return stopped ?? stuck.join('; ');
  if (holds === 'never') return 'Forbidden';
  return holds === 'always' && wanted === 'Required' ? 'Required' : 'Allowed';
}
