import type { SourceRef } from '../../simulator/program/types.js';
import type { SourceFile, SourceTree } from '../source/types.js';
import { ModelBuilder } from './builder.js';
import { ExpressionParser } from './expression.js';
import { matchPaths } from './glob.js';
import { LineReader } from './lines.js';
import { Macros } from './macros.js';
import type { Conditional, Expr, KconfigModel, MenuNode, SymbolType } from './model.js';
import { type Token, tokenize } from './tokens.js';
import { type Toolchain, assumedToolchain, shellAnswer } from './toolchain.js';

export interface ReadOptions {
  /** Variables of the environment: `ARCH`, `SRCARCH`. `srctree` is the root of the tree. */
  readonly environment: Readonly<Record<string, string>>;
  readonly toolchain?: Toolchain;
  /** The file to begin with. Default `Kconfig`. */
  readonly entry?: string;
}

/**
 * Reads the Kconfig files that `entry` leads to (kconfig-language.rst; semantics as scripts/kconfig of 6.1 and 6.12). Never throws on input:
 * what cannot be read is in `omissions`. No command is run; see toolchain.ts for what `$(shell,…)` and its like give.
 */
export function readKconfig(tree: SourceTree, options: ReadOptions): KconfigModel {
  return new Reader(tree, options).run();
}

const MAX_SOURCE_DEPTH = 60;
const MAX_FILES = 20_000;
const MAX_SYMBOLS = 200_000;
const MAX_NESTING = 100;
const MAX_TOKENS = 2_000;

const types: Readonly<Record<string, SymbolType>> = {
  bool: 'bool',
  tristate: 'tristate',
  string: 'string',
  int: 'int',
  hex: 'hex',
  def_bool: 'bool',
  def_tristate: 'tristate',
};
const ends: Readonly<Record<string, MenuNode['kind']>> = { endmenu: 'menu', endif: 'if', endchoice: 'choice' };

class Reader {
  private readonly macros: Macros;
  private readonly builder: ModelBuilder;
  private readonly open: string[] = [];
  private readonly entry: string;
  /** What new entries stand below. */
  private menu: MenuNode;
  /** What attributes belong to; null after something that takes none. */
  private current: MenuNode | null;
  private at: SourceRef;
  private nesting = 0;
  private stopped = false;

  constructor(
    private readonly tree: SourceTree,
    options: ReadOptions,
  ) {
    this.entry = options.entry ?? 'Kconfig';
    this.at = { file: this.entry, line: 1, origin: 'tree' };
    this.builder = new ModelBuilder(this.at);
    this.menu = this.builder.root;
    this.current = null;
    const toolchain = options.toolchain ?? assumedToolchain;
    this.macros = new Macros(
      {
        srctree: '.',
        CC: 'gcc',
        CC_VERSION_TEXT: 'gcc',
        LD: 'ld',
        NM: 'nm',
        AR: 'ar',
        OBJCOPY: 'objcopy',
        RUSTC: 'rustc',
        ...options.environment,
      },
      (command) => shellAnswer(command, toolchain),
      (message) => {
        this.omit('macro', message);
      },
    );
  }

  run(): KconfigModel {
    this.source(this.entry);
    if (this.menu !== this.builder.root) this.builder.omit(`end of ${this.menu.kind}`, 'the entry is not closed', this.menu.at);
    return this.builder.finish(isAtLeast(this.tree, 6, 11));
  }

  private source(path: string): void {
    const { files } = this.builder;
    if (this.open.includes(path) || this.open.length > MAX_SOURCE_DEPTH || files.length > MAX_FILES) {
      this.omit(`source "${path}"`, this.open.includes(path) ? 'the file sources itself' : 'too many files, or nested too deeply');
      return;
    }
    files.push(path);
    const file = this.tree.read(path);
    if (file === null) {
      this.omit(`source "${path}"`, this.tree.refusal(path) ?? 'the tree has no such file');
      return;
    }
    this.open.push(path);
    const lines = new LineReader(file.text);
    for (let line = lines.read(); line !== null && !this.stopped; line = lines.read()) {
      this.at = refOf(file, line.line);
      if (this.statement(line.text)) lines.skipHelp();
    }
    this.open.pop();
  }

