import type { Expr } from '../../simulator/program/types.js';
import type { Call } from './types.js';

/** A call as a maintainer would write it, with the words among its arguments spelt out and other arguments as `…`. */
export function spellCall(call: Call): string {
  const name = call.callee.k === 'name' ? call.callee.name.replace(/^asm\./, '') : 'a callback';
  const words = call.args.map((arg) => (arg.k === 'str' ? arg.value : (literal(arg) ?? '…')));
  if (call.callee.k === 'name' && call.callee.name.startsWith('asm.')) return [name, words.join(', ')].join(' ').trim();
  return `${name}(${words.join(', ')})`;
}

const literal = (expr: Expr): string | null => (expr.k === 'symbol' ? expr.name : expr.k === 'int' ? expr.value.toString() : null);
