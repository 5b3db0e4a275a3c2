import type { Expr } from '../../simulator/program/types.js';
import { type Node, bare, child, contains, firstBroken } from './ast.js';
import type { Label } from './code.js';
import { type Fx, Unsupported, type Value } from './context.js';
import { need } from './expressions.js';
import { binary, int, ZERO } from './ir.js';
import { convert } from './operators.js';
import { VOID, commonType } from './types.js';
import { declaration } from './variables.js';

/** Lowers a statement. What has no rule becomes an `unsupported` instruction in its place. */
export function lowerStatement(fx: Fx, node: Node): void {
  fx.code.at = fx.at(node);
  const { depth } = fx.scopes;
  try {
    if (node.broken && !compound.has(node.type)) {
      const broken = firstBroken(node) ?? node;
      throw new Unsupported(`does not parse near line ${fx.at(broken).line}`);
    }
    statement(fx, node);
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    fx.scopes.cut(depth);
    fx.code.at = fx.at(node);
    fx.code.emit({ op: 'unsupported', what: error.message });
  }
}

/** The value of `({ … })`. */
export function lowerBlock(fx: Fx, node: Node): Value {
  fx.enter(node);
  const { at } = fx.code;
  let value: Value = { e: ZERO, t: VOID };
  const statements = node.children;
  for (const [index, entry] of statements.entries()) {
    const isLast = index === statements.length - 1;
    const expression = isLast ? lastExpression(fx, entry) : null;
    if (expression === null) fx.statement(entry);
    else value = fx.value(expression);
  }
  fx.code.at = at;
  fx.leave();
  return value;
}

/** The expression of the last statement, with labels before it placed. */
function lastExpression(fx: Fx, node: Node): Node | null {
  if (node.broken) return null;
  if (node.type === 'expression_statement') return node.children[0] ?? null;
  const labelled = node.type === 'labeled_statement' ? node.children.at(-1) : undefined;
  const inner = labelled === undefined ? null : lastExpression(fx, labelled);
  if (inner !== null) fx.code.place(fx.label(need(node, 'label').text));
  return inner;
}

const compound = new Set([
  'compound_statement',
  'if_statement',
  'while_statement',
  'for_statement',
  'do_statement',
  'switch_statement',
  'else_clause',
  'case_statement',
  'labeled_statement',
]);

function statement(fx: Fx, node: Node): void {
  switch (node.type) {
    case 'compound_statement':
      fx.enter(node);
      for (const entry of node.children) fx.statement(entry);
      fx.leave();
      return;
    case 'expression_statement':
      for (const expression of node.children) discard(fx, expression);
      return;
    case 'declaration':
      declaration(fx, node);
      return;
    case 'if_statement':
      conditional(fx, node);
      return;
    case 'else_clause':
      for (const entry of node.children) if (entry.type !== 'else') fx.statement(entry);
      return;
    case 'while_statement':
      whileLoop(fx, node);
      return;
    case 'do_statement':
      doLoop(fx, node);
      return;
    case 'for_statement':
      forLoop(fx, node);
      return;
    case 'switch_statement':
      switchOf(fx, node);
      return;
    case 'case_statement': {
      const label = fx.cases[fx.cases.length - 1]?.get(node);
      if (label !== undefined) fx.code.place(label);
      for (const entry of node.children) {
        if (entry.field !== 'value' && entry.type !== 'case' && entry.type !== 'default' && entry.type !== ':') fx.statement(entry);
      }
      return;
    }
    case 'labeled_statement':
      fx.code.place(fx.label(need(node, 'label').text));
      for (const entry of node.children) if (entry.field !== 'label' && entry.type !== ':') fx.statement(entry);
      return;
    case 'goto_statement':
      fx.goto(need(node, 'label').text);
      return;
    case 'break_statement': {
      const target = fx.loops[fx.loops.length - 1];
      if (target === undefined) throw new Unsupported('break outside of a loop');
      fx.unwind(fx.scopes.cleanupsFrom(target.depth));
      fx.code.jump(target.breakTo);
      return;
    }
    case 'continue_statement': {
      const target = fx.loops.findLast((candidate) => candidate.continueTo !== null);
      if (target?.continueTo == null) throw new Unsupported('continue outside of a loop');
      fx.unwind(fx.scopes.cleanupsFrom(target.depth));
      fx.code.jump(target.continueTo);
      return;
    }
    case 'return_statement':
      returnOf(fx, node);
      return;
    case 'type_definition':
    case 'struct_specifier':
    case 'union_specifier':
    case 'enum_specifier':
      if (node.type !== 'type_definition') fx.type({ ...node, type: 'type_descriptor', children: [{ ...node, field: 'type' }] });
      return;
    case ';':
    case 'comment':
      return;
    default:
      throw new Unsupported(`statement ${node.type}`);
  }
}