  /** One line. True when a help text follows. */
  private statement(text: string): boolean {
    const from = text.search(/[^ \t]/);
    const word = KEYWORD.exec(text.slice(from, from + 20))?.[0] ?? '';
    const rest = from + word.length;
    switch (word) {
      case 'help':
        return true;
      case 'config':
      case 'menuconfig':
        this.config(text, rest);
        return false;
      case 'menu':
      case 'if':
      case 'choice':
      case 'comment':
        this.block(word, text, rest);
        return false;
      case 'endmenu':
      case 'endif':
      case 'endchoice':
        this.close(ends[word] ?? 'menu');
        return false;
      case 'source':
      case 'rsource':
      case 'osource':
      case 'orsource':
        this.include(word, text, rest);
        return false;
      case 'mainmenu':
        return false;
      case '':
        // A line that is only a reference is there for what it does, as $(error-if,…).
        if (this.tokens(text, from).length > 0) this.refuse(text);
        return false;
      default:
        if (!this.assignment(text.slice(from))) this.attribute(word, text, rest);
        return false;
    }
  }

  private assignment(text: string): boolean {
    const [, name = '', operator, value = ''] = ASSIGNMENT.exec(text) ?? [];
    if (operator !== '=' && operator !== ':=' && operator !== '+=') return false;
    this.macros.assign(name, operator, value);
    return true;
  }

  private config(text: string, rest: number): void {
    const [name] = this.tokens(text, rest);
    if (this.builder.symbolCount > MAX_SYMBOLS) this.giveUp('too many symbols');
    if (name?.kind !== 'word') {
      this.refuse(text);
      this.current = null;
    } else this.current = this.builder.config(name.text, this.menu, this.at);
  }

  private block(kind: 'menu' | 'if' | 'choice' | 'comment', text: string, rest: number): void {
    const node = this.builder.node(kind, this.menu, this.at);
    if (kind === 'if') {
      const condition = this.parser(text, rest).expression();
      if (condition === null) this.refuse(text);
      else node.depends.push(condition);
    }
    this.current = kind === 'if' ? null : node;
    if (kind === 'comment') return;
    this.menu = node;
    this.nesting++;
    if (this.nesting > MAX_NESTING) this.giveUp('entries nested too deeply');
  }

  private close(kind: MenuNode['kind']): void {
    if (this.menu.kind === kind && this.menu.parent !== null) {
      this.menu = this.menu.parent;
      this.nesting--;
    } else this.omit(`end of ${kind}`, this.menu.kind === 'root' ? 'nothing is open' : `what is open is a ${this.menu.kind}`);
    this.current = null;
  }

