import type { Omission, SourceRef } from '../../simulator/program/types.js';
import {
  type Conditional,
  type Default,
  type KconfigModel,
  KconfigSymbol,
  MenuNode,
  type Operand,
  type Range,
  type SymbolType,
} from './model.js';

/** A model while its files are read. */
export class ModelBuilder {
  private readonly byName = new Map<string, KconfigSymbol>();
  private readonly omissions: Omission[] = [];
  private modules: KconfigSymbol | null = null;
  private nodes = 0;
  readonly files: string[] = [];
  readonly root: MenuNode;

  constructor(entry: SourceRef) {
    this.root = this.node('root', null, entry);
  }

  get symbolCount(): number {
    return this.byName.size;
  }

  node(kind: MenuNode['kind'], parent: MenuNode | null, at: SourceRef): MenuNode {
    return new MenuNode(kind, parent, at, this.nodes++);
  }

  symbol(name: string): KconfigSymbol {
    let symbol = this.byName.get(name);
    if (symbol === undefined) {
      symbol = new KconfigSymbol(name, this.byName.size);
      this.byName.set(name, symbol);
    }
    return symbol;
  }

  /** A `config` entry: within a choice it becomes a member once it has a prompt. */
  config(name: string, parent: MenuNode, at: SourceRef): MenuNode {
    const node = this.node('config', parent, at);
    node.symbol = this.symbol(name);
    node.symbol.nodes.push(node);
    return node;
  }

  setType(node: MenuNode, type: SymbolType, at: SourceRef): void {
    if (node.choice !== null) node.choice.type ??= type;
    else if (node.symbol !== null) {
      node.symbol.type ??= type;
      if (node.symbol.type !== type) this.omit(`type ${type} of ${node.symbol.name}`, `it is a ${node.symbol.type} already`, at);
    }
  }

  addPrompt(prompt: Conditional): void {
    const { node } = prompt;
    if (node.choice !== null) node.choice.prompts.push(prompt);
    if (node.symbol === null) return;
    node.symbol.prompts.push(prompt);
    const choice = enclosingChoice(node);
    if (choice === null || node.symbol.choice !== null) return;
    node.symbol.choice = choice;
    choice.choice?.members.push(node.symbol);
  }

  addDefault(value: Default): void {
    if (value.node.choice !== null) value.node.choice.defaults.push(value);
    else value.node.symbol?.defaults.push(value);
  }

  addRange(low: Operand, high: Operand, on: Conditional): void {
    const range: Range = { ...on, low, high };
    on.node.symbol?.ranges.push(range);
  }

  addReverse(kind: 'select' | 'imply', target: string, on: Conditional): void {
    const by = on.node.symbol;
    if (by === null) return;
    const symbol = this.symbol(target);
    (kind === 'select' ? symbol.selectedBy : symbol.impliedBy).push({ ...on, by });
  }

  setModules(node: MenuNode): void {
    this.modules ??= node.symbol;
  }

  omit(what: string, why: string, at: SourceRef | null): void {
    if (this.omissions.length < MAX_OMISSIONS) this.omissions.push({ what: what.slice(0, 200), why, at });
  }

  finish(unsetCountsInChoices: boolean): KconfigModel {
    const symbols = [...this.byName.values()];
    for (const { choice, type } of symbols) if (choice?.choice != null) choice.choice.type ??= type;
    // A member without a type of its own has its choice's.
    for (const symbol of symbols) if (symbol.choice !== null) symbol.type ??= symbol.choice.choice?.type ?? null;
    const { byName, modules, files, omissions } = this;
    return { symbols, byName, nodeCount: this.nodes, modules, unsetCountsInChoices, files, omissions };
  }
}

const MAX_OMISSIONS = 500;

function enclosingChoice(node: MenuNode): MenuNode | null {
  let above = node.parent;
  while (above?.kind === 'if') above = above.parent;
  return above?.kind === 'choice' ? above : null;
}
