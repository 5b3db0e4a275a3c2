import type { ObjectType } from '../program/types.js';
import type { Setup } from './setup.js';
import type { ThreadState } from './thread.js';
import { type Value, ptr, UNINITIALISED, ZERO } from './value.js';

/** A problem with what the program computes; the run that meets it is "not modelled", never a verdict. */
export class Stuck extends Error {}

const FRAME = 'frame';

/** The object a local of the frame at `depth` lives in. Depth and not a serial number: equal states must get equal names. */
export const frameObject = (depth: number, procedure: string, local: string): string => `${FRAME}${String(depth)}:${procedure}:${local}`;

export const isFrameObject = (obj: string): boolean => obj.startsWith(FRAME) && obj.includes(':');

/** Types of objects by setup: every access asks for one. */
const types = new WeakMap<Setup, Map<string, ObjectType | null>>();

/** Type of an object, frame objects among them. */
function typeOf(setup: Setup, obj: string): ObjectType | null {
  let known = types.get(setup);
  if (!known) {
    known = new Map();
    types.set(setup, known);
  }
  let type = known.get(obj);
  if (type === undefined) {
    type = findType(setup, obj);
    known.set(obj, type);
  }
  return type;
}

function findType(setup: Setup, obj: string): ObjectType | null {
  const direct = setup.objects.get(obj) ?? setup.program.globals.get(obj)?.type;
  if (direct) return direct;
  const parts = isFrameObject(obj) ? obj.split(':') : [];
  const [, procedure, local] = parts;
  if (procedure === undefined || local === undefined) return null;
  return setup.program.procedures.get(procedure)?.frame.get(local) ?? null;
}

/** Size in bytes of one element, where it is known without a layout. */
function elementSize(type: ObjectType | null): number | null {
  if (type?.k !== 'array') return null;
  if (type.of.k === 'int') return type.of.type.bits / 8;
  return type.of.k === 'pointer' ? 8 : null;
}

/** Bytes between two elements of an object; words where its type is not known. */
export const elementBytes = (setup: Setup, obj: string): number => elementSize(typeOf(setup, obj)) ?? 8;

const INDEX = /\[(-?\d+)\]$/;

/** `pointer + index` elements of `size` bytes. Size 1 counts bytes: assembly and char pointers. */
export function advance(setup: Setup, obj: string, path: string, index: bigint, size: number): Value {
  if (index === 0n && size === 1) return ptr(obj, path);
  const found = INDEX.exec(path);
  const stem = found ? path.slice(0, found.index) : path;
  let steps = BigInt.asIntN(64, index);
  if (size === 1) {
    const element = stem === '' ? elementSize(typeOf(setup, obj)) : null;
    if (element === null) return ptr(obj, `${path}+${String(steps)}`);
    if (steps % BigInt(element) !== 0n) throw new Stuck(`access inside a word of ${obj}: byte offset ${String(steps)}`);
    steps /= BigInt(element);
  }
  const to = BigInt(found?.[1] ?? '0') + steps;
  // The first element of what is no array is the thing itself.
  const type = typeOf(setup, obj);
  if (to === 0n && stem === '' && type !== null && type.k !== 'array') return ptr(obj, '');
  return ptr(obj, `${stem}[${String(to)}]`);
}

/** Whether a pointer is to bytes: an object that is one, or an array of them, or a member, which nobody knows the type of. */
export function holdsBytes(setup: Setup, obj: string, path: string): boolean {
  const type = typeOf(setup, obj);
  if (type === null || type.k === 'struct') return path !== '';
  const of = type.k === 'array' ? type.of : type;
  return of.k === 'int' && of.type.bits === 8;
}

/** Bytes of an object that is one number, or of each number or pointer of an array; 1 for any other. */
export function wordBytes(setup: Setup, obj: string): number {
  const type = typeOf(setup, obj);
  return type?.k === 'int' ? type.type.bits / 8 : (elementSize(type) ?? 1);
}

/** The location a pointer names: the first element where it names a whole array. */
export function locationOf(setup: Setup, obj: string, path: string): string {
  if (path === '' && typeOf(setup, obj)?.k === 'array') return `${obj}[0]`;
  return obj + path;
}

