import type { Omission, SourceRef } from '../../simulator/program/types.js';
import { optionIsOn, readAlternative } from './alternatives.js';
import { evaluateCondition } from './conditions.js';
import { evaluateText } from './expression.js';
import { BlockAlternatives } from './block-alternatives.js';
import type { InstructionSet } from './isa.js';
import { type Macro, bindArguments, macroHead, substitute } from './macros.js';
import { logicalLines, maxLineLength, splitLabels, splitMacroArguments, splitOperands, stringValue } from './text.js';
import type { AsmLine, Statement } from './types.js';

/** How deep macros may call each other, and how many lines, and characters of them, one file may grow to. */
export const budget = { depth: 32, lines: 20_000, characters: 2_000_000 } as const;

export interface Expanded {
  readonly statements: readonly Statement[];
  /** Values of `.set` symbols at the end of the file. */
  readonly constants: ReadonlyMap<string, bigint>;
  readonly omissions: readonly Omission[];
}

/** What a run of lines is part of, for messages and for the budget. */
interface Within {
  readonly depth: number;
  readonly macro: string | null;
  readonly call: number | null;
}

interface Condition {
  /** The part at hand is assembled. */
  live: boolean;
  /** Some part of this `.if` was, or none may be. */
  done: boolean;
}

/**
 * Expands `.macro`, `.rept`, `.irp`, `.irpc`, `.if` and the ALTERNATIVE family.
 *
 * `define` gives the text of a preprocessor macro or option that was left by name, or null. Lines of a macro's body keep the place where
 * they are written. A macro beyond the budget leaves a gap and an omission.
 */
