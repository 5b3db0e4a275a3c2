import type { Omission, SourceRef } from '../../simulator/program/types.js';
import type { SourceTree } from '../source/types.js';
import { Budget } from './budget.js';
import { evaluateCondition, isOperator, withoutOperators } from './conditions.js';
import { type ExpandContext, type StopList, expandTokens } from './expand.js';
import { type Defines, definitionOf, tableOf } from './given.js';
import { findInclude } from './includes.js';
import { type Language, type LexedFile, LexedLine, lexFile } from './lexer.js';
import { MacroTable } from './macros.js';
import type { Group, Known, PieceMemo } from './memo.js';
import { type Token, textOf } from './token.js';

export interface PreprocessOptions {
  readonly language: Language;
  /** Directories searched for `#include`, in order (see `includeDirectories`). */
  readonly include: readonly string[];
  readonly defines: Defines;
  readonly stops?: StopList;
  /** Definitions for names that the sources leave undefined. */
  readonly fallbacks?: MacroTable;
  /** Files read before the first line, when the tree has them. */
  readonly preincludes?: readonly string[];
  /** False leaves macros in the lines unexpanded; `macros` and each line's `epoch` allow to expand them later. Default true. */
  readonly expand?: boolean;
  /** Drops everything after a `#` in a line that is expanded (gas of riscv). Default false. */
  readonly hashComments?: boolean;
  /** Most tokens that may come out. Default four million. */
  readonly maxTokens?: number;
}

/** A line after preprocessing. A macro call over several lines comes out on the line where it began. */
export class PpLine {
  private known: readonly Token[] | null;

  constructor(
    readonly at: SourceRef,
    /** Its tokens, or the line that they are those of. */
    private readonly from: LexedLine | readonly Token[],
    /** The state of the macro table at this line. */
    readonly epoch: number,
  ) {
    this.known = from instanceof LexedLine ? null : from;
  }

  get tokens(): readonly Token[] {
    this.known ??= this.from instanceof LexedLine ? this.from.tokens : this.from;
    return this.known;
  }

  /** The line of the file, where it was taken as it stands. */
  get raw(): LexedLine | null {
    return this.from instanceof LexedLine ? this.from : null;
  }

  /** The line with one blank wherever there was white space. */
  get text(): string {
    return textOf(this.tokens);
  }
}

/** What a caller makes of text as it comes, a piece of a file from one `#include` to the next. */
export interface Maker<T> {
  readonly memo: PieceMemo<T>;
  /**
   * Turns lines into what is kept of them. `base` is the epoch at their start. Null when they end inside of something: they come again with
   * the lines that follow; not when they are `last`.
   */
  make(lines: readonly PpLine[], base: number, macros: MacroTable, budget: Budget, last: boolean): T | null;
}

export interface Piece<T> {
  readonly made: T;
  /** The epoch at its start: those in it count from there. */
  readonly base: number;
}

export interface Pieces<T> {
  readonly pieces: readonly Piece<T>[];
  readonly macros: MacroTable;
  readonly omissions: readonly Omission[];
  readonly budget: Budget;
}

export interface Preprocessed {
  readonly lines: readonly PpLine[];
  readonly macros: MacroTable;
  readonly omissions: readonly Omission[];
}

/** Replays the preprocessor over a file and what it includes. Never throws on input: what cannot be followed is in `omissions`. */
export function preprocess(tree: SourceTree, path: string, options: PreprocessOptions): Preprocessed {
  return new Run(tree, options, null).file(path);
}

/**
 * The same piece by piece, without expansion. A piece whose macros mean what they meant when it was made before is taken from the memo: most
 * of the headers of one translation unit are those of the next.
 */
export function preprocessPieces<T>(tree: SourceTree, path: string, options: PreprocessOptions, maker: Maker<T>): Pieces<T> {
  const run = new Run(tree, { ...options, expand: false }, maker);
  const { macros, omissions } = run.file(path);
  return { pieces: run.pieces, macros, omissions, budget: run.budget };
}

