import type { Token } from '../cpp/token.js';
import { groupLength, typeWords } from './words.js';

/** What an item at file scope declares, read off its tokens without parsing it. */
export interface ItemNames {
  readonly isTypedef: boolean;
  readonly isExtern: boolean;
  readonly isStatic: boolean;
  /** Typedef names, variables or functions. */
  readonly ordinary: readonly string[];
  /** Tags of the structs, unions and enums that it defines. */
  readonly tags: readonly string[];
  readonly constants: readonly string[];
}

export function namesOf(tokens: readonly Token[]): ItemNames {
  const tags: string[] = [];
  const constants: string[] = [];
  const texts = (index: number): string | undefined => tokens[index]?.text;
  let isTypedef = false;
  let isExtern = false;
  let isStatic = false;
  let nesting = 0;
  for (const [index, token] of tokens.entries()) {
    const { text } = token;
    if (text === '{' || text === '(' || text === '[') nesting++;
    else if (text === '}' || text === ')' || text === ']') nesting--;
    else if (nesting === 0 && text === 'typedef') isTypedef = true;
    else if (nesting === 0 && text === 'extern') isExtern = true;
    else if (nesting === 0 && text === 'static') isStatic = true;
    else if (text === 'struct' || text === 'union' || text === 'enum') {
      const open = texts(index + 1) === '{' ? index + 1 : texts(index + 2) === '{' ? index + 2 : -1;
      if (open < 0) continue;
      if (open === index + 2) tags.push(texts(index + 1) ?? '');
      if (text === 'enum') constants.push(...enumerators(tokens, open));
    }
  }
  return { isTypedef, isExtern, isStatic, ordinary: declared(tokens), tags, constants };
}

function enumerators(tokens: readonly Token[], open: number): string[] {
  const texts = (index: number): string | undefined => tokens[index]?.text;
  const end = open + groupLength(texts, open) - 1;
  const names: string[] = [];
  let isStart = true;
  for (let i = open + 1; i < end; i++) {
    const token = tokens[i];
    if (token === undefined) break;
    if (isStart && token.kind === 'word') names.push(token.text);
    isStart = token.text === ',';
    if (token.text === '(' || token.text === '{' || token.text === '[') i += groupLength(texts, i) - 1;
  }
  return names;
}

/** The names of an item's declarators. */
function declared(tokens: readonly Token[]): string[] {
  const texts = (index: number): string | undefined => tokens[index]?.text;
  const names: string[] = [];
  const state: { candidate: string | null; found: boolean } = { candidate: null, found: false };
  const finish = (): void => {
    if (!state.found && state.candidate !== null && !typeWords.has(state.candidate)) names.push(state.candidate);
    state.found = true;
  };
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) break;
    const { text } = token;
    if (token.kind === 'word') {
      const previous = texts(i - 1) ?? '';
      if (text === 'typeof' || text === '__typeof__') {
        i += groupLength(texts, i + 1);
        continue;
      }
      state.candidate = tagWords.has(previous) || tagWords.has(text) ? null : text;
    } else if (text === '(') {
      if (!state.found && texts(i + 1) === '*') state.candidate = pointerName(tokens, i);
      // `typedef int (handler)(void);`
      else if (!state.found && texts(i + 2) === ')' && texts(i + 3) === '(') state.candidate = texts(i + 1) ?? null;
      finish();
      i += groupLength(texts, i) - 1;
    } else if (text === '{') i += groupLength(texts, i) - 1;
    else if (text === '[') {
      finish();
      i += groupLength(texts, i) - 1;
    } else if (text === '=') {
      finish();
      while (texts(i + 1) !== undefined && texts(i + 1) !== ',' && texts(i + 1) !== ';') {
        i++;
        if (texts(i) === '(' || texts(i) === '{' || texts(i) === '[') i += groupLength(texts, i) - 1;
      }
    } else if (text === ',' || text === ';') {
      finish();
      state.found = false;
      state.candidate = null;
    }
  }
  return names;
}

const tagWords = new Set(['struct', 'union', 'enum']);

/** The name in `(*name)(…)`, `(*name[4])(…)`, `(*const name)`. */
function pointerName(tokens: readonly Token[], open: number): string | null {
  for (let i = open + 1; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined || token.text === ')') return null;
    if (token.kind === 'word' && token.text !== 'const' && token.text !== 'volatile') return token.text;
  }
  return null;
}
