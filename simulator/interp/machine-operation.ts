import { leafFlags } from './setup.js';
import type { CatalogRow } from '../catalog/row.js';
import type { Arguments } from './arguments.js';
import { lockRule } from './atomic.js';
import { regimeOf } from './exception-level.js';
import { isTrue } from './expression.js';
import { flushOperation } from './flush.js';
import type { Interpreter } from './interpreter.js';
import { Stuck } from './memory.js';
import type { Accesses, Operation } from './operation.js';
import { sharerOf } from './tasks.js';
import type { ThreadState } from './thread.js';
import { type Value, valueKey } from './value.js';

/** What a thread asks of the machine where a row of the catalog is more than the interpreter can settle alone. */
export function machineOperation(on: Interpreter, state: ThreadState, row: CatalogRow, at: Arguments): Operation {
  return inRegime(on, state, operation(on, sharerOf(on.setup, state), row, at));
}

/** TLB maintenance means the address spaces of the CPU that asks for it. */
function inRegime(on: Interpreter, state: ThreadState, does: Operation): Operation {
  const regime = does.op === 'tlbi' ? regimeOf(on.setup, state) : null;
  return does.op === 'tlbi' && regime ? { ...does, regime } : does;
}

const accesses = (word: string): Accesses => {
  const r = /[ri]/.test(word);
  const w = /[wo]/.test(word);
  return r && w ? 'rw' : r ? 'r' : 'w';
};

const strength = (word: string): 'full' | 'ld' | 'st' => (word.endsWith('ld') ? 'ld' : word.endsWith('st') ? 'st' : 'full');

function operation(on: Interpreter, cpu: number, row: CatalogRow, at: Arguments): Operation {
  const { does, name } = row;
  switch (does.kind) {
    case 'fence':
      return {
        op: 'fence',
        pred: does.pred === 'argument' ? accesses(at.word(0)) : does.pred,
        succ: does.succ === 'argument' ? accesses(at.word(1)) : does.succ,
        tlbie: does.tlbie,
        serialises: does.serialises,
        name,
      };
    case 'fence-tso':
      return { op: 'fence-tso', name };
    case 'dmb':
    case 'dsb': {
      const word = does.of === 'argument' ? at.word(0) : does.of;
      const said = { of: strength(word), name: does.of === 'argument' ? `${name}(${word})` : name };
      return does.kind === 'dmb' ? { op: 'dmb', ...said } : { op: 'dsb', ...said, domain: /^nsh/i.test(word) ? 'own' : 'shareable' };
    }
    case 'isb':
    case 'fence-i':
    case 'rcu-quiescent':
    case 'trap-return':
      return { op: does.kind };
    case 'exception':
      return { op: 'exception', cause: does.cause };
    case 'tlbi': {
      const level = at.number(does.level);
      const pages = at.number(does.pages);
      return {
        op: 'tlbi',
        word: at.word(0).toLowerCase(),
        // An operand that points at an object names no address that the tables map: nothing is covered.
        address: at.address(does.address),
        level: level === null ? null : Number(BigInt.asIntN(32, level)),
        pages: pages === null ? null : Number(pages),
      };
    }
    case 'sfence':
      return { op: 'sfence', address: at.number(does.address), asid: at.number(does.asid), size: at.number(does.size) };
    case 'sinval':
      return {
        op: on.setup.throughMmu === true ? 'sinval' : 'sfence',
        address: at.number(does.address),
        asid: at.number(does.asid),
        size: null,
      };
    case 'sbi-call':
      return sbiCall(on, at);
    case 'sbi-fence-i':
      return { op: 'sbi-fence-i', mask: hartsOf(on, at.need(does.mask)) };
    case 'sbi-sfence':
      return {
        op: 'sbi-sfence',
        mask: hartsOf(on, at.need(does.mask)),
        start: at.need(does.start),
        size: at.need(does.size),
        asid: spaceOf(at.number(does.asid)),
      };
    case 'ipi': {
      const fn = at.value(does.fn);
      if (fn.k !== 'fn') throw new Stuck(`${name}() with ${valueKey(fn)} for a function`);
      const named = does.mask === undefined ? null : Number(BigInt.asUintN(31, at.need(does.mask)));
      const mask = does.to === 'single' && named !== null ? 1 << named : named;
      const self = does.to !== 'others' && does.to !== 'mask-others';
      const wait = does.wait === 'always' || isTrue(on.setup, at.value(does.wait));
      return { op: 'ipi', mask, self, fn: fn.name, info: at.value(does.info), wait };
    }
    case 'rcu-call': {
      const fn = at.value(does.fn);
      if (fn.k !== 'fn') throw new Stuck(`${name}() with ${valueKey(fn)} for a callback`);
      return { op: 'rcu-call', fn: fn.name, head: at.value(does.head) };
    }
    case 'lock': {
      const loc = undeclared(on, at.value(does.lock)) ?? on.location(at.tagged(does.lock));
      if (does.do === 'release') return { op: 'unlock', loc, flavour: does.flavour };
      const sleeps = lockRule(on.setup, does.flavour).waits === 'sleeps';
      return { op: 'lock', loc, flavour: does.flavour, tries: does.do === 'try', sleeps };
    }
    case 'touch':
      return { op: 'touch', va: at.need(0), write: does.write, nofault: does.nofault, tries: does.tries, flags: leafFlags(on.setup) };
    case 'await':
    case 'text-gone':
    case 'translation-gone': {
      const loc = on.location(at.tagged(0));
      on.sharing.access(loc, cpu, true, false);
      return { op: does.kind, loc };
    }
    case 'fetch': {
      const loc = on.location(at.tagged(0));
      on.sharing.access(loc, cpu, true, false);
      return { op: 'fetch', loc, may: at.from(1) };
    }
    case 'die':
      return { op: 'fail', violation: 'unhandled-fault', why: at.message() ?? `${name}()` };
    default: {
      const flush = flushOperation(on, cpu, row, at);
      if (flush) return flush;
      throw new Stuck(`${name}() (${does.kind}) is not modelled yet`);
    }
  }
}

