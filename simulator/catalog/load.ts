import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ZodError, z } from 'zod';
import type { Arch } from '../program/arch.js';
import { yaml } from '../program/yaml.js';
import { type CatalogRow, catalogFileSchema } from './row.js';

/** What the machine's primitives are, by name. */
export interface Catalog {
  /**
   * The row of a primitive as called on `arch`: the exact name before a prefix row (`trace_*`), the longer prefix before the shorter,
   * the architecture's own row before that of any architecture. Undefined if the catalog does not know the name.
   */
  find(arch: Arch, name: string): CatalogRow | undefined;
  /** The rows of those `names` that the catalog knows on `arch`, by name as given: prefix rows are resolved. */
  rowsFor(arch: Arch, names: Iterable<string>): ReadonlyMap<string, CatalogRow>;
  /** The axis that a kernel feature name stands for (`ARM64_HAS_STAGE2_FWB` → `FEAT_S2FWB`). */
  axisOf(feature: string): string | undefined;
  readonly rows: readonly CatalogRow[];
  readonly axes: readonly HeldAxis[];
  readonly features: ReadonlyMap<string, string>;
  /** Where an axis stays in a scenario that does not list it; undefined for one that is taken both ways there. */
  held(axis: string): HeldAxis['held'] | undefined;
}

type HeldAxis = z.infer<typeof catalogFileSchema>['axes'][number];

