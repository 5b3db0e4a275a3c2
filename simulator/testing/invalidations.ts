import { type Address, type Line, type Operand, primitive } from './build.js';

/** Lines that invalidate translations on x86, s390 and powerpc; see build.ts. */

export const fenceTso = (): Line => primitive({ kind: 'fence-tso' });

export const invlpg = (at: bigint): Line => primitive({ kind: 'flush', what: 'page', address: 0, cpus: 'self' }, [at]);
export const flushAll = (cpus: 'self' | 'all' = 'self'): Line => primitive({ kind: 'flush', what: 'all', cpus });
export const invpcid = (type: number, at = 0n): Line => primitive({ kind: 'invpcid', address: 0, type: 1 }, [at, type]);
export const writeCr3 = (value: bigint): Line => primitive({ kind: 'cr3-write', value: 0 }, [value]);
/** `tables` is what an argument of that name says: 0 leaves copies of table entries alone. */
export const invlpgb = (at: bigint, pages: number, tables: 0 | 1): Line =>
  primitive({ kind: 'invlpgb', address: 0, pages: 1, tables: 2, globals: false }, [at, pages, tables]);
export const tlbsync = (): Line => primitive({ kind: 'tlbsync' });

const local = (scope: 'global' | 'local'): Operand => (scope === 'local' ? 1 : 0);
export const ipte = (entry: Address & object, scope: 'global' | 'local' = 'global', more = 0): Line =>
  primitive({ kind: 'invalidate-entry', level: 'page', entry: 0, more: 1, local: 2 }, [entry, more, local(scope)]);
export const idte = (entry: Address & object, scope: 'global' | 'local' = 'global'): Line =>
  primitive({ kind: 'invalidate-entry', level: 'table', entry: 0, local: 1 }, [entry, local(scope)]);
export const csp = (dst: string | null, pointer: Address & object, expected: Operand, operand: Operand): Line =>
  primitive({ kind: 'csp', pointer: 0, expected: 1, operand: 2 }, [pointer, expected, operand], dst);

/** s390 LOAD CONTROL of the register that names the tables. */
export const loadControl = (asce: bigint, register = 7): Line =>
  primitive({ kind: 'address-space', register: 0, is: 7, value: 1, names: 'root' }, [register, asce]);
/** powerpc mtspr of PIDR. */
export const writePid = (pid: number): Line =>
  primitive({ kind: 'address-space', register: 0, is: 48, value: 1, names: 'number' }, [48, pid]);

/** AP of a 4 KiB page, and of one of 2 MiB. */
export const AP = { small: 0, large: 1 } as const;
export const tlbie = (at: bigint, how: { readonly ric?: number; readonly ap?: number; readonly local?: boolean } = {}): Line =>
  primitive({ kind: 'tlbie', by: 'address', address: 0, size: 1, ric: 2, local: how.local ?? false }, [
    at,
    how.ap ?? AP.small,
    how.ric ?? 0,
  ]);
export const tlbieProcess = (ric: number, how: { readonly local?: boolean; readonly process?: number } = {}): Line =>
  primitive({ kind: 'tlbie', by: 'process', ric: 0, process: 1, local: how.local ?? false }, [ric, how.process ?? 0]);
/** tlbie as its registers say: RB holds IS (bits 10 and 11 from below), the address and AP. */
export const tlbieRegisters = (rb: bigint, ric: number, how: { readonly local?: boolean } = {}): Line =>
  primitive({ kind: 'tlbie', by: 'registers', address: 0, ric: 1, prs: 2, local: how.local ?? false }, [rb, ric, 1]);
export const eieio = (): Line => primitive({ kind: 'fence', pred: 'w', succ: 'w', tlbie: true });
export const ptesync = (): Line => primitive({ kind: 'ptesync' });
