import type { Omission, SourceRef } from '../../simulator/program/types.js';
import { type DataSymbol, isData } from './data.js';
import { Sections } from './sections.js';
import { parenthesised, splitOperands } from './text.js';
import type { Statement } from './types.js';

/** The statements between one procedure symbol and the next. */
export interface Routine {
  readonly name: string;
  readonly at: SourceRef;
  /** Begun by an annotation (SYM_CODE_START), so that global labels inside are entries and not procedures of their own. */
  readonly annotated: boolean;
  readonly body: Statement[];
  /** The routine that stands behind this one in its section; control falls into it. */
  next: string | null;
}

export interface Layout {
  readonly routines: readonly Routine[];
  readonly data: readonly DataSymbol[];
  /** Names for what another name stands for (`.set`, SYM_FUNC_ALIAS, a second label of one datum). */
  readonly aliases: ReadonlyMap<string, string>;
  /** Labels that stand at the end of a datum. */
  readonly dataEnds: ReadonlyMap<string, string>;
  /** Global labels inside routines. */
  readonly entries: ReadonlySet<string>;
  readonly omissions: readonly Omission[];
}

const starts = /^(?:SYM_(?:TYPED_)?(?:FUNC|CODE)_START\w*|SYM_START|SYM_ENTRY|ENTRY|WEAK)$/;
const ends = /^(?:SYM_(?:FUNC|CODE)_END|SYM_END|END|ENDPROC|SYM_DATA_END)$/;
const innerLabels = /^(?:SYM_INNER_LABEL\w*|GLOBAL)$/;
const aliasMacros = /^SYM_(?:FUNC_)?ALIAS\w*$/;

/** Directives and annotations that neither make code nor name any. */
const silent = new Set([
  ...[
    '.align',
    '.balign',
    '.balignl',
    '.balignw',
    '.p2align',
    '.org',
    '.option',
    '.attribute',
    '.type',
    '.size',
    '.file',
    '.loc',
    '.ident',
  ],
  ...[
    '.hidden',
    '.local',
    '.protected',
    '.internal',
    '.title',
    '.func',
    '.endfunc',
    '.symver',
    '.variant_cc',
    '.addrsig',
    '.reloc',
    '.extern',
    '.arch',
    '.arch_extension',
    '.cpu',
    '.ltorg',
    '.pool',
  ],
  ...[
    '.globl',
    '.global',
    '.weak',
    '.end',
    '.version',
    '.altmacro',
    '.noaltmacro',
    '.err',
    '.error',
    '.warning',
    '.print',
    '.list',
    '.nolist',
  ],
]);
const silentMacros =
  /^(?:_?ASM_NOKPROBE|EXPORT_SYMBOL\w*|UNWIND_HINT\w*|ANNOTATE_\w+|MODULE_\w+|STACK_FRAME_NON_STANDARD\w*|__ALIGN|ALIGN)$/;

const isLocal = (label: string): boolean => /^(?:\.L|\d|\$)/.test(label);

/** Symbols that directives make visible outside. */
function visible(statements: readonly Statement[]): Set<string> {
  const global = new Set<string>();
  for (const statement of statements) {
    if (statement.k !== 'line') continue;
    if (/^\.(?:globl|global|weak)$/.test(statement.name)) for (const name of splitOperands(statement.rest)) global.add(name);
    if (statement.name === '.type' && /@function|STT_FUNC/.test(statement.rest))
      global.add(splitOperands(statement.rest)[0]?.split(/\s/)[0] ?? '');
  }
  return global;
}

