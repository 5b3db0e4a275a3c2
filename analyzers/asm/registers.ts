import type { CallingConvention } from './isa.js';

const abiNames = [
  ...['zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1'],
  ...['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'],
  ...['s2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11'],
  ...['t3', 't4', 't5', 't6'],
] as const;

const byName: ReadonlyMap<string, string> = new Map([
  ...abiNames.map((name): [string, string] => [name, name]),
  ...abiNames.map((name, number): [string, string] => [`x${number}`, name]),
  ['fp', 's0'],
]);

/** Integer registers by ABI name, in the order of their numbers; the first reads as zero. */
export const registers: readonly string[] = abiNames;

/** Registers that carry arguments. */
export const argumentRegisters: readonly string[] = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];

/** RISC-V ABIs specification, "Integer Calling Convention". */
export const riscvCalls: CallingConvention = { arguments: argumentRegisters, result: 'a0', link: 'ra' };

/** The ABI name of an integer register however it is spelled (x10, a0, fp); null when `text` is none. */
export function registerName(text: string): string | null {
  return byName.get(text.trim()) ?? null;
}