const NO_STOPS: StopList = new Map();
const MAX_INCLUDE_DEPTH = 100;
const MAX_INCLUDES = 20_000;
const MAX_OMISSIONS = 500;

class Run<T> {
  readonly pieces: Piece<T>[] = [];
  readonly budget: Budget;
  private readonly macros: MacroTable;
  private lines: PpLine[] = [];
  /** The epoch at the first of `lines`. */
  private base = 0;
  private readonly omissions: Omission[] = [];
  private readonly reported = new Set<string>();
  private readonly once = new Set<string>();
  private readonly context: ExpandContext;
  private includes = 0;
  private sawOnce = false;
  /** How often something hung on which files there are: that may be otherwise in the next tree. */
  private treeAsked = 0;
  private stopped = false;

  constructor(
    private readonly tree: SourceTree,
    private readonly options: PreprocessOptions,
    private readonly maker: Maker<T> | null,
  ) {
    this.budget = new Budget(options.maxTokens ?? 4_000_000, 200);
    this.macros = new MacroTable(tableOf(options.defines));
    this.context = {
      macros: this.macros,
      fallbacks: options.fallbacks ?? null,
      stops: options.stops ?? NO_STOPS,
      budget: this.budget,
    };
  }

  file(path: string): Preprocessed {
    for (const preinclude of this.options.preincludes ?? []) if (this.tree.read(preinclude) !== null) this.read(preinclude, null, 0);
    this.read(path, null, 0);
    this.flush(true);
    if (this.budget.exhausted !== null) this.omit(`the rest of ${path}`, this.budget.exhausted, null);
    return { lines: this.lines, macros: this.macros, omissions: this.omissions };
  }

  private read(path: string, from: SourceRef | null, depth: number): void {
    const file = this.tree.read(path);
    if (file === null) {
      this.omit(path, 'no such file in the tree', from);
      return;
    }
    const lexed = lexFile(file, this.options.language);
    if (this.once.has(path) || (lexed.guard !== null && this.macros.lookup(lexed.guard) !== null)) return;
    const groups: Group[] = [];
    for (let i = 0; i < lexed.lines.length && !this.stopped; i++) {
      i = this.stretch(lexed, i, groups, path);
      const line = lexed.lines[i];
      if (line !== undefined) this.liveDirective(line, line.directive ?? '', line.tokens.slice(2), path, depth);
    }
    if (groups.length > 0) this.omit(`#endif in ${path}`, 'a conditional group is not closed', from);
  }

  /** Takes lines from `from` on; returns the number of the live `#include` that ends them, or of the line after the last. */
  private stretch(lexed: LexedFile, from: number, groups: Group[], path: string): number {
    const { maker, macros } = this;
    const fresh = maker !== null && this.lines.length === 0;
    const start = stateOf(groups);
    if (fresh) {
      const known = maker.memo.find(lexed, from, start, macros);
      if (known !== null) return this.again(known, groups, path);
      macros.startWatch();
      this.base = macros.epoch;
    }
    const omitted = this.omissions.length;
    this.sawOnce = false;
    const { treeAsked } = this;
    const end = this.walk(lexed.lines, from, groups, path);
    if (fresh) {
      const made = this.flush(false);
      const watch = macros.endWatch();
      const omissions = this.omissions.slice(omitted);
      if (made !== null && this.treeAsked === treeAsked)
        maker.memo.add(lexed, from, start, {
          watch,
          made: made.made,
          end,
          groups: groups.map((group) => ({ ...group })),
          omissions,
          once: this.sawOnce,
        });
    } else this.flush(false);
    return end;
  }

  private walk(lines: readonly LexedLine[], from: number, groups: Group[], path: string): number {
    for (let i = from; i < lines.length && !this.stopped; i++) {
      const line = lines[i];
      if (line === undefined) break;
      const live = groups[groups.length - 1]?.live ?? true;
      if (line.directive === null) {
        if (live) i = this.text(lines, i);
      } else if (live && (line.directive === 'include' || line.directive === 'include_next')) return i;
      else this.directive(line, line.directive, groups, live, path);
    }
    return lines.length;
  }

