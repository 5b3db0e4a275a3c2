import type { Expr, Instr, Procedure } from '../../../simulator/program/types.js';
import type { InstructionSyntax } from '../syntax.js';
import { binary, int, local, u32 } from '../../asm/expr.js';
import type { Isa } from './isa.js';

/** The local that holds what was fetched last. */
const FETCHED = '$fetched';

/** Another instruction that may stand in a word. */
export interface Alternative {
  readonly word: bigint;
  /** Number of the machine word, behind the text, where it is compiled. */
  readonly at: number;
  readonly instruction: InstructionSyntax;
}

/** A machine word that may change while the test runs. */
export interface Modifiable {
  readonly address: bigint;
  /** The word that stands there at first: its instruction is compiled in place. */
  readonly first: bigint;
  readonly others: readonly Alternative[];
}

export interface Weave {
  /** Words of the text that may change. */
  readonly modifiable: ReadonlyMap<number, Modifiable>;
  /** Words of the text; what is compiled behind them are alternatives. */
  readonly words: number;
  /** Word at which the thread starts. */
  readonly start: number;
}

/**
 * Puts an instruction fetch in front of each word that may change, and goes by what it gave: on to the instruction that is compiled in
 * place, to another one, or to an undefined instruction.
 */
export function weave(procedure: Procedure, isa: Isa, { modifiable, words, start }: Weave): Procedure {
  const places = procedure.words ?? [];
  const { code } = procedure;
  const out: Instr[] = [];
  const moved: number[] = [];
  const at = procedure.at;
  const targets: { readonly from: number; readonly to: number }[] = [];
  const wordAt = new Map(places.map((place, word) => [place, word]));
  let fetched = false;
  const base = procedure.base ?? 0n;
  // A call that comes to stand in a word returns behind that word, not behind the place where it was compiled.
  const returns = new Map<bigint, bigint>();
  for (const { address, others } of modifiable.values())
    for (const other of others) returns.set(base + 4n * BigInt(other.at + 1), address + 4n);
  const go = (cond: Expr | null, to: number): void => {
    targets.push({ from: out.length, to });
    out.push(cond === null ? { op: 'jump', target: to, at } : { op: 'branch', cond, target: to, at });
  };
  code.forEach((instr, i) => {
    moved[i] = out.length;
    const word = wordAt.get(i);
    if (word !== undefined) {
      if (word === 0) go(null, places[start] ?? 0);
      // Jumps to the first word must not take the jump to where the thread starts.
      moved[i] = out.length;
      const changes = modifiable.get(word);
      fetched = changes !== undefined || word >= words;
      if (changes) {
        out.push({
          op: 'call',
          dst: FETCHED,
          callee: { k: 'name', name: 'fetch_text' },
          args: [changes.address, changes.first, ...changes.others.map((other) => other.word)].map(int),
          at: instr.at,
        });
        for (const other of changes.others) go(differs(other.word), places[other.at] ?? 0);
        // An undefined instruction: the handler may come back to this word, and it is fetched again.
        const rest = out.length + 1;
        out.push({ op: 'branch', cond: differs(changes.first), target: rest + 1, at: instr.at });
        out.push({ op: 'call', dst: null, callee: { k: 'name', name: isa.undefined }, args: [], at: instr.at, fetched: true });
      }
    }
    if (instr.op === 'jump' || instr.op === 'branch') targets.push({ from: out.length, to: instr.target });
    out.push(fetched ? { ...returning(instr, returns), fetched: true } : instr);
  });
  moved[code.length] = out.length;
  for (const { from, to } of targets) {
    const instr = out[from];
    if (instr?.op === 'jump' || instr?.op === 'branch') out[from] = { ...instr, target: moved[to] ?? out.length };
  }
  return { ...procedure, code: out, words: places.slice(0, words).map((place) => moved[place] ?? 0) };
}

/** `instr` with the address of a place behind the text replaced by that of the word it stands for. */
function returning(instr: Instr, returns: ReadonlyMap<bigint, bigint>): Instr {
  const to = instr.op === 'set' && instr.value.k === 'int' ? returns.get(instr.value.value) : undefined;
  return to === undefined || instr.op !== 'set' ? instr : { ...instr, value: int(to) };
}

const differs = (word: bigint): Expr => binary('!=', local(FETCHED), int(word), u32);
