import type { Global, Omission, Procedure } from '../../simulator/program/types.js';
import type { FunctionFacts, SharedUnit } from './shared-unit.js';
import type { LoadedUnit } from './units.js';

/** Something that is still to be compiled. */
export interface Work {
  readonly unit: SharedUnit;
  readonly name: string;
  /** Calls below an entry. */
  readonly depth: number;
}

/** What one compilation makes. */
export class Output {
  /** Name in the Program → file that has it. */
  readonly names = new Map<string, string>();
  readonly procedures = new Map<string, Procedure>();
  readonly globals = new Map<string, Global>();
  readonly omissions = new Map<string, Omission>();
  readonly unresolved = new Map<string, string>();
  /** Functions whose definition counts whatever the catalog says. */
  readonly forced = new Set<FunctionFacts>();
  readonly units = new Map<string, LoadedUnit>();
  /** Assembly files, each with what was read to compile it. */
  readonly assembly = new Map<string, ReadonlySet<string>>();
  readonly work: Work[] = [];
  instructions = 0;
  exhausted: string | null = null;
  private readonly seen = new Map<SharedUnit, Set<string>>();

  ask(work: Work): void {
    let names = this.seen.get(work.unit);
    if (names === undefined) {
      names = new Set();
      this.seen.set(work.unit, names);
    }
    if (names.has(work.name)) return;
    names.add(work.name);
    this.work.push(work);
  }

  define(global: Global): void {
    const known = this.globals.get(global.name);
    if (known === undefined || (!known.defined && global.defined)) this.globals.set(global.name, global);
  }

  add(procedure: Procedure): void {
    this.procedures.set(procedure.name, procedure);
    this.instructions += procedure.code.length;
  }

  omit(omission: Omission): void {
    const key = `${omission.what}\n${omission.why}`;
    if (!this.omissions.has(key) && this.omissions.size < MAX_OMISSIONS) this.omissions.set(key, omission);
  }
}

const MAX_OMISSIONS = 2000;
