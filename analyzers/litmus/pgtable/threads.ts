import type { LitmusTest } from '../../../simulator/litmus/test.js';
import { localsReadBy } from '../../../simulator/program/locals.js';
import type { Expr, Instr, Procedure, SourceRef } from '../../../simulator/program/types.js';
import { registerOf } from '../../asm/arm64/registers.js';
import { malformed, unsupported } from '../failure.js';
import type { Document, SectionSource, Text, ThreadSource } from './document.js';
import { evaluate, type Scope } from './evaluate.js';
import { parseExpression } from './expression.js';
import { type MemoryLayout, STAGE1_BASE, STAGE2_BASE } from './layout.js';
import { compileListing, labelsOf, type Listing, parseListing } from './listing.js';

type Setup = LitmusTest['setup'];

/** Where the code of each thread stands, as in isla's configuration. */
const CODE = 0x40_0000n;
const CODE_SIZE = 0x1000n;

/** System registers that hardware and programs share, and what they hold where a test does not say. Everything else is unsupported. */
const SYSTEM: ReadonlyMap<string, bigint> = new Map([
  ['CURRENTEL', 0n],
  ['SPSEL', 0n],
  ['VBAR_EL1', 0n],
  ['VBAR_EL2', 0n],
  ['TTBR0_EL1', STAGE1_BASE],
  ['TTBR0_EL2', STAGE1_BASE],
  ['VTTBR_EL2', STAGE2_BASE],
  ...['ELR', 'SPSR', 'ESR', 'FAR'].flatMap((name): [string, bigint][] => [
    [`${name}_EL1`, 0n],
    [`${name}_EL2`, 0n],
  ]),
  ['HPFAR_EL2', 0n],
]);

/** Locals whose names are not spelled as assembly spells registers. */
const LOCAL: ReadonlyMap<string, string> = new Map([
  ['CURRENTEL', 'CurrentEL'],
  ['SPSEL', 'SPSel'],
]);

export interface Threads {
  readonly cpus: Setup['cpus'];
  readonly procedures: ReadonlyMap<string, Procedure>;
  readonly line: Setup['line'];
  /** What expressions of a thread may name. */
  readonly scopes: readonly Scope[];
  /** First values of all registers, by thread. */
  readonly registers: readonly ReadonlyMap<string, bigint>[];
}

/** Local that holds a register of a test, `R0`, `X0` and `W0` being one; null for what is none. */
export function localOf(name: string): string | null {
  const register = registerOf(/^R[0-9]+$/.test(name) ? `X${name.slice(1)}` : name)?.local ?? null;
  if (register !== null) return register;
  if (name === 'PSTATE.EL') return 'CurrentEL';
  if (name === 'PSTATE.SP') return 'SPSel';
  const system = name.toUpperCase();
  return SYSTEM.has(system) ? (LOCAL.get(system) ?? system) : null;
}

