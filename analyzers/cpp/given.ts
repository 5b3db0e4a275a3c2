import { type LexedLine, lexFile } from './lexer.js';
import { type Macro, MacroTable, parseDefinition } from './macros.js';

/** Object-like macros, name → text: `CONFIG_MMU` → `1`. */
export type Defines = Readonly<Record<string, string>>;

/** The macros that are given, as a table; the same for the same object. */
export function tableOf(defines: Defines): MacroTable {
  let table = tables.get(defines);
  if (table === undefined) {
    table = new MacroTable();
    for (const [name, text] of Object.entries(defines)) {
      const macro = givenMacro(name, text);
      if (macro !== null) table.define(macro);
    }
    tables.set(defines, table);
  }
  return table;
}

const tables = new WeakMap<Defines, MacroTable>();

/** A name and text as the command line or the configuration gives them; the same text gives the same macro. */
function givenMacro(name: string, text: string): Macro | null {
  const key = `${name} ${text}`;
  const known = given.get(key);
  if (known !== undefined) return known;
  const lines = lexFile({ path: '<defines>', text: key, lines: [{ origin: 'tree', line: 1 }] }, 'c').lines;
  const macro = parseDefinition(lines[0]?.tokens ?? []);
  if (given.size > 100_000) given.clear();
  given.set(key, macro);
  return macro;
}

const given = new Map<string, Macro | null>();

/** The macro of a `#define` line: one for each line, however often it is read. */
export function definitionOf(line: LexedLine): Macro | null {
  let macro = definitions.get(line);
  if (macro === undefined) {
    macro = parseDefinition(line.tokens.slice(2));
    definitions.set(line, macro);
  }
  return macro;
}

const definitions = new WeakMap<LexedLine, Macro | null>();
