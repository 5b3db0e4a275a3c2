import type { Expr, Global, ObjectType, Procedure, SourceRef } from '../../simulator/program/types.js';
import { type Node, bare, child, contains, firstBroken } from './ast.js';
import { Code, type Label } from './code.js';
import { type Binding, type Fx, type LoopTargets, type Place, type UnitScope, Unsupported, type Value } from './context.js';
import { type Declared, declare, specifierType } from './declarators.js';
import { branchOn, valueOf } from './expressions.js';
import { ASM, type Prepared } from './fixups.js';
import { initialise } from './initialisers.js';
import { placeOf, write } from './places.js';
import { declareVariable, lowerBlock, lowerStatement, withLength } from './statements.js';
import { staticInitialisers } from './static-data.js';
import { type CType, UNKNOWN, isAggregate, objectType, valueType } from './types.js';

/** A parsed item of a translation unit. */
export interface Parsed {
  readonly prepared: Prepared;
  readonly root: Node;
}

export type Compiled =
  | { readonly ok: true; readonly procedure: Procedure }
  | { readonly ok: false; readonly why: string; readonly at: SourceRef };

/** Compiles a function definition. */
export function compileFunction(unit: UnitScope, parsed: Parsed, name: string, at: SourceRef): Compiled {
  const definition = parsed.root.children[0];
  const fx = new Lowering(unit, parsed, name, at);
  const broken = firstBroken(parsed.root);
  if (broken !== null || definition?.type !== 'function_definition') {
    const where = broken === null ? at : fx.at(broken);
    return { ok: false, why: `line ${where.line} does not parse`, at: where };
  }
  try {
    return { ok: true, procedure: { name, params: fx.enterFunction(definition), frame: fx.frame, code: fx.finish(), at, language: 'c' } };
  } catch (error) {
    if (error instanceof Unsupported) return { ok: false, why: error.message, at };
    throw error;
  }
}

export interface Declarations {
  /** Typedefs, variables and functions that the item declares. */
  readonly names: readonly { readonly name: string; readonly type: CType; readonly isTypedef: boolean; readonly isExtern: boolean }[];
  /** Nothing of it could be read, and why. */
  readonly failure: string | null;
}

/** Reads a declaration at file scope. Structs and constants go to the unit on the way. */
export function readDeclaration(unit: UnitScope, parsed: Parsed, at: SourceRef): Declarations {
  const fx = new Lowering(unit, parsed, '', at);
  const names: { name: string; type: CType; isTypedef: boolean; isExtern: boolean }[] = [];
  for (const node of parsed.root.children) {
    if (node.broken) return { names, failure: 'does not parse' };
    try {
      if (node.type === 'type_definition') {
        names.push(...typedefs(fx, node));
      } else if (node.type === 'declaration') {
        const isExtern = node.children.some((entry) => entry.type === 'storage_class_specifier' && leafText(entry) === 'extern');
        const base = specifierType(fx, node);
        for (const declarator of node.children.filter((entry) => entry.field === 'declarator')) {
          const { name, type } = declare(fx, declarator, base);
          const initial = declarator.type === 'init_declarator' ? child(declarator, 'value') : null;
          names.push({ name, type: withLength(fx, type, initial), isTypedef: false, isExtern });
        }
      } else if (node.type.endsWith('_specifier')) fx.type(asDescriptor(node));
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      return { names, failure: error.message };
    }
  }
  return { names, failure: null };
}

/** The type of a function from its definition's head. */
export function readHead(unit: UnitScope, parsed: Parsed, at: SourceRef): CType | null {
  const definition = parsed.root.children[0];
  const declarator = definition === undefined ? null : child(definition, 'declarator');
  if (definition === undefined || declarator === null || declarator.broken) return null;
  try {
    const fx = new Lowering(unit, parsed, '', at);
    return declare(fx, declarator, specifierType(fx, definition)).type;
  } catch (error) {
    if (error instanceof Unsupported) return null;
    throw error;
  }
}

/** A variable with its initialiser. */
export function readGlobal(unit: UnitScope, parsed: Parsed, name: string, type: CType, at: SourceRef): Global {
  const fx = new Lowering(unit, parsed, name, at);
  const initial = findInitial(parsed.root, name);
  const init = initial === null ? [] : staticInitialisers(fx, name, type, initial);
  return { name, type: objectType(type), init, at, defined: true };
}

function findInitial(root: Node, name: string): Node | null {
  for (const node of root.children) {
    for (const declarator of node.children) {
      if (declarator.type !== 'init_declarator') continue;
      const inner = child(declarator, 'declarator');
      if (inner !== null && contains(inner, (candidate) => candidate.type === 'identifier' && candidate.text === name))
        return child(declarator, 'value');
    }
  }
  return null;
}

function typedefs(fx: Lowering, node: Node): Declarations['names'] {
  let base = specifierType(fx, node);
  const specifier = child(node, 'type');
  const declarators = node.children.filter((entry) => entry.field === 'declarator');
  const [only] = declarators;
  if (base.k === 'struct' && specifier !== null && child(specifier, 'name') === null && only?.type === 'type_identifier') {
    const definition = fx.unit.struct(base.name);
    const [field] = definition?.fields.values() ?? [];
    const isWrapper =
      definition?.fields.size === 1 && !definition.isUnion && field !== undefined && field.bits === null && isScalar(field.type);
    if (isWrapper) base = { k: 'wrapper', field: field.name, of: field.type };
    else if (definition !== null) {
      fx.unit.defineStruct(only.text, definition.isUnion, definition.fields);
      base = { k: 'struct', name: only.text };
    }
  }
  return declarators.map((declarator) => ({ ...declare(fx, declarator, base), isTypedef: true, isExtern: false }));
}

function isScalar(type: CType): boolean {
  return type.k === 'int' || type.k === 'pointer' || type.k === 'wrapper';
}

function leafText(node: Node): string {
  return node.text !== '' ? node.text : (node.children[0]?.text ?? '');
}

function asDescriptor(specifier: Node): Node {
  return { ...specifier, type: 'type_descriptor', field: null, children: [{ ...specifier, field: 'type' }] };
}

class Lowering implements Fx {
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
  private readonly scopes = [new Map<string, Binding>()];
  private readonly names = new Map<string, number>();
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
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const binding = this.scopes[i]?.get(name);
      if (binding !== undefined) return binding;
    }
    return this.unit.lookup(name);
  }

  bind(name: string, binding: Binding): void {
    this.scopes[this.scopes.length - 1]?.set(name, binding);
  }

  enter(): void {
    this.scopes.push(new Map());
  }

  leave(): void {
    this.scopes.pop();
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
    try {
      const { result, slots } = this.code.aside(() => this.value(node));
      return slots.length === 0 && result.e.k === 'int' ? result.e.value : null;
    } catch (error) {
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
