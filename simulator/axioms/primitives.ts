import type { CatalogRow } from '../catalog/row.js';
import { Stuck } from '../interp/memory.js';
import type { Fence } from './event.js';

/** What a catalog row is to the kernel's memory model. Arguments are counted from 0. */
export type Meaning =
  | { readonly k: 'nothing' }
  | { readonly k: 'fence'; readonly fence: Fence }
  | { readonly k: 'lock' | 'try-lock' | 'unlock' | 'is-locked' | 'srcu-lock' | 'srcu-sync'; readonly pointer: number }
  | { readonly k: 'srcu-unlock'; readonly pointer: number; readonly index: number };

/** Throws Stuck for a row that the memory model has no word for. */
export function meaningOf(row: CatalogRow): Meaning {
  const { does, name } = row;
  switch (does.kind) {
    case 'drop':
    case 'relax':
      return { k: 'nothing' };
    case 'fence': {
      const fence = does.role ?? fences[`${does.pred} ${does.succ}`];
      if (!fence) break;
      return { k: 'fence', fence };
    }
    case 'rcu-read':
      return { k: 'fence', fence: does.do === 'lock' ? 'rcu-lock' : 'rcu-unlock' };
    case 'rcu-sync':
      return { k: 'fence', fence: 'rcu-sync' };
    case 'srcu':
      if (does.index !== undefined) return { k: 'srcu-unlock', pointer: does.domain, index: does.index };
      return { k: does.do === 'sync' ? 'srcu-sync' : 'srcu-lock', pointer: does.domain };
    case 'lock':
      if (does.flavour !== 'spin' && does.flavour !== 'raw') break;
      return { k: locks[does.do], pointer: does.lock };
    default:
      break;
  }
  throw new Stuck(`${name}()`);
}

const fences: Readonly<Record<string, Fence>> = { 'rw rw': 'mb', 'r r': 'rmb', 'w w': 'wmb' };

const locks = { acquire: 'lock', release: 'unlock', try: 'try-lock', query: 'is-locked' } as const;
