import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as Covers from '../../../simulator/machine/riscv/covers.js';
import type * as Fences from '../../../simulator/machine/riscv/fences.js';
import type * as Leaf from '../../../simulator/machine/riscv/leaf.js';
import type * as Spaces from '../../../simulator/machine/riscv/spaces.js';
import type * as Rvwmo from '../../../simulator/machine/riscv/rvwmo.js';
import type * as Walk from '../../../simulator/machine/riscv/walk.js';
import type * as Barrier from '../../../simulator/machine/barrier.js';
import type * as Write from '../../../simulator/machine/write.js';
import type * as MachineModule from '../../../simulator/machine/machine.js';
import type * as Layout from '../../../simulator/machine/layout.js';
import { COPIES } from '../../../simulator/machine/layout.js';
import { kindShown, membersOf, parseMember, settingOf } from './testing/family.js';

/**
 * Rules of the machine, each taken away in turn: some test of the family then shows another verdict. A rule that no test misses would be
 * one that nobody watches.
 */
interface Mutant {
  /** What the machine does without. */
  readonly rule: string;
  /** Puts the mutant in the place of modules that are loaded afterwards. */
  readonly plant: () => void;
  /** A test that notices, of one of our riscv families. */
  readonly test: string;
  /** Where only other hardware than the weakest notices. */
  readonly axis?: string;
}

type Module<T> = (original: T) => Partial<T>;

const planted = new Set<string>();

const plant = <T extends object>(path: string, change: Module<T>): void => {
  planted.add(path);
  vi.doMock(path, async (load) => {
    const original = await load<T>();
    return { ...original, ...change(original) };
  });
};
/** A module of the machine in which a mutant changes something. */
const inModule =
  <T extends object>(path: string) =>
  (change: Module<T>) =>
  () => {
    plant(`../../../simulator/machine/${path}.js`, change);
  };
const covers = inModule<typeof Covers>('riscv/covers');
const fences = inModule<typeof Fences>('riscv/fences');
const leaf = inModule<typeof Leaf>('riscv/leaf');
const spaces = inModule<typeof Spaces>('riscv/spaces');
const walk = inModule<typeof Walk>('riscv/walk');
const rvwmo = inModule<typeof Rvwmo>('riscv/rvwmo');
const barrier = inModule<typeof Barrier>('barrier');
const write = inModule<typeof Write>('write');
const machine = inModule<typeof MachineModule>('machine');
/** A fence that takes more than it is told to. */
const wider = (sets: { readonly pred: 'rw' } | { readonly succ: 'rw' }): (() => void) =>
  barrier(({ fence }) => ({
    fence: (m, s, cpu, request, does, sink) => {
      fence(m, s, cpu, request, does.op === 'fence' ? { ...does, ...sets } : does, sink);
    },
  }));
/** What a hart is taken to know: its loads, its stores, its fences (see `Machine.known`), without some. */
const knowing = (fields: (at: InstanceType<(typeof Layout)['Layout']>) => readonly number[]): (() => void) =>
  machine(({ Machine }) => ({
    Machine: class extends Machine {
      override known(s: Int32Array, thread: number): number {
        return Math.max(...fields(this.layout).map((field) => this.get(s, thread, field)));
      }
    },
  }));
const invalidEntries = (kind: 'cached' | 'early' | 'early-until-fence'): (() => void) =>
  machine(({ Machine }) => ({
    Machine: class extends Machine {
      override invalidEntries() {
        return kind;
      }
    },
  }));

