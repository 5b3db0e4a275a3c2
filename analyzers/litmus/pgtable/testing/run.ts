import { loadCatalog } from '../../../../simulator/catalog/load.js';
import { type Holds, runLitmus } from '../../../../simulator/litmus/run.js';
import type { Parsed } from '../../../../simulator/litmus/test.js';
import { parsePgtable } from '../parse.js';

/** Parts of a test in TOML. */
export interface Parts {
  readonly symbolic?: readonly string[];
  readonly setup: string;
  readonly threads: readonly { readonly code: string; readonly registers: Readonly<Record<string, string>> }[];
  /** Code by address. */
  readonly sections?: Readonly<Record<string, string>>;
  readonly assertion: string;
}

const lines = (code: string): string => code.replace(/ *; */g, '\n');

export function textOf({ symbolic = ['p', 'q'], setup, threads, sections = {}, assertion }: Parts): string {
  const head = `arch = "AArch64"\nname = "made"\nsymbolic = [${symbolic.map((name) => `"${name}"`).join(', ')}]\n`;
  const bodies = threads.map(({ code, registers }, i) => {
    const reset = Object.entries(registers).map(([name, value]) => `"${name}" = "${value}"`);
    return `[thread.${i}]\ncode = """\n${lines(code)}\n"""\n[thread.${i}.reset]\n${reset.join('\n')}\n`;
  });
  const handlers = Object.entries(sections).map(
    ([address, code], i) => `[section.handler${i}]\naddress = "${address}"\ncode = """\n${lines(code)}\n"""\n`,
  );
  return `${head}page_table_setup = """\n${setup}\n"""\n${bodies.join('')}${handlers.join('')}[final]\nassertion = "${assertion}"\n`;
}

const catalog = loadCatalog('simulator/catalog');

export function parse(text: string): Parsed {
  const parsed = parsePgtable('file', text, catalog);
  if (parsed === null) throw new Error('not a test in TOML');
  return parsed;
}

/** In how many final states the assertion holds, on hardware without optional features. */
export function holds(parts: Parts): Holds | null {
  const parsed = parse(textOf(parts));
  if (parsed.k !== 'test') throw new Error(JSON.stringify(parsed));
  const { test } = parsed;
  const setting = new Map([...test.setup.setting, ['FEAT_ETS2', false] as const, ['FEAT_TTL', false] as const]);
  const outcome = runLitmus({ ...test, setup: { ...test.setup, setting } });
  if (outcome.stuck.length > 0) throw new Error(outcome.stuck.join('; '));
  return outcome.holds;
}
