import type { CType, Field, StructDefinition } from './types.js';

interface Size {
  readonly size: number;
  readonly alignment: number;
}

/** With the tags of the structs inside of it, at any depth. */
interface StructSize extends Size {
  readonly inside: ReadonlySet<string>;
}

/** Sizes and offsets of the types of a translation unit, in bytes, as a 64-bit kernel lays them out. */
export class Layouts {
  private readonly structs = new Map<string, StructSize>();
  /** Of the structs that are being laid out, the innermost last. */
  private readonly open: Set<string>[] = [];

  /** `struct` finds what a tag means. It is asked each time, also for what is known, since it may note what is asked. */
  constructor(private readonly struct: (name: string) => StructDefinition | null) {}

  /** 8 where the sources do not tell. */
  sizeOf(type: CType): number {
    return Math.max(this.layout(type, 0).size, 0);
  }

  /** The offset of `a.b[2].c` in a struct; null when it has no such member. */
  offsetOf(struct: string, path: string): bigint | null {
    let type: CType = { k: 'struct', name: struct };
    let offset = 0;
    for (const part of path.split(/\.|(?=\[)/)) {
      const index = /^\[(\d+)\]$/.exec(part)?.[1];
      if (index !== undefined) {
        if (type.k !== 'array') return null;
        type = type.of;
        offset += Number(index) * this.sizeOf(type);
        continue;
      }
      if (type.k === 'wrapper') {
        type = type.of;
        continue;
      }
      const found: { offset: number; type: CType } | null = type.k === 'struct' ? this.member(type.name, part) : null;
      if (found === null) return null;
      offset += found.offset;
      type = found.type;
    }
    return BigInt(offset);
  }

  private layout(type: CType, depth: number): Size {
    switch (type.k) {
      case 'void':
      case 'function':
        return { size: 1, alignment: 1 };
      case 'int':
        return { size: type.type.bits / 8, alignment: type.type.bits / 8 };
      case 'pointer':
      case 'unknown':
        return { size: 8, alignment: 8 };
      case 'wrapper':
        return this.layout(type.of, depth);
      case 'array': {
        const one = this.layout(type.of, depth);
        return { size: one.size * (type.length ?? 0), alignment: one.alignment };
      }
      case 'struct':
        return this.structLayout(type.name, depth);
    }
  }

  private structLayout(name: string, depth: number): Size {
    const outer = this.open.at(-1);
    outer?.add(name);
    const definition = this.struct(name);
    const known = this.structs.get(name);
    if (known !== undefined) {
      for (const tag of known.inside) {
        this.struct(tag);
        outer?.add(tag);
      }
      return known;
    }
    if (definition === null || depth > 50) return { size: 8, alignment: 8 };
    let end = 0;
    let alignment = 1;
    const inside = new Set<string>();
    this.open.push(inside);
    for (const [, { offset, size, alignment: own }] of this.offsets(definition, depth)) {
      end = Math.max(end, offset + size);
      alignment = Math.max(alignment, own);
    }
    this.open.pop();
    if (outer !== undefined) for (const tag of inside) outer.add(tag);
    const layout = { size: Math.ceil(end / alignment) * alignment, alignment, inside };
    this.structs.set(name, layout);
    return layout;
  }

  private *offsets(definition: StructDefinition, depth: number): IterableIterator<[Field, Size & { offset: number }]> {
    let next = 0;
    let bits = 0;
    for (const field of definition.fields.values()) {
      const { size, alignment } = this.layout(field.type, depth + 1);
      if (field.bits !== null && bits >= field.bits) {
        bits -= field.bits;
        yield [field, { offset: next - size, size, alignment }];
        continue;
      }
      const offset = definition.isUnion ? 0 : Math.ceil(next / Math.max(alignment, 1)) * Math.max(alignment, 1);
      next = offset + size;
      bits = field.bits === null ? 0 : size * 8 - field.bits;
      yield [field, { offset, size, alignment }];
    }
  }

  private member(struct: string, name: string): { offset: number; type: CType } | null {
    const definition = this.struct(struct);
    if (definition === null) return null;
    for (const [field, { offset }] of this.offsets(definition, 0)) if (field.name === name) return { offset, type: field.type };
    return null;
  }
}
