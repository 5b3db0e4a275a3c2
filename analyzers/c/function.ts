import type { Global, Procedure, SourceRef } from '../../simulator/program/types.js';
import { type Node, child, contains, firstBroken } from './ast.js';
import { type UnitScope, Unsupported } from './context.js';
import { declare, specifierType } from './declarators.js';
import { withLength } from './variables.js';
import { staticInitialisers } from './static-data.js';
import { type CType, objectType } from './types.js';

import { Lowering, type Parsed } from './lowering.js';

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
