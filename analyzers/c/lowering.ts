import type { Expr, ObjectType, Procedure, SourceRef } from '../../simulator/program/types.js';
import { type Node, bare, child } from './ast.js';
import { Code, type Label } from './code.js';
import { type Binding, type Fx, type LoopTargets, type Place, type UnitScope, Unsupported, type Value } from './context.js';
import { callCleanup } from './calls.js';
import { type Declared, declare, specifierType } from './declarators.js';
import { branchOn, valueOf } from './expressions.js';
import { ASM, type Prepared } from './fixups.js';
import { initialise } from './initialisers.js';
import { placeOf, write } from './places.js';
import { type Cleanup, labelsIn, Scopes } from './scopes.js';
import { lowerBlock, lowerStatement } from './statements.js';
import { declareVariable } from './variables.js';
import { type CType, UNKNOWN, isAggregate, objectType, valueType } from './types.js';

/** A parsed item of a translation unit. */
export interface Parsed {
  readonly prepared: Prepared;
  readonly root: Node;
}

/** The lowering of one item: what the parts of the compiler share, put together. */
export class Lowering implements Fx {
  readonly prepared: Prepared;
  readonly code: Code;
  readonly frame = new Map<string, ObjectType>();
  readonly addressTaken = new Set<string>();
  readonly labels = new Map<string, Label>();
  readonly loops: LoopTargets[] = [];
  readonly cases: Map<Node, Label>[] = [];
  returns: CType = UNKNOWN;
  returnAddress: Expr | null = null;
  private readonly root: Node;
  readonly scopes = new Scopes();
  private readonly names = new Map<string, number>();
  /** Variables with a cleanup attribute. */
  private cleanedUp = 0;
  private labelPlaces: ReturnType<typeof labelsIn> = new Map();
  private temporaries = 0;
  private definition: Node | null = null;
  private depth = 0;

  constructor(
    readonly unit: UnitScope,
    parsed: Parsed,
    readonly procedure: string,
    at: SourceRef,
  ) {
    this.prepared = parsed.prepared;
    this.root = parsed.root;
    this.code = new Code(at);
  }

  /** Binds the parameters; returns their names. */
  enterFunction(definition: Node): string[] {
    this.definition = definition;
    this.findAddresses(definition);
    if (this.cleanedUp < this.prepared.cleanups.size)
      throw new Unsupported('a cleanup attribute that does not stand behind the name of a variable');
    this.labelPlaces = labelsIn(definition);
    const declarator = child(definition, 'declarator');
    if (declarator === null) throw new Unsupported('a function without a declarator');
    const declared = declare(this, declarator, specifierType(this, definition));
    if (declared.type.k !== 'function') throw new Unsupported('a function without parameters');
    this.returns = declared.type.returns;
    const params = (declared.type.params ?? []).map((type, index) => this.parameter(declared, type, index));
    if (this.returns.k === 'struct') {
      params.push('$result');
      this.returnAddress = { k: 'local', name: '$result' };
    }
    return params;
  }

  finish(): Procedure['code'] {
    const body = this.definition === null ? null : child(this.definition, 'body');
    if (body === null) throw new Unsupported('a function without a body');
    this.statement(body);
    return this.code.finish();
  }

  at(node: Node): SourceRef {
    return this.prepared.tokens[node.token]?.at ?? this.code.at;
  }

  lookup(name: string): Binding | null {
    return this.scopes.lookup(name) ?? this.unit.lookup(name);
  }

  bind(name: string, binding: Binding): void {
    this.scopes.bind(name, binding);
  }

  enter(block: Node): void {
    this.scopes.enter(block);
  }

  leave(): void {
    this.unwind(this.scopes.cleanupsFrom(this.scopes.depth - 1));
    this.scopes.leave();
  }

  unwind(cleanups: readonly Cleanup[]): void {
    for (const cleanup of cleanups) callCleanup(this, cleanup);
  }

  goto(name: string): void {
    const place = this.labelPlaces.get(name);
    if (place !== undefined) this.unwind(this.scopes.cleanupsTo(place));
    this.code.jump(this.label(name));
  }

  fresh(base: string): string {
    const count = (this.names.get(base) ?? 0) + 1;
    this.names.set(base, count);
    return count === 1 ? base : `${base}.${count}`;
  }

  temporary(): string {
    this.temporaries++;
    return `%${this.temporaries}`;
  }

