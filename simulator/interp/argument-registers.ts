import type { Procedure } from '../program/types.js';
import type { Frame, Tagged } from './thread.js';

/** Registers of the first arguments (Procedure Call Standard for the Arm 64-bit Architecture; RISC-V ELF psABI, "Integer Calling Convention"). */
const REGISTERS: Readonly<Record<Procedure['language'], (index: number) => string>> = {
  c: String,
  'arm64-asm': (index) => `X${String(index)}`,
  'riscv-asm': (index) => `a${String(index)}`,
};

/** Assembly that C or hardware enters finds its arguments in registers: it names none. */
export function passInRegisters({ language, params }: Procedure, frame: Frame | undefined, args: readonly Tagged[]): void {
  if (language === 'c' || params.length > 0) return;
  args.slice(0, 8).forEach((arg, index) => frame?.locals.set(REGISTERS[language](index), arg));
}
