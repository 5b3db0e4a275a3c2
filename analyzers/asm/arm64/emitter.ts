import type { Expr, Instr, SourceRef } from '../../../simulator/program/types.js';
import { cast, int, str } from '../expr.js';
import type { Flag } from './flags.js';
import { DISCARDED, type Register, systemRegister } from './registers.js';
import { malformed, type Surroundings, unsupported } from './types.js';

type Bare<T> = T extends unknown ? Omit<T, 'at'> : never;

/** An indirect branch is a chain of comparisons: input must not make it long. */
const MAX_TARGETS = 64;

/** Code as it grows, one machine word after another; branches go to words until all of them have their place. */
export class Emitter {
  readonly code: Instr[] = [];
  /** Index into `code` of each machine word begun. */
  readonly words: number[] = [];
  private at: SourceRef = { file: '', line: 0, origin: 'tree' };

  constructor(
    /** Word of each label of this text. */
    private readonly labels: ReadonlyMap<string, number>,
    /** Words that an indirect branch may go to. */
    private readonly targets: readonly number[],
    /** Flags that some instruction of the text reads. */
    readonly flags: ReadonlySet<Flag>,
    private readonly surroundings: Surroundings,
  ) {}

  /** The local that stands for a system register; null for one that is not modelled. */
  systemRegister(text: string): string | null {
    return systemRegister(text, this.surroundings.registers);
  }

  begin(at: SourceRef): void {
    this.at = at;
    this.words.push(this.code.length);
  }

  push(instr: Bare<Instr>): void {
    this.code.push({ ...instr, at: this.at });
  }

  set(dst: string, value: Expr): void {
    this.push({ op: 'set', dst, value });
  }

  /** Writes `value` to a register; the upper half of a 64-bit register becomes zero with its lower one (Arm ARM DDI 0487, C1.2.5). */
  write(register: Register, value: Expr): void {
    if (register.local !== null) this.set(register.local, register.type.bits === 64 ? value : cast(value, register.type));
  }

  /** The local for a value that must be read even where the register forgets it. */
  destination(register: Register): string {
    return register.local ?? DISCARDED;
  }

  /** A call of the catalog's row for the instruction. */
  system(mnemonic: string, args: readonly Expr[]): void {
    this.push({ op: 'call', dst: null, callee: { k: 'name', name: `asm.${mnemonic.toLowerCase()}` }, args });
  }

  word(text: string): Expr {
    return str(text.toLowerCase());
  }

  /** Goes to a label when `cond` is zero. */
  branchUnless(cond: Expr, label: string, operand: number): void {
    this.push({ op: 'branch', cond, target: this.wordOf(label, operand) });
  }

  jump(label: string, operand: number): void {
    this.push({ op: 'jump', target: this.wordOf(label, operand) });
  }

  /** Goes to the word whose address `to` is: one of the labels, or what follows a call. */
  jumpTo(to: Expr): void {
    if (this.targets.length > MAX_TARGETS) throw unsupported(`indirect branches among more than ${String(MAX_TARGETS)} labels`);
    for (const word of this.targets) {
      const elsewhere: Expr = { k: 'binary', op: '!=', a: to, b: int(this.addressOf(word)), type: { bits: 64, signed: false } };
      this.push({ op: 'branch', cond: elsewhere, target: word });
    }
    this.push({ op: 'unsupported', what: 'a branch to an address that no label of this code has' });
  }

  /** Address of the word after the one begun last. */
  get returnAddress(): Expr {
    return int(this.addressOf(this.words.length));
  }

  /** The address that a label stands for. */
  addressOfLabel(label: string, operand: number): Expr {
    const word = this.labels.get(label);
    const address = word === undefined ? this.surroundings.label(label) : int(this.addressOf(word));
    if (!address) throw malformed(operand, 'a label');
    return address;
  }

  private addressOf(word: number): bigint {
    return this.surroundings.base + 4n * BigInt(word);
  }

  private wordOf(label: string, operand: number): number {
    const word = this.labels.get(label.trim());
    if (word === undefined) throw malformed(operand, 'a label of this code');
    return word;
  }

  /** The code with branches to where its words stand, each index moved on by `offset`. */
  finish(offset: number): { readonly code: Instr[]; readonly words: number[] } {
    const index = (word: number): number => offset + (this.words[word] ?? this.code.length);
    const code = this.code.map((instr) =>
      instr.op === 'branch' || instr.op === 'jump' ? { ...instr, target: index(instr.target) } : instr,
    );
    return { code, words: this.words.map((start) => start + offset) };
  }
}
