/**
 * Where what was made of files is kept between runs. It may forget anything at any time: whoever asks must be able to make the value anew.
 * Values are texts; `kind`, `hash` and `key` name one entry. A store never throws.
 */
export interface DerivedStore {
  /** Null when there is no such entry, or none that is whole. */
  get(kind: string, hash: string, key?: string): string | null;
  put(kind: string, hash: string, value: string, key?: string): void;
}

/** One way to make values of texts. */
export interface Derivation<T> {
  /** Lower-case letters, digits and `-`. */
  readonly kind: string;
  /** Goes up when the same text gives another value or the form changes. */
  readonly version: number;
  readonly encode: (value: T) => string;
  /** Null, or a throw, when the text is not what `encode` makes. */
  readonly decode: (text: string) => T | null;
}

/** The value from the store, or `make()`, which is put there. `hash` covers every text, `key` everything else that the value depends on. */
export function derive<T>(
  store: DerivedStore,
  { kind, version, encode, decode }: Derivation<T>,
  hash: string,
  key: string,
  make: () => T,
): T {
  const full = `${String(version)} ${key}`;
  const known = store.get(kind, hash, full);
  const value = known === null ? null : decoded(decode, known);
  if (value !== null) return value;
  const made = make();
  store.put(kind, hash, encode(made), full);
  return made;
}

function decoded<T>(decode: (text: string) => T | null, text: string): T | null {
  try {
    return decode(text);
  } catch {
    return null;
  }
}