const mutants: readonly Mutant[] = [
  // What a fence covers.
  {
    rule: 'a fence by address leaves copies that led to a table',
    plant: covers(({ coversCopy }) => ({ coversCopy: (m, what, asid, _table, global) => coversCopy(m, what, asid, false, global) })),
    test: 'table-unlink.local+sfence.va',
  },
  {
    rule: 'a fence of all addresses covers those too',
    plant: covers(({ coversCopy }) => ({
      coversCopy: (m, what, asid, table, global) => !table && coversCopy(m, what, asid, table, global),
    })),
    test: 'table-unlink.local+sfence.all',
  },
  {
    rule: 'a fence with an ASID leaves copies of global mappings',
    plant: covers(({ coversCopy }) => ({ coversCopy: (m, what, asid, table) => coversCopy(m, what, asid, table, false) })),
    test: 'unmap.global+sfence.asid',
  },
  {
    rule: 'a fence without an ASID covers those too',
    plant: covers(({ coversCopy }) => ({
      coversCopy: (m, what, asid, table, global) => !global && coversCopy(m, what, asid, table, global),
    })),
    test: 'unmap.global+sfence.all',
  },
  {
    rule: 'a fence with an ASID leaves copies of other ASIDs',
    plant: covers(({ coversCopy }) => ({
      coversCopy: (m, what, asid, table, global) => coversCopy(m, { ...what, asid: what.asid === null ? null : asid }, asid, table, global),
    })),
    test: 'unmap.local+sfence.asid-other',
  },
  {
    rule: 'a fence with an ASID covers that ASID',
    plant: covers(({ coversCopy }) => ({
      coversCopy: (m, what, asid, table, global) => what.asid === null && coversCopy(m, what, asid, table, global),
    })),
    test: 'unmap.local+sfence.asid',
  },
  {
    rule: 'a fence by address leaves copies of other addresses',
    plant: covers(() => ({ overlaps: () => true })),
    test: 'unmap.local+sfence.va-other',
  },
  {
    rule: 'any address within a superpage names it',
    plant: covers(({ overlaps }) => ({ overlaps: (range, entry) => overlaps(range, range ? { ...entry, size: 4096n } : entry) })),
    test: 'split.local+sfence.va-same-megapage',
  },
  // What a fence orders.
  { rule: 'a fence comes after own stores', plant: knowing((at) => [at.RN, at.VR]), test: 'unmap.local+sfence.va' },
  { rule: 'a fence comes after own loads', plant: knowing((at) => [at.VW]), test: 'unmap.remote+sfence' },
  {
    rule: 'a fence orders earlier accesses, not later ones',
    plant: fences(({ sfence }) => ({
      sfence: (m, s, cpu, request, does, sink) => {
        sfence(m, s, cpu, request, does, {
          violation: sink.violation.bind(sink),
          stuck: sink.stuck.bind(sink),
          next: (t, by, stale, text) => {
            for (const entry of m.entries) m.raise(t, cpu, m.layout.FLOORS + COPIES * entry.index, m.order.length(t));
            sink.next(t, by, stale, text);
          },
        });
      },
    })),
    test: 'unmap.local+sfence-before',
  },
  {
    rule: 'a fence puts no order between explicit accesses',
    plant: fences(({ sfence }) => ({
      sfence: (m, s, cpu, request, does, sink) => {
        sfence(m, s, cpu, request, does, {
          violation: sink.violation.bind(sink),
          stuck: sink.stuck.bind(sink),
          next: (t, by, stale, text) => {
            for (const field of [m.layout.RN, m.layout.WN]) m.raise(t, cpu, field, m.known(t, cpu));
            sink.next(t, by, stale, text);
          },
        });
      },
    })),
    test: 'SB+sfence.all',
  },
  // What copies may be.
  {
    rule: 'old copies may be used',
    plant: walk(({ riscvPaths }) => ({ riscvPaths: (...args) => riscvPaths(...args).filter((path) => !path.stale) })),
    test: 'unmap.local+none',
  },
  { rule: 'fences take old copies away', plant: spaces(() => ({ floor: () => 0 })), test: 'unmap.local+sfence.va' },
  { rule: 'invalid entries may be kept', plant: invalidEntries('early-until-fence'), test: 'map.local+sfence.va-other' },
  { rule: 'a trap ends early walks', plant: invalidEntries('early-until-fence'), test: 'map.remote+retry', axis: 'invalid-entries:early' },
  {
    rule: 'walks may be early',
    plant: walk(({ riscvPaths }) => ({
      riscvPaths: (...args) => riscvPaths(...args).filter((path) => !path.stale || path.end.k === 'page'),
    })),
    test: 'map.local+none',
    axis: 'invalid-entries:early',
  },
  {
    rule: 'without copies of pointers a walk is kept whole or not at all',
    plant: spaces(({ floor }) => ({
      floor: (m, s, cpu, space, entry, table, global) => (table ? floor(m, s, cpu, space, entry, table, global) : 0),
    })),
    test: 'table-unlink.local+sfence.va',
    axis: 'walk-cache:false',
  },
  // Svinval.
  {
    rule: 'sinval.vma counts for stores before sfence.w.inval only',
    plant: fences(({ sinval }) => ({
      sinval: (m, s, cpu, request, does, sink) => {
        const known = s.slice();
        m.raise(known, cpu, m.layout.WINV, m.known(s, cpu));
        sinval(m, known, cpu, request, does, sink);
      },
    })),
    test: 'unmap.sinval+late-store',
  },
  {
    rule: 'sinval.vma counts for walks after sfence.inval.ir only',
    plant: fences(({ sinval, svinvalFence }) => ({
      sinval: (m, s, cpu, request, does, sink) => {
        sinval(m, s, cpu, request, does, {
          violation: sink.violation.bind(sink),
          stuck: sink.stuck.bind(sink),
          next: (t, by, stale, text) => {
            const node = m.get(t, cpu, m.layout.NODE);
            svinvalFence(
              m,
              t.slice(),
              cpu,
              request,
              { op: 'svinval-fence', of: 'ir' },
              {
                violation: sink.violation.bind(sink),
                stuck: sink.stuck.bind(sink),
                next: (done) => {
                  m.set(done, cpu, m.layout.NODE, node);
                  sink.next(done, by, stale, text);
                },
              },
            );
          },
        });
      },
    })),
    test: 'unmap.sinval+w',
  },
  {
    rule: 'sfence.inval.ir completes sinval.vma',
    plant: fences(({ svinvalFence }) => ({
      svinvalFence: (m, s, cpu, request, _does, sink) => {
        svinvalFence(m, s, cpu, request, { op: 'svinval-fence', of: 'w' }, sink);
      },
    })),
    test: 'unmap.sinval+w+ir',
  },
  // Address spaces.
  {
    rule: 'a fence of a space that was left takes its copies for good',
    plant: spaces(() => ({ held: () => true })),
    test: 'asid-recycle+sfence.asid',
  },
  {
    rule: 'the same where pointers are not kept',
    plant: spaces(() => ({ dropped: () => false })),
    test: 'asid-recycle+sfence.va',
    axis: 'walk-cache:false',
  },
  {
    rule: 'copies serve their own ASID only',
    plant: spaces(({ spacesOf }) => ({ spacesOf: (m) => spacesOf(m).map((space) => ({ ...space, asid: 0n })) })),
    test: 'asid-switch+fresh',
  },
  { rule: 'copies of global mappings serve any ASID', plant: leaf(() => ({ isGlobal: () => false })), test: 'asid-switch+global' },
  {
    rule: 'a write of satp takes effect at once',
    plant: spaces(() => ({ enterSpace: () => undefined })),
    test: 'asid-switch+fresh',
  },
  // Remote fences.
  {
    rule: 'a remote fence reaches the harts of its mask',
    plant: fences(({ remoteFence }) => ({
      remoteFence: (m, s, cpu, request, does, sink) => {
        remoteFence(m, s, cpu, request, { ...does, mask: 0 }, sink);
      },
    })),
    test: 'unmap.sbi+all',
  },
  {
    rule: 'a remote fence reaches no other harts',
    plant: fences(({ remoteFence }) => ({
      remoteFence: (m, s, cpu, request, does, sink) => {
        remoteFence(m, s, cpu, request, { ...does, mask: 3 }, sink);
      },
    })),
    test: 'unmap.sbi+mask-other',
  },
  {
    rule: 'a remote fence of a range leaves other addresses',
    plant: fences(({ remoteFence }) => ({
      remoteFence: (m, s, cpu, request, does, sink) => {
        remoteFence(m, s, cpu, request, { ...does, start: 0n, size: 0n }, sink);
      },
    })),
    test: 'unmap.sbi+range-other',
  },
  {
    rule: 'a remote fence with an ASID leaves other ASIDs',
    plant: fences(({ remoteFence }) => ({
      remoteFence: (m, s, cpu, request, does, sink) => {
        remoteFence(m, s, cpu, request, { ...does, asid: null }, sink);
      },
    })),
    test: 'unmap.sbi.asid+other',
  },
  { rule: 'a remote fence covers what its caller had stored', plant: knowing((at) => [at.VR]), test: 'unmap.sbi+all' },
  {
    rule: 'a remote fence binds a hart from wherever it is on',
    plant: walk(({ riscvPaths }) => ({
      riscvPaths: (m, s, cpu, va, wanted) => {
        const before = s.slice();
        m.set(before, cpu, m.layout.VM, 0);
        return riscvPaths(m, before, cpu, va, wanted).map((path) => ({ ...path, limit: Number.POSITIVE_INFINITY }));
      },
    })),
    test: 'unmap.sbi+all',
  },
  {
    rule: 'stores through an old translation come before the answer to a remote fence',
    plant: walk(({ riscvPaths }) => ({
      riscvPaths: (...args) => riscvPaths(...args).map((path) => ({ ...path, limit: Number.POSITIVE_INFINITY })),
    })),
    test: 'reuse.sbi+all',
  },
  {
    rule: 'a remote fence.i reaches the fetches of other harts',
    plant: fences(() => ({ remoteFences: () => [] })),
    test: 'code.sbi+remote-fence.i',
  },
  {
    rule: 'a remote sfence.vma is no fence.i',
    plant: fences(({ remoteFence, remoteFenceI }) => ({
      remoteFence: (m, s, cpu, request, does, sink) => {
        remoteFenceI(m, s, cpu, request, { op: 'sbi-fence-i', mask: does.mask }, sink);
      },
      remoteFenceI: (m, s, cpu, request, does, sink) => {
        remoteFence(m, s, cpu, request, { op: 'sbi-sfence', mask: does.mask, start: 0n, size: 0n, asid: null }, sink);
      },
    })),
    test: 'code.sbi+remote-sfence',
  },
  // Leaves.
  {
    rule: 'a store needs write permission',
    plant: leaf(({ grant }) => ({ grant: (bits, wanted, updates) => grant(bits | 4n, wanted, updates) })),
    test: 'read-only+store',
  },
  {
    rule: 'supervisor code does not use pages of users',
    plant: leaf(({ grant }) => ({ grant: (bits, wanted, updates) => grant(bits, { ...wanted, user: (bits & 16n) !== 0n }, updates) })),
    test: 'user+load',
  },
  {
    rule: 'an access needs the A bit',
    plant: leaf(({ grant }) => ({ grant: (bits, wanted, updates) => grant(bits | 64n, wanted, updates) })),
    test: 'accessed.clear+load',
  },
  {
    rule: 'a store needs the D bit',
    plant: leaf(({ grant }) => ({ grant: (bits, wanted, updates) => grant(bits | 128n, wanted, updates) })),
    test: 'dirty.clear+store',
  },
  {
    rule: 'without Svadu clear bits fault',
    plant: leaf(({ grant }) => ({ grant: (bits, wanted) => grant(bits, wanted, true) })),
    test: 'accessed.clear+load',
  },
  {
    rule: 'with Svadu hardware writes the bits to memory',
    plant: walk(({ riscvPaths }) => ({ riscvPaths: (...args) => riscvPaths(...args).map((path) => ({ ...path, update: null })) })),
    test: 'dirty.clear+store',
    axis: 'Svadu:true',
  },
  {
    rule: 'the access comes after the update of its entry',
    plant: leaf(() => ({ afterUpdate: (path) => path })),
    test: 'dirty.clear+observer',
    axis: 'Svadu:true',
  },
  {
    rule: 'an access comes after what its walk has read',
    plant: walk(({ riscvPaths }) => ({ riscvPaths: (...args) => riscvPaths(...args).map((path) => ({ ...path, post: 0 })) })),
    test: 'publish+fence.w.w',
  },
  // The order of data.
  {
    rule: 'a fence orders the kinds before it',
    plant: wider({ pred: 'rw' }),
    test: 'SB+fence.r.rw+fence.r.rw',
  },
  {
    rule: 'a fence orders the kinds behind it',
    plant: wider({ succ: 'rw' }),
    test: 'MP+fence.w.w+fence.r.w',
  },
  {
    rule: 'an atomic is one operation: what comes after its load comes after its store',
    plant: rvwmo(() => ({ oneOperation: () => undefined })),
    test: 'SB+amo.aq',
  },
  {
    rule: 'what depends on the register of an SC comes after its store',
    plant: rvwmo(() => ({ exclusiveStored: () => undefined })),
    test: 'SB+sc-addr',
  },
  {
    rule: 'no load takes the value of an own atomic before that has its place',
    plant: rvwmo(() => ({ forwardsAtomics: () => true })),
    test: 'SB+amo-rfi-addr',
  },
  {
    rule: 'an acquire comes after older releases of its hart',
    plant: write(() => ({ released: () => undefined })),
    test: 'SB+amo.rl-lr.aq',
  },
];

describe('without one rule some test shows another verdict', () => {
  const members = new Map(
    [...membersOf('riscv-rvwmo'), ...membersOf('riscv-fetch'), ...membersOf('riscv-vm')].map((member) => [member.name, member]),
  );

  afterEach(() => {
    for (const path of planted) vi.doUnmock(path);
    planted.clear();
    vi.resetModules();
  });

  it.each(mutants)('$rule: $test', async ({ plant: put, test, axis = '' }) => {
    const member = members.get(test);
    if (!member) throw new Error(`no test ${test}`);
    const parsed = parseMember(member, settingOf(axis));
    vi.resetModules();
    put();
    const { runLitmus } = await import('../../../simulator/litmus/run.js');
    const wanted = member.verdicts.axes.get(axis) ?? member.verdicts.weakest;
    const shown = kindShown(runLitmus(parsed), wanted);
    expect(['Allowed', 'Forbidden', 'Required']).toContain(shown);
    expect(shown).not.toBe(wanted);
  });
});
