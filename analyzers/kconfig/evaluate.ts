import type { Assignment } from './assignments.js';
import type {
  Comparison,
  Conditional,
  Default,
  Expr,
  KconfigModel,
  KconfigSymbol,
  MenuNode,
  Operand,
  Range,
  ReverseDependency,
} from './model.js';
import { type Number64, compareNumbers, isValidText, parseNumber, parseOperand } from './numbers.js';

/** 0 is n, 1 is m, 2 is y. */
export type Tristate = 0 | 1 | 2;
export const NO = 0;
const MODULE = 1;
const YES = 2;

/**
 * All values of a model under what somebody set, as `make olddefconfig` gives them (scripts/kconfig/symbol.c, sym_calc_value). A value is
 * computed when it is first asked for; a symbol that depends on itself is n there.
 */
export class Evaluation {
  private readonly done: Uint8Array;
  private readonly tri: Uint8Array;
  private readonly text: string[] = [];
  private readonly writes: Uint8Array;
  private readonly seen: Int8Array;
  private readonly inherited: Int8Array;
  private readonly user = new Map<KconfigSymbol, Assignment>();
  private readonly chosen = new Map<MenuNode, { readonly symbol: KconfigSymbol | null }>();
  private modules: Tristate = NO;
  private depth = 0;
  /** Assignments that count for nothing: no such symbol, or a value that its type does not have. */
  readonly ignored: Assignment[] = [];

  constructor(
    readonly model: KconfigModel,
    assignments: readonly Assignment[],
  ) {
    const count = model.symbols.length;
    this.done = new Uint8Array(count);
    this.tri = new Uint8Array(count);
    this.writes = new Uint8Array(count);
    this.seen = new Int8Array(count).fill(-1);
    this.inherited = new Int8Array(model.nodeCount).fill(-1);
    for (const assignment of assignments) this.assign(assignment);
    if (model.modules !== null) {
      this.modules = this.valueOf(model.modules);
      // What was computed on the way took modules to be off.
      this.done.fill(0);
      this.writes.fill(0);
      this.seen.fill(-1);
      this.inherited.fill(-1);
      this.chosen.clear();
    }
  }

  private assign(assignment: Assignment): void {
    const symbol = this.model.byName.get(assignment.name);
    if (symbol?.type == null || !isValidText(symbol.type, assignment.value)) {
      this.ignored.push(assignment);
      return;
    }
    // The last one counts, also for which member of a choice does.
    this.user.delete(symbol);
    this.user.set(symbol, assignment);
  }

  /** What somebody set it to, whether or not that counts. */
  userValue(symbol: KconfigSymbol): Assignment | null {
    return this.user.get(symbol) ?? null;
  }

  valueOf(symbol: KconfigSymbol): Tristate {
    this.compute(symbol);
    return tristate(this.tri[symbol.index]);
  }

  /** The text of a string, an int or a hex; `y`, `m` or `n` of the others; its own name when nothing defines it. */
  textOf(symbol: KconfigSymbol): string {
    if (symbol.type === null) return symbol.name;
    this.compute(symbol);
    return isTristate(symbol) ? letters[this.valueOf(symbol)] : (this.text[symbol.index] ?? '');
  }

  /** Whether the symbol would stand in `.config`: an int that nothing gives a value does not. */
  isWritten(symbol: KconfigSymbol): boolean {
    this.compute(symbol);
    return this.writes[symbol.index] === 1;
  }

  /** How far a user may raise it: the best of its prompts. */
  visibility(symbol: KconfigSymbol): Tristate {
    const known = this.seen[symbol.index] ?? -1;
    if (known >= 0) return tristate(known);
    let best: Tristate = NO;
    for (const prompt of symbol.prompts) best = max(best, this.promptValue(prompt));
    if (best === MODULE && (symbol.type !== 'tristate' || this.modules === NO)) best = YES;
    this.seen[symbol.index] = best;
    return best;
  }

  /** `depends on` and what stands around it. A symbol that is defined twice needs one of the two. */
  direct(symbol: KconfigSymbol): Tristate {
    let best: Tristate = symbol.nodes.length === 0 ? YES : NO;
    for (const node of symbol.nodes) best = max(best, this.nodeValue(node));
    return this.round(symbol, best);
  }

  selected(symbol: KconfigSymbol): Tristate {
    return this.reverse(symbol, symbol.selectedBy);
  }

  implied(symbol: KconfigSymbol): Tristate {
    return this.reverse(symbol, symbol.impliedBy);
  }

  reverseValue(one: ReverseDependency): Tristate {
    return min(this.valueOf(one.by), this.holds(one));
  }

  /** The first default whose condition holds. */
  defaultOf(symbol: KconfigSymbol): Default | null {
    return symbol.defaults.find((one) => this.holds(one) !== NO) ?? null;
  }

