/** A node of the syntax tree, detached from the parser. Only leaves carry text. */
export interface Node {
  readonly type: string;
  readonly field: string | null;
  readonly text: string;
  readonly children: readonly Node[];
  /** Number of the token where it begins. */
  readonly token: number;
  /** It or something below it does not parse. */
  readonly broken: boolean;
}

export function child(node: Node, field: string): Node | null {
  for (const candidate of node.children) if (candidate.field === field) return candidate;
  return null;
}

export function childrenOf(node: Node, field: string): Node[] {
  return node.children.filter((candidate) => candidate.field === field);
}

export function ofType(node: Node, type: string): Node | null {
  for (const candidate of node.children) if (candidate.type === type) return candidate;
  return null;
}

/** Without parentheses around it (statement expressions keep theirs). */
export function bare(node: Node): Node {
  let current = node;
  while (current.type === 'parenthesized_expression') {
    const inner = current.children.find((candidate) => candidate.type !== '(' && candidate.type !== ')');
    if (inner === undefined || inner.type === 'compound_statement') return current;
    current = inner;
  }
  return current;
}

export function contains(node: Node, test: (candidate: Node) => boolean): boolean {
  return test(node) || node.children.some((candidate) => contains(candidate, test));
}

/** The first node that the parser could not place. */
export function firstBroken(node: Node): Node | null {
  if (!node.broken) return null;
  for (const candidate of node.children) {
    const found = firstBroken(candidate);
    if (found !== null) return found;
  }
  return node;
}