  /** A piece that comes out as it did before. */
  private again(known: Known<T>, groups: Group[], path: string): number {
    const base = this.macros.epoch;
    this.macros.replay(known.watch);
    groups.splice(0, groups.length, ...known.groups.map((group) => ({ ...group })));
    for (const { what, why, at } of known.omissions) this.omit(what, why, at);
    this.pieces.push({ made: known.made, base });
    if (known.once) this.once.add(path);
    return known.end;
  }

  /** Hands the lines so far to the maker. Null when it wants more of them. */
  private flush(last: boolean): { made: T } | null {
    if (this.maker === null) return null;
    if (last && this.lines.length === 0) return null;
    const made = this.maker.make(this.lines, this.base, this.macros, this.budget, last);
    if (made === null) return null;
    this.lines = [];
    this.pieces.push({ made, base: this.base });
    return { made };
  }

  /** Takes the line of text at `index`; returns the index of the last line that it used. */
  private text(lines: readonly LexedLine[], index: number): number {
    const line = lines[index];
    if (line === undefined) return index;
    if (this.options.expand === false) {
      if (!this.budget.spend(line.length)) this.stopped = true;
      else this.lines.push(new PpLine(line.at, line, this.macros.epoch));
      return index;
    }
    let tokens = this.uncommented(line.tokens);
    let last = index;
    // A macro call may go on over the next lines.
    for (let joined = 0; joined < 200 && this.endsInMacroCall(tokens); joined++) {
      const next = lines[last + 1];
      if (next === undefined || next.directive !== null) break;
      last++;
      tokens = [...tokens, ...this.uncommented(next.tokens)];
    }
    this.emit(line.at, expandTokens(tokens, this.context));
    return last;
  }

  private uncommented(tokens: readonly Token[]): readonly Token[] {
    if (this.options.hashComments !== true) return tokens;
    const hash = tokens.findIndex((token) => token.text === '#' || token.text === '##');
    return hash < 0 ? tokens : tokens.slice(0, hash);
  }

  private endsInMacroCall(tokens: readonly Token[]): boolean {
    let nesting = 0;
    let calls = false;
    for (const [index, token] of tokens.entries()) {
      if (token.text === '(') {
        const name = tokens[index - 1];
        if (nesting === 0) calls = name?.kind === 'word' && this.macros.lookup(name.text)?.params != null;
        nesting++;
      } else if (token.text === ')') nesting--;
    }
    return nesting > 0 && calls;
  }

  private emit(at: SourceRef, tokens: readonly Token[]): void {
    if (!this.budget.spend(tokens.length)) this.stopped = true;
    else if (tokens.length > 0) this.lines.push(new PpLine(at, tokens, this.macros.epoch));
  }

  private directive(line: LexedLine, name: string, groups: Group[], live: boolean, path: string): void {
    const rest = line.tokens.slice(2);
    switch (name) {
      case 'if':
      case 'ifdef':
      case 'ifndef': {
        const isTrue = live && this.condition(name, rest, line.at, path);
        groups.push({ outer: live, live: isTrue, taken: isTrue });
        return;
      }
      case 'elif': {
        const group = groups[groups.length - 1];
        if (group === undefined) return;
        group.live = group.outer && !group.taken && this.condition('if', rest, line.at, path);
        group.taken ||= group.live;
        return;
      }
      case 'else': {
        const group = groups[groups.length - 1];
        if (group === undefined) return;
        group.live = group.outer && !group.taken;
        group.taken = true;
        return;
      }
      case 'endif':
        groups.pop();
        return;
      default:
        if (live) this.liveDirective(line, name, rest, path, 0);
    }
  }

