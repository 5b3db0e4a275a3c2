/** What the translation of its address means for an access. */
export interface Through {
  /** The access comes after this view: where the walk read. */
  readonly post: number;
  /** The access comes before this position: the first invalidation of the translation that it still uses. */
  readonly limit: number;
  /** Notes in the new state that the translation was used. */
  apply(t: Int32Array): void;
}

/** An access that no MMU translates. */
export const UNTRANSLATED: Through = { post: 0, limit: Number.POSITIVE_INFINITY, apply: () => undefined };
