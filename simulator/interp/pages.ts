import type { CatalogRow } from '../catalog/row.js';
import type { Arguments } from './arguments.js';
import { BUILTIN, builtinFor } from './builtins.js';
import { ask, type Effect, given } from './effect.js';
import type { Interpreter } from './interpreter.js';
import { elementBytes, isFrameObject, objectOf, Stuck } from './memory.js';
import { clear } from './access.js';
import { sharerOf } from './tasks.js';
import type { CallInstr, Tagged, ThreadState } from './thread.js';
import { int, ptr, type Value, valueKey, ZERO } from './value.js';

/** The physical address of a page, or of an entry of a table. */
export function toPhysical(on: Interpreter, value: Value): Value {
  if (value.k !== 'ptr') return value;
  const base = on.setup.physical.get(value.obj);
  if (base === undefined) throw new Stuck(`${value.obj} has no physical address in this scenario`);
  const index = /^\[(\d+)\]$/.exec(value.path);
  return int(base + BigInt(index?.[1] ?? '0') * BigInt(elementBytes(on.setup, value.obj)));
}

/** The page, or entry of a table, at a physical address. */
export function toVirtual(on: Interpreter, value: Value): Value {
  if (value.k !== 'int') return value;
  const page = value.v & ~0xfffn;
  for (const [obj, base] of on.setup.physical) {
    if (base !== page) continue;
    const offset = value.v - page;
    return ptr(obj, offset === 0n ? '' : `[${String(offset / BigInt(elementBytes(on.setup, obj)))}]`);
  }
  throw new Stuck(`physical address ${valueKey(value)} is no page of this scenario`);
}

/** The first page of the folio that a page is in: the scenario says so (`page_b.@folio`), else it is one of its own. */
export function folioOf(on: Interpreter, page: Value): Value {
  return (page.k === 'ptr' ? on.setup.initial.get(`${page.obj}.@folio`) : undefined) ?? page;
}

/** Counts references of a page: what the kernel's get, put and count do, in steps of the machine. */
export function countPage(
  on: Interpreter,
  state: ThreadState,
  instr: CallInstr,
  does: Extract<CatalogRow['does'], { kind: 'page-put' | 'page-get' | 'page-try-get' | 'page-count' }>,
  at: Arguments,
): Effect {
  let which = at.value(does.page);
  if (does.kind === 'page-put' && does.by === 'physical') which = toVirtual(on, which);
  if (which.k !== 'ptr') throw new Stuck(`${valueKey(which)} is not a page`);
  on.enter(state, builtinFor(does.kind), [{ value: ptr(objectOf(which.obj)), deps: 0 }], { k: 'call', dst: instr.dst });
  return { k: 'entered' };
}

/**
 * Writes all bytes of an object: `value` where it is one byte over and over. Pages that are no tables, and user memory, hold nothing that a run
 * looks at; what is the CPU's own may become zero.
 */
export function fill(on: Interpreter, state: ThreadState, name: string, to: Tagged, value: bigint | null): void {
  if (to.value.k === 'int') return;
  if (to.value.k !== 'ptr') throw new Stuck(`${name}() of ${valueKey(to.value)}`);
  const { obj } = to.value;
  if (on.setup.physical.has(obj) && on.setup.tables?.has(obj) === false) return;
  const loc = on.location(to);
  const own = isFrameObject(objectOf(loc)) || on.sharing.access(loc, sharerOf(on.setup, state), false, true) !== 'shared';
  if (value !== 0n || !own)
    throw new Stuck(`${name}() of ${loc}, which ${own ? 'does not become zero' : 'other CPUs use'}, is not modelled`);
  clear(state, loc);
}

/** __GFP_ZERO is bit 8 (Linux 6.12 include/linux/gfp_types.h). Flags that are not known are taken to have it. */
export const asksForZero = (flags: Value): boolean => flags.k !== 'int' || (flags.v & 0x100n) !== 0n;

/** Words of a table that somebody uses, by index. */
function usedWords(on: Interpreter, obj: string): readonly number[] {
  const type = on.setup.objects.get(obj);
  if (on.setup.blank?.has(obj) !== true || type?.k !== 'array' || type.length === null) return [];
  return Array.from({ length: type.length }, (_, i) => i).filter((i) => !on.sharing.empty(`${obj}[${i}]`));
}

/** What only the machine knows of pages, for the procedures of `builtins.ts`. */
export function builtin(on: Interpreter, state: ThreadState, name: string, args: readonly Tagged[]): Effect {
  const value = args[0]?.value;
  const { pool = [] } = on.setup;
  if (name === `${BUILTIN}page` && value?.k === 'int') {
    if (pool.length === 0) throw new Stuck('this scenario has no pages to allocate');
    const obj = pool[Number(value.v)];
    return given(obj === undefined ? ZERO : ptr(obj));
  }
  if (name === `${BUILTIN}words` && value?.k === 'ptr') return given(int(usedWords(on, value.obj).length));
  if (name === `${BUILTIN}word` && value?.k === 'ptr' && args[1]?.value.k === 'int')
    return given(int(usedWords(on, value.obj)[Number(args[1].value.v)] ?? 0));
  if (name === `${BUILTIN}free` && value?.k === 'ptr') return ask(on, state, { op: 'page-free', obj: value.obj }, 0);
  throw new Stuck(`no builtin ${name}`);
}