/** Runs an expression for its effects. */
function discard(fx: Fx, node: Node): void {
  const inner = bare(node);
  if (inner.type === 'comma_expression') {
    discard(fx, need(inner, 'left'));
    discard(fx, need(inner, 'right'));
    return;
  }
  if (inner.type === 'update_expression') {
    // Nobody looks at the old value of `i++`, so the step may come first.
    const operator = child(inner, 'operator');
    if (operator !== null) fx.value({ ...inner, children: [operator, ...inner.children.filter((part) => part !== operator)] });
    return;
  }
  const value = fx.value(inner);
  if (value.e.k === 'local') fx.code.dropResult(value.e.name);
}

function returnOf(fx: Fx, node: Node): void {
  const expression = node.children.find((candidate) => candidate.type !== 'return');
  const cleanups = fx.scopes.cleanupsFrom(0);
  let value: Expr | null = null;
  if (expression !== undefined) {
    const result = fx.value(expression);
    if (fx.returnAddress !== null) fx.code.emit({ op: 'copy', to: fx.returnAddress, from: result.e });
    else if (fx.returns.k !== 'void') value = convert(result, fx.returns);
  }
  if (cleanups.length > 0) {
    // What comes back is worked out before anything is cleaned up.
    if (value !== null) value = kept(fx, value);
    fx.unwind(cleanups);
  }
  fx.code.emit({ op: 'return', value });
}

function kept(fx: Fx, value: Expr): Expr {
  if (value.k === 'int') return value;
  const dst = fx.temporary();
  fx.code.emit({ op: 'set', dst, value });
  return { k: 'local', name: dst };
}

function conditional(fx: Fx, node: Node): void {
  const condition = need(node, 'condition');
  const consequence = need(node, 'consequence');
  const alternative = child(node, 'alternative');
  const otherwise: Label = { name: 'else' };
  const end: Label = { name: 'end' };
  const { slots } = fx.code.aside(() => {
    fx.condition(condition, otherwise, false);
  });
  fx.code.append(slots);
  // A branch that a constant condition rules out is not compiled, unless someone may jump into it.
  const [only] = slots;
  const isNever = slots.length === 1 && only?.k === 'jump' && only.to === otherwise && !hasLabels(consequence);
  const isAlways = slots.length === 0 && (alternative === null || !hasLabels(alternative));
  if (!isNever) fx.statement(consequence);
  if (alternative === null || isAlways) {
    fx.code.place(otherwise);
    return;
  }
  if (!isNever) fx.code.jump(end);
  fx.code.place(otherwise);
  fx.statement(alternative);
  fx.code.place(end);
}

function hasLabels(node: Node): boolean {
  return contains(node, (candidate) => candidate.type === 'labeled_statement' || candidate.type === 'case_statement');
}

function whileLoop(fx: Fx, node: Node): void {
  const top: Label = { name: 'continue' };
  const end: Label = { name: 'break' };
  fx.code.place(top);
  fx.condition(need(node, 'condition'), end, false);
  body(fx, need(node, 'body'), top, end);
  fx.code.jump(top);
  fx.code.place(end);
}

