import { type Language, type Unit, words } from './units.js';

/** One thing at file scope, as a range of units. */
export interface TopItem {
  readonly kind: 'function' | 'macro' | 'record' | 'declaration' | 'directive' | 'other';
  /** What it defines; '' for what defines nothing. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** For functions and records: the units between the braces, `bodyFrom` excluded the brace itself. */
  readonly bodyFrom: number;
  readonly bodyTo: number;
}

export interface Top {
  readonly items: readonly TopItem[];
  /** The units are whole items: nothing is cut off at either end, conditionals are closed. */
  readonly complete: boolean;
}

/** Splits units into the things that stand at file scope. `column0` tells whether a unit starts its line without a blank before it. */
export function topItems(units: readonly Unit[], language: Language, column0: (unit: Unit) => boolean): Top {
  return language === 'asm' ? asmItems(units) : cItems(units, column0);
}

/** The name that a definition's head gives: `static int foo(…)`, `SYSCALL_DEFINE1(foo, …)`, `struct foo`, `SYM_CODE_START(foo)`, `foo:`. */
export function headName(tokens: readonly string[]): string {
  const label = tokens.length >= 2 && tokens[1] === ':' ? tokens[0] : undefined;
  if (label !== undefined) return label;
  for (let i = 1; i < tokens.length; i += 1) {
    const name = tokens[i - 1] ?? '';
    if (tokens[i] !== '(' || !isName(name) || ATTRIBUTE.test(name)) continue;
    const argument = tokens[i + 1] ?? '';
    return /^[A-Z][A-Z0-9_]*$/.test(name) && isName(argument) ? argument : name;
  }
  return recordName(tokens);
}

/** Name and kind of what a preprocessor directive defines, or null. */
export function defineOf(text: string): string | null {
  const [hash, word, name] = words(text);
  return hash === '#' && word === 'define' && name !== undefined ? name : null;
}

const ATTRIBUTE = /^__(?:attribute__|printf|scanf|section|aligned|acquires|releases|must_hold|alloc_size|free|nonnull|bpf_\w+)$/;

export function isName(token: string): boolean {
  return /^[A-Za-z_$.]/.test(token) && token !== '...';
}

function recordName(tokens: readonly string[]): string {
  for (let i = 0; i + 1 < tokens.length; i += 1) {
    if (/^(?:struct|union|enum)$/.test(tokens[i] ?? '') && isName(tokens[i + 1] ?? '')) return tokens[i + 1] ?? '';
  }
  return '';
}

/** +1 for an opening conditional, -1 for a closing one, 0 otherwise (also for the middle ones). */
export function conditionalStep(text: string): number {
  if (!text.startsWith('# ')) return 0;
  const word = words(text)[1] ?? '';
  if (word === 'if' || word === 'ifdef' || word === 'ifndef') return 1;
  return word === 'endif' ? -1 : 0;
}

function cItems(units: readonly Unit[], column0: (unit: Unit) => boolean): Top {
  const items: TopItem[] = [];
  let conditionals = 0;
  let sound = true;
  let from = -1;
  let open = -1;
  let close = -1;
  const finish = (to: number, kind: TopItem['kind'], name: string): void => {
    items.push({ kind, name, from, to, bodyFrom: open < 0 ? to : open + 1, bodyTo: close < 0 ? to : close });
    from = -1;
    open = -1;
    close = -1;
  };
  for (let i = 0; i < units.length; i += 1) {
    const text = units[i]?.text ?? '';
    if (text.startsWith('# ') || text === '#') {
      conditionals += conditionalStep(text);
      if (conditionals < 0) sound = false;
      if (from >= 0) continue;
      from = i;
      const name = defineOf(text);
      finish(i + 1, name === null ? 'directive' : 'macro', name ?? '');
      continue;
    }
    if (from < 0) {
      if (text === ';') continue;
      from = i;
    }
    if (text === '{') {
      const head = open < 0 ? units.slice(from, i).map((u) => u.text) : [];
      const end = closing(units, i, column0);
      if (end < 0) return { items, complete: false };
      if (open < 0) {
        open = i;
        close = end;
      }
      i = end;
      if (head.length > 0 && isFunctionHead(head)) finish(i + 1, 'function', headName(head));
    } else if (text === '}' || text === ')') {
      if (text === '}') sound = false;
    } else if (text === ';') {
      const tokens = units.slice(from, open < 0 ? i : open).map((u) => u.text);
      if (open >= 0 && !tokens.includes('=')) finish(i + 1, 'record', recordName(tokens));
      else finish(i + 1, 'declaration', declaredName(tokens));
    }
  }
  return { items, complete: sound && from < 0 && conditionals === 0 };
}

