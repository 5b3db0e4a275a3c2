import type { Expr, Global, Instr, Procedure, Program } from '../../simulator/program/types.js';

/** What of a Program an entry can reach, and a text that two Programs share exactly when they do the same there. */
export interface Reachable {
  readonly procedures: ReadonlySet<string>;
  readonly globals: ReadonlySet<string>;
  /** By procedure or global. Source places do not count: moving code changes nothing. */
  readonly texts: ReadonlyMap<string, string>;
}

const shape = (value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => {
    if (key === 'at') return undefined;
    if (typeof part === 'bigint') return `${part.toString()}n`;
    return part instanceof Map ? [...(part as ReadonlyMap<string, unknown>)] : part;
  });

function symbolsOf(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Array) {
    for (const part of value) symbolsOf(part, found);
    return;
  }
  const node = value as Partial<Extract<Expr, { k: 'symbol' }>> & Partial<Extract<Instr, { op: 'call' }>>;
  if ((node.k === 'symbol' || (node.k as string | undefined) === 'name') && typeof node.name === 'string') found.add(node.name);
  for (const part of Object.values(node)) symbolsOf(part, found);
}

/** Names of procedures and globals that a piece of a Program mentions. */
export function namesIn(piece: Instr | readonly Instr[]): ReadonlySet<string> {
  const found = new Set<string>();
  symbolsOf(piece, found);
  return found;
}

/** Follows calls and mentioned names from `entries` on. */
export function reachable(program: Program, entries: readonly string[]): Reachable {
  const texts = new Map<string, string>();
  const procedures = new Set<string>();
  const globals = new Set<string>();
  const queue = [...entries];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (procedures.has(name) || globals.has(name)) continue;
    const procedure = program.procedures.get(name);
    const global = program.globals.get(name);
    const found = new Set<string>();
    if (procedure) {
      procedures.add(name);
      texts.set(name, textOf(program, procedure));
      for (const each of mentionedIn(procedure.code)) found.add(each);
    } else if (global) {
      globals.add(name);
      // One without a definition is as unknown as a name that nothing declares.
      if (global.defined) texts.set(name, shape([global.type, global.init]));
      symbolsOf(global.init, found);
    }
    queue.push(...found);
  }
  return { procedures, globals, texts };
}

/** What is told of a procedure by itself: programs have most of theirs in common. */
interface Told {
  readonly text: string;
  readonly offsets: readonly string[];
}

const told = new WeakMap<Procedure, Told>();
const mentions = new WeakMap<object, ReadonlySet<string>>();

/** Names of procedures and globals that the code of a procedure, or what a global starts as, mentions. */
export function mentionedIn(part: Procedure['code'] | Global['init'] = []): ReadonlySet<string> {
  let names = mentions.get(part);
  if (names === undefined) {
    const found = new Set<string>();
    symbolsOf(part, found);
    mentions.set(part, (names = found));
  }
  return names;
}

function textOf(program: Program, procedure: Procedure): string {
  let own = told.get(procedure);
  if (own === undefined) {
    const text = shape([procedure.params, [...procedure.frame], procedure.code]);
    own = { text, offsets: [...text.matchAll(/"symbol":"(\w+)"/g)].map(([, symbol]) => symbol ?? '') };
    told.set(procedure, own);
  }
  // The same offset name may stand for another field after a patch.
  const offsets = own.offsets.map((symbol) => `${symbol}=${program.offsets.get(symbol) ?? ''}`);
  return own.text + offsets.join();
}
