import type { CatalogRow } from '../catalog/row.js';
import { advance, Stuck } from './memory.js';
import type { Interpreter } from './interpreter.js';
import type { FlushScope, Operation } from './operation.js';
import type { Arguments } from './arguments.js';
import { valueKey } from './value.js';

const PAGE = 0x1000n;
const EVERYTHING: FlushScope = { from: null, to: null, tables: true, globals: true };
const NON_GLOBAL: FlushScope = { ...EVERYTHING, globals: false };
/** Bit 63 of a value for CR3: nothing need be invalidated (Intel SDM vol. 3, "Operations that Invalidate TLBs and Paging-Structure Caches"). */
const NO_FLUSH = 1n << 63n;
/** Bits 51 to 12: where the tables begin (Intel SDM vol. 3, "Control Registers"). */
const ROOT = 0xf_ffff_ffff_f000n;

/** The page that AP of a tlbie names (Power ISA Book III, "TLB Invalidate Entry", encodings of the actual page size for radix). */
const ACTUAL_PAGE: ReadonlyMap<bigint, bigint> = new Map([
  [0n, PAGE],
  [5n, 0x1_0000n],
  [1n, 0x20_0000n],
  [2n, 0x4000_0000n],
]);

/** The machine operation of a row that invalidates translations on x86, s390 or powerpc; null for any other row. */
export function flushOperation(on: Interpreter, cpu: number, row: CatalogRow, at: Arguments): Operation | null {
  const { does, name } = row;
  const isSet = (argument: number | undefined): boolean => argument !== undefined && at.need(argument) !== 0n;
  const flush = (scope: FlushScope, cpus: 'self' | 'all', issued = false): Operation => ({ op: 'flush', scope, cpus, issued, name });
  const pages = (address: number, count: bigint): Pick<FlushScope, 'from' | 'to'> => {
    const from = at.need(address) & ~(PAGE - 1n);
    return { from, to: from + count * PAGE };
  };
  switch (does.kind) {
    case 'flush':
      if (does.address !== undefined) return flush({ ...pages(does.address, 1n), tables: true, globals: true }, does.cpus);
      return flush(does.what === 'all' ? EVERYTHING : NON_GLOBAL, does.cpus);
    case 'invpcid': {
      const type = at.need(does.type);
      if (type === 0n) return flush({ ...pages(does.address, 1n), tables: false, globals: false }, 'self');
      if (type > 3n) throw new Stuck(`invpcid of type ${String(type)}`);
      return flush(type === 2n ? EVERYTHING : NON_GLOBAL, 'self');
    }
    case 'cr3-write': {
      const value = at.need(does.value);
      return { op: 'cr3-write', root: value & ROOT, keep: (value & NO_FLUSH) !== 0n, name };
    }
    case 'invlpgb': {
      const tables = does.address === undefined || isSet(does.tables);
      const range = does.address === undefined ? { from: null, to: null } : pages(does.address, at.number(does.pages) ?? 1n);
      return flush({ ...range, tables, globals: does.globals }, 'all', true);
    }
    case 'tlbsync':
    case 'ptesync':
      return { op: does.kind };
    case 'invalidate-entry': {
      const locs: string[] = [];
      const more = does.more === undefined ? 0n : at.need(does.more);
      if (more < 0n || more > 511n) throw new Stuck(`${name}() of ${String(more)} more entries`);
      const first = at.tagged(does.entry);
      for (let i = 0n; i <= more; i++) {
        const { value } = first;
        if (value.k !== 'ptr') throw new Stuck(`${name}() of ${valueKey(value)}, which is no table entry`);
        locs.push(on.location({ value: i === 0n ? value : advance(on.setup, value.obj, value.path, i, 8), deps: first.deps }));
      }
      for (const loc of locs) on.sharing.access(loc, cpu, true, true);
      return { op: 'invalidate-entry', locs, level: does.level, cpus: isSet(does.local) ? 'self' : 'all', name };
    }
    case 'csp': {
      const loc = on.location(at.tagged(does.pointer));
      on.sharing.access(loc, cpu, true, true);
      return { op: 'csp', loc, expected: at.value(does.expected), operand: at.value(does.operand), name };
    }
    case 'tlbie':
      return tlbie(does, at);
    default:
      return null;
  }
}

/**
 * tlbie and tlbiel. RB in the register form: IS in bits 52 and 53 says what is meant, the effective page number stands in bits 0 to 51, AP in
 * bits 56 to 58; the process stands in the upper half of RS (Power ISA Book III, "TLB Invalidate Entry", radix).
 */
function tlbie(does: Extract<CatalogRow['does'], { kind: 'tlbie' }>, at: Arguments): Operation {
  const ric = Number(at.need(does.ric));
  if (ric !== 0 && ric !== 1 && ric !== 2) throw new Stuck(`tlbie with RIC ${String(ric)}`);
  const said = does.process === undefined ? null : BigInt.asUintN(64, at.need(does.process));
  const process = said !== null && does.by === 'registers' ? said >> 32n : said;
  const of = (range: { readonly from: bigint; readonly to: bigint } | null, whose = process): Operation => {
    return { op: 'tlbie', range, ric, local: does.local, process: whose };
  };
  if (does.address === undefined) return of(null);
  const given = BigInt.asUintN(64, at.need(does.address));
  if (does.prs !== undefined) {
    if (at.need(does.prs) !== 1n) throw new Stuck('tlbie of translations of a partition is not modelled');
    const is = (given >> 10n) & 3n;
    // By process; 2 and 3: of all processes.
    if (is !== 0n) return of(null, is === 1n ? process : null);
  }
  const ap = does.size === undefined ? (given >> 5n) & 7n : at.need(does.size);
  const size = ACTUAL_PAGE.get(ap);
  if (size === undefined) throw new Stuck(`tlbie of a page size with AP ${String(ap)}`);
  const from = given & ~(size - 1n);
  return of({ from, to: from + size });
}
