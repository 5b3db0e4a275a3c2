import type { Arguments } from './arguments.js';
import type { Effect } from './effect.js';
import type { Interpreter } from './interpreter.js';
import { canonicalCsr, csrValue } from './riscv-csr.js';
import type { ThreadState } from './thread.js';
import { int } from './value.js';

/** Reads or changes a CSR of the CPU; the effect's value is what it held before. */
export function accessCsr(on: Interpreter, state: ThreadState, what: 'read' | 'write' | 'swap' | 'set' | 'clear', at: Arguments): Effect {
  const name = canonicalCsr(at.word(0));
  const old = on.known({ value: csrValue(state, name), deps: 0 });
  if (what === 'write' || what === 'swap') state.csr.set(name, at.value(1));
  else if (what === 'set' || what === 'clear') {
    const bits = at.value(1);
    if (old.value.k === 'int' && bits.k === 'int') state.csr.set(name, int(what === 'set' ? old.value.v | bits.v : old.value.v & ~bits.v));
    else state.csr.set(name, { k: 'unknown', key: name });
  }
  return { k: 'value', value: old };
}
