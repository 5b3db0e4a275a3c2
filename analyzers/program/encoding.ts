import type { SourceRef } from '../../simulator/program/types.js';

/** Values of Programs as JSON, and back: integers of any size, maps, and source places, each of which is written once. */

export interface Encoded {
  /** Places, as file, line and origin in turn. */
  readonly places: readonly (string | number)[];
  readonly value: unknown;
}

export function encode(value: unknown): Encoded {
  const places: (string | number)[] = [];
  const numbers = new Map<string, number>();
  const place = ({ file, line, origin }: SourceRef): number => {
    const key = `${file} ${String(line)} ${origin}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = places.push(file, line, origin) / 3 - 1;
      numbers.set(key, number);
    }
    return number;
  };
  const plain = (part: unknown): unknown => {
    if (typeof part === 'bigint') return { $n: part.toString() };
    if (typeof part !== 'object' || part === null) return part;
    if (Array.isArray(part)) return part.map(plain);
    if (part instanceof Map) return { $m: [...(part as ReadonlyMap<unknown, unknown>)].map(plain) };
    return Object.fromEntries(
      Object.entries(part)
        .filter(([, inner]) => inner !== undefined)
        .map(([key, inner]) => [key, key === 'at' && inner !== null ? place(inner as SourceRef) : plain(inner)]),
    );
  };
  return { value: plain(value), places };
}

/** Turns parts of an encoded value into what they were; the value itself may be taken apart first. */
export function decoder(places: Encoded['places']): (part: unknown) => unknown {
  const refs: SourceRef[] = [];
  for (let i = 0; i < places.length; i += 3) {
    const [file, line, origin] = [places[i], places[i + 1], places[i + 2]];
    if (typeof file !== 'string' || typeof line !== 'number' || !isOrigin(origin)) throw new Error('not a source place');
    refs.push({ file, line, origin });
  }
  const revive = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (Array.isArray(part)) return part.map(revive);
    const node = part as Record<string, unknown>;
    if (typeof node['$n'] === 'string') return BigInt(node['$n']);
    if (Array.isArray(node['$m'])) return new Map(node['$m'].map(revive) as [unknown, unknown][]);
    for (const key in node) {
      const inner = node[key];
      if (key === 'at' && typeof inner === 'number') node[key] = refs[inner];
      else if (typeof inner === 'object') node[key] = revive(inner);
    }
    return node;
  };
  return revive;
}

const isOrigin = (text: unknown): text is SourceRef['origin'] =>
  text === 'patch' || text === 'tree' || text === 'skeleton' || text === 'scenario';