/** Puts the statements of one file into its sections and cuts code at procedure symbols. `path` makes names of unnamed code unique. */
export function layOut(statements: readonly Statement[], path: string): Layout {
  const global = visible(statements);
  const routines: Routine[] = [];
  const data: DataSymbol[] = [];
  const aliases = new Map<string, string>();
  const dataEnds = new Map<string, string>();
  const entries = new Set<string>();
  const omissions: Omission[] = [];
  const sections = new Sections();
  /** Of each section: the routine that is being filled, the last one, the datum that is being filled, and labels that wait for data. */
  const open = new Map<string, Routine>();
  const last = new Map<string, Routine>();
  const datum = new Map<string, DataSymbol>();
  const waiting = new Map<string, { readonly name: string; readonly at: SourceRef }[]>();
  const misplaced = new Set<string>();
  const orphans = new Set<string>();
  let skipTo: string | null = null;

  const section = (): string => sections.current.name;

  /** For each statement, whether the next thing in the file after it is data; labels and alignment do not count. */
  const dataFollows: boolean[] = [];
  for (let i = statements.length - 1, follows = false; i >= 0; i--) {
    dataFollows[i] = follows;
    const statement = statements[i];
    if (statement?.k === 'label' || (statement?.k === 'line' && silent.has(statement.name))) continue;
    follows = statement?.k === 'line' && isData(statement.name);
  }

  function begin(name: string, at: SourceRef, annotated: boolean): void {
    const routine: Routine = { name, at, annotated, body: [], next: null };
    const before = last.get(section());
    if (before) before.next = name;
    routines.push(routine);
    open.set(section(), routine);
    last.set(section(), routine);
    datum.delete(section());
  }

  function dataLabel(name: string, at: SourceRef): void {
    const list = waiting.get(section()) ?? [];
    list.push({ name, at });
    waiting.set(section(), list);
  }

  /** Labels that no data followed stand at the end of the datum before them. */
  function closeData(key: string): void {
    const before = datum.get(key);
    for (const { name, at } of waiting.get(key) ?? []) {
      if (before) dataEnds.set(name, before.name);
      else if (!isLocal(name)) omissions.push({ what: `data ${name}`, why: 'no data follows its label', at });
    }
    waiting.delete(key);
    datum.delete(key);
  }

  function dataItem(directive: string, rest: string, at: SourceRef): void {
    const labels = waiting.get(section());
    const [first, ...others] = labels ?? [];
    if (first) {
      waiting.delete(section());
      const symbol: DataSymbol = { name: first.name, at: first.at, items: [] };
      for (const other of others) aliases.set(other.name, first.name);
      data.push(symbol);
      datum.set(section(), symbol);
    }
    const symbol = datum.get(section());
    if (symbol) symbol.items.push({ directive, rest });
    else if (sections.current.code)
      open.get(section())?.body.push({ k: 'gap', what: `${directive} ${rest} between instructions`.slice(0, 120), at });
  }

  function label(name: string, at: SourceRef, index: number): void {
    const routine = open.get(section());
    if (!sections.current.code || (dataFollows[index] && !(routine && isLocal(name)))) {
      if (!isLocal(name) || !sections.current.code) dataLabel(name, at);
      return;
    }
    datum.delete(section());
    if (routine && (routine.annotated || !global.has(name))) {
      if (global.has(name)) entries.add(name);
      routine.body.push({ k: 'label', name, at });
      return;
    }
    if (!isLocal(name)) begin(name, at, false);
    else {
      begin(`${path}:${name}`, at, false);
      open.get(section())?.body.push({ k: 'label', name, at });
    }
  }

  function annotation(name: string, rest: string, at: SourceRef): boolean {
    const args = splitOperands(parenthesised(rest) ?? '');
    const symbol = args[0] ?? '';
    if (starts.test(name) && symbol !== '') {
      if (sections.current.code) begin(symbol, at, true);
      else dataLabel(symbol, at);
    } else if (innerLabels.test(name) && symbol !== '') {
      const routine = open.get(section());
      if (!routine) begin(symbol, at, false);
      else {
        routine.body.push({ k: 'label', name: symbol, at });
        if (!args.includes('SYM_L_LOCAL')) entries.add(symbol);
      }
    } else if (ends.test(name)) {
      open.delete(section());
      if (!sections.current.code || datum.has(section())) closeData(section());
    } else if (aliasMacros.test(name)) aliases.set(symbol, args[1] ?? '');
    else if (/^SYM_DATA_START/.test(name)) {
      closeData(section());
      open.delete(section());
      dataLabel(symbol, at);
    } else if (name === 'SYM_DATA_END_LABEL') {
      if (args[2] !== undefined) dataEnds.set(args[2], symbol);
      closeData(section());
    } else if (/^SYM_DATA(?:_LOCAL)?$/.test(name)) {
      closeData(section());
      dataLabel(symbol, at);
      const [, directive = '', values = ''] = /^\s*(\S+)\s*(.*)$/s.exec(args.slice(1).join(', ')) ?? [];
      dataItem(directive, values, at);
      closeData(section());
    } else return silentMacros.test(name);
    return true;
  }

  function line(statement: Extract<Statement, { readonly k: 'line' }>): void {
    const { name, rest, at } = statement;
    if (sections.directive(name, rest) || silent.has(name) || name.startsWith('.cfi_') || annotation(name, rest, at)) return;
    if (name === '.set') {
      const [symbol = '', value = ''] = splitOperands(rest);
      // Sizes of symbols are set all the time; only names of code and data matter.
      if (/^[A-Za-z_.$][\w.$]*$/.test(value) && value !== '.') aliases.set(symbol, value);
    } else if (name === '.comm' || name === '.lcomm') {
      const [symbol = '', size = ''] = splitOperands(rest);
      data.push({ name: symbol, at, items: [{ directive: '.zero', rest: size }] });
    } else if (isData(name)) dataItem(name, rest, at);
    else if (name === '.insn' || name === '.inst' || !name.startsWith('.')) code(statement);
    else omissions.push({ what: name, why: 'unknown directive', at });
  }

  function code(statement: Statement): void {
    if (!sections.current.code) {
      if (statement.k !== 'line' || misplaced.has(section())) return;
      misplaced.add(section());
      omissions.push({
        what: `${statement.name} and what else is code in ${section()}`,
        why: 'this section holds no code',
        at: statement.at,
      });
      return;
    }
    datum.delete(section());
    const routine = open.get(section());
    if (routine) {
      routine.body.push(statement);
      return;
    }
    // An end annotation does not stop the CPU: what follows without a symbol still belongs to the routine before it.
    const before = last.get(section());
    if (before) {
      open.set(section(), before);
      before.body.push(statement);
      return;
    }
    if (statement.k !== 'line' || orphans.has(section())) return;
    orphans.add(section());
    omissions.push({
      what: `${statement.name} ${statement.rest}`.trim(),
      why: 'code without a symbol, up to the next one',
      at: statement.at,
    });
  }

  for (const [index, statement] of statements.entries()) {
    if (skipTo !== null) {
      if (statement.k === 'label' && statement.name === skipTo) skipTo = null;
      continue;
    }
    if (statement.k === 'label' && statement.name.startsWith('$')) open.get(section())?.body.push(statement);
    else if (statement.k === 'label') label(statement.name, statement.at, index);
    else if (statement.k === 'line') line(statement);
    else if (statement.k === 'unless' && !sections.current.code) {
      omissions.push({ what: `alternative data for ${statement.feature}`, why: 'the old data is kept', at: statement.at });
      skipTo = statement.target;
    } else code(statement);
  }
  for (const key of [...waiting.keys()]) closeData(key);
  return { routines, data, aliases, dataEnds, entries, omissions };
}
