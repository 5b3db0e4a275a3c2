import type { CatalogRow } from '../../simulator/catalog/row.js';
import type { Global } from '../../simulator/program/types.js';
import type { Binding, UnitScope } from './context.js';
import type { ProgramScope } from './linkage.js';
import type { CType, Field, StructDefinition } from './types.js';
import type { Unit } from './unit.js';

/** What the compilation of one function or variable sees: its unit, the program, and the types that it declares itself. */
export class UnitInProgram implements UnitScope {
  private readonly structs = new Map<string, StructDefinition>();
  private readonly constants = new Map<string, Binding>();

  constructor(
    private readonly unit: Unit,
    private readonly program: ProgramScope,
  ) {}

  typedef(name: string): CType | null {
    return this.unit.typedef(name);
  }

  struct(name: string): StructDefinition | null {
    return this.unit.struct(name) ?? this.structs.get(name) ?? null;
  }

  sizeOf(type: CType): number {
    return this.unit.layoutsWith((name) => this.struct(name), this.structs.size > 0).sizeOf(type);
  }

  offsetOf(struct: string, path: string): bigint | null {
    return this.unit.layoutsWith((name) => this.struct(name), this.structs.size > 0).offsetOf(struct, path);
  }

  lookup(name: string): Binding | null {
    return this.constants.get(name) ?? this.unit.lookup(name);
  }

  defineStruct(name: string, isUnion: boolean, fields: ReadonlyMap<string, Field>): void {
    if (!this.structs.has(name)) this.structs.set(name, { name, isUnion, fields });
  }

  defineConstant(name: string, value: bigint, type: CType): void {
    this.constants.set(name, { k: 'constant', value, type });
  }

  defineGlobal(global: Global): void {
    this.program.defineGlobal(global);
  }

  isFunctionElsewhere(name: string): boolean {
    return this.program.isFunction(name);
  }

  isObjectElsewhere(name: string): boolean {
    return this.program.isObject(name);
  }

  isDefinedFunction(name: string): boolean {
    return this.unit.isDefinedFunction(name) || this.program.isFunction(name);
  }

  use(name: string): void {
    this.program.use(name);
  }

  linkName(name: string): string {
    return this.program.linkName(name);
  }

  row(name: string): CatalogRow | null {
    return this.unit.row(name);
  }
}
