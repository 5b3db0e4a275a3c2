import { type Node, child, childrenOf } from './ast.js';
import { type Fx, type Place, Unsupported } from './context.js';
import { type Declared, declare, specifierType } from './declarators.js';
import { TYPEOF } from './fixups.js';
import { listLength } from './initialisers.js';
import { staticInitialisers } from './static-data.js';
import { type CType, UNKNOWN, isAggregate, objectType, valueType } from './types.js';

/** Lowers a declaration inside a function. */
export function declaration(fx: Fx, node: Node): void {
  const storage = node.children
    .filter((entry) => entry.type === 'storage_class_specifier')
    .flatMap((entry) => entry.children.map((word) => word.type));
  const storageText = node.children.filter((entry) => entry.type === 'storage_class_specifier').map((entry) => entry.text);
  const is = (word: string): boolean => storage.includes(word) || storageText.includes(word);
  const specifier = child(node, 'type');
  const isAuto = child(specifier ?? node, 'name')?.text === `${TYPEOF}auto`;
  const base = isAuto ? UNKNOWN : specifierType(fx, node);
  for (const declarator of childrenOf(node, 'declarator')) {
    const initial = declarator.type === 'init_declarator' ? child(declarator, 'value') : null;
    const type = isAuto && initial !== null ? valueType(fx.typeOf(initial)) : base;
    const declared = declare(fx, declarator, type);
    if (is('extern') || declared.type.k === 'function') external(fx, declared);
    else if (is('static')) staticVariable(fx, declared, initial, node);
    else variable(fx, declared, initial, nameOf(declarator)?.token ?? -1);
  }
}

function external(fx: Fx, { name, type }: Declared): void {
  fx.bind(name, { k: type.k === 'function' ? 'function' : 'global', name, type });
}

function staticVariable(fx: Fx, { name, type }: Declared, initial: Node | null, node: Node): void {
  const complete = withLength(fx, type, initial);
  const global = `${fx.procedure}.${name}`;
  fx.bind(name, { k: 'global', name: global, type: complete });
  const init = initial === null ? [] : staticInitialisers(fx, global, complete, initial);
  fx.unit.defineGlobal({ name: global, type: objectType(complete), init, at: fx.at(node), defined: true });
}

/** `token`: that of its name. */
function variable(fx: Fx, { name, type }: Declared, initial: Node | null, token: number): void {
  const complete = withLength(fx, type, initial);
  const place = declareVariable(fx, name, complete);
  if (initial !== null) fx.initialise(place, initial);
  const by = fx.prepared.cleanups.get(token);
  if (by === undefined) return;
  if (place.k !== 'memory') throw new Unsupported(`the cleanup of ${name}, whose type is not known`);
  fx.scopes.defer({ by, address: place.address, token });
}

function nameOf(declarator: Node): Node | null {
  if (declarator.type === 'identifier') return declarator;
  const inner = child(declarator, 'declarator');
  return inner === null ? null : nameOf(inner);
}

/** Binds a variable: to an IR local, or to a frame object when it is an aggregate or its address is taken. */
export function declareVariable(fx: Fx, name: string, type: CType): Place {
  const isInFrame = isAggregate(type) || type.k === 'unknown' || fx.addressTaken.has(name);
  // A type without a definition that is only passed around as a value is a scalar.
  if (isInFrame && (type.k !== 'unknown' || fx.addressTaken.has(name))) {
    const address = fx.object(name, type);
    if (address.k === 'frame') fx.bind(name, { k: 'frame', name: address.name, type });
    return { k: 'memory', address, type, bits: null };
  }
  const local = fx.fresh(name);
  fx.bind(name, { k: 'local', name: local, type });
  return { k: 'local', name: local, type };
}

/** An array without a length gets that of its initialiser. */
export function withLength(fx: Fx, type: CType, initial: Node | null): CType {
  if (type.k !== 'array' || type.length !== null || initial === null) return type;
  if (initial.type === 'initializer_list') return { ...type, length: listLength(fx, initial) };
  if (initial.type === 'string_literal') return { ...type, length: Math.max(initial.text.length - 1, 1) };
  return type;
}
