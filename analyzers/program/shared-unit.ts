import type { Global, Omission, SourceRef } from '../../simulator/program/types.js';
import type { Compiled } from '../c/function.js';
import type { FunctionItem } from '../c/item-index.js';
import { type Outcome, Outcomes, type ProgramScope } from '../c/linkage.js';
import { offsetsOf } from '../c/offsets.js';
import { isUntouched, type Unit } from '../c/unit.js';
import type { Form } from '../source/kept.js';
import { decoder, encode } from './encoding.js';

/** What a linker wants to know of a function before it is compiled. */
export interface FunctionFacts {
  readonly name: string;
  readonly at: SourceRef;
  readonly isStatic: boolean;
  /** No patch touches it. */
  readonly isUntouched: boolean;
}

/** Answers of a unit, by the name that was asked for. */
interface Facts {
  readonly functions: Map<string, FunctionFacts | null>;
  readonly objects: Map<string, 'static' | 'global' | null>;
  readonly procedures: Outcomes<Compiled>;
  readonly globals: Outcomes<Global | null>;
  /** Of asm-offsets.c, once somebody asked. */
  offsets: ReadonlyMap<string, string> | null;
  readonly omissions: readonly Omission[];
}

/** Units that have compiled a function. Most of those of a header come out the same in many units, and from tree to tree. */
export type CompiledBy = Map<FunctionItem, readonly SharedUnit[]>;

/** Units that are asked before a function is compiled once more. */
const MAX_OTHERS = 3;

/**
 * A translation unit that many programs may have: it remembers what it was asked. What it was asked before, in this process or in an earlier
 * one, it tells without being preprocessed.
 */
export class SharedUnit {
  /** It was asked something new. */
  isNew = false;
  private loaded: Unit | null = null;

  private constructor(
    readonly path: string,
    private readonly load: () => Unit,
    private readonly facts: Facts,
    private readonly compiledBy: CompiledBy,
  ) {}

  static of(unit: Unit, omissions: readonly Omission[], compiledBy: CompiledBy): SharedUnit {
    const facts = {
      functions: new Map(),
      objects: new Map(),
      procedures: new Outcomes<Compiled>(),
      globals: new Outcomes<Global | null>(),
    };
    const made = new SharedUnit(unit.path, () => unit, { ...facts, offsets: null, omissions }, compiledBy);
    made.isNew = true;
    return made;
  }

  /** One that is kept as text; `load` makes the unit where it is asked something new. */
  static kept(path: string, facts: Facts, load: () => Unit, compiledBy: CompiledBy): SharedUnit {
    return new SharedUnit(path, load, facts, compiledBy);
  }

  /** What could not be read of it. */
  get omissions(): readonly Omission[] {
    return this.facts.omissions;
  }

  get known(): Facts {
    return this.facts;
  }

  /** Null when it defines no function of that name. The same object each time. */
  function(name: string): FunctionFacts | null {
    let facts = this.facts.functions.get(name);
    if (facts === undefined) {
      const unit = this.unit();
      const item = unit.function(name);
      facts = item === null ? null : { name, at: item.at, isStatic: unit.isStatic(name), isUntouched: isUntouched(item) };
      this.facts.functions.set(name, facts);
    }
    return facts;
  }

  /** How it declares a variable of that name; null when it does not. */
  object(name: string): 'static' | 'global' | null {
    let kind = this.facts.objects.get(name);
    if (kind === undefined) {
      const unit = this.unit();
      kind = unit.isObject(name) ? (unit.isStatic(name) ? 'static' : 'global') : null;
      this.facts.objects.set(name, kind);
    }
    return kind;
  }

  /** A function that it defines, as part of a program. */
  compile(name: string, program: ProgramScope): Compiled {
    const known = this.facts.procedures.find(name, program);
    if (known !== null) return known.made;
    const unit = this.unit();
    const item = unit.function(name);
    if (item === null) throw new Error(`${this.path} does not define ${name}()`);
    const before = this.compiledBy.get(item) ?? [];
    for (const other of before) {
      const outcome = other !== this && unit.compilesAs(item, other.unit()) ? other.facts.procedures.find(name, program) : null;
      if (outcome === null) continue;
      this.facts.procedures.add(name, outcome);
      return outcome.made;
    }
    if (!before.includes(this)) this.compiledBy.set(item, [this, ...before.slice(0, MAX_OTHERS - 1)]);
    return this.facts.procedures.make(name, program, (scope) => unit.compile(item, scope));
  }

  /** The variable as part of a program; null when it has none of that name. */
  global(name: string, program: ProgramScope): Global | null {
    const known = this.facts.globals.find(name, program);
    if (known !== null) return known.made;
    const unit = this.unit();
    return this.facts.globals.make(name, program, (scope) => unit.global(name, scope));
  }

  /** Of asm-offsets.c: what it defines. */
  offsets(): ReadonlyMap<string, string> {
    this.facts.offsets ??= offsetsOf(this.unit()).offsets;
    return this.facts.offsets;
  }

  private unit(): Unit {
    this.isNew = true;
    this.loaded ??= this.load();
    return this.loaded;
  }
}

/** Facts as text. What is compiled is brought back when it is asked for. */
export const factsForm: Form<Facts> = {
  kind: 'unit-1',
  encode: ({ functions, objects, procedures, globals, offsets, omissions }) =>
    JSON.stringify(
      encode({
        functions: [...functions],
        objects: [...objects],
        procedures: [...procedures],
        globals: [...globals],
        offsets: offsets && [...offsets],
        omissions,
      }),
    ),
  decode: (text) => {
    const { places, value } = JSON.parse(text) as { readonly places: (string | number)[]; readonly value: Record<string, unknown> };
    const revive = decoder(places);
    const list = <T>(name: string): T[] => {
      const found = value[name];
      if (!Array.isArray(found)) throw new Error(`no ${name}`);
      return found as T[];
    };
    return {
      functions: new Map(revive(list('functions')) as [string, FunctionFacts | null][]),
      objects: new Map(list<[string, 'static' | 'global' | null]>('objects')),
      procedures: new Outcomes(list<[string, unknown[]]>('procedures').map(([name, all]) => [name, lazily<Compiled>(all, revive)])),
      globals: new Outcomes(list<[string, unknown[]]>('globals').map(([name, all]) => [name, lazily<Global | null>(all, revive)])),
      offsets: value['offsets'] === null ? null : new Map(list<[string, string]>('offsets')),
      omissions: revive(list('omissions')) as Omission[],
    };
  },
};

/** Outcomes that are brought back when somebody looks at them. */
function lazily<T>(all: readonly unknown[], revive: (part: unknown) => unknown): readonly Outcome<T>[] {
  return all.map((part) => {
    let outcome: Outcome<T> | null = null;
    const get = (): Outcome<T> => (outcome ??= revive(part) as Outcome<T>);
    return {
      get said() {
        return get().said;
      },
      get made() {
        return get().made;
      },
    };
  });
}
