import type { CatalogRow } from '../../simulator/catalog/row.js';
import { symbolsIn } from '../asm/symbols.js';
import type { SourceFile } from '../source/types.js';
import { definitionsOf } from './definitions.js';
import type { Reads } from './on-demand.js';
import type { Output } from './output.js';

/** What the tree was asked for to compile what is in `out`. */
export function readsOf({ units, assembly }: Output, row: (name: string) => CatalogRow | null): Reads {
  const sets = [...[...units.values()].map(({ reads }) => reads), ...assembly.values()];
  return {
    has: (path) => BUILD.test(path) || sets.some((set) => set.has(path)),
    couldResolveOtherwise: (before, after) => {
      const was = namesOf(before);
      const is = namesOf(after);
      // A definition that a patch touches counts before the catalog's row.
      return was.join('\n') !== is.join('\n') || [...was, ...is].some((name) => row(name.slice(0, name.indexOf(' '))) !== null);
    },
  };
}

/** Which files are built, and how, is asked of all of them. */
const BUILD = /^(?:arch\/\w+|kernel|lib|mm|virt)\/(?:.*\/)?(?:Kbuild|Makefile)$/;

/** What a file defines, as the search for names sees it; kept with it, since every scenario asks. */
function namesOf(file: SourceFile | null): readonly string[] {
  if (file === null) return [];
  let names = known.get(file);
  if (names === undefined) known.set(file, (names = definedIn(file)));
  return names;
}

const known = new WeakMap<SourceFile, readonly string[]>();

function definedIn(file: SourceFile): string[] {
  if (file.path.endsWith('.S')) return symbolsIn(file.text).map((name) => `${name} `);
  if (!file.path.endsWith('.c')) return [];
  return definitionsOf(file).map(([name, { kind, weak, isStatic, initialised }]) => `${name} ${kind} ${+weak}${+isStatic}${+initialised}`);
}
