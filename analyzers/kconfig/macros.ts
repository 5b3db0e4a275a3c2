/**
 * Kconfig's macro language (kconfig-macro-language.rst): `$(name)` and `$(name,arg,…)`, variables set with `=`, `:=` and `+=`. No command is
 * ever run: what `$(shell,…)` would say comes from `shell`.
 */
export class Macros {
  private readonly variables = new Map<string, { text: string; readonly simple: boolean; readonly expanding: { depth: number } }>();
  private steps = 0;

  constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly shell: (command: string) => string,
    /** Told of what `$(error-if,y,…)` says and of input that is refused. */
    private readonly report: (message: string) => void,
  ) {}

  assign(name: string, operator: '=' | ':=' | '+=', text: string): void {
    const known = this.variables.get(name);
    if (operator === '+=' && known !== undefined) {
      known.text = `${known.text} ${known.simple ? this.expand(text) : text}`;
      if (known.text.length > MAX_TEXT) known.text = known.text.slice(0, MAX_TEXT);
      return;
    }
    const simple = operator === ':=';
    this.variables.set(name, { text: simple ? this.expand(text) : text, simple, expanding: { depth: 0 } });
  }

  /** All references in `text` replaced. */
  expand(text: string): string {
    return this.expandWith(text, [], 0);
  }

  /** Expands the reference that begins at `text[at]`, a `$`. A `$` that no parenthesis follows is itself. */
  reference(text: string, at: number): { readonly text: string; readonly end: number } {
    return this.referenceWith(text, at, [], 0);
  }

  private expandWith(text: string, args: readonly string[], depth: number): string {
    let out = '';
    let from = 0;
    for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', from)) {
      const expanded = this.referenceWith(text, at, args, depth);
      out += text.slice(from, at) + expanded.text;
      from = expanded.end;
      if (out.length > MAX_TEXT) {
        this.report(`the expansion is longer than ${MAX_TEXT} characters and was cut`);
        return out.slice(0, MAX_TEXT);
      }
    }
    return out + text.slice(from);
  }

  private referenceWith(text: string, at: number, args: readonly string[], depth: number): { text: string; end: number } {
    if (text[at + 1] !== '(') return { text: '$', end: at + 1 };
    const close = closing(text, at + 2);
    if (close < 0) {
      this.report(`unterminated reference '${text.slice(at, at + 40)}'`);
      return { text: '', end: text.length };
    }
    if (depth > MAX_DEPTH || ++this.steps > MAX_STEPS) {
      if (this.steps <= MAX_STEPS || this.steps === MAX_STEPS + 1) this.report('macros nested too deeply or too many, counted as empty');
      return { text: '', end: close + 1 };
    }
    return { text: this.evaluate(text.slice(at + 2, close), args, depth + 1), end: close + 1 };
  }

  private evaluate(clause: string, args: readonly string[], depth: number): string {
    if (/^[1-9]\d*$/.test(clause) && Number(clause) <= args.length) return args[Number(clause) - 1] ?? '';
    const [name = '', ...given] = splitArguments(clause).map((part) => this.expandWith(part, args, depth));
    const variable = this.variables.get(name);
    if (variable !== undefined) {
      if (variable.simple) return variable.text;
      // A variable that reaches itself: a loop. A function may, as its arguments can end it.
      if (variable.expanding.depth > (given.length === 0 ? 0 : MAX_RECURSION)) {
        this.report(`the variable '${name}' refers to itself`);
        return '';
      }
      variable.expanding.depth++;
      const text = this.expandWith(variable.text, given, depth);
      variable.expanding.depth--;
      return text;
    }
    switch (name) {
      case 'shell':
        return this.shell(given.join(','));
      case 'error-if':
        if (given[0] === 'y') this.report(`$(error-if): ${given[1] ?? ''}`);
        return '';
      case 'warning-if':
      case 'info':
        return '';
      default:
        return given.length === 0 && Object.hasOwn(this.environment, name) ? (this.environment[name] ?? '') : '';
    }
  }
}

const MAX_TEXT = 20_000;
const MAX_DEPTH = 60;
const MAX_RECURSION = 30;
const MAX_STEPS = 200_000;

/** The parenthesis that closes one opened before `from`; -1 when none does. */
function closing(text: string, from: number): number {
  let nesting = 0;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '(') nesting++;
    else if (text[i] === ')' && nesting-- === 0) return i;
  }
  return -1;
}

function splitArguments(clause: string): string[] {
  const parts: string[] = [];
  let nesting = 0;
  let from = 0;
  for (let i = 0; i < clause.length; i++) {
    const char = clause[i];
    if (char === '(') nesting++;
    else if (char === ')') nesting--;
    else if (char === ',' && nesting === 0) {
      parts.push(clause.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(clause.slice(from));
  return parts;
}