export function expandLines(
  lines: readonly AsmLine[],
  define: (name: string) => string | null,
  isa: Pick<InstructionSet, 'hashComments' | 'keptMacros'>,
): Expanded {
  const statements: Statement[] = [];
  const omissions: Omission[] = [];
  const constants = new Map<string, bigint>();
  const macros = new Map<string, Macro>();
  const labels = new Set<string>();
  /** Other names of registers (`.req`). */
  const registers = new Map<string, string>();
  const blocks = new BlockAlternatives();
  let calls = 0;
  let spentLines = 0;
  let spentCharacters = 0;
  let alternatives = 0;
  let exhausted = false;
  let isAlternateSyntax = false;

  const omit = (what: string, why: string, at: SourceRef): void => void omissions.push({ what, why, at });

  function valueOf(name: string): bigint | null {
    const own = constants.get(name);
    if (own !== undefined) return own;
    const text = define(name);
    return text === null ? null : evaluateText(text, () => null);
  }

  function isTrue(directive: string, rest: string, at: SourceRef): boolean {
    const result = evaluateCondition(directive, rest, { valueOf, isDefined: (name) => constants.has(name) || labels.has(name) });
    if (result === null) omit(`${directive} ${rest}`, 'the condition is not a number here; its code is left out', at);
    return result ?? false;
  }

  /** The lines up to the directive that closes the block begun before `from`, and the index after it. */
  function block(
    list: readonly AsmLine[],
    from: number,
    opens: RegExp,
    closes: RegExp,
  ): { readonly body: AsmLine[]; readonly next: number } {
    const body: AsmLine[] = [];
    let depth = 1;
    for (let i = from; i < list.length; i++) {
      const line = list[i];
      if (!line) break;
      const head = splitLabels(line.text).rest;
      if (opens.test(head)) depth++;
      else if (closes.test(head) && --depth === 0) return { body, next: i + 1 };
      body.push(line);
    }
    return { body, next: list.length };
  }

  function spend(line: AsmLine, within: Within): boolean {
    spentLines++;
    spentCharacters += line.text.length;
    const why =
      spentLines > budget.lines || spentCharacters > budget.characters
        ? `more than ${budget.lines} lines or ${budget.characters} characters`
        : line.text.length > maxLineLength
          ? `a line longer than ${maxLineLength} characters`
          : null;
    if (why === null) return true;
    const what = within.macro ?? 'assembly file';
    omit(what, `the expansion has ${why}`, line.at);
    statements.push({ k: 'gap', what: `rest of ${what}: the expansion has ${why}`, at: line.at });
    exhausted = true;
    return false;
  }

  /** Under `.altmacro`, `%expression` as an argument is its value in digits. */
  function withValues(rest: string): string {
    return splitMacroArguments(rest)
      .map((piece) => (piece.startsWith('%') ? (evaluateText(piece.slice(1), valueOf)?.toString() ?? piece) : piece))
      .join(', ');
  }

  function callMacro(macro: Macro, rest: string, at: SourceRef, within: Within): void {
    if (within.depth >= budget.depth) {
      omit(macro.name, `macros call each other deeper than ${budget.depth}`, at);
      statements.push({ k: 'gap', what: `macro ${macro.name}: deeper than ${budget.depth}`, at });
      return;
    }
    const call = calls++;
    const { values, missing } = bindArguments(macro, isAlternateSyntax ? withValues(rest) : rest);
    if (missing.length > 0) {
      omit(macro.name, `no value for ${missing.join(', ')}`, at);
      statements.push({ k: 'gap', what: `macro ${macro.name} without ${missing.join(', ')}`, at });
      return;
    }
    const body = macro.body.map((line): AsmLine => ({ text: substitute(line.text, values, call), at: line.at }));
    run(logicalLines(body, isa.hashComments), { depth: within.depth + 1, macro: macro.name, call });
  }

  function repeat(directive: string, rest: string, body: readonly AsmLine[], at: SourceRef, within: Within): void {
    const inner: Within = { ...within, depth: within.depth + 1 };
    if (within.depth >= budget.depth) {
      omit(`${directive} ${rest}`, `nested deeper than ${budget.depth}`, at);
      statements.push({ k: 'gap', what: `${directive}: deeper than ${budget.depth}`, at });
      return;
    }
    if (directive === '.rept') {
      const count = evaluateText(rest, valueOf);
      if (count === null) {
        omit(`.rept ${rest}`, 'the count is not a number here', at);
        statements.push({ k: 'gap', what: `.rept ${rest}: the count is not a number here`, at });
        return;
      }
      for (let i = 0n; i < count && !exhausted; i++) {
        if (!spend({ text: directive, at }, within)) return;
        run(body, inner);
      }
      return;
    }
    const [name = '', ...items] = splitMacroArguments(rest);
    const list = directive === '.irpc' ? Array.from(stringValue(items[0] ?? '')) : items.length === 0 ? [''] : items.map(stringValue);
    for (const item of list) {
      if (exhausted || !spend({ text: directive, at }, within)) return;
      const values = new Map([[name.replace(/,$/, ''), item]]);
      run(
        logicalLines(
          body.map((line): AsmLine => ({ text: substitute(line.text, values, within.call), at: line.at })),
          isa.hashComments,
        ),
        inner,
      );
    }
  }

  /** Emits `new` for each feature in turn (the last first) and `old` when none applies. */
  function alternative(name: string, rest: string, at: SourceRef, within: Within): boolean {
    const found = readAlternative(name, rest);
    if (!found) return false;
    if (within.depth >= budget.depth) {
      omit(name, `nested deeper than ${budget.depth}`, at);
      statements.push({ k: 'gap', what: `${name}: deeper than ${budget.depth}`, at });
      return true;
    }
    const id = alternatives++;
    const inner: Within = { ...within, depth: within.depth + 1 };
    const runText = (text: string): void => {
      run(
        logicalLines(
          text.split('\n').map((line): AsmLine => ({ text: line, at })),
          isa.hashComments,
        ),
        inner,
      );
    };
    const on = found.replacements.filter((replacement) => {
      if (optionIsOn(replacement.option, define)) return true;
      omit(`${name} for ${replacement.feature}`, `${replacement.option} is not set; the old code is kept`, at);
      return false;
    });
    const end = `$alternative${id}.end`;
    for (const [number, replacement] of on.reverse().entries()) {
      const other = `$alternative${id}.${number}`;
      statements.push({ k: 'unless', feature: replacement.feature, target: other, at });
      runText(replacement.text);
      statements.push({ k: 'goto', target: end, at }, { k: 'label', name: other, at });
    }
    runText(found.old);
    if (on.length > 0) statements.push({ k: 'label', name: end, at });
    return true;
  }

  function setSymbol(name: string, text: string, at: SourceRef): void {
    const value = evaluateText(text, valueOf);
    if (value !== null) constants.set(name, value);
    else statements.push({ k: 'line', name: '.set', rest: `${name}, ${text}`, at });
  }

  /** `.set` symbols change as the file goes on, so operands take the value of the moment. */
  function withConstants(text: string): string {
    if (constants.size === 0 && registers.size === 0) return text;
    return text.replace(/[A-Za-z_.$][\w.$]*/g, (name) => constants.get(name)?.toString() ?? registers.get(name) ?? name);
  }

  function statement(name: string, rest: string, at: SourceRef, within: Within): void {
    const assignment = /^=(?!=)\s*(.*)$/s.exec(rest);
    if (assignment) {
      setSymbol(name, assignment[1] ?? '', at);
      return;
    }
    if (name === '.set' || name === '.equ' || name === '.equiv') {
      const [symbol = '', value = ''] = splitOperands(rest);
      setSymbol(symbol, value, at);
      return;
    }
    const alias = /^\.req\s+(\S+)/.exec(rest);
    if (alias) {
      registers.set(name, registers.get(alias[1] ?? '') ?? alias[1] ?? '');
      return;
    }
    if (name === '.unreq') return void registers.delete(rest.trim());
    if (name === '.altmacro' || name === '.noaltmacro') {
      isAlternateSyntax = name === '.altmacro';
      return;
    }
    if (name === '.purgem') return void macros.delete(rest.trim());
    if (alternative(name, rest, at, within)) return;
    const patched = blocks.take(name, rest, at);
    if (patched) {
      statements.push(...patched.statements);
      if (patched.omission) omissions.push(patched.omission);
      return;
    }
    const macro = isa.keptMacros.has(name) ? undefined : macros.get(name);
    if (macro) {
      callMacro(macro, rest, at, within);
      return;
    }
    statements.push({ k: 'line', name, rest: withConstants(rest), at });
  }

  function run(list: readonly AsmLine[], within: Within): void {
    const conditions: Condition[] = [];
    for (let i = 0; i < list.length && !exhausted; ) {
      const line = list[i++];
      if (!line || !spend(line, within)) return;
      const { labels: own, rest: text } = splitLabels(line.text);
      const name = /^[A-Za-z_.$][\w.$]*/.exec(text)?.[0] ?? '';
      const rest = text.slice(name.length).trim();
      const live = conditions.every((condition) => condition.live);

      if (/^\.if/.test(name)) {
        const yes = live && isTrue(name, rest, line.at);
        conditions.push({ live: yes, done: yes || !live });
        continue;
      }
      const open = conditions.at(-1);
      if (open && (name === '.else' || name === '.elseif')) {
        open.live = !open.done && (name === '.else' || isTrue('.if', rest, line.at));
        open.done ||= open.live;
        continue;
      }
      if (name === '.endif') {
        conditions.pop();
        continue;
      }
      if (!live) continue;
      for (const label of own) {
        labels.add(label);
        statements.push({ k: 'label', name: label, at: line.at });
      }
      if (text === '') continue;
      if (name === '.exitm') return;
      if (name === '.macro') {
        const found = block(list, i, /^\.macro\b/, /^\.endm\b/);
        i = found.next;
        const head = macroHead(rest);
        if (head) macros.set(head.name, { ...head, body: found.body });
        else omit('.macro', 'it has no name', line.at);
        continue;
      }
      if (name === '.rept' || name === '.irp' || name === '.irpc') {
        const found = block(list, i, /^\.(?:rept|irpc?)\b/, /^\.endr\b/);
        i = found.next;
        repeat(name, rest, found.body, line.at, within);
        continue;
      }
      if (name === '') {
        omit(text.slice(0, 60), 'this is not assembly', line.at);
        statements.push({ k: 'gap', what: text.slice(0, 60), at: line.at });
        continue;
      }
      statement(name, rest, line.at, within);
    }
  }

  run(logicalLines(lines, isa.hashComments), { depth: 0, macro: null, call: null });
  return { statements, constants, omissions };
}