function isFunctionHead(head: readonly string[]): boolean {
  // Each of `head` is a unit: a word or an expression. A block with one of these before it is a statement.
  if (head.includes('=') || STATEMENT.test(head[0] ?? '')) return false;
  const last = head[head.length - 1] ?? '';
  return (
    head.includes('(') &&
    (last === ')' || ATTRIBUTE.test(last) || isName(last)) &&
    !/^(?:struct|union|enum)$/.test(head[head.length - 2] ?? '')
  );
}

const STATEMENT = /^(?:if|else|for|while|do|switch)\b/;

/** The variable that a declaration defines; '' for prototypes, `extern` and macro calls. */
function declaredName(tokens: readonly string[]): string {
  if (tokens[0] === 'extern' || tokens[0] === 'typedef') return '';
  const stop = tokens.findIndex((t) => t === '=' || t === '[' || t === '(');
  if (stop >= 0 && tokens[stop] === '(') return '';
  const head = stop < 0 ? tokens : tokens.slice(0, stop);
  const names = head.filter((t) => isName(t) && !t.startsWith('__'));
  return names.length >= 2 ? (names[names.length - 1] ?? '') : '';
}

/** Index of the brace that closes the one at `open`. A brace in column 0 closes everything: conditionals may leave the count wrong. */
function closing(units: readonly Unit[], open: number, column0: (unit: Unit) => boolean): number {
  let depth = 0;
  for (let i = open; i < units.length; i += 1) {
    const unit = units[i];
    if (unit?.text === '{') depth += 1;
    else if (unit?.text === '}') {
      depth -= 1;
      if (depth === 0 || (column0(unit) && i > open)) return i;
    }
  }
  return -1;
}

const ASM_START = /^(?:SYM_\w*START\w*|ENTRY|GLOBAL|WEAK)$/;
const ASM_END = /^(?:SYM_\w*END\w*|END|ENDPROC|END_PI|ENDPIPROC)$/;

function asmItems(units: readonly Unit[]): Top {
  const items: TopItem[] = [];
  let complete = true;
  let conditionals = 0;
  let macro: { readonly name: string; readonly from: number } | null = null;
  let symbol: { readonly name: string; readonly from: number } | null = null;
  const push = (kind: TopItem['kind'], name: string, from: number, to: number): void => {
    items.push({ kind, name, from, to, bodyFrom: from + 1, bodyTo: to - 1 });
  };
  for (let i = 0; i < units.length; i += 1) {
    const text = units[i]?.text ?? '';
    const tokens = words(text);
    const [word = '', paren, name = ''] = tokens;
    conditionals += conditionalStep(text);
    if (word === '.macro') {
      macro = { name: paren ?? '', from: i };
    } else if (word === '.endm' || word === '.endmacro') {
      if (macro !== null) push('macro', macro.name, macro.from, i + 1);
      else complete = false;
      macro = null;
    } else if (macro === null && paren === '(' && ASM_START.test(word)) {
      symbol = { name, from: i };
    } else if (macro === null && paren === '(' && ASM_END.test(word)) {
      if (symbol?.name === name) push('function', name, symbol.from, i + 1);
      else complete = false;
      symbol = null;
    } else if (macro === null && symbol === null) {
      const defined = defineOf(text);
      if (defined !== null) push('macro', defined, i, i + 1);
      else if (word === '#') push('directive', '', i, i + 1);
      else complete = false;
    }
  }
  return { items, complete: complete && macro === null && symbol === null && conditionals === 0 };
}
