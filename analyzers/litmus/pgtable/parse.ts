import type { Catalog } from '../../../simulator/catalog/load.js';
import type { Condition, LitmusTest, Parsed } from '../../../simulator/litmus/test.js';
import { LitmusFailure } from '../failure.js';
import { parseAssertion } from './assertion.js';
import { type Document, readDocument } from './document.js';
import type { Scope } from './evaluate.js';
import { type MemoryLayout, layOut, physicalOf, STAGE1_BASE, STAGE2_BASE } from './layout.js';
import { compileThreads, localOf, type Threads } from './threads.js';

type Setup = LitmusTest['setup'];

const PAGE = 4096n;
const U64 = { k: 'int', type: { bits: 64, signed: false } } as const;

/**
 * Reads a `.litmus.toml` test: AArch64 threads over page tables of two stages, as in the tests of "Relaxed virtual memory in Armv8-A"
 * (Simner et al., ESOP 2022). Null for a text that is no such document.
 */
export function parsePgtable(name: string, text: string, catalog: Catalog): Parsed | null {
  if (!/^\s*(?:#[^\n]*\n\s*)*(?:arch|name)\s*=/.test(text)) return null;
  let known = name;
  try {
    const document = readDocument(text);
    known = document.name;
    return { k: 'test', test: testOf(document, catalog) };
  } catch (error) {
    if (!(error instanceof LitmusFailure)) throw error;
    return error.failure.k === 'malformed' ? error.failure : { ...error.failure, name: known };
  }
}

function testOf(document: Document, catalog: Catalog): LitmusTest {
  const memory = layOut(document);
  const pages = dataPages(memory);
  const asked = new Set<string>();
  const condition = conditionOf(document, memory, pages, (local) => asked.add(local));
  const threads = compileThreads(document, memory, asked);
  const { objects, physical, initial, mmu } = machineOf(memory, threads, pages);
  const setup: Setup = {
    arch: 'arm64',
    program: { procedures: threads.procedures, globals: new Map(), offsets: new Map(), omissions: [] },
    rows: { get: (row) => catalog.find('arm64', row) },
    features: catalog.features,
    axes: new Map([
      ['FEAT_ETS2', [true, false]],
      ['FEAT_TTL', [true, false]],
    ]),
    setting: new Map(),
    cpus: threads.cpus,
    objects,
    initial,
    physical,
    trap: null,
    throughMmu: true,
    line: threads.line,
  };
  return { name: document.name, setup, mmu, quantifier: 'exists', condition, filter: null };
}

function conditionOf(document: Document, memory: MemoryLayout, pages: Pages, asks: (local: string) => void): Condition {
  const scope: Scope = { memory, label: () => null };
  return parseAssertion(document.assertion, {
    scope,
    threads: document.threads.length,
    register: (_, name) => {
      const local = localOf(name);
      if (local !== null) asks(local);
      return local;
    },
    location: (name) => {
      const address = memory.addresses.get(name);
      if (!address) return null;
      const base = (root: bigint): bigint | null => (memory.image.pages.has(root) ? root : null);
      const at = physicalOf(memory.image, address, base(STAGE1_BASE), base(STAGE2_BASE));
      return at === null ? null : locationAt(pages, at);
    },
  });
}

/** Objects of data, by the physical address of their page. */
type Pages = ReadonlyMap<bigint, string>;

function dataPages({ addresses, data }: MemoryLayout): Pages {
  const pages = new Map<bigint, string>();
  for (const [name, { kind, value }] of addresses) {
    const page = value - (value % PAGE);
    if (kind === 'physical' && !pages.has(page)) pages.set(page, name);
  }
  for (const address of data.keys()) {
    const page = address - (address % PAGE);
    if (!pages.has(page)) pages.set(page, `page_${page.toString(16)}`);
  }
  return pages;
}

function locationAt(pages: Pages, address: bigint): string | null {
  const object = pages.get(address - (address % PAGE));
  if (object === undefined || address % 8n !== 0n) return null;
  const index = (address % PAGE) / 8n;
  return index === 0n ? object : `${object}[${index}]`;
}

/** Memory as the machine takes it: data in objects of their pages, changing entries of tables in objects of theirs, all others fixed. */
function machineOf(
  memory: MemoryLayout,
  threads: Threads,
  pages: Pages,
): Pick<Setup, 'objects' | 'physical' | 'initial'> & { readonly mmu: NonNullable<LitmusTest['mmu']> } {
  const { image, data } = memory;
  const live = new Set(memory.live);
  for (const registers of threads.registers)
    for (const value of registers.values()) if (value % 8n === 0n && image.pages.has(value - (value % PAGE))) live.add(value);
  const objects = new Map<string, Setup['objects'] extends ReadonlyMap<string, infer T> ? T : never>();
  const initial = new Map<string, { readonly k: 'int'; readonly v: bigint }>();
  for (const object of pages.values()) objects.set(object, U64);
  for (const [address, v] of data) {
    const loc = locationAt(pages, address);
    if (loc !== null) initial.set(loc, { k: 'int', v });
  }
  const entries = [...live]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((physical) => {
      const page = physical - (physical % PAGE);
      const { level, tables } = image.pages.get(page) ?? { level: 3, tables: { name: 'tables', stage: 1 as const } };
      const table = `${tables.name} level ${level} 0x${page.toString(16)}`;
      const index = Number((physical % PAGE) / 8n);
      objects.set(table, { k: 'array', of: U64, length: 512 });
      initial.set(`${table}[${index}]`, { k: 'int', v: image.descriptors.get(physical) ?? 0n });
      return { physical, table, index, level };
    });
  const fixed = new Map([...image.descriptors].filter(([physical]) => !live.has(physical)));
  const levels = [39, 30, 21, 12].map((shift, level) => ({ level, shift, entries: 512 }));
  const physical = new Map([...pages].map(([page, object]) => [object, page]));
  return { objects, physical, initial, mmu: { regime: 'arm64-stage1', root: '', levels, tables: [], spaces: { entries, fixed } } };
}
