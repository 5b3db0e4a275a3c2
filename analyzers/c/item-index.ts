import type { Piece } from '../cpp/preprocess.js';
import type { Item } from './items.js';

export type FunctionItem = Item & { readonly kind: 'function' };
export type DeclarationItem = Item & { readonly kind: 'declaration' };

/** The items of one piece of a file: the same object in every unit that has the piece. */
export type ItemPiece = readonly Item[];

/** How an item introduces a name. */
export type Role = 'function' | 'typedef' | 'ordinary' | 'tag' | 'constant';

interface Posting {
  readonly piece: ItemPiece;
  readonly item: Item;
}

/**
 * Names of the items of many pieces. Translation units have most of their thousands of pieces in common: each piece is indexed once, and a
 * unit only knows which pieces it has.
 */
export class ItemIndex {
  private readonly postings: Readonly<Record<Role, Map<string, Posting[]>>> = {
    function: new Map(),
    typedef: new Map(),
    ordinary: new Map(),
    tag: new Map(),
    constant: new Map(),
  };
  private items = 0;

  /** How many items it holds. */
  get size(): number {
    return this.items;
  }

  add(piece: ItemPiece): void {
    for (const item of piece) {
      this.items++;
      if (item.kind === 'function') {
        // A function may return a struct or enum that its head defines; nobody does, so heads are not indexed.
        this.post('function', item.name, piece, item);
        continue;
      }
      const { names } = item;
      for (const tag of names.tags) this.post('tag', tag, piece, item);
      for (const constant of names.constants) this.post('constant', constant, piece, item);
      for (const name of names.ordinary) this.post(names.isTypedef ? 'typedef' : 'ordinary', name, piece, item);
    }
  }

  find(role: Role, name: string): readonly Posting[] {
    return this.postings[role].get(name) ?? NONE;
  }

  private post(role: Role, name: string, piece: ItemPiece, item: Item): void {
    const all = this.postings[role].get(name);
    if (all === undefined) this.postings[role].set(name, [{ piece, item }]);
    else all.push({ piece, item });
  }
}

const NONE: readonly Posting[] = [];

/** The items of one translation unit by name. */
export class UnitItems {
  /** Where a piece stands, and the epoch that those in it count from; of one that was read twice, the first time. */
  private readonly places = new Map<ItemPiece, { readonly order: number; readonly base: number }>();

  constructor(
    pieces: readonly Piece<ItemPiece>[],
    private readonly index: ItemIndex,
  ) {
    for (const { made, base } of pieces)
      if (made.length > 0 && !this.places.has(made)) this.places.set(made, { order: this.places.size, base });
  }

  /** Every item, in order. */
  *all(): IterableIterator<Item> {
    for (const piece of this.places.keys()) yield* piece;
  }

  function(name: string): FunctionItem | null {
    return this.firstFunction(name)?.item ?? null;
  }

  /** The epoch that those in the body of a function count from. */
  baseOf(item: FunctionItem): number {
    return this.firstFunction(item.name)?.base ?? 0;
  }

  /** The first item that introduces a name in that role. */
  find(role: Role, name: string): Item | null {
    return this.firstPosting(role, name)?.item ?? null;
  }

  /** The first declaration that introduces a name in that role. */
  first(role: Exclude<Role, 'function'>, name: string): DeclarationItem | null {
    const found = this.firstPosting(role, name)?.item;
    return found?.kind === 'declaration' ? found : null;
  }

  /** Every declaration of a variable or function, in order. */
  declarations(name: string): readonly DeclarationItem[] {
    const found: { readonly order: number; readonly item: DeclarationItem }[] = [];
    for (const { piece, item } of this.index.find('ordinary', name)) {
      const place = this.places.get(piece);
      if (place !== undefined && item.kind === 'declaration') found.push({ order: place.order, item });
    }
    // Those of one piece stand in order already.
    return found.sort((a, b) => a.order - b.order).map(({ item }) => item);
  }

  private firstFunction(name: string): { readonly item: FunctionItem; readonly base: number } | null {
    const found = this.firstPosting('function', name);
    return found?.item.kind === 'function' ? { item: found.item, base: found.base } : null;
  }

  private firstPosting(role: Role, name: string): { readonly item: Item; readonly base: number } | null {
    let best: { readonly item: Item; readonly base: number; readonly order: number } | null = null;
    for (const { piece, item } of this.index.find(role, name)) {
      const place = this.places.get(piece);
      if (place !== undefined && (best === null || place.order < best.order)) best = { item, ...place };
    }
    return best;
  }
}
