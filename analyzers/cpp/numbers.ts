/** An integer literal of C with its suffixes. Null for floating point and for what is no number. */
export function integerOf(text: string): { value: bigint; unsigned: boolean; long: boolean; decimal: boolean } | null {
  const match = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)([uUlL]*)$/.exec(text);
  const digits = match?.[1];
  if (match === null || digits === undefined || digits.length > 70) return null;
  const octal = /^0[0-7]+$/.test(digits);
  if (/^0[0-9]/.test(digits) && !octal) return null;
  const suffix = match[2] ?? '';
  return {
    value: BigInt(octal ? `0o${digits.slice(1)}` : digits),
    unsigned: /u/i.test(suffix),
    long: /l/i.test(suffix),
    decimal: /^[1-9]|^0$/.test(digits),
  };
}
