import { describe, expect, it } from 'vitest';
import * as b from './build.js';
import { explored, shows, trace, violations } from './run.js';
const ld = (d: string, f: string): b.Line => [b.load(d, f), b.note(d)];
const st = (x: string, v = 1): b.Line => b.store(x, v);
const read = b.load;
describe('probe', () => {
  it('PPOAA forbidden', () => {
    const s: b.Scene = {
      arch: 'arm64',
      cpus: {
        P0: [st('x'), b.mb(), st('y')],
        P1: [
          read('r1', 'y'),
          b.store('z', b.binary('+', b.zeroFrom('r1'), 1)),
          read('r2', 'z'),
          b.load('r3', b.dependent('x', 'r2')),
          b.note('r3'),
          b.note('r1'),
        ],
        P2: [ld('r4', 'z')],
      },
    };
    expect(shows(s, 0, 'P1.r1=1 P1.r3=0')).toBe(false);
    expect(shows(s, 1, 'P1.r1=1 P1.r3=0')).toBe(false);
  });
  it('fetch sees old text after acquire without isb', () => {
    const s: b.Scene = {
      arch: 'arm64',
      cpus: {
        P0: [st('text'), b.dsb(), b.release('flag', 1)],
        P1: [b.awaitNonzero('flag'), b.fetch('t', 'text'), b.note('t')],
      },
    };
    expect(shows(s, 0, 'P1.t=0')).toBe(true);
  });
  it('fetch riscv old text after acquire without fence.i', () => {
    const s: b.Scene = {
      arch: 'riscv',
      cpus: {
        P0: [st('text'), b.mb(), b.release('flag', 1)],
        P1: [b.awaitNonzero('flag'), b.fetch('t', 'text'), b.note('t')],
      },
    };
    expect(shows(s, 0, 'P1.t=0')).toBe(true);
  });
  it('ended CPU keeps coherence when interrupted', () => {
    const s: b.Scene = {
      arch: 'riscv',
      cpus: {
        P0: [st('x')],
        P1: [b.load('r1', 'x'), b.store('mine', 'r1', 'plain')],
        P2: [b.ipi('others', 'h')],
      },
      procedures: { h: [b.load('r2', 'x'), b.load('old', 'mine', 'plain'), b.assert(b.binary('>=', 'r2', 'old'))] },
    };
    expect(violations(s)).toEqual([]);
  });
  it('five locks', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const s: b.Scene = {
      cpus: {
        P0: [st('x'), ...names.map((n) => b.lock(n)), ...names.map((n) => b.unlock(n))],
        P1: [ld('r1', 'x'), ...names.map((n) => b.lock(n)), ...names.map((n) => b.unlock(n))],
      },
    };
    expect(violations(s)).toEqual([]);
  });
  it('33 pages', () => {
    const pages = Array.from({ length: 33 }, (_, i) => `pg${i}`);
    const s: b.Scene = { cpus: { P0: [b.put('pg0'), b.store(b.element('pg32', 0), 1)], P1: [b.load('r', b.element('pg32', 0))] }, pages };
    expect(violations(s)).toEqual([]);
  });
  it('riscv: table unlinked, all flushed, then table entry page freed', () => {
    const s: b.Scene = {
      cpus: { P0: [b.store(b.element('root', 0), 0), b.sbiFence(3), b.put('table_page0')], P1: null },
      mmu: b.twoLevels('riscv'),
    };
    expect(violations(s)).toEqual([]);
  });
  it('riscv: table unlinked, all flushed, P1 running, then freed', () => {
    const s: b.Scene = {
      cpus: { P0: [b.store(b.element('root', 0), 0), b.sbiFence(3), b.put('table_page0'), b.store('d', 1)], P1: [b.awaitNonzero('d')] },
      mmu: b.twoLevels('riscv'),
    };
    expect(violations(s)).toEqual([]);
  });
  it('stage2: no DSB between IPAS2 and VMALLE1', () => {
    const s: b.Scene = {
      arch: 'arm64',
      cpus: {
        P0: [
          b.store(b.element('pt', 0), 0),
          b.dsb('st'),
          b.tlbi('ipas2e1is', { at: 0n }),
          b.tlbi('vmalle1is'),
          b.dsb(),
          b.isb(),
          b.put('pt_page0'),
        ],
        P1: null,
      },
      mmu: b.flatTable('arm64-stage2'),
    };
    expect(violations(s)).toEqual(['stale-translation']);
  });
  it('rmw on freed page', () => {
    const s: b.Scene = {
      cpus: {
        P0: [b.put('pg'), b.store('f', 1)],
        P1: [b.awaitNonzero('f'), b.rmw('r', b.element('pg', 0), 'add', 1), b.load('q', b.element('pg', 0))],
        P2: [b.rmw('r', b.element('pg', 1), 'add', 1)],
      },
      pages: ['pg'],
    };
    expect(violations(s)).toEqual(['walker-use-after-free']);
    const s2: b.Scene = {
      cpus: {
        P0: [b.put('pg'), b.store('f', 1), b.rmw('r', b.element('pg', 0), 'add', 1)],
        P1: [b.awaitNonzero('f'), b.rmw('r', b.element('pg', 0), 'add', 1)],
      },
      pages: ['pg'],
    };
    expect(violations(s2)).toEqual(['walker-use-after-free']);
  });
  it('page count of freed page is struct page', () => {
    const s: b.Scene = {
      cpus: {
        P0: [b.put('pg'), b.release('f', 1)],
        P1: [b.awaitNonzero('f'), b.primitive({ kind: 'page-count', page: 0 }, [b.symbol('pg')], 'n')],
      },
      pages: ['pg'],
    };
    expect(violations(s)).toEqual([]);
  });
  it('irq enabled inside a handler', () => {
    const s: b.Scene = {
      cpus: { P0: [b.ipi('others', 'h'), b.ipi('others', 'h')], P1: [b.awaitNonzero('never')] },
      procedures: { h: [b.irqEnable()] },
    };
    expect(violations(s)).toEqual([]);
  });
  it('trap masks interrupts on riscv', () => {
    // handler sets f=1 first, then f=0; irq asserts f==0
    const s: b.Scene = {
      cpus: { P0: [b.touch(0x1000n)], P1: [b.ipi('others', 'h')] },
      trap: 'trap',
      mmu: b.flatTable('riscv', 'empty', 1, 0x1000n),
      procedures: {
        trap: [
          b.store('f', 1, 'plain'),
          b.load('r', 'sh'),
          b.store('f', 0, 'plain'),
          b.store(b.element('pt', 0), 0x200000c7n),
          b.sfence(),
          b.trapReturn(),
        ],
        h: [b.load('r', 'f', 'plain'), b.assert(b.equal('r', 0)), b.store('sh', 1)],
      },
    };
    expect(violations(s)).toEqual([]);
  });
  it('failed cas orders nothing', () => {
    const s: b.Scene = {
      arch: 'riscv',
      cpus: {
        P0: [st('x'), b.mb(), st('y')],
        P1: [b.rmw('r1', 'y', 'cas', 7, 'full', b.U64, 5), b.note('r1'), ld('r2', 'x')],
      },
    };
    expect(shows(s, 0, 'P1.r1=1 P1.r2=0')).toBe(true);
  });
  it('nested fault keeps nofault', () => {
    const s: b.Scene = {
      cpus: { P0: [b.touch(0x1000n, { nofault: true })] },
      trap: 'trap',
      mmu: b.flatTable('riscv', 'empty', 2, 0x1000n),
      procedures: {
        trap: [
          b.load('n', 'depth', 'plain'),
          b.store('depth', 1, 'plain'),
          b.when(b.equal('n', 0), b.touch(0x2000n, { nofault: true })),
          b.fixup('ok'),
          b.when(b.equal('ok', 0), b.die()),
          b.trapReturn(),
        ],
      },
    };
    expect(violations(s)).toEqual([]);
  });
  it('SB with STLR/LDAR', () => {
    const s: b.Scene = {
      arch: 'arm64',
      cpus: { P0: [b.release('x', 1), b.acquire('r1', 'y'), b.note('r1')], P1: [b.release('y', 1), b.acquire('r2', 'x'), b.note('r2')] },
    };
    expect(shows(s, 0, 'P0.r1=0 P1.r2=0')).toBe(false);
  });
  it('fetch2', () => {
    for (const t of trace(
      {
        arch: 'arm64',
        cpus: { P0: [st('text'), b.dsb(), b.release('flag', 1)], P1: [b.awaitNonzero('flag'), b.fetch('t', 'text'), b.assert('t')] },
      },
      'assertion',
    ))
      console.log(t.cpu, t.text);
  });
  it('loop', () => {
    const e = explored({ cpus: { P0: [b.label('l'), st('x'), st('x', 0), b.goto('l')], P1: [ld('r', 'x')] } });
    console.log(e.run.stopped, e.run.states, [...e.run.found.keys()]);
  });
  it('late call id', () => {
    expect(explored({ cpus: { P0: [st('x')] } }).run.states).toBeGreaterThan(0);
  });
});
