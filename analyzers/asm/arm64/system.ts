import type { Lowering } from './data.js';
import { registerOf, valueOf } from './registers.js';
import { int, local } from '../expr.js';
import { malformed, unsupported } from './types.js';

const barrierOptions = new Set(['SY', 'ST', 'LD', 'ISH', 'ISHST', 'ISHLD', 'NSH', 'NSHST', 'NSHLD', 'OSH', 'OSHST', 'OSHLD']);

const barrier =
  (name: string): Lowering =>
  (operands, out) => {
    operands.exactly(0, 1);
    const option = operands.count === 0 ? 'SY' : operands.text(0).toUpperCase();
    if (option.endsWith('NXS')) throw unsupported(`${name.toUpperCase()} ${option}`);
    if (!barrierOptions.has(option)) throw malformed(0, 'a barrier option, like ISH');
    out.system(name, [out.word(option)]);
  };

/** TLBI, IC, DC: an operation by name, and the register it takes, if it takes one. */
const maintenance =
  (name: string, known: RegExp): Lowering =>
  (operands, out) => {
    operands.exactly(1, 2);
    const word = operands.text(0).toUpperCase();
    if (!known.test(word)) throw unsupported(`${name.toUpperCase()} ${word}`);
    out.system(name, [out.word(word), ...(operands.count > 1 ? [valueOf(operands.register(1))] : [])]);
  };

const bare =
  (name: string): Lowering =>
  (operands, out) => {
    operands.exactly(0);
    out.system(name, []);
  };

/** SVC and its like: an exception that the program asks for. Its number reaches no handler here. */
const exception =
  (name: string): Lowering =>
  (operands, out) => {
    operands.exactly(1);
    operands.immediate(0);
    out.system(name, []);
  };

const nothing: Lowering = () => undefined;

const instructions: ReadonlyMap<string, Lowering> = new Map<string, Lowering>([
  ['DMB', barrier('dmb')],
  ['DSB', barrier('dsb')],
  [
    'ISB',
    (operands, out) => {
      operands.exactly(0, 1);
      if (operands.count === 1 && operands.text(0).toUpperCase() !== 'SY') throw malformed(0, 'SY');
      out.system('isb', []);
    },
  ],
  ['TLBI', maintenance('tlbi', /^[A-Z0-9]+$/)],
  ['IC', maintenance('ic', /^(?:IALLU|IALLUIS|IVAU)$/)],
  ['DC', maintenance('dc', /^(?:IVAC|CVAC|CVAU|CIVAC|CVAP|CVADP)$/)],
  ['UDF', exception('udf')],
  [
    'ERET',
    (operands, out) => {
      operands.exactly(0);
      // Named, so that the register is not taken for one that nobody reads.
      out.system('eret', [local('ELR_EL1')]);
    },
  ],
  ['SVC', exception('svc')],
  ['HVC', exception('hvc')],
  ['SMC', exception('smc')],
  ['UDF', exception('udf')],
  ['WFI', bare('wfi')],
  ['WFE', bare('wfe')],
  ['SEV', bare('sev')],
  ['YIELD', bare('yield')],
  ['NOP', nothing],
  ['HINT', nothing],
  ['PRFM', nothing],
  ['PRFUM', nothing],
  [
    'MRS',
    (operands, out) => {
      operands.exactly(2);
      const register = out.systemRegister(operands.text(1));
      if (register === null) throw unsupported(`MRS ${operands.text(1).toUpperCase()}`);
      out.write(operands.register(0), local(register));
    },
  ],
  [
    'MSR',
    (operands, out) => {
      operands.exactly(2);
      const register = out.systemRegister(operands.text(0));
      if (register === null) throw unsupported(`MSR ${operands.text(0).toUpperCase()}`);
      const source = registerOf(operands.text(1));
      if (!source) throw malformed(1, 'a register');
      out.set(register, source.local === null ? int(0) : valueOf(source));
    },
  ],
]);

/** The meaning of a system instruction or hint; null for another instruction. */
export const systemInstruction = (mnemonic: string): Lowering | null => instructions.get(mnemonic) ?? null;
