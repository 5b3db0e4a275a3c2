import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { StopList } from '../cpp/expand.js';
import { lexFile } from '../cpp/lexer.js';
import { MacroTable, parseDefinition } from '../cpp/macros.js';

/** The catalog's rows for one architecture, by the name that a call has. */
export interface RowIndex {
  /** The exact name before a prefix row (`trace_*`), the longer prefix before the shorter, the architecture's own before any's. */
  row(name: string): CatalogRow | null;
  /** Names that stay calls, each with its arguments that are words. */
  readonly stops: StopList;
  /** Names that stand for C over other rows. */
  readonly macros: MacroTable;
  /** Names whose meaning is taken in the bodies of functions only: those of `macros`, and those with arguments that are words. */
  readonly isLate: (name: string) => boolean;
  /** The same for file scope, where a name followed by `(` is mostly a definition: nothing there is a word. */
  readonly stopsAtFileScope: StopList;
}

export function indexRows(rows: readonly CatalogRow[], arch: Arch): RowIndex {
  const exact = new Map<string, CatalogRow>();
  const prefixes: CatalogRow[] = [];
  for (const row of rows) {
    if (row.arch !== 'any' && row.arch !== arch) continue;
    if (row.name.endsWith('*')) prefixes.push(row);
    else if (row.arch === arch || !exact.has(row.name)) exact.set(row.name, row);
  }
  prefixes.sort((a, b) => b.name.length - a.name.length || Number(a.arch === 'any') - Number(b.arch === 'any'));
  const byInitial = new Map<number, { readonly prefix: string; readonly row: CatalogRow }[]>();
  for (const prefixed of prefixes) {
    const prefix = prefixed.name.slice(0, -1);
    const initial = prefix.charCodeAt(0);
    byInitial.set(initial, [...(byInitial.get(initial) ?? []), { prefix, row: prefixed }]);
  }
  const found = new Map<string, CatalogRow | null>(exact);
  const row = (name: string): CatalogRow | null => {
    const known = found.get(name);
    if (known !== undefined) return known;
    const layered = name.startsWith('raw_') || name.startsWith('arch_') ? layer.exec(name)?.[1] : undefined;
    const below = layered === undefined ? undefined : exact.get(layered);
    if (below !== undefined && isAccess(below)) {
      found.set(name, below);
      return below;
    }
    const prefixed = byInitial.get(name.charCodeAt(0))?.find(({ prefix }) => name.startsWith(prefix))?.row ?? null;
    found.set(name, prefixed);
    return prefixed;
  };
  const words = new Map<CatalogRow, ReadonlySet<number>>();
  const wordsOf = (of: CatalogRow): ReadonlySet<number> => {
    let set = words.get(of);
    if (set === undefined) {
      set = of.words.length === 0 ? NO_WORDS : new Set(of.words);
      words.set(of, set);
    }
    return set;
  };
  const get = (name: string): ReadonlySet<number> | undefined => {
    const of = row(name);
    if (of?.does.kind === 'c') return undefined;
    if (compilerForms.has(name)) return NO_WORDS;
    return of !== null ? wordsOf(of) : name === 'ALTERNATIVE' ? alternativeWords : undefined;
  };
  return {
    row,
    stops: { get },
    macros: macrosOf([...exact.values()]),
    isLate: (name) => {
      const of = row(name);
      return of !== null && (of.does.kind === 'c' || of.words.length > 0);
    },
    stopsAtFileScope: { get: (name) => (row(name) === null ? undefined : NO_WORDS) },
  };
}

/** The kernel has an atomic of each name in layers: `atomic_add` checks and calls `raw_atomic_add`, that calls `arch_atomic_add`. */
const layer = /^(?:raw_|arch_)((?:try_)?(?:atomic|cmpxchg|xchg|test_and_|test_bit|set_bit|clear_bit|change_bit)\w*)$/;

const isAccess = ({ does }: CatalogRow): boolean =>
  does.kind === 'load' || does.kind === 'store' || does.kind === 'rmw' || does.kind === 'bit';

function macrosOf(rows: readonly CatalogRow[]): MacroTable {
  const table = new MacroTable();
  for (const { name, does } of rows) {
    if (does.kind !== 'c') continue;
    const text = `${name}${does.params === undefined ? '' : `(${does.params.join(', ')})`} ${does.text}`;
    const [line] = lexFile({ path: '<catalog>', text, lines: [{ origin: 'skeleton', line: 1 }] }, 'c').lines;
    const macro = parseDefinition(line?.tokens ?? []);
    if (macro !== null) table.define(macro);
  }
  return table;
}

/** Macros of the kernel that the front end understands by itself: as C they would compute with addresses. */
const compilerForms = new Set(['container_of', 'container_of_const']);

const NO_WORDS: ReadonlySet<number> = new Set();
/** Vendor or capability, feature and option: the template itself is argument 0 and 1. */
const alternativeWords: ReadonlySet<number> = new Set([2, 3, 4]);