const [DOT, BRACKET, PLUS] = [0x2e, 0x5b, 0x2b];

/** Object part of a location. */
export function objectOf(loc: string): string {
  for (let i = 0; i < loc.length; i++) {
    const code = loc.charCodeAt(i);
    if (code === DOT || code === BRACKET || code === PLUS) return loc.slice(0, i);
  }
  return loc;
}

/** Bits that a location holds; `fallback` where its type is not known. */
export function bitsOf(setup: Setup, loc: string, fallback: number): number {
  const obj = objectOf(loc);
  const type = typeOf(setup, obj);
  if (type?.k === 'int' && loc === obj) return type.type.bits;
  if (type?.k === 'array' && type.of.k === 'int' && INDEX.exec(loc)?.index === obj.length) return type.of.type.bits;
  return fallback;
}

/** Index range check, so that an overrun is said and not silently a new location. */
export function checkBounds(setup: Setup, loc: string): void {
  const obj = objectOf(loc);
  const type = typeOf(setup, obj);
  const found = INDEX.exec(loc);
  if (type?.k !== 'array' || type.length === null || found?.index !== obj.length) return;
  const index = Number(found[1]);
  if (index < 0 || index >= type.length) throw new Stuck(`index ${String(index)} is outside ${obj}[${String(type.length)}]`);
}

/** A private location's value: what was stored, else what the frame or global starts with. */
export function privateValue(setup: Setup, state: ThreadState, loc: string): { value: Value; deps: number } {
  const stored = state.memory.get(loc);
  if (stored) return stored;
  for (let end = loc.length; end > 0; end = Math.max(loc.lastIndexOf('.', end - 1), loc.lastIndexOf('[', end - 1))) {
    if (state.memory.has(`${loc.slice(0, end)}*`)) return { value: ZERO, deps: 0 };
  }
  return { value: initialValue(setup, loc), deps: 0 };
}

/** What a location holds before anybody writes it. */
export function initialValue(setup: Setup, loc: string): Value {
  const given = setup.initial.get(loc);
  if (given) return given;
  const obj = objectOf(loc);
  if (setup.blank?.has(obj) === true && loc.startsWith('[', obj.length)) return UNINITIALISED;
  if (isFrameObject(obj)) return { k: 'unknown', key: `uninitialised ${obj.split(':').slice(1).join(' ')}` };
  const global = setup.program.globals.get(obj);
  if (setup.objects.has(obj) || global?.defined === true) return ZERO;
  return { k: 'unknown', key: loc };
}

/** The number that stands for a location in a page: its physical address. Null where the scenario gives its object none. */
export function physicalAddress(setup: Setup, loc: string): bigint | null {
  const obj = objectOf(loc);
  const base = setup.physical.get(obj);
  const found = /^(?:\[(\d+)\])?(?:\+(\d+))?$/.exec(loc.slice(obj.length));
  if (base === undefined || !found) return null;
  return base + BigInt(found[1] ?? '0') * BigInt(elementBytes(setup, obj)) + BigInt(found[2] ?? '0');
}

/**
 * A place on a kernel stack as a number; null for another object. Stacks stand at multiples of twice their size, so that one bit of the stack
 * pointer tells an overflow (Linux 6.12 arch/riscv/include/asm/thread_info.h, THREAD_ALIGN; arch/arm64/include/asm/memory.h, the same). What
 * the high bits are decides nothing: that of a kernel address, and another for each stack.
 */
export function stackAddress(obj: string, path: string): bigint | null {
  const stack = /^stack(\d+)$/.exec(obj);
  const found = /^(?:\[(\d+)\])?(?:\+(\d+))?$/.exec(path);
  if (!stack || !found) return null;
  return STACKS + BigInt(stack[1] ?? '0') * STACK_ALIGN + 8n * BigInt(found[1] ?? '0') + BigInt(found[2] ?? '0');
}

const STACKS = 0xffff_8000_8000_0000n;
const STACK_ALIGN = 0x10_0000n;
