import { type Node, child, childrenOf } from './ast.js';
import { type Fx, type Place, Unsupported } from './context.js';
import { element, int } from './ir.js';
import { memberOf, write } from './places.js';
import { type CType, flatten, valueType } from './types.js';

/** Stores an initialiser (an expression or a braced list) into a place. A list zeroes what it does not name. */
export function initialise(fx: Fx, place: Place, node: Node): void {
  if (node.type !== 'initializer_list') {
    if (place.k === 'memory' && place.type.k === 'array') throw new Unsupported('an array initialised with an expression');
    write(fx, place, fx.value(node));
    return;
  }
  if (place.k === 'value') throw new Unsupported('an initialiser for something that is no place');
  if (place.k === 'local' || (place.type.k !== 'struct' && place.type.k !== 'array' && place.type.k !== 'unknown')) {
    const [first] = node.children;
    if (first === undefined) write(fx, place, { e: int(0), t: place.type });
    else initialise(fx, place, first.type === 'initializer_pair' ? (child(first, 'value') ?? first) : first);
    return;
  }
  fx.code.emit({ op: 'zero', addr: place.address });
  new ListFiller(fx).fill(place, node.children, 0);
}

/** Length of an array that its initialiser gives. */
export function listLength(fx: Fx, list: Node): number {
  let next = 0;
  let length = 0;
  for (const entry of list.children) {
    const designator = entry.type === 'initializer_pair' ? entry.children.find((candidate) => candidate.field === 'designator') : undefined;
    if (designator !== undefined) {
      const last = designator.children.filter((candidate) => !punctuation.has(candidate.type)).pop();
      const value = last === undefined ? null : fx.constant(last);
      if (value !== null && value < MAX_ELEMENTS) next = Number(value);
    }
    next++;
    length = Math.max(length, next);
  }
  return length;
}

const MAX_ELEMENTS = 1n << 20n;
const punctuation = new Set(['[', ']', '...', '.', '=']);

class ListFiller {
  constructor(private readonly fx: Fx) {}

  /** Fills `place` from `entries[from]` on. Returns the number of the first entry that did not go into it (elided braces). */
  fill(place: Place & { k: 'memory' }, entries: readonly Node[], from: number, nested = false): number {
    const slots = this.slotsOf(place.type);
    let slot = 0;
    let i = from;
    for (; i < entries.length; i++) {
      const entry = entries[i];
      if (entry === undefined) break;
      if (entry.type === 'initializer_pair') {
        if (nested) return i;
        slot = this.designated(place, entry);
        continue;
      }
      const name = slots === null ? slot : slots[slot];
      if (name === undefined || (place.type.k === 'array' && place.type.length !== null && slot >= place.type.length)) {
        if (nested) return i;
        throw new Unsupported('more initialisers than members');
      }
      const target = this.slotPlace(place, name);
      slot++;
      if (this.takesSeveral(target, entry)) i = this.fill(target, entries, i, true) - 1;
      else initialise(this.fx, target, entry);
      if (nested && slots !== null && slot === slots.length) return i + 1;
      if (nested && place.type.k === 'array' && slot === place.type.length) return i + 1;
    }
    return i;
  }

  /** An aggregate whose own braces are left out takes as many entries as it has members. */
  private takesSeveral(target: Place & { k: 'memory' }, entry: Node): boolean {
    if (entry.type === 'initializer_list' || (target.type.k !== 'struct' && target.type.k !== 'array')) return false;
    if (target.type.k === 'array') return true;
    return valueType(this.fx.typeOf(entry)).k !== 'struct';
  }

  /** Names of the members in order; null for an array. */
  private slotsOf(type: CType): readonly string[] | null {
    if (type.k === 'array') return null;
    const definition = type.k === 'struct' ? this.fx.unit.struct(type.name) : null;
    return definition === null ? [] : [...definition.fields.keys()];
  }

  private slotPlace(place: Place & { k: 'memory' }, slot: string | number): Place & { k: 'memory' } {
    if (typeof slot === 'string') {
      const inner = memberOf(this.fx, place, slot);
      if (inner.k === 'memory') return inner;
    } else if (place.type.k === 'array') {
      const { element: innermost } = flatten(place.type);
      const { count } = flatten(place.type.of);
      const base = place.address;
      const size = this.fx.unit.sizeOf(innermost);
      const index = slot * (count ?? 1);
      // The address of an inner array is that of its first element already.
      return { k: 'memory', address: element(base, int(index), size), type: place.type.of, bits: null };
    }
    throw new Unsupported('a designator that fits no member');
  }

  /** `.a.b[2] = value`. Returns the number of the next slot. */
  private designated(place: Place & { k: 'memory' }, entry: Node): number {
    const value = child(entry, 'value');
    const designators = childrenOf(entry, 'designator');
    const [first, ...rest] = designators;
    if (value === null) throw new Unsupported('a designator without a value');
    if (first === undefined) {
      // Old GNU style `member: value`.
      const name = entry.children.find((candidate) => candidate.type === 'field_identifier');
      if (name === undefined) throw new Unsupported('a designator that is not understood');
      initialise(this.fx, this.slotPlace(place, name.text), value);
      return this.after(place, name.text);
    }
    const range = this.slotsNamed(first);
    for (const slot of range) {
      let target = this.slotPlace(place, slot);
      for (const designator of rest) {
        const [inner] = this.slotsNamed(designator);
        if (inner !== undefined) target = this.slotPlace(target, inner);
      }
      initialise(this.fx, target, value);
    }
    return this.after(place, range[range.length - 1] ?? 0);
  }

  private after(place: Place & { k: 'memory' }, slot: string | number): number {
    if (typeof slot === 'number') return slot + 1;
    return (this.slotsOf(place.type)?.indexOf(slot) ?? -1) + 1;
  }

  private slotsNamed(designator: Node): (string | number)[] {
    const operands = designator.children.filter((candidate) => !punctuation.has(candidate.type));
    if (designator.type === 'field_designator') return [operands[0]?.text ?? ''];
    const bounds = operands.map((operand) => this.fx.constant(operand));
    const low = bounds[0] ?? null;
    const high = bounds[1] ?? low;
    if (low === null || high === null || low < 0n || high - low > 4096n) throw new Unsupported('an index that is not a constant');
    const slots: number[] = [];
    for (let i = low; i <= high; i++) slots.push(Number(i));
    return slots;
  }
}