/** Compiles threads and handlers. `asked` are registers that the assertion looks at. Throws LitmusFailure. */
export function compileThreads(document: Document, memory: MemoryLayout, asked: ReadonlySet<string>): Threads {
  const listings = document.threads.map((thread) => parseListing(`P${thread.number}`, thread.code));
  const scopes = listings.map((listing, i): Scope => {
    const labels = labelsOf(listing);
    return {
      memory,
      label: (name) => {
        const word = labels.get(name);
        return word === undefined ? null : codeAt(i) + 4n * BigInt(word);
      },
    };
  });
  const registers = document.threads.map((thread, i) => firstValues(thread, scopes[i] ?? { memory, label: () => null }));
  const surroundings = { label: (): Expr | null => null, registers: new Set(SYSTEM.keys()) };
  const handlers = new Map<bigint, Procedure>();
  const read = new Set(asked);
  const note = (code: readonly Instr[]): void => {
    for (const instr of code) {
      localsReadBy(instr, (name) => {
        if (!name.startsWith('$')) read.add(name);
      });
    }
  };
  const sections = document.sections.map((section) => parseListing(section.name, section.code));
  document.sections.forEach((section, i) => {
    const listing = sections[i];
    if (!listing) return;
    const base = addressOf(section, handlers);
    const { code, words } = compileListing(listing, { ...surroundings, base });
    note(code);
    handlers.set(base, procedure(listing, code, words, base));
  });
  listings.forEach((listing, i) => {
    note(compileListing(listing, { ...surroundings, base: codeAt(i) }).code);
  });
  const procedures = new Map([...handlers.values()].map((each) => [each.name, each]));
  const vectors = new Map([...handlers].map(([base, { name }]) => [base, name]));
  const cpus = listings.map((listing, i): Setup['cpus'][number] => {
    const given = registers[i] ?? new Map<string, bigint>();
    const first: Instr[] = [...new Set([...given.keys(), ...read])].map((dst) => {
      const value = given.get(dst);
      // What a register holds that nobody sets is not known: no assertion about it holds.
      const unset: Expr = { k: 'unknown', key: `${dst} of thread ${i}, which the test does not set` };
      return { op: 'set', dst, value: value === undefined ? unset : { k: 'int', value }, at: atOf(listing) };
    });
    const { code, words } = compileListing(listing, { ...surroundings, base: codeAt(i) }, first.length);
    // Handlers may look at any register, whenever they are entered.
    const results = [...new Set([...read, ...given.keys()])];
    procedures.set(listing.name, { ...procedure(listing, [...first, ...code], words, codeAt(i)), results });
    return { name: listing.name, number: i, entry: listing.name, fault: { k: 'vectors', handlers: vectors } };
  });
  return { cpus, procedures, line: lineOf([...listings, ...sections]), scopes, registers };
}

const codeAt = (thread: number): bigint => CODE + BigInt(thread) * CODE_SIZE;
const atOf = (listing: Listing): SourceRef => ({ file: listing.name, line: listing.at.line, origin: 'scenario' });

function procedure(listing: Listing, code: readonly Instr[], words: readonly number[], base: bigint): Procedure {
  const at = atOf(listing);
  return { name: listing.name, params: [], frame: new Map(), code, at, language: 'arm64-asm', words, base };
}

function addressOf({ name, address }: SectionSource, known: ReadonlyMap<bigint, Procedure>): bigint {
  const at = numberIn(address, 'the address of a section');
  if (at % 4n !== 0n) throw malformed(address.at, 'an address that is a multiple of 4', `\`${address.text.slice(0, 40)}\``);
  if (known.has(at)) throw malformed(address.at, `an address of its own for ${name.slice(0, 40)}`, 'that of another section');
  return at;
}

function numberIn(text: Text, what: string): bigint {
  if (!/^\s*(?:0x[0-9a-fA-F]+|0b[01]+|[0-9]+)\s*$/.test(text.text)) throw malformed(text.at, what, `\`${text.text.slice(0, 40)}\``);
  return BigInt(text.text.trim());
}

function firstValues({ registers }: ThreadSource, scope: Scope): Map<string, bigint> {
  const values = new Map<string, bigint>([...SYSTEM].map(([name, value]) => [LOCAL.get(name) ?? name, value]));
  for (const { name, at, value } of registers) {
    const local = localOf(name);
    if (local === null) throw unsupported(at, `register ${name.slice(0, 40)} of a thread`);
    const given = evaluate(parseExpression(value), scope);
    if (name === 'PSTATE.EL' && given > 2n) throw unsupported(value.at, 'EL3');
    values.set(local, name === 'PSTATE.EL' ? given << 2n : given);
  }
  return values;
}

function lineOf(listings: readonly Listing[]): Setup['line'] {
  const texts = new Map(
    listings.flatMap(({ name, lines }) =>
      lines.flatMap((line) => (line.k === 'instruction' ? [[`${name}:${line.at.line}`, line.text] as const] : [])),
    ),
  );
  return (file, line) => texts.get(`${file}:${line}`) ?? null;
}
