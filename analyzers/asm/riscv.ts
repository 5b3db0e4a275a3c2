import { lowerArithmetic } from './arithmetic.js';
import { lowerControl } from './control.js';
import type { InstructionSet } from './isa.js';
import { lowerMemory } from './memory.js';
import { riscvCalls } from './registers.js';
import { lowerReservation } from './reservation.js';
import { architectureConstant } from './spelling.js';
import { lowerSystem } from './system.js';

/** RISC-V, 64 bits. */
export function riscv(): InstructionSet {
  return {
    arch: 'riscv',
    language: 'riscv-asm',
    calls: riscvCalls,
    hashComments: true,
    keptMacros: new Set(),
    group: lowerReservation,
    lower: (instruction, out) =>
      lowerSystem(instruction, out) || lowerControl(instruction, out) || lowerMemory(instruction, out) || lowerArithmetic(instruction, out),
    read: () => undefined,
    constant: architectureConstant,
  };
}