  /** The value of `condition` with the dependencies of the entry. */
  holds(conditional: Conditional): Tristate {
    const around = this.nodeValue(conditional.node);
    return around === NO || conditional.condition === null ? around : min(around, this.condition(conditional.condition));
  }

  nodeValue(node: MenuNode): Tristate {
    const known = this.inherited[node.index] ?? -1;
    if (known >= 0) return tristate(known);
    let value: Tristate = node.parent === null ? YES : this.nodeValue(node.parent);
    for (const expr of node.depends) value = value === NO ? NO : min(value, this.condition(expr));
    if (node.choice !== null && value !== NO) value = this.choiceMode(node, value);
    this.inherited[node.index] = value;
    return value;
  }

  /** An expression where `m` counts for nothing without modules. */
  condition(expr: Expr): Tristate {
    return expr.op === 'constant' && expr.text === 'm' ? min(MODULE, this.modules) : this.evaluate(expr, true);
  }

  /** The symbol that a choice comes out as; null when no member can be had. */
  choose(node: MenuNode): KconfigSymbol | null {
    const known = this.chosen.get(node);
    if (known !== undefined) return known.symbol;
    const symbol = this.chooseMember(node);
    this.chosen.set(node, { symbol });
    return symbol;
  }

  private evaluate(expr: Expr, isCondition: boolean): Tristate {
    switch (expr.op) {
      case 'symbol':
        return expr.symbol.type === null ? NO : this.valueOf(expr.symbol);
      case 'constant':
        return expr.text === 'y' ? YES : expr.text === 'm' ? (isCondition ? min(MODULE, this.modules) : MODULE) : NO;
      case 'not':
        return tristate(YES - this.evaluate(expr.of, isCondition));
      case 'and': {
        let least: Tristate = YES;
        for (const part of expr.of) {
          least = min(least, this.evaluate(part, isCondition));
          if (least === NO) break;
        }
        return least;
      }
      case 'or': {
        let most: Tristate = NO;
        for (const part of expr.of) {
          most = max(most, this.evaluate(part, isCondition));
          if (most === YES) break;
        }
        return most;
      }
      default:
        return this.compare(expr.op, expr.left, expr.right) ? YES : NO;
    }
  }

  private compare(operator: Comparison, left: Operand, right: Operand): boolean {
    const [a, b] = [this.operandText(left), this.operandText(right)];
    const [leftType, rightType] = [typeOf(left), typeOf(right)];
    const typed = leftType !== null || rightType !== null;
    const numbers: readonly (Number64 | null)[] = typed ? [parseOperand(a, leftType), parseOperand(b, rightType)] : [null, null];
    const [x = null, y = null] = numbers;
    const order = x === null || y === null ? (a < b ? -1 : a > b ? 1 : 0) : compareNumbers(x, y);
    switch (operator) {
      case '=':
        return order === 0;
      case '!=':
        return order !== 0;
      case '<':
        return order < 0;
      case '<=':
        return order <= 0;
      case '>':
        return order > 0;
      case '>=':
        return order >= 0;
    }
  }

  private operandText(operand: Operand): string {
    return operand.op === 'constant' ? operand.text : this.textOf(operand.symbol);
  }

  private compute(symbol: KconfigSymbol): void {
    const { index } = symbol;
    if (this.done[index] === 1) return;
    this.done[index] = 1;
    this.tri[index] = NO;
    this.text[index] = symbol.type === 'int' ? '0' : symbol.type === 'hex' ? '0x0' : '';
    // A chain this long is nobody's; the rest of it counts as n.
    if (symbol.type === null || this.depth > MAX_DEPTH) return;
    this.depth++;
    if (this.visibility(symbol) !== NO) this.writes[index] = 1;
    if (isTristate(symbol)) this.tri[index] = this.tristateValue(symbol);
    else {
      const text = this.textValue(symbol);
      this.text[index] = text;
      if (symbol.ranges.length > 0) this.text[index] = this.withinRange(symbol, text);
    }
    this.depth--;
  }

  private tristateValue(symbol: KconfigSymbol): Tristate {
    const { choice } = symbol;
    const visible = this.visibility(symbol);
    if (choice !== null && (choice.choice?.type !== 'tristate' || visible === YES)) {
      return visible !== NO && this.choose(choice) === symbol ? YES : NO;
    }
    const selected = this.selected(symbol);
    if (selected !== NO) this.writes[symbol.index] = 1;
    return this.round(symbol, max(this.ownValue(symbol, visible), selected));
  }

