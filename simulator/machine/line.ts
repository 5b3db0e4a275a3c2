import type { Request } from '../interp/operation.js';
import type { Machine } from './machine.js';

/**
 * What a trace shows of a step: the line as it stands in the source, then what it did here, unless the line says so itself.
 */
export function line(m: Machine, request: Request, describe: () => string): string {
  if (!m.explain) return '';
  const effect = describe();
  const source = request.text.trim();
  if (source === '' || source === effect) return effect;
  const bare = (text: string): string => text.toLowerCase().replace(/\W+/g, '');
  return bare(source).includes(bare(effect)) ? source : `${source}\n${effect}`;
}
