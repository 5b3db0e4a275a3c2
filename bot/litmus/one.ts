import type { Catalog } from '../../simulator/catalog/load.js';
import type { LitmusTest, Parsed } from '../../simulator/litmus/test.js';
import type { Setting } from './kinds-files.js';
import type { Outcome } from './types.js';

/** What a test may use up before it is given up without a verdict. */
export interface Budget {
  readonly ms: number;
  readonly states: number;
}

/** Makes a test of a text, or says why it can't; null for a text of another language. */
export type FrontEnd = (name: string, text: string, catalog: Catalog) => Parsed | null;

/** Runs a test on the machine. */
export type Engine = (test: LitmusTest, budget: Budget) => Outcome;

export interface Reader {
  readonly catalog: Catalog;
  readonly frontEnds: readonly FrontEnd[];
  readonly engine: Engine;
}

/** Input of one test, and the name to use for it where its text has none. */
export interface Input {
  readonly name: string;
  readonly text: string;
  readonly setting: Setting;
}

/** What came of it, under the name that the text gives the test. */
export interface Came {
  readonly name: string;
  readonly outcome: Outcome;
}

/** Reads and runs one test. */
export function runOne(reader: Reader, input: Input, budget: Budget): Came {
  const parsed = readOne(reader, input);
  switch (parsed.k) {
    case 'malformed':
      return { name: input.name, outcome: parsed };
    case 'unsupported': {
      const { feature, line, column } = parsed.unsupported;
      return { name: parsed.name, outcome: { k: 'unsupported', feature, at: { line, column } } };
    }
    case 'test':
      return { name: parsed.test.name, outcome: reader.engine(underSetting(parsed.test, input.setting), budget) };
  }
}

/** The test, or why there is none. */
export function readOne(reader: Reader, input: Input): Parsed {
  for (const frontEnd of reader.frontEnds) {
    const parsed = frontEnd(input.name, input.text, reader.catalog);
    if (parsed !== null) return parsed;
  }
  const start = /\S/.exec(input.text)?.index ?? 0;
  const [found = 'nothing'] = /^\S{1,40}/.exec(input.text.slice(start)) ?? [];
  const above = input.text.slice(0, start).split('\n');
  const at = { line: above.length, column: (above.at(-1)?.length ?? 0) + 1 };
  if (ELSEWHERE.has(found)) return { k: 'unsupported', name: input.name, unsupported: { feature: `${found} tests`, ...at } };
  return { k: 'malformed', malformed: { ...at, expected: 'the architecture of the test and its name, as in "AArch64 MP"', found } };
}

/** Languages that litmus tests are written in (herd7 manual, "Architectures"); those nobody here reads are unsupported, not malformed. */
const ELSEWHERE: ReadonlySet<string> = new Set(
  ['AArch64', 'ARM', 'ASL', 'BPF', 'C', 'JAVA', 'LISA', 'Bell', 'MIPS', 'PPC', 'RISCV', 'X86', 'X86_64'], //
);

/** What the run sets wins over what the test is written for: that is what a run under another setting asks. */
export function underSetting(test: LitmusTest, setting: Setting): LitmusTest {
  return { ...test, setup: { ...test.setup, setting: new Map([...test.setup.setting, ...Object.entries(setting)]) } };
}
