import type { Catalog } from '../../../simulator/catalog/load.js';
import { int, type LitmusTest, type Setup, type Value } from '../../../simulator/litmus/test.js';
import type { Procedure } from '../../../simulator/program/types.js';
import { parseColumns } from '../columns.js';
import { malformed, unsupported } from '../failure.js';
import type { LitmusFile } from '../syntax.js';
import { conditionOf, type Threads } from './condition.js';
import { defaultDescriptor } from './descriptor.js';
import { machineOf } from './info.js';
import { Layout, TABLE } from './layout.js';
import { compileThreads, labelAddress, threadsOf } from './threads.js';
import { type Context, valueOf } from './values.js';

/** What `AArch64` tests mean: threads of A64 code, in one address space whose page table they may change. Throws LitmusFailure. */
export function arm64Test(file: LitmusFile, catalog: Catalog): LitmusTest {
  const machine = machineOf(file);
  const layout = Layout.of(file);
  const threads = threadsOf(parseColumns(file));
  const context: Context = { layout, label: (thread, label) => labelAddress(threads, thread, label) };
  const { cpus, procedures, line } = compileThreads(file, threads, machine, context);
  checkSizes(file, procedures);
  const looks: Threads = {
    ...context,
    cpu: (thread) => nonNegative(threads.findIndex((each) => each.number === thread)),
    word: (thread, label) => threads.find((each) => each.number === thread)?.words.get(label) ?? null,
  };
  const { objects, physical, mmu } = layout.machine();
  return {
    name: file.name,
    setup: {
      arch: 'arm64',
      program: { procedures, globals: new Map(), offsets: new Map(), omissions: [] },
      rows: { get: (name) => catalog.find('arm64', name) },
      features: catalog.features,
      axes: new Map([['FEAT_ETS2', machine.ets2 === null ? [true, false] : [machine.ets2]]]),
      setting: new Map(),
      cpus,
      objects,
      initial: initialMemory(file, context),
      physical,
      trap: null,
      throughMmu: true,
      line,
    },
    mmu,
    quantifier: file.quantifier,
    condition: conditionOf(file.condition, looks),
    filter: file.filter && conditionOf(file.filter, looks),
  };
}

/** A location holds one value: what a byte of it holds besides, nobody knows. */
function checkSizes(file: LitmusFile, procedures: ReadonlyMap<string, Procedure>): void {
  const sizes = new Set<number>();
  for (const { code } of procedures.values()) for (const instr of code) if ('addr' in instr && 'type' in instr) sizes.add(instr.type.bits);
  if (sizes.size > 1 && (sizes.has(8) || sizes.has(16))) throw unsupported(file.body.at, 'accesses of different sizes');
}

const nonNegative = (index: number): number | null => (index < 0 ? null : index);

/** First values of variables and page-table entries. */
function initialMemory(file: LitmusFile, context: Context): Setup['initial'] {
  const { layout } = context;
  const given = new Map<string, Value>();
  for (const item of file.init) {
    const { target, value, at } = item;
    if (target.k === 'register' || !value) continue;
    const place = layout.place(target);
    if (place.k === 'physical') throw unsupported(at, 'first values of physical pages');
    const put = (loc: string, of: typeof value): void => {
      if (given.has(loc)) throw malformed(at, 'one first value for each place', 'a second one');
      given.set(
        loc,
        valueOf(of, context, place.k === 'entry' ? 64 : (place.variable.width?.bits ?? 32), place.k === 'entry' ? place.variable : null),
      );
    };
    if (value.k !== 'list') {
      put(layout.location(place), value);
      continue;
    }
    if (item.length === null) throw malformed(value.at, 'one value', 'a list');
    if (value.items.length !== item.length) throw malformed(value.at, `${String(item.length)} values`, String(value.items.length));
    value.items.forEach((each, index) => {
      put(layout.location({ k: 'variable', variable: place.variable, index }), each);
    });
  }
  const entries = layout.variables.map((variable): [string, Value] => {
    const loc = `${TABLE}[${String(variable.page)}]`;
    return [loc, given.get(loc) ?? int(defaultDescriptor(layout, variable))];
  });
  return new Map([...given, ...entries]);
}
