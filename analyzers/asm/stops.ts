const none: ReadonlySet<number> = new Set();

/**
 * Names that stay as they are spelled: control registers (a machine knows CSR_CAUSE, whichever privilege it expands to), annotations of
 * symbols, and alternatives. The configuration decides which control registers there are, so these go by their prefix.
 */
class AssemblyStops extends Map<string, ReadonlySet<number>> {
  override get(name: string): ReadonlySet<number> | undefined {
    return (
      super.get(name) ??
      (/^(?:CSR|SYS_(?!\w*_(?:SHIFT|MASK|WIDTH|ELx)\b)\w|SYM_(?:TYPED_)?(?:CODE|FUNC|DATA|INNER|L|START|END|ENTRY|ALIAS))_?/.test(name)
        ? none
        : undefined)
    );
  }

  override has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

/** Of an alternative, the feature is a word (argument 3, and 7 of the form with two replacements). */
export const asmStops: ReadonlyMap<string, ReadonlySet<number>> = new AssemblyStops([
  ['ALTERNATIVE', new Set([3])],
  ['ALTERNATIVE_2', new Set([3, 7])],
  ...['ENTRY', 'END', 'ENDPROC', 'WEAK', 'GLOBAL', 'EXPORT_SYMBOL', 'EXPORT_SYMBOL_GPL'].map((name): [string, ReadonlySet<number>] => [
    name,
    none,
  ]),
]);