/** A catalog file that can't be used: which file, which row, which field, and what to do. One message a fault. */
export class CatalogError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`the catalog cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'CatalogError';
  }
}

interface CatalogFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads every `*.yaml` of `dir`. Throws CatalogError with all faults found: the catalog is part of the program, not a user's input.
 *
 * Reading YAML takes longer than a small review, so the build leaves what it read in `packed`; that counts only while it was made from the
 * very same text.
 */
export function loadCatalog(dir: string, packed?: string): Catalog {
  const files = catalogFiles(dir);
  const ready = packed === undefined || !existsSync(packed) ? null : packedSchema.parse(JSON.parse(readFileSync(packed, 'utf8')));
  if (ready?.digest !== digestOf(files)) return readCatalog(files);
  return catalogOf(ready.rows, new Map(ready.features), ready.axes);
}

/** What `loadCatalog` finds in `packed`: the catalog of `dir` as JSON text. */
export function packCatalog(dir: string): string {
  const files = catalogFiles(dir);
  const { rows, features, axes } = readCatalog(files);
  return JSON.stringify({ digest: digestOf(files), rows, features: [...features], axes });
}

/** The digest vouches for the rows: they were checked when they were packed. */
const packedSchema = z.object({
  digest: z.string(),
  rows: z.custom<CatalogRow[]>(Array.isArray),
  features: z.array(z.tuple([z.string(), z.string()])),
  axes: z.custom<HeldAxis[]>(Array.isArray),
});

const digestOf = (files: readonly CatalogFile[]): string => createHash('sha256').update(JSON.stringify(files)).digest('hex');

function catalogFiles(dir: string): CatalogFile[] {
  const names = readdirSync(dir)
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  if (names.length === 0) throw new CatalogError([`${dir}: no *.yaml file`]);
  return names.map((name) => ({ name, text: readFileSync(join(dir, name), 'utf8') }));
}

/** The catalog that these files make, all together. Throws CatalogError. */
export function readCatalog(files: readonly CatalogFile[]): Catalog {
  const faults: string[] = [];
  const rows: CatalogRow[] = [];
  const features = new Map<string, string>();
  const axes: HeldAxis[] = [];
  const seen = new Map<string, string>();
  for (const file of files) {
    const content = parseFile(file, faults);
    for (const row of [...content.rows, ...content.groups.flatMap(rowsOf)]) {
      const place = `${file.name}, row ${row.name} (${row.arch})`;
      faults.push(...faultsOf(row).map((fault) => `${place}: ${fault}`));
      claim(seen, `row ${row.arch} ${row.name}`, place, faults);
      rows.push(row);
    }
    for (const feature of content.features) {
      const place = `${file.name}, feature ${feature.name}`;
      if (isPlaceholder(feature.source)) faults.push(`${place}: source: name the manual and section, or the kernel file and function`);
      claim(seen, `feature ${feature.name}`, place, faults);
      features.set(feature.name, feature.axis);
    }
    for (const axis of content.axes) {
      const place = `${file.name}, axis ${axis.name}`;
      if (isPlaceholder(axis.source)) faults.push(`${place}: source: name the manual and section, or the kernel file and function`);
      claim(seen, `axis ${axis.name}`, place, faults);
      axes.push(axis);
    }
  }
  if (faults.length > 0) throw new CatalogError(faults);
  return catalogOf(rows, features, axes);
}

type CatalogContent = ReturnType<typeof catalogFileSchema.parse>;

const rowsOf = ({ names, ...shared }: CatalogContent['groups'][number]): CatalogRow[] =>
  names.map((name) => ({ ...shared, name, source: `${shared.source}, ${name}` }));

function catalogOf(rows: readonly CatalogRow[], features: ReadonlyMap<string, string>, axes: readonly HeldAxis[]): Catalog {
  const exact = new Map<string, CatalogRow>();
  const prefixes: CatalogRow[] = [];
  for (const row of rows) {
    if (row.name.endsWith('*')) prefixes.push(row);
    else exact.set(`${row.arch} ${row.name}`, row);
  }
  prefixes.sort((a, b) => b.name.length - a.name.length || Number(a.arch === 'any') - Number(b.arch === 'any'));
  const find: Catalog['find'] = (arch, name) =>
    exact.get(`${arch} ${name}`) ??
    exact.get(`any ${name}`) ??
    prefixes.find((row) => (row.arch === 'any' || row.arch === arch) && name.startsWith(row.name.slice(0, -1)));
  return {
    rows,
    features,
    find,
    axes,
    held: (axis) => axes.find(({ name }) => (name.endsWith('*') ? axis.startsWith(name.slice(0, -1)) : name === axis))?.held,
    axisOf: (feature) => features.get(feature),
    rowsFor: (arch, names) => {
      const found = new Map<string, CatalogRow>();
      for (const name of names) {
        const row = find(arch, name);
        if (row !== undefined) found.set(name, row);
      }
      return found;
    },
  };
}

function parseFile(file: CatalogFile, faults: string[]): CatalogContent {
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines });
  const empty = { rows: [], groups: [], features: [], axes: [] };
  const broken = document.errors[0];
  if (broken !== undefined) {
    faults.push(`${file.name}, line ${lines.linePos(broken.pos[0]).line}: not YAML: ${broken.message.split('\n')[0] ?? ''}`);
    return empty;
  }
  const value: unknown = document.toJS();
  const parsed = catalogFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  faults.push(...describe(parsed.error, value).map((fault) => `${file.name}, ${fault}`));
  return empty;
}

/** "row smp_mb (the 5th): does.pred: Invalid option" rather than a path of indices. */
function describe(error: ZodError, value: unknown): string[] {
  return error.issues.map((issue) => {
    const [list, index, ...field] = issue.path;
    if ((list !== 'rows' && list !== 'groups' && list !== 'features' && list !== 'axes') || typeof index !== 'number') {
      return `${issue.path.map(String).join('.') || 'top level'}: ${issue.message}`;
    }
    const kind = list === 'axes' ? 'axis' : list.slice(0, -1);
    const name = nameAt(value, list, index) ?? 'without a name';
    return `${kind} ${name} (number ${index + 1} of ${list}): ${field.map(String).join('.') || 'the whole entry'}: ${issue.message}`;
  });
}

function nameAt(value: unknown, list: 'rows' | 'groups' | 'features' | 'axes', index: number): string | undefined {
  const entries = member(value, list);
  const entry: unknown = Array.isArray(entries) ? entries[index] : undefined;
  const names = member(entry, 'names');
  const name: unknown = Array.isArray(names) ? names[0] : member(entry, 'name');
  return typeof name === 'string' ? name : undefined;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
}

/** What the schema can't say of a row by itself. */
function faultsOf(row: CatalogRow): string[] {
  const faults: string[] = [];
  const { does } = row;
  if (isPlaceholder(row.source)) faults.push('source: name the manual and section, or the kernel file and function');
  if (row.name.endsWith('*') && does.kind !== 'drop' && does.kind !== 'unmodelled')
    faults.push('name: only a row that drops calls, or has no model for them, may stand for a prefix');
  if (row.name.slice(0, -1).includes('*')) faults.push('name: * may stand at the end only');
  const takesWord =
    does.kind === 'feature' ||
    does.kind === 'tlbi' ||
    does.kind === 'dc' ||
    does.kind === 'ic' ||
    does.kind === 'csr' ||
    ((does.kind === 'dmb' || does.kind === 'dsb') && does.of === 'argument') ||
    (does.kind === 'fence' && (does.pred === 'argument' || does.succ === 'argument'));
  if (does.kind === 'srcu' && (does.do === 'unlock') !== (does.index !== undefined)) {
    faults.push('does.index: unlock needs the argument with the index that lock gave, and only unlock takes one');
  }
  if (does.kind === 'per-cpu') {
    const wants = does.do !== 'address' && does.do !== 'load';
    if (wants !== (does.operand !== undefined))
      faults.push('does.operand: store and atomics need the argument with the value, and only they take one');
    if ((does.do === 'cas') !== (does.expected !== undefined)) faults.push('does.expected: cas needs it, and only cas takes one');
  }
  if (takesWord && row.words.length === 0) faults.push(`words: ${does.kind} takes a word; say which argument it is`);
  if (!takesWord && row.words.length > 0) faults.push(`words: ${does.kind} takes no word`);
  if (does.kind === 'rmw' && (does.fn === 'cas' || does.fn === 'add-unless') !== (does.expected !== undefined)) {
    faults.push('does.expected: cas and add-unless need the argument with the expected value, and only they take one');
  }
  if (does.kind === 'flush' && (does.what === 'page') !== (does.address !== undefined))
    faults.push('does.address: a flush of one page takes the argument with its address, and only that does');
  if (does.kind === 'tlbie') {
    if ((does.by === 'process') !== (does.address === undefined)) faults.push('does.address: tlbie takes it but by process');
    if ((does.by === 'address') !== (does.size !== undefined)) faults.push('does.size: tlbie by address takes it, and only that');
    if ((does.by === 'registers') !== (does.prs !== undefined)) faults.push('does.prs: tlbie by registers takes it, and only that');
  }
  return faults;
}

function isPlaceholder(source: string): boolean {
  return source.trim().length < 8 || /\b(?:todo|fixme|tbd|xxx|unknown)\b|\?\?/i.test(source);
}

function claim(seen: Map<string, string>, key: string, place: string, faults: string[]): void {
  const first = seen.get(key);
  if (first === undefined) seen.set(key, place);
  else faults.push(`${place}: given twice; it stands in ${first} already, remove one`);
}
