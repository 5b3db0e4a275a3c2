/** A call that stands for an instruction or a test of a feature: it enters no other code. */
export function isPrimitive(callee: string): boolean {
  return callee.startsWith('asm.') || callee.startsWith('axis.');
}