  private include(word: string, text: string, rest: number): void {
    const [path] = this.tokens(text, rest);
    if (path === undefined || path.kind === 'operator') {
      this.refuse(text);
      return;
    }
    const relative = word === 'rsource' || word === 'orsource';
    const folder = relative ? (this.open.at(-1) ?? '').replace(/[^/]*$/, '') : '';
    const wanted = `${folder}${path.text}`.replace(/^(?:\.\/)+/, '');
    const found = /[*?[]/.test(wanted) ? matchPaths(this.tree, wanted) : [wanted];
    const at = this.at;
    for (const each of found) {
      if (word.startsWith('o') && this.tree.read(each) === null) continue;
      this.source(each);
      this.at = at;
    }
    if (found.length === 0 && !word.startsWith('o')) this.omit(`${word} "${wanted}"`, 'the tree has no such file');
    this.current = null;
  }

  /** A line that says something of the entry before it. */
  private attribute(word: string, text: string, rest: number): void {
    const node = this.current;
    if (node === null) {
      this.refuse(text);
      return;
    }
    const tokens = this.tokens(text, rest);
    const done = this.attributeOf(node, word, tokens);
    if (!done) this.refuse(text);
  }

  private attributeOf(node: MenuNode, word: string, tokens: readonly Token[]): boolean {
    const [first] = tokens;
    const parserFrom = (from: number) => new ExpressionParser(tokens, from, (name) => this.builder.symbol(name));
    const on = (condition: Expr | null): Conditional => ({ node, condition, at: this.at });
    switch (word) {
      case 'bool':
      case 'tristate':
      case 'string':
      case 'int':
      case 'hex':
      case 'prompt': {
        const type = types[word];
        if (type !== undefined) this.builder.setType(node, type, this.at);
        if (first === undefined) return word !== 'prompt';
        const condition = first.kind === 'quoted' ? parserFrom(1).condition() : undefined;
        if (condition !== undefined) this.builder.addPrompt(on(condition));
        return condition !== undefined;
      }
      case 'default':
      case 'def_bool':
      case 'def_tristate': {
        const type = types[word];
        if (type !== undefined) this.builder.setType(node, type, this.at);
        const parser = parserFrom(0);
        const value = parser.expression();
        const condition = parser.condition();
        if (value === null || condition === undefined) return false;
        this.builder.addDefault({ ...on(condition), value });
        return true;
      }
      case 'depends': {
        const expr = first?.text === 'on' ? parserFrom(1).expression() : null;
        if (expr !== null) node.depends.push(expr);
        return expr !== null;
      }
      case 'select':
      case 'imply': {
        const condition = first?.kind === 'word' ? parserFrom(1).condition() : undefined;
        if (first !== undefined && condition !== undefined) this.builder.addReverse(word, first.text, on(condition));
        return condition !== undefined;
      }
      case 'range': {
        const parser = parserFrom(0);
        const [low, high] = [parser.operand(), parser.operand()];
        const condition = parser.condition();
        if (low === null || high === null || condition === undefined) return false;
        this.builder.addRange(low, high, on(condition));
        return true;
      }
      case 'visible': {
        const condition = parserFrom(0).condition();
        if (condition != null) node.visible.push(condition);
        return condition != null;
      }
      case 'modules':
        this.builder.setModules(node);
        return true;
      case 'optional':
        if (node.choice !== null) node.choice.optional = true;
        return node.choice !== null;
      case 'option':
        if (first?.text === 'modules') this.builder.setModules(node);
        return true;
      default:
        return false;
    }
  }

  private parser(text: string, from: number): ExpressionParser {
    return new ExpressionParser(this.tokens(text, from), 0, (name) => this.builder.symbol(name));
  }

  private tokens(text: string, from: number): Token[] {
    const tokens = tokenize(text, from, this.macros, (character) => {
      this.omit(`'${character}'`, 'a character that Kconfig has no use for');
    });
    if (tokens.length <= MAX_TOKENS) return tokens;
    this.omit(text, `more than ${MAX_TOKENS} words in a line`);
    return [];
  }

  private refuse(text: string): void {
    this.omit(text.trim(), 'not a statement of Kconfig, or not here');
  }

  private giveUp(why: string): void {
    this.stopped = true;
    this.omit('the rest of the Kconfig files', why);
  }

  private omit(what: string, why: string): void {
    this.builder.omit(what, why, this.at);
  }
}

const KEYWORD = /^[A-Za-z0-9_-]+/;
const ASSIGNMENT = /^([A-Za-z0-9_-]+)[ \t]*(=|:=|\+=)[ \t]*(.*)$/;

function refOf(file: SourceFile, line: number): SourceRef {
  const origin = file.lines[line - 1];
  return { file: file.path, line: origin?.line ?? line, origin: origin?.origin ?? 'tree' };
}

/** Whether the tree's Makefile names this version or a later one; a tree that names none counts as new. */
function isAtLeast(tree: SourceTree, version: number, patchlevel: number): boolean {
  const makefile = tree.read('Makefile')?.text ?? '';
  const number = (name: string): number => Number(new RegExp(`^${name} *= *(\\d+)`, 'm').exec(makefile)?.[1] ?? Number.POSITIVE_INFINITY);
  const own = number('VERSION');
  return own > version || (own === version && number('PATCHLEVEL') >= patchlevel);
}
