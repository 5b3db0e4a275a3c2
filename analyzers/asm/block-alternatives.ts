import type { Omission, SourceRef } from '../../simulator/program/types.js';
import { splitOperands } from './text.js';
import type { Statement } from './types.js';

interface Open {
  readonly id: number;
  /** What follows the opening runs on CPUs with the capability (`alternative_if`), or on those without. */
  readonly first: 'with' | 'without' | 'callback';
  hasElse: boolean;
}

/**
 * Code that arm64 patches at boot, written between two lines (arch/arm64/include/asm/alternative-macros.h): alternative_if CAP,
 * alternative_if_not CAP, alternative_else, alternative_else_nop_endif, alternative_endif, alternative_cb … alternative_cb_end.
 */
export class BlockAlternatives {
  private readonly open: Open[] = [];
  private next = 0;

  /** What a line of these becomes; null when it is none. */
  take(name: string, rest: string, at: SourceRef): { readonly statements: readonly Statement[]; readonly omission?: Omission } | null {
    switch (name) {
      case 'alternative_if':
        return { statements: this.begin('with', rest, at) };
      case 'alternative_if_not':
        return { statements: this.begin('without', rest, at) };
      case 'alternative_cb': {
        const [feature = '', callback = ''] = splitOperands(rest);
        this.open.push({ id: this.next++, first: 'callback', hasElse: false });
        return {
          statements: [],
          omission: { what: `${name} ${feature}`, why: `${callback} rewrites this code at boot; what is written is kept`, at },
        };
      }
      case 'alternative_else':
      case 'alternative_else_nop_endif':
        return { statements: this.otherwise(name, at) };
      case 'alternative_endif':
      case 'alternative_cb_end': {
        const block = this.open.pop();
        if (block === undefined || block.first === 'callback') return { statements: [] };
        return { statements: [label(block.hasElse ? `${nameOf(block)}.end` : `${nameOf(block)}.else`, at)] };
      }
      default:
        return null;
    }
  }

  private begin(first: 'with' | 'without', rest: string, at: SourceRef): Statement[] {
    const block: Open = { id: this.next++, first, hasElse: false };
    this.open.push(block);
    const feature = rest.trim();
    const other = `${nameOf(block)}.else`;
    if (first === 'with') return [{ k: 'unless', feature, target: other, at }];
    const here = `${nameOf(block)}.first`;
    return [{ k: 'unless', feature, target: here, at }, { k: 'goto', target: other, at }, label(here, at)];
  }

  private otherwise(name: string, at: SourceRef): Statement[] {
    const block = this.open.at(-1);
    if (block === undefined || block.first === 'callback') return [];
    block.hasElse = true;
    if (name === 'alternative_else') return [{ k: 'goto', target: `${nameOf(block)}.end`, at }, label(`${nameOf(block)}.else`, at)];
    this.open.pop();
    return [label(`${nameOf(block)}.else`, at)];
  }
}

const nameOf = ({ id }: Open): string => `$block${String(id)}`;
const label = (name: string, at: SourceRef): Statement => ({ k: 'label', name, at });
