import type { Expr } from '../../simulator/program/types.js';
import { integerOf } from '../cpp/numbers.js';
import type { AsmBlock, AsmOperand, TemplatePart } from './asm-block.js';
import type { Node } from './ast.js';
import type { Label } from './code.js';
import { encodedInstruction } from './encoded.js';
import { type Fx, type Place, Unsupported } from './context.js';
import { int } from './ir.js';
import { read, write } from './places.js';
import { type CType, UNKNOWN, VOID } from './types.js';

/**
 * Lowers an `asm` statement to calls of the catalog's `asm.<mnemonic>`. Operands are the block's own; an operand that is an output
 * receives the call's result, all others are arguments in the order of the instruction. An instruction without a row is `unsupported`.
 */
export function lowerAsm(fx: Fx, index: number, args: readonly Node[]): CType {
  const block = fx.prepared.blocks[index];
  if (block === undefined) throw new Unsupported('asm');
  const places = block.outputs.map((_, number) => placeOf(fx, args[number]));
  const inputs = block.inputs.map((_, number) => inputOf(fx, block, args[block.outputs.length + number], number));
  const writer = new AsmWriter(fx, block, places, inputs);
  if (!block.template.some((part) => part.k !== 'text' || part.text.trim() !== '')) writer.matchOperands();
  else writer.parts(block.template);
  return VOID;
}

function placeOf(fx: Fx, node: Node | undefined): Place {
  if (node === undefined) throw new Unsupported('asm operand');
  return fx.place(node);
}

function inputOf(fx: Fx, block: AsmBlock, node: Node | undefined, number: number): Expr {
  if (node === undefined) throw new Unsupported('asm operand');
  const constraint = block.inputs[number]?.constraint ?? '';
  // A memory operand is an address.
  if (/[mQoVA]/.test(constraint) && !/[rin]/.test(constraint)) {
    const place = fx.place(node);
    return place.k === 'memory' ? place.address : fx.value(node).e;
  }
  return fx.value(node).e;
}

type Operand = { readonly k: 'output'; readonly place: Place; readonly isRead: boolean } | { readonly k: 'value'; readonly e: Expr };

class AsmWriter {
  constructor(
    private readonly fx: Fx,
    private readonly block: AsmBlock,
    private readonly outputs: readonly Place[],
    private readonly inputs: readonly Expr[],
  ) {}

  /** An empty template moves each input that shares a register with an output. */
  matchOperands(): void {
    for (const [number, input] of this.block.inputs.entries()) {
      const output = /^\d+$/.test(input.constraint) ? this.outputs[Number(input.constraint)] : undefined;
      const e = this.inputs[number];
      if (output !== undefined && e !== undefined) write(this.fx, output, { e, t: UNKNOWN });
    }
  }

  parts(parts: readonly TemplatePart[]): void {
    let text = '';
    const flush = (): void => {
      this.text(text);
      text = '';
    };
    for (const part of parts) {
      if (part.k === 'text') text += part.text;
      else if (part.k === 'unknown') {
        // A macro that is not at hand may stand for part of an instruction.
        text += ` ${part.text} `;
      } else {
        flush();
        this.alternative(part);
      }
    }
    flush();
  }

  private alternative(part: TemplatePart & { k: 'alternative' }): void {
    const { fx } = this;
    const dst = fx.temporary();
    const old: Label = { name: 'old' };
    const end: Label = { name: 'end' };
    fx.code.emit({ op: 'call', dst, callee: { k: 'name', name: 'axis.alternative' }, args: [{ k: 'str', value: part.feature }] });
    fx.code.unless({ k: 'local', name: dst }, old);
    this.parts(part.new);
    fx.code.jump(end);
    fx.code.place(old);
    this.parts(part.old);
    fx.code.place(end);
  }

