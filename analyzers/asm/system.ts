import type { Expr } from '../../simulator/program/types.js';
import type { Emitter } from './emit.js';
import { int, local, str } from './expr.js';
import { destination, valueOperand } from './operands.js';
import { argumentRegisters, registerName } from './registers.js';
import type { Instruction } from './types.js';

/** Instructions that become a call of `asm.<mnemonic>` with their register operands. */
const plainCalls = new Set([
  'sfence.vma',
  'sinval.vma',
  'sfence.w.inval',
  'sfence.inval.ir',
  'hfence.vvma',
  'hfence.gvma',
  'hinval.vvma',
  'hinval.gvma',
  'fence.i',
  'fence.tso',
  'wfi',
  'pause',
]);

/** A register as an argument of a primitive: x0 by name, since it means "all" there and not the number 0. */
function registerArgument(text: string): Expr | null {
  const name = registerName(text);
  if (name === null) return null;
  return name === 'zero' ? str('x0') : local(name);
}

/** The immediate forms mean what the register forms mean. */
const csrForms: Readonly<Record<string, { readonly name: string; readonly reads: boolean }>> = {
  csrw: { name: 'csrw', reads: false },
  csrs: { name: 'csrs', reads: false },
  csrc: { name: 'csrc', reads: false },
  csrwi: { name: 'csrw', reads: false },
  csrsi: { name: 'csrs', reads: false },
  csrci: { name: 'csrc', reads: false },
  csrrw: { name: 'csrrw', reads: true },
  csrrs: { name: 'csrrs', reads: true },
  csrrc: { name: 'csrrc', reads: true },
  csrrwi: { name: 'csrrw', reads: true },
  csrrsi: { name: 'csrrs', reads: true },
  csrrci: { name: 'csrrc', reads: true },
};

function lowerCsr(instruction: Instruction, out: Emitter): boolean {
  const { mnemonic, operands, at } = instruction;
  const bad = (): true => {
    out.unsupported(`operands of ${mnemonic} ${operands.join(', ')}`, at);
    return true;
  };
  if (mnemonic === 'csrr') {
    const dst = destination(operands[0]);
    const csr = operands[1];
    if (dst === null || !csr) return bad();
    out.call('asm.csrr', [str(csr)], dst, at);
    return true;
  }
  const form = Object.hasOwn(csrForms, mnemonic) ? csrForms[mnemonic] : undefined;
  if (!form) return false;
  const dst = form.reads ? destination(operands[0]) : 'zero';
  const csr = operands[form.reads ? 1 : 0];
  const source = operands[form.reads ? 2 : 1] ?? '';
  const value = valueOperand(source, out.names);
  if (dst === null || !csr || !value) return bad();
  // With x0 as the source, csrrs and csrrc do not write; with x0 as the destination, a swap is a write.
  if (form.reads && form.name !== 'csrrw' && value.k === 'int' && value.value === 0n) out.call('asm.csrr', [str(csr)], dst, at);
  else if (form.reads && dst === 'zero') out.call(`asm.csr${form.name.slice(-1)}`, [str(csr), value], null, at);
  else out.call(`asm.${form.name}`, [str(csr), value], dst, at);
  return true;
}

/** Lowers fences, control registers and the rest of the privileged instructions; false when the instruction is none of these. */
export function lowerSystem(instruction: Instruction, out: Emitter): boolean {
  const { mnemonic, operands, at } = instruction;
  if (plainCalls.has(mnemonic)) {
    const args = operands.map(registerArgument);
    if (args.every((arg) => arg !== null)) out.call(`asm.${mnemonic}`, args, null, at);
    else out.unsupported(`operands of ${mnemonic} ${operands.join(', ')}`, at);
    return true;
  }
  switch (mnemonic) {
    case 'nop':
      return true;
    case 'fence':
      out.call('asm.fence', [str(operands[0] ?? 'iorw'), str(operands[1] ?? 'iorw')], null, at);
      return true;
    case 'ecall':
      out.call('asm.ecall', argumentRegisters.map(local), 'a0', at);
      return true;
    case 'sret':
    case 'mret':
      out.call(`asm.${mnemonic}`, [], null, at);
      out.push({ op: 'return', value: null, at });
      return true;
    default:
      return lowerCsr(instruction, out);
  }
}

/** An instruction that only the catalog knows: registers as values, immediates as numbers, other operands as words. */
export function lowerCatalogued(instruction: Instruction, out: Emitter): void {
  const args = instruction.operands.map((text) => {
    const register = registerArgument(text);
    if (register) return register;
    const value = valueOperand(text, out.names);
    return value?.k === 'int' ? int(value.value) : str(text);
  });
  out.call(`asm.${instruction.mnemonic}`, args, null, instruction.at);
}
