/**
 * Where what was made of files is kept between runs. It may forget anything at any time: whoever asks must be able to make the value anew.
 * Values are texts; `kind`, `hash` and `key` name one entry. A store never throws.
 */
export interface DerivedStore {
  /** Null when there is no such entry, or none that is whole. */
  get(kind: string, hash: string, key?: string): string | null;
  put(kind: string, hash: string, value: string, key?: string): void;
}
