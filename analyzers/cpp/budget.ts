/** What a run of the preprocessor may spend. Input is hostile: macros can double, includes can recurse. */
export class Budget {
  /** What ran out first, or null. */
  exhausted: string | null = null;
  private spentTokens = 0;

  constructor(
    private readonly tokens: number,
    private readonly nesting: number,
  ) {}

  /** Accounts for `count` tokens made; false when they are too many. */
  spend(count: number): boolean {
    this.spentTokens += count;
    if (this.spentTokens <= this.tokens) return true;
    this.exhausted ??= `more than ${this.tokens} tokens after macro expansion`;
    return false;
  }

  /** False when macros nest deeper than allowed. */
  nest(depth: number): boolean {
    if (depth <= this.nesting) return true;
    this.exhausted ??= `macros nested deeper than ${this.nesting}`;
    return false;
  }
}