function doLoop(fx: Fx, node: Node): void {
  const top: Label = { name: 'do' };
  const test: Label = { name: 'continue' };
  const end: Label = { name: 'break' };
  fx.code.place(top);
  body(fx, need(node, 'body'), test, end);
  fx.code.place(test);
  fx.code.at = fx.at(need(node, 'condition'));
  fx.condition(need(node, 'condition'), top, true);
  fx.code.place(end);
}

function forLoop(fx: Fx, node: Node): void {
  fx.enter(node);
  const initializer = child(node, 'initializer');
  if (initializer !== null) {
    if (initializer.type === 'declaration') fx.statement(initializer);
    else fx.value(initializer);
  }
  const top: Label = { name: 'for' };
  const next: Label = { name: 'continue' };
  const end: Label = { name: 'break' };
  const condition = child(node, 'condition');
  const update = child(node, 'update');
  fx.code.place(top);
  if (condition !== null) fx.condition(condition, end, false);
  body(fx, need(node, 'body'), next, end);
  fx.code.place(next);
  fx.code.at = fx.at(node);
  if (update !== null) discard(fx, update);
  fx.code.jump(top);
  fx.code.place(end);
  fx.leave();
}

function body(fx: Fx, node: Node, continueTo: Label, breakTo: Label): void {
  fx.loops.push({ breakTo, continueTo, depth: fx.scopes.depth });
  fx.statement(node);
  fx.loops.pop();
}

function switchOf(fx: Fx, node: Node): void {
  const subject = fx.value(bare(need(node, 'condition')));
  const block = need(node, 'body');
  const end: Label = { name: 'break' };
  const labels = new Map<Node, Label>();
  let fallback = end;
  let e = subject.e;
  // The comparisons all come before the body, so a variable may be used as it is.
  if (e.k !== 'int' && e.k !== 'local') {
    const dst = fx.temporary();
    fx.code.emit({ op: 'set', dst, value: e });
    e = { k: 'local', name: dst };
  }
  for (const entry of casesOf(block)) {
    const label: Label = { name: 'case' };
    labels.set(entry, label);
    const value = child(entry, 'value');
    if (value === null) {
      fallback = label;
      continue;
    }
    fx.code.unless(isOther(fx, { e, t: subject.t }, value), label);
  }
  fx.code.jump(fallback);
  fx.cases.push(labels);
  fx.loops.push({ breakTo: end, continueTo: null, depth: fx.scopes.depth });
  fx.statement(block);
  fx.loops.pop();
  fx.cases.pop();
  fx.code.place(end);
}

/** True when the subject is not the case's value. */
function isOther(fx: Fx, subject: Value, value: Node): Expr {
  const range = value.type === 'call_expression' && child(value, 'function')?.text === '__case_range' ? child(value, 'arguments') : null;
  const [low, high] = range?.children ?? [];
  if (low !== undefined && high !== undefined) {
    const type = commonType(subject.t, fx.value(low).t, true);
    const below = binary('<', subject.e, caseValue(fx, low), type);
    const above = binary('>', subject.e, caseValue(fx, high), type);
    return binary('|', below, above, { bits: 32, signed: true });
  }
  return binary('!=', subject.e, caseValue(fx, value), commonType(subject.t, fx.typeOf(value), false));
}

function caseValue(fx: Fx, node: Node): Expr {
  const value = fx.constant(node);
  return value === null ? { k: 'unknown', key: `case ${node.text}` } : int(value);
}

/** The case labels of a switch, not those of switches inside it. */
function casesOf(node: Node): Node[] {
  const found: Node[] = [];
  for (const entry of node.children) {
    if (entry.type === 'switch_statement') continue;
    if (entry.type === 'case_statement') found.push(entry);
    found.push(...casesOf(entry));
  }
  return found;
}