  /** What it has without being selected. */
  private ownValue(symbol: KconfigSymbol, visible: Tristate): Tristate {
    const user = this.user.get(symbol);
    if (visible !== NO && user !== undefined) return min(tristateOf(user.value), visible);
    let value: Tristate = NO;
    const given = this.defaultOf(symbol);
    if (given !== null) value = min(this.evaluate(given.value, false), this.holds(given));
    const implied = this.implied(symbol);
    if (implied !== NO) value = min(max(value, implied), this.direct(symbol));
    if (value !== NO || implied !== NO) this.writes[symbol.index] = 1;
    return value;
  }

  private textValue(symbol: KconfigSymbol): string {
    const user = this.user.get(symbol);
    if (user !== undefined && this.visibility(symbol) !== NO) return user.value;
    const given = this.defaultOf(symbol);
    if (given === null) return this.text[symbol.index] ?? '';
    this.writes[symbol.index] = 1;
    const { value } = given;
    return value.op === 'symbol' || value.op === 'constant' ? this.operandText(value) : letters[this.evaluate(value, false)];
  }

  private withinRange(symbol: KconfigSymbol, text: string): string {
    const range: Range | undefined = symbol.ranges.find((one) => this.holds(one) !== NO);
    if (range === undefined || symbol.type === null) return text;
    const value = parseNumber(text, symbol.type);
    const [low, high] = [this.operandText(range.low), this.operandText(range.high)];
    if (value < parseNumber(low, symbol.type)) return low;
    return value > parseNumber(high, symbol.type) ? high : text;
  }

  private reverse(symbol: KconfigSymbol, from: readonly ReverseDependency[]): Tristate {
    let best: Tristate = NO;
    for (const one of from) {
      best = max(best, this.reverseValue(one));
      if (best === YES) break;
    }
    return this.round(symbol, best);
  }

  private promptValue(prompt: Conditional): Tristate {
    let value = this.holds(prompt);
    for (let node = prompt.node.parent; node !== null && value !== NO; node = node.parent) {
      for (const expr of node.visible) value = min(value, this.condition(expr));
    }
    return value;
  }

  /** A bool has no m. */
  private round(symbol: KconfigSymbol, value: Tristate): Tristate {
    return value === MODULE && (symbol.type === 'bool' || this.modules === NO) ? YES : value;
  }

  /** The upper bound that a choice sets for its members: y for a bool choice that is there. */
  private choiceMode(node: MenuNode, around: Tristate): Tristate {
    const { choice } = node;
    if (choice === null) return around;
    if (!choice.prompts.some(({ condition }) => condition === null || this.condition(condition) !== NO)) return NO;
    if (choice.type !== 'tristate') return choice.optional && !this.memberIsSet(choice.members) ? NO : YES;
    const wanted = choice.members.reduce<Tristate>((most, member) => max(most, tristateOf(this.user.get(member)?.value ?? 'n')), NO);
    const mode = min(choice.optional ? wanted : max(wanted, MODULE), around);
    return mode === MODULE && this.modules === NO ? YES : mode;
  }

  private memberIsSet(members: readonly KconfigSymbol[]): boolean {
    return members.some((member) => tristateOf(this.user.get(member)?.value ?? 'n') !== NO);
  }

  private chooseMember(node: MenuNode): KconfigSymbol | null {
    const visible = node.choice?.members.filter((member) => this.visibility(member) !== NO) ?? [];
    const set = [...this.user].filter(([symbol, { value }]) => symbol.choice === node && value === 'y' && visible.includes(symbol));
    const last = set.at(-1);
    if (last !== undefined) return last[0];
    const unset = (symbol: KconfigSymbol): boolean => this.model.unsetCountsInChoices && this.user.get(symbol)?.value === 'n';
    const preferred = node.choice?.defaults
      .filter((one) => this.holds(one) !== NO)
      .map(({ value }) => (value.op === 'symbol' ? value.symbol : null))
      .find((symbol) => symbol !== null && visible.includes(symbol));
    const first = preferred ?? visible[0] ?? null;
    if (first !== null && !unset(first)) return first;
    return visible.find((symbol) => !this.user.has(symbol)) ?? visible.at(-1) ?? null;
  }
}

const MAX_DEPTH = 400;
const letters = ['n', 'm', 'y'] as const;

export function isTristate(symbol: KconfigSymbol): boolean {
  return symbol.type === 'bool' || symbol.type === 'tristate';
}

export function tristateOf(text: string): Tristate {
  return text === 'y' ? YES : text === 'm' ? MODULE : NO;
}

function typeOf(operand: Operand): KconfigSymbol['type'] {
  if (operand.op === 'symbol') return operand.symbol.type;
  return operand.text === 'y' || operand.text === 'm' || operand.text === 'n' ? 'tristate' : null;
}

function tristate(value: number | undefined): Tristate {
  return value === 2 ? YES : value === 1 ? MODULE : NO;
}

function min(a: Tristate, b: Tristate): Tristate {
  return a < b ? a : b;
}

function max(a: Tristate, b: Tristate): Tristate {
  return a > b ? a : b;
}
