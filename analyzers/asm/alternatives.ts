import { evaluateText } from './expression.js';
import { splitOperands, splitMacroArguments, parenthesised, stringValue } from './text.js';

interface Replacement {
  readonly text: string;
  readonly feature: string;
  /** The option that builds this replacement in, as spelled (`CONFIG_X`, `IS_ENABLED(CONFIG_X)`, `1`). */
  readonly option: string;
}

/** Code that is patched at boot: `old`, unless a replacement applies. Of several the last that applies wins. */
export interface Alternative {
  readonly old: string;
  readonly replacements: readonly Replacement[];
}

const spelling = /^(?:_{0,2}ALTERNATIVE(?:_CFG)?(_2)?|alternative_insn)$/;

/** Reads a use of the ALTERNATIVE family, by parentheses or as the assembler macro; null when the line is none. */
export function readAlternative(name: string, rest: string): Alternative | null {
  const match = spelling.exec(name);
  if (!match) return null;
  const inside = parenthesised(rest);
  const pieces = inside === null ? splitMacroArguments(rest) : splitOperands(inside);
  const replacements: Replacement[] = [];
  // arm64 has no vendor: old, new, capability, option.
  if (pieces.length > 2 && pieces.length < 5) {
    const [, text = '', feature = '', option = '1'] = pieces;
    return {
      old: stringValue(pieces[0] ?? ''),
      replacements: [{ text: stringValue(text), feature: stringValue(feature), option: stringValue(option) }],
    };
  }
  // After the old text: new text, vendor, feature, option; once or twice.
  for (let i = 1; i + 2 < pieces.length && replacements.length < (match[1] ? 2 : 1); i += 4) {
    replacements.push({
      text: stringValue(pieces[i] ?? ''),
      feature: stringValue(pieces[i + 2] ?? ''),
      option: stringValue(pieces[i + 3] ?? '1'),
    });
  }
  return { old: stringValue(pieces[0] ?? ''), replacements };
}

/** Whether the option of a replacement is on under `valueOf` (a configuration: absent names are off). */
export function optionIsOn(option: string, valueOf: (name: string) => string | null): boolean {
  const bare = option.replace(/^IS_(?:ENABLED|BUILTIN)\s*\(\s*(\w+)\s*\)$/, '$1');
  if (bare === '') return true;
  const value = evaluateText(bare, (name) => {
    const text = valueOf(name);
    return text === null || text === 'n' ? 0n : text === 'y' || text === '' ? 1n : evaluateText(text, () => 0n);
  });
  return value !== null && value !== 0n;
}