  label(name: string): Label {
    let label = this.labels.get(name);
    if (label === undefined) {
      label = { name };
      this.labels.set(name, label);
    }
    return label;
  }

  value(node: Node): Value {
    if (this.depth > MAX_DEPTH) throw new Unsupported('an expression nested too deeply');
    this.depth++;
    try {
      return valueOf(this, node);
    } finally {
      this.depth--;
    }
  }

  place(node: Node): Place {
    return placeOf(this, node);
  }

  typeOf(node: Node): CType {
    return this.code.aside(() => {
      const inner = bare(node);
      if (!lvalues.has(inner.type)) return this.value(inner).t;
      const place = this.place(inner);
      return place.k === 'value' ? place.value.t : place.type;
    }).result;
  }

  constant(node: Node): bigint | null {
    const { depth } = this.scopes;
    try {
      const { result, slots } = this.code.aside(() => this.value(node));
      return slots.length === 0 && result.e.k === 'int' ? result.e.value : null;
    } catch (error) {
      this.scopes.cut(depth);
      if (error instanceof Unsupported) return null;
      throw error;
    }
  }

  type(node: Node): CType {
    return specifierType(this, node);
  }

  typeofType(index: string): CType {
    const holder = this.root.children.find((candidate) => candidate.children.some((part) => isTypeofs(part)));
    const body = holder === undefined ? null : child(holder, 'body');
    const query = body?.children[Number(index)]?.children[0];
    if (query === undefined) return UNKNOWN;
    const type = child(query, 'type');
    const value = child(query, 'value');
    if (type !== null) return this.type(type);
    return value === null ? UNKNOWN : this.typeOf(value);
  }

  condition(node: Node, to: Label, whenTrue: boolean): void {
    branchOn(this, node, to, whenTrue);
  }

  statement(node: Node): void {
    lowerStatement(this, node);
  }

  block(node: Node): Value {
    return lowerBlock(this, node);
  }

  initialise(place: Place, node: Node): void {
    initialise(this, place, node);
  }

  object(base: string, type: CType): Expr {
    const name = this.fresh(base);
    this.frame.set(name, objectType(type));
    return { k: 'frame', name };
  }

  private parameter(declared: Declared, type: CType, index: number): string {
    const name = declared.params[index] ?? null;
    if (name === null) return `$${index}`;
    if (!isAggregate(type) && !this.addressTaken.has(name)) {
      const local = this.fresh(name);
      this.bind(name, { k: 'local', name: local, type });
      return local;
    }
    // The argument comes in as a value (of a struct: as its address) and moves to the frame.
    const incoming = `$${name}`;
    const place = declareVariable(this, name, type);
    const e: Expr = { k: 'local', name: incoming };
    write(this, place, type.k === 'struct' ? { e, t: type } : { e, t: valueType(type) });
    return incoming;
  }

  /** Collects the variables whose address is taken with `&`, or by a memory operand of an asm. */
  private findAddresses(node: Node): void {
    if (node.type === 'pointer_expression' && child(node, 'operator')?.text === '&') this.markAddress(child(node, 'argument'));
    if (node.type === 'call_expression') {
      const name = child(node, 'function')?.text ?? '';
      const block = name.startsWith(ASM) ? this.prepared.blocks[Number(name.slice(ASM.length))] : undefined;
      for (const [index, output] of block?.outputs.entries() ?? []) {
        if (/[mQA]/.test(output.constraint)) this.markAddress(child(node, 'arguments')?.children[index] ?? null);
      }
    }
    if (node.field === 'declarator' && node.type === 'identifier' && this.prepared.cleanups.has(node.token)) {
      this.cleanedUp++;
      this.markAddress(node);
    }
    for (const part of node.children) this.findAddresses(part);
  }

  private markAddress(node: Node | null): void {
    if (node === null) return;
    const inner = bare(node);
    if (inner.type === 'identifier') this.addressTaken.add(inner.text);
    else if (inner.type === 'field_expression' && child(inner, 'operator')?.text === '.') this.markAddress(child(inner, 'argument'));
  }
}

const MAX_DEPTH = 400;
const lvalues = new Set([
  'identifier',
  'pointer_expression',
  'subscript_expression',
  'field_expression',
  'compound_literal_expression',
  'string_literal',
]);

function isTypeofs(node: Node): boolean {
  return node.type === 'function_declarator' && child(node, 'declarator')?.text === '__typeofs';
}