  private text(text: string): void {
    let elsewhere = 0;
    let isData = false;
    for (const line of text.split(/[\n;]/)) {
      const instruction = line
        .replace(/(\/\/|#\s).*$/, '')
        .replace(/^\s*(\d+|[A-Za-z_.][\w.]*):/, '')
        .trim();
      if (/^\.pushsection\b/.test(instruction)) elsewhere++;
      else if (/^\.popsection\b/.test(instruction)) elsewhere--;
      else if (/^\.section\b/.test(instruction)) isData = true;
      else if (/^\.previous\b/.test(instruction)) isData = false;
      else if (elsewhere === 0 && !isData && instruction !== '') this.instruction(instruction);
    }
  }

  private instruction(text: string): void {
    const match = /^([A-Za-z_.][\w.]*)\s*(.*)$/s.exec(text);
    const mnemonic = match?.[1];
    if (mnemonic === undefined) {
      this.unsupported(text);
      return;
    }
    if (silent.has(mnemonic) || (mnemonic.startsWith('.') && quiet.has(mnemonic))) return;
    const encoded = encodedInstruction(mnemonic, match?.[2] ?? '');
    if (encoded !== null) {
      if (this.fx.unit.row(`asm.${encoded.name}`) === null) this.unsupported(text);
      else this.call(encoded.name, encoded.operands, text);
      return;
    }
    const operands = splitOperands(match?.[2] ?? '');
    const [only] = operands;
    const label = /^%l\[?(\w+)\]?$/.exec(only ?? '')?.[1];
    if ((mnemonic === 'j' || mnemonic === 'b') && operands.length === 1 && label !== undefined) {
      this.fx.goto(this.labelNamed(label));
      return;
    }
    if (this.fx.unit.row(`asm.${mnemonic}`) === null) {
      this.unsupported(text);
      return;
    }
    this.call(mnemonic, operands, text);
  }

  private call(mnemonic: string, operands: readonly string[], text: string): void {
    const { fx } = this;
    const args: Expr[] = [];
    let target: Place | null = null;
    for (const [index, spelt] of operands.entries()) {
      const operand = this.operand(spelt);
      if (operand === null) {
        this.unsupported(text);
        return;
      }
      if (operand.k === 'value') args.push(operand.e);
      else if (index === 0 && !operand.isRead) target = operand.place;
      else args.push(read(fx, operand.place).e);
    }
    const dst = target === null ? null : fx.temporary();
    fx.code.emit({ op: 'call', dst, callee: { k: 'name', name: `asm.${mnemonic}` }, args });
    if (target !== null && dst !== null) write(fx, target, { e: { k: 'local', name: dst }, t: UNKNOWN });
  }

  /** Null when it names no operand of the block. */
  private operand(spelt: string): Operand | null {
    // x86 and powerpc write the memory at an address as `(%0)` and `0(%0)`: the row takes the address.
    const reference = /^(?:0?\()?%[wxzbhsdqA-Z]?(?:(\d+)|\[(\w+)\])\)?$/.exec(spelt);
    if (reference !== null) {
      const named = (operand: AsmOperand): boolean => operand.name === reference[2];
      const all = [...this.block.outputs, ...this.block.inputs];
      const number = reference[1] !== undefined ? Number(reference[1]) : all.findIndex(named);
      const output = this.outputs[number];
      if (output !== undefined)
        return { k: 'output', place: output, isRead: this.block.outputs[number]?.constraint.startsWith('+') === true };
      const e = this.inputs[number - this.outputs.length];
      return e === undefined ? null : { k: 'value', e };
    }
    if (spelt.includes('%')) return null;
    const number = integerOf(spelt.replace(/^#/, ''));
    if (number !== null) return { k: 'value', e: int(number.value) };
    const word = zeroRegisters.has(spelt) ? 'x0' : spelt;
    return { k: 'value', e: { k: 'str', value: word } };
  }

  private labelNamed(label: string): string {
    if (!/^\d+$/.test(label)) return label;
    return this.block.labels[Number(label) - this.block.outputs.length - this.block.inputs.length] ?? label;
  }

  private unsupported(text: string): void {
    this.fx.code.emit({ op: 'unsupported', what: `asm "${text.slice(0, 120)}"` });
  }
}

const silent = new Set(['nop', '__nops']);
const quiet = new Set([
  '.option',
  '.balign',
  '.align',
  '.p2align',
  '.arch_extension',
  '.arch',
  '.set',
  '.type',
  '.size',
  '.subsection',
  '.previous',
]);
const zeroRegisters = new Set(['zero', 'x0', 'xzr', 'wzr']);

function splitOperands(text: string): string[] {
  return text
    .split(',')
    .map((operand) => operand.trim())
    .filter((operand) => operand !== '');
}