  private liveDirective(line: LexedLine, name: string, rest: readonly Token[], path: string, depth: number): void {
    switch (name) {
      case 'define': {
        const macro = definitionOf(line);
        if (macro === null) this.omit(`#define ${textOf(rest).slice(0, 60)}`, 'not a macro definition', line.at);
        else this.macros.define(macro);
        return;
      }
      case 'undef':
        if (rest[0] !== undefined) this.macros.undefine(rest[0].text);
        return;
      case 'include':
      case 'include_next':
        this.include(rest, line.at, path, depth, name === 'include_next');
        return;
      case 'pragma':
        if (rest[0]?.text === 'once') {
          this.once.add(path);
          this.sawOnce = true;
        }
        return;
      case 'error':
        this.omit(`#error ${textOf(rest).slice(0, 100)}`, 'the configuration reaches it', line.at);
        return;
      default:
    }
  }

  private include(rest: readonly Token[], at: SourceRef, path: string, depth: number, next: boolean): void {
    let tokens = rest;
    if (tokens[0]?.kind === 'word') tokens = expandTokens(tokens, this.context);
    const [first] = tokens;
    if (first === undefined) return;
    const quoted = first.kind === 'string';
    const spelled = tokens.map((token) => token.text).join('');
    const name = quoted ? first.text.slice(1, -1) : (/^<([^>]+)>/.exec(spelled)?.[1] ?? '');
    this.includes++;
    if (depth >= MAX_INCLUDE_DEPTH || this.includes > MAX_INCLUDES) {
      this.omit(`#include ${spelled}`, 'too many nested includes', at);
      return;
    }
    const directories = next ? this.options.include.filter((directory) => !path.startsWith(`${directory}/`)) : this.options.include;
    const found = name === '' ? null : this.find(name, quoted && !next, path, directories, next);
    if (found === null) this.omit(`#include ${spelled.slice(0, 100)}`, 'the tree has no such header', at);
    else this.read(found, at, depth + 1);
  }

  private find(name: string, quoted: boolean, path: string, directories: readonly string[], next: boolean): string | null {
    const { memo } = this.maker ?? {};
    if (memo === undefined || next) return findInclude(this.tree, name, quoted, path, directories);
    const key = `${quoted ? path.slice(0, path.lastIndexOf('/') + 1) : ''}|${directories[0] ?? ''}|${name}`;
    const known = memo.includes.get(key);
    if (known !== undefined) {
      // Whoever notes what is read has to see that there was nothing.
      for (const miss of known.missed) this.tree.read(miss);
      return known.found;
    }
    const missed: string[] = [];
    const found = findInclude(this.tree, name, quoted, path, directories, missed);
    memo.includes.set(key, { found, missed });
    return found;
  }

  private condition(kind: string, tokens: readonly Token[], at: SourceRef, path: string): boolean {
    const isDefined = (name: string): boolean => this.macros.lookup(name) !== null || isOperator(name);
    if (kind !== 'if') return (tokens[0] !== undefined && isDefined(tokens[0].text)) === (kind === 'ifdef');
    const plain = withoutOperators(tokens, { isDefined, hasInclude: (spelled) => this.hasInclude(spelled, path) });
    const value = evaluateCondition(expandTokens(plain, this.context));
    if (value === null) this.omit(`#if ${textOf(tokens).slice(0, 100)}`, 'cannot be evaluated, taken as false', at);
    return value !== null && value !== 0n;
  }

  private hasInclude(spelled: string, path: string): boolean {
    this.treeAsked++;
    return findInclude(this.tree, spelled.slice(1, -1), spelled.startsWith('"'), path, this.options.include) !== null;
  }

  private omit(what: string, why: string, at: SourceRef | null): void {
    const key = `${what}\n${why}`;
    if (this.reported.has(key) || this.omissions.length >= MAX_OMISSIONS) return;
    this.reported.add(key);
    this.omissions.push({ what, why, at });
  }
}

const stateOf = (groups: readonly Group[]): string => groups.map(({ outer, live, taken }) => `${+outer}${+live}${+taken}`).join();
