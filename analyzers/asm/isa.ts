import type { Procedure } from '../../simulator/program/types.js';
import type { Arch } from '../../simulator/program/arch.js';
import type { Emitter } from './emit.js';
import type { Instruction, Statement } from './types.js';

/** How procedures call each other, as far as Programs show it. */
export interface CallingConvention {
  readonly arguments: readonly string[];
  readonly result: string;
  /** Where a call leaves the way back. */
  readonly link: string;
}

/** What kernel assembly of one architecture means. */
export interface InstructionSet {
  readonly arch: Arch;
  readonly language: Exclude<Procedure['language'], 'c'>;
  readonly calls: CallingConvention;
  /** `#` begins a comment. Elsewhere it marks an immediate. */
  readonly hashComments: boolean;
  /** Assembler macros that stay instructions: what they expand to says less. */
  readonly keptMacros: ReadonlySet<string>;
  /** Lowers several statements that are one operation; how many it took, 0 for none. */
  group(statements: readonly Statement[], at: number, out: Emitter): number;
  /** Lowers one instruction; false for one that it does not know. */
  lower(instruction: Instruction, out: Emitter): boolean;
  /** Asks the file once, before anything of it is lowered. */
  read(statements: readonly Statement[]): void;
  constant(name: string): bigint | null;
}