/** DC and IC by the word that names them (Arm ARM DDI 0487, "A64 System instructions for cache maintenance"). */
export function cacheMaintenance(on: Interpreter, does: Extract<CatalogRow['does'], { kind: 'dc' | 'ic' }>, at: Arguments): Operation {
  const word = at.word(0).toLowerCase();
  if (does.kind === 'dc') {
    // What is clean to the point of coherency is clean to the point of unification.
    if (!['cvau', 'cvac', 'civac'].includes(word)) throw new Stuck(`DC ${word.toUpperCase()} is not modelled`);
    return { op: 'dc', loc: on.location(at.tagged(does.address)) };
  }
  if (word === 'ivau') return { op: 'ic', loc: on.location(at.tagged(does.address)), local: false };
  if (word === 'ialluis') return { op: 'ic', loc: null, local: false };
  // Under HCR_EL2.FB the local form acts on all CPUs of the inner shareable domain (Arm ARM DDI 0487, HCR_EL2, FB).
  if (word === 'iallu') return { op: 'ic', loc: null, local: !(on.setup.setting.get('HCR_EL2.FB') === true) };
  throw new Stuck(`IC ${word.toUpperCase()} is not modelled`);
}

/** FLUSH_TLB_NO_ASID means all address spaces (Linux 6.12 arch/riscv/include/asm/tlbflush.h; arch/riscv/kernel/sbi.c, sbi_remote_sfence_vma_asid). */
const spaceOf = (asid: bigint | null): bigint | null => (asid !== null && BigInt.asUintN(64, asid) === NO_ASID ? null : asid);
const NO_ASID = 0xffff_ffff_ffff_ffffn;

/** A null pointer, or an empty set, means all that are online (Linux 6.12 arch/riscv/kernel/sbi.c, __sbi_rfence_v02). */
const hartsOf = (on: Interpreter, mask: bigint): number => Number(BigInt.asUintN(31, mask)) || (1 << on.setup.cpus.length) - 1;

/** Extension RFENCE and its functions (SBI specification, "RFENCE Extension"). */
const RFENCE = 0x5246_4e43n;

/** An SBI call as its registers have it: a7 is the extension, a6 the function, a0 to a5 its arguments (SBI specification, "Binary Encoding"). */
function sbiCall(on: Interpreter, at: Arguments): Operation {
  const extension = at.need(7);
  const fid = at.need(6);
  if (extension !== RFENCE || fid > 2n)
    throw new Stuck(`SBI extension 0x${extension.toString(16)}, function ${String(fid)}, is not modelled`);
  const base = at.need(1);
  // A base of all ones means all harts, whatever the mask.
  const all = (1n << BigInt(on.setup.cpus.length)) - 1n;
  const mask = Number(base === 0xffff_ffff_ffff_ffffn ? all : base > 30n ? 0n : (at.need(0) << base) & all);
  if (fid === 0n) return { op: 'sbi-fence-i', mask };
  return { op: 'sbi-sfence', mask, start: at.need(2), size: at.need(3), asid: fid === 2n ? at.need(4) : null };
}

/** A name that no source at hand declares, as replies use one for a lock to be made: it stands for a lock of its own. */
const undeclared = (on: Interpreter, value: Value): string | null =>
  value.k === 'unknown' && /^[A-Za-z_]\w*$/.test(value.key) && !on.setup.program.globals.has(value.key) ? value.key : null;
