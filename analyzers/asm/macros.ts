import { splitMacroArguments, stringValue } from './text.js';
import type { AsmLine } from './types.js';

interface Parameter {
  readonly name: string;
  readonly fallback: string;
  readonly required: boolean;
  /** Takes all that is left, commas included. */
  readonly rest: boolean;
}

/** A `.macro`: its parameters and the lines of its body, not yet expanded. */
export interface Macro {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly AsmLine[];
}

/** Reads the operands of `.macro`: a name and parameters such as `count=4`, `base:req`, `rest:vararg`. Null when no name is there. */
export function macroHead(rest: string): Omit<Macro, 'body'> | null {
  const match = /^([A-Za-z_.$][\w.$]*)\s*,?\s*/.exec(rest.trim());
  if (!match?.[1]) return null;
  // Blanks around `=` and `:` belong to the parameter, not between two.
  const text = rest
    .trim()
    .slice(match[0].length)
    .replace(/\s*([=:])\s*/g, '$1');
  const parameters = splitMacroArguments(text).map((piece): Parameter => {
    const [, name = piece, kind, fallback = ''] = /^([\w$.]+)(?::(req|vararg))?(?:=(.*))?$/s.exec(piece) ?? [];
    return { name, fallback: stringValue(fallback), required: kind === 'req', rest: kind === 'vararg' };
  });
  return { name: match[1], parameters };
}

/** Binds the arguments of a call. Missing ones are their default, else empty; `missing` names required ones that are not there. */
export function bindArguments(
  macro: Omit<Macro, 'body'>,
  text: string,
): { readonly values: ReadonlyMap<string, string>; readonly missing: readonly string[] } {
  const values = new Map(macro.parameters.map((parameter): [string, string] => [parameter.name, parameter.fallback]));
  const given = new Set<string>();
  let position = 0;
  const pieces = splitMacroArguments(text);
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] ?? '';
    const keyword = /^([A-Za-z_$][\w$]*)=(?!=)(.*)$/s.exec(piece);
    if (keyword?.[1] !== undefined && values.has(keyword[1])) {
      values.set(keyword[1], stringValue(keyword[2] ?? ''));
      given.add(keyword[1]);
      continue;
    }
    const parameter = macro.parameters[position];
    if (!parameter) break;
    position++;
    given.add(parameter.name);
    if (parameter.rest) {
      values.set(parameter.name, pieces.slice(i).join(', '));
      break;
    }
    if (piece !== '') values.set(parameter.name, stringValue(piece));
  }
  const missing = macro.parameters
    .filter((parameter) => parameter.required && !given.has(parameter.name))
    .map((parameter) => parameter.name);
  return { values, missing };
}

/** Puts argument values into a line of a body: `\name`, `\()` between two names, `\@` for the number of the call. */
export function substitute(text: string, values: ReadonlyMap<string, string>, call: number | null): string {
  return text.replace(/\\(?:\(\)|@|([A-Za-z_$][\w.$]*))/g, (whole, name: string | undefined) => {
    if (whole === '\\()') return '';
    if (whole === '\\@') return call === null ? whole : String(call);
    if (name === undefined) return whole;
    const full = values.get(name);
    if (full !== undefined) return full;
    const dot = name.indexOf('.');
    const head = dot < 0 ? undefined : values.get(name.slice(0, dot));
    return head === undefined ? whole : head + name.slice(dot);
  });
}
