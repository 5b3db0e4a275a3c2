import { objectOf } from '../interp/memory.js';
import type { Operation } from '../interp/operation.js';
import type { Setup } from '../interp/setup.js';
import { ownObjects } from '../interp/tasks.js';
import type { Value } from '../interp/value.js';
import type { Machine } from '../machine/machine.js';

/**
 * Which CPUs are alike: those that may change places in any state, so that what one may do the other may, too. Nothing here goes by names
 * that a reader gives.
 *
 * A CPU has objects of its own (tasks, stack), which change places with it. Where its code can tell it from another in any other way, it is
 * not alike: it reads its number, its objects are known to others or start otherwise, others call it by its number.
 */

/** Beyond it, trying every order would cost more than it saves. */
const MOST_PERMUTATIONS = 120;
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** Groups of CPUs, by number, that their setup does not tell apart. Each has at least two, in order. */
export function alikeCpus(setup: Setup): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  setup.cpus.forEach((cpu, i) => {
    const { entry, tasks, irq, nmi, fault, user, satp, updates } = cpu;
    const handlers = fault?.k === 'vectors' ? [...fault.handlers] : null;
    const key = JSON.stringify([entry, tasks, irq, nmi, fault, handlers, user, satp, updates, firstValues(setup, i)], bigints);
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  });
  const alike = [...groups.values()].filter((group) => group.length > 1);
  return alike.reduce((all, group) => all * factorial(group.length), 1) <= MOST_PERMUTATIONS ? alike : [];
}

const bigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

/** What a CPU's own objects hold at first, but for its number, told without their names. */
function firstValues(setup: Setup, cpu: number): string[] {
  const own = ownObjects(setup, cpu);
  const found: string[] = [];
  for (const [loc, value] of setup.initial) {
    const place = own.indexOf(objectOf(loc));
    if (place >= 0 && !isNumber(loc)) found.push(`${String(place)}${loc.slice(objectOf(loc).length)} ${JSON.stringify(value, bigints)}`);
  }
  return found.sort();
}

/** The word of a task that holds its CPU's number. */
const isNumber = (loc: string): boolean => loc.endsWith('.thread_info.cpu');

/** For SharingFacts: CPUs (or tasks and handlers of one, see sharerOf) that access a location whenever one of them does. */
export function accessedTogether(setup: Setup, groups: readonly (readonly number[])[]): (sharer: number, loc: string) => number {
  const owned = new Set(groups.flat().flatMap((cpu) => ownObjects(setup, cpu)));
  const apart = setup.cpus.length + 1;
  return (sharer, loc) => {
    const group = groups.find((each) => each.includes(sharer % apart));
    if (!group || owned.has(objectOf(loc))) return 1 << sharer;
    return group.reduce((all, cpu) => all | (1 << (sharer - (sharer % apart) + cpu)), 0);
  };
}

/** Why CPUs of these groups are not alike after all, as far as the run has shown; null where nothing tells them apart. */
export class Asymmetry {
  private readonly owned: ReadonlySet<string>;
  private readonly fixed: string | null;
  private seen = 0;
  private found: string | null = null;

  constructor(
    private readonly m: Machine,
    private readonly groups: readonly (readonly number[])[],
  ) {
    const { setup } = m;
    this.owned = new Set(groups.flat().flatMap((cpu) => ownObjects(setup, cpu)));
    this.fixed = this.inData() ?? this.inText();
  }

  why(): string | null {
    const { auto, on, setup } = this.m;
    if (this.fixed !== null) return this.fixed;
    for (const cpu of this.groups.flat()) {
      const reads = on.encountered.numbered.has(cpu) || ownObjects(setup, cpu).some((obj) => on.sharing.knows(`${obj}.thread_info.cpu`));
      if (reads) return `${this.m.cpuName(cpu)} reads its number`;
    }
    for (; this.found === null && this.seen < auto.size; this.seen++) this.found = this.inOperation(auto.node(this.seen).request.does);
    return this.found;
  }

  private names(value: Value): boolean {
    return value.k === 'ptr' && this.owned.has(value.obj);
  }

  private inData(): string | null {
    for (const [loc, value] of this.m.setup.initial) if (this.names(value)) return `${loc} points to what is one CPU's own`;
    return null;
  }

  /** An object of a CPU that the program calls by its name. */
  private inText(): string | null {
    const search = (part: unknown): string | null => {
      if (typeof part !== 'object' || part === null) return null;
      if ('k' in part && part.k === 'symbol' && 'name' in part && typeof part.name === 'string' && this.owned.has(part.name))
        return part.name;
      for (const each of Object.values(part)) {
        const found = search(each);
        if (found !== null) return found;
      }
      return null;
    };
    for (const { name, code } of this.m.setup.program.procedures.values()) {
      const found = search(code);
      if (found !== null) return `${name}() names ${found}`;
    }
    return null;
  }

  private inOperation(does: Operation): string | null {
    const out = (value: Value | null): string | null => (value && this.names(value) ? 'a CPU hands out what is its own' : null);
    const known = (loc: string): string | null => (this.owned.has(objectOf(loc)) ? `several CPUs use ${loc}` : null);
    switch (does.op) {
      case 'store':
      case 'store-exclusive':
        return known(does.loc) ?? out(does.value);
      case 'rmw':
      case 'csp':
        return known(does.loc) ?? out(does.operand) ?? out(does.expected);
      case 'load':
      case 'lock':
      case 'unlock':
      case 'await':
      case 'translation-gone':
        return known(does.loc);
      case 'touch':
        return does.stores ? out(does.stores.value) : null;
      case 'page-free':
        return known(does.obj);
      case 'ipi':
        return out(does.info) ?? (does.mask === null ? null : this.inMask(does.mask));
      case 'rcu-call':
        return out(does.head);
      case 'sbi-sfence':
      case 'sbi-fence-i':
        return this.inMask(does.mask);
      default:
        return null;
    }
  }

  /** A set of CPUs that has one of a group and not all. */
  private inMask(mask: number): string | null {
    const split = this.groups.some((group) => {
      const inside = group.filter((cpu) => (mask & (1 << cpu)) !== 0).length;
      return inside > 0 && inside < group.length;
    });
    return split ? 'a CPU calls some of several CPUs by their numbers' : null;
  }
}
