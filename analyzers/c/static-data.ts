import type { Expr, Initialiser } from '../../simulator/program/types.js';
import type { Node } from './ast.js';
import { type Fx, Unsupported } from './context.js';
import type { CType } from './types.js';
import { someExpr } from './uses.js';

/**
 * The leaves of an object with static storage. The initialiser is lowered like a local's, and its stores are read back as leaves; a value
 * that needs code to compute is unknown.
 */
export function staticInitialisers(fx: Fx, name: string, type: CType, node: Node): Initialiser[] {
  const address: Expr = { k: 'symbol', name };
  const { slots } = fx.code.aside(() => {
    try {
      fx.initialise({ k: 'memory', address, type, bits: null }, node);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
    }
  });
  const leaves: Initialiser[] = [];
  const temporaries = new Set<string>();
  for (const slot of slots) {
    if (slot.k !== 'instr') continue;
    const { instr } = slot;
    if ('dst' in instr && instr.dst !== null) temporaries.add(instr.dst);
    if (instr.op !== 'store') continue;
    const path = pathOf(instr.addr, name);
    if (path === null) continue;
    const value: Expr = someExpr(instr.value, (part) => part.k === 'frame' || (part.k === 'local' && temporaries.has(part.name)))
      ? { k: 'unknown', key: `${name}${path}` }
      : instr.value;
    leaves.push({ path, value });
  }
  return leaves;
}

/** `.ops[1].fn` for an address inside the object; '' for its own. */
function pathOf(address: Expr, name: string): string | null {
  switch (address.k) {
    case 'symbol':
      return address.name === name ? '' : null;
    case 'field': {
      const base = pathOf(address.base, name);
      return base === null ? null : `${base}.${address.field}`;
    }
    case 'index': {
      const base = pathOf(address.base, name);
      if (base === null || address.index.k !== 'int') return null;
      // As pointers to bytes of a member count them (simulator/interp/memory.ts, advance).
      if (address.size === 1 && base !== '') return address.index.value === 0n ? base : `${base}+${address.index.value}`;
      return `${base}[${address.index.value}]`;
    }
    default:
      return null;
  }
}
