import { beforeAll, describe, expect, it } from 'vitest';
import { type CatalogRow, rowSchema } from '../../simulator/catalog/row.js';
import type { Instr, Procedure, Program } from '../../simulator/program/types.js';
import { compileC } from '../c/compile.js';
import { initC } from '../c/parser.js';
import { printProcedure } from '../c/print.js';
import { treeOf } from '../c/testing/tree.js';
import { replaced } from './edit.js';
import { mutantsOf, mutated, type Primitives } from './mutants.js';
import { synchronisesLater } from './synchronised.js';
import type { Mutant } from './types.js';
import { unseenEffect } from './unseen.js';

const row = (name: string, does: CatalogRow['does'], words: number[] = []): CatalogRow =>
  rowSchema.parse({ name, arch: 'any', words, does, source: 'test' });

const ROWS: readonly CatalogRow[] = [
  row('WRITE_ONCE', { kind: 'store', of: 'lvalue', order: 'once' }),
  row('READ_ONCE', { kind: 'load', of: 'lvalue', order: 'once' }),
  row('smp_store_release', { kind: 'store', of: 'pointer', order: 'release' }),
  row('xchg', { kind: 'rmw', fn: 'swap', order: 'full', pointer: 0, operand: 1, result: 'old' }),
  row('clear_bit', { kind: 'bit', fn: 'clear', order: 'relaxed', result: 'none' }),
  row('dsb', { kind: 'dsb', of: 'argument' }, [0]),
  row('dmb', { kind: 'dmb', of: 'argument' }, [0]),
  row('smp_mb', { kind: 'fence', pred: 'rw', succ: 'rw' }),
  row('smp_rmb', { kind: 'fence', pred: 'r', succ: 'r' }),
  row('smp_wmb', { kind: 'fence', pred: 'w', succ: 'w' }),
  row('asm.fence', { kind: 'fence', pred: 'argument', succ: 'argument' }, [0, 1]),
  row('isb', { kind: 'isb' }),
  row('touch', { kind: 'touch', write: false, nofault: false }),
  row('write_sysreg', { kind: 'drop', why: 'no registers here', until: 'context-synchronisation' }),
  row('__tlbi', { kind: 'tlbi', address: 1 }, [0]),
  row('tlbi_range', { kind: 'tlbi', address: 1, pages: 2, level: 3 }, [0]),
  row('on_each_cpu', { kind: 'ipi', to: 'all', fn: 0, info: 1, wait: 2 }),
  row('local_irq_save', { kind: 'irq', do: 'save' }),
  row('local_irq_restore', { kind: 'irq', do: 'restore' }),
  row('spin_lock', { kind: 'lock', do: 'acquire', flavour: 'spin', lock: 0 }),
  row('spin_unlock', { kind: 'lock', do: 'release', flavour: 'spin', lock: 0 }),
  row('rcu_read_lock', { kind: 'rcu-read', do: 'lock' }),
  row('rcu_read_unlock', { kind: 'rcu-read', do: 'unlock' }),
  row('synchronize_rcu', { kind: 'rcu-sync' }),
  row('call_rcu', { kind: 'rcu-call', head: 0, fn: 1 }),
  row('ipte', { kind: 'invalidate-entry', level: 'page', entry: 0, local: 1 }),
  row('tlbie', { kind: 'tlbie', by: 'registers', address: 0, process: 1, ric: 2, prs: 3, local: false }),
  row('tlbiel', { kind: 'tlbie', by: 'registers', address: 0, process: 1, ric: 2, prs: 3, local: true }),
  row('ptesync', { kind: 'ptesync' }),
  row('put_page', { kind: 'page-put', page: 0, by: 'page' }),
];

const primitives: Primitives = {
  row: (name) => ROWS.find((each) => each.name === name),
  named: (does) => ROWS.find((each) => JSON.stringify(each.does) === JSON.stringify(does))?.name,
};

beforeAll(initC);

function compile(text: string): Program {
  const declared = 'typedef unsigned long u64;\nextern u64 *entry, *page, flag;\nextern int lock_a, lock_b;\nvoid later(void *p);\n';
  return compileC(treeOf({ 'a.c': `${declared}${text}` }), { arch: 'arm64', files: ['a.c'], defines: {}, catalog: ROWS });
}

function mutantsIn(body: string): Mutant[] {
  const program = compile(`void f(u64 x)\n{\n${body}\n}\n`);
  const procedure = program.procedures.get('f');
  if (!procedure) throw new Error('f was not compiled');
  return mutantsOf(program, procedure, primitives);
}

const whats = (body: string): string[] =>
  mutantsIn(body).map(({ operator, what }) => `${operator}: ${what.replace(/line \d+/g, 'line n')}`);

/** What the calls and accesses of a mutant are, in order. */
function shape(mutant: Mutant | undefined): string[] {
  if (!mutant) return [];
  return mutant.changed.code.flatMap((instr) =>
    instr.op === 'call' && instr.callee.k === 'name'
      ? [instr.callee.name]
      : instr.op === 'call'
        ? ['*']
        : ['set', 'return'].includes(instr.op)
          ? []
          : [instr.op],
  );
}

const found = (body: string, what: string): Mutant | undefined => mutantsIn(body).find((each) => each.what.includes(what));

describe('mutants of a procedure', () => {
  it('drops, weakens and moves barriers', () => {
    expect(whats('WRITE_ONCE(*entry, 0);\n\tdsb(ish);\n\tWRITE_ONCE(flag, 1);')).toEqual([
      'drop: drops dsb(ish)',
      'weaken: dsb(ish) becomes dmb(ish)',
      'weaken: dsb(ish) becomes dsb(ishst)',
      'weaken: dsb(ish) becomes dsb(ishld)',
      'move: dsb(ish) moves behind the write of line n',
      'move: dsb(ish) moves before the write of line n',
    ]);
    expect(whats('smp_mb();')).toEqual([
      'drop: drops smp_mb()',
      'weaken: smp_mb() becomes smp_rmb()',
      'weaken: smp_mb() becomes smp_wmb()',
    ]);
    expect(whats('dsb(ishst);')).toEqual(['drop: drops dsb(ishst)', 'weaken: dsb(ishst) becomes dmb(ishst)']);
  });

  it('weakens what marks an entry, and powerpc invalidations by their registers', () => {
    expect(whats('ipte(entry, 0);').map((what) => what.replace(/ipte\(.*?\)/, 'ipte()'))).toEqual([
      'weaken: ipte() marks the entry and drops no copies',
      'weaken: ipte() on this CPU alone',
      'range: ipte() of the next entry instead',
    ]);
    expect(shape(found('ipte(entry, 0);', 'drops no copies'))).toEqual(['load', 'load', 'store']);
    expect(whats('tlbie(x, 5, 2, 1);\n\tptesync();').map((what) => what.replace(/tlbie\(.*?\)/, 'tlbie()'))).toEqual([
      'drop: drops tlbie()',
      'range: tlbie() for the next page instead',
      'weaken: tlbie() with RIC 0, of translations alone',
      'weaken: tlbie() with RIC 1, of the page walk cache alone',
      'range: tlbie() of another process instead',
      'weaken: tlbie() on this CPU alone',
      'move: tlbie() moves behind ptesync(), line n',
      'drop: drops ptesync()',
      'weaken: ptesync() becomes smp_mb()',
    ]);
  });

  it('says the same of two ways to the same code once', () => {
    expect(whats('isb();\n\tsmp_rmb();').filter((what) => what.startsWith('move'))).toEqual(['move: isb() moves behind smp_rmb(), line n']);
  });

  it('weakens, misplaces and narrows invalidations', () => {
    expect(whats('__tlbi(vmalle1is);')).toEqual([
      'drop: drops __tlbi(vmalle1is)',
      'weaken: __tlbi(vmalle1is) becomes vmalle1, on this CPU alone',
    ]);
    expect(whats('tlbi_range(ipas2e1is, x, 8, 0);')).toEqual([
      'drop: drops tlbi_range(ipas2e1is, …, 8, 0)',
      'weaken: tlbi_range(ipas2e1is, …, 8, 0) becomes ipas2e1, on this CPU alone',
      'weaken: tlbi_range(ipas2e1is, …, 8, 0) becomes ipas2le1is, of the last level alone',
      'range: tlbi_range(ipas2e1is, …, 8, 0) for the next page instead',
      'range: tlbi_range(ipas2e1is, …, 8, 0) for the first page alone',
      'hint: tlbi_range(ipas2e1is, …, 8, 0) with level 2 as hint',
      'hint: tlbi_range(ipas2e1is, …, 8, 0) with level 3 as hint',
    ]);
    expect(whats('on_each_cpu(later, page, 1);')).toEqual([
      'drop: drops on_each_cpu(later, …, 1)',
      'wait: on_each_cpu(later, …, 1) does not wait for the others',
    ]);
  });

  it('drops both ends of a section, and only sections of which both are there', () => {
    const body = 'u64 flags = local_irq_save();\n\tspin_lock(&lock_a);\n\tspin_unlock(&lock_a);\n\tlocal_irq_restore(flags);';
    expect(whats(body)).toEqual(['drop: drops local_irq_save() and its end', 'drop: drops spin_lock(lock_a) and its end']);
    expect(shape(found(body, 'drops local_irq_save()'))).toEqual(['spin_lock', 'spin_unlock']);
    expect(shape(found(body, 'drops spin_lock'))).toEqual(['local_irq_save', 'local_irq_restore']);
    expect(whats('spin_lock(&lock_a);\n\tspin_unlock(&lock_b);')).toEqual([]);
    expect(whats('rcu_read_lock();\n\tif (x)\n\t\trcu_read_unlock();\n\telse\n\t\trcu_read_unlock();')).toEqual([
      'drop: drops rcu_read_lock() and its end',
    ]);
  });

  it('does not wait for grace periods', () => {
    expect(whats('synchronize_rcu();')).toEqual(['wait: drops synchronize_rcu()']);
    expect(shape(found('call_rcu(page, later);', 'is done at once'))).toEqual(['load', '*']);
  });

  it('takes the order from accesses and the atomic from atomics', () => {
    expect(whats('xchg(&flag, x);')).toEqual([
      'weaken: the atomic swap loses its order',
      'split: the atomic swap becomes a read and a write',
      'drop: drops the atomic swap',
    ]);
    expect(whats('clear_bit(0, &flag);')).toEqual(['split: the atomic andnot becomes a read and a write', 'drop: drops the atomic andnot']);
    expect(whats('return xchg(&flag, x);').filter((what) => what.startsWith('drop'))).toEqual([]);
    expect(whats('smp_store_release(&flag, x);')).toEqual(['weaken: a release becomes a plain write']);
    expect(shape(found('xchg(&flag, x);', 'becomes a read'))).toEqual(['load', 'store']);
  });

  it('frees before it flushes, through calls', () => {
    const program = compile(
      'static void flush(void)\n{\n\tdsb(ish);\n\t__tlbi(vmalle1is);\n}\nvoid f(void)\n{\n\tflush();\n\tput_page(page);\n}\n',
    );
    const f = program.procedures.get('f');
    const mutants = f ? mutantsOf(program, f, primitives) : [];
    // The flush passes the read of the pointer alone, which is nothing to it, or the freeing, too.
    expect(mutants.map(({ operator }) => operator)).toEqual(['move', 'free-first']);
    expect(mutants.map(shape)).toEqual([
      ['load', 'flush', 'put_page'],
      ['load', 'put_page', 'flush'],
    ]);
  });

  it('moves calls of what invalidates as it moves invalidations, and other calls not at all', () => {
    const moves = (callee: string): string[] => {
      const program = compile(`static void g(void)\n{\n\t${callee};\n}\nvoid f(u64 x)\n{\n\tWRITE_ONCE(*entry, x);\n\tg();\n}\n`);
      const f = program.procedures.get('f');
      return f ? mutantsOf(program, f, primitives).map(({ what }) => what) : [];
    };
    expect(moves('__tlbi(vmalle1is)')).toEqual(['g() moves before the write of line 11']);
    expect(moves('WRITE_ONCE(flag, 1)')).toEqual([]);
  });

  it('ignores what others may have changed, where a branch hangs on it, but for loops', () => {
    const ignored = (body: string): string[] => mutantsIn(body).flatMap(({ operator, what }) => (operator === 'ignore' ? [what] : []));
    const both = ['the check of line 7 on what line 7 has found always holds', 'the check of line 7 on what line 7 has found never holds'];
    expect(ignored('\tif (READ_ONCE(flag) & x)\n\t\tisb();')).toEqual(both);
    expect(ignored('\tif (xchg(&flag, x))\n\t\tisb();')).toEqual(both);
    // Nobody says that others write these.
    expect(ignored('if (*entry)\n\t\tisb();')).toEqual([]);
    expect(ignored('if (x)\n\t\tisb();')).toEqual([]);
    expect(ignored('while (READ_ONCE(flag))\n\t\tisb();')).toEqual([]);
    expect(ignored('while (*entry)\n\t\tif (READ_ONCE(flag))\n\t\t\tisb();')).toHaveLength(2);
    expect(ignored('while (*entry)\n\t\tif (READ_ONCE(flag))\n\t\t\tbreak;')).toEqual([]);
    const [always, never] = mutantsIn('\tif (READ_ONCE(flag))\n\t\tisb();').filter(({ operator }) => operator === 'ignore');
    expect([shape(always), shape(never)]).toEqual([
      ['load', 'isb'],
      ['load', 'jump', 'isb'],
    ]);
  });

  it('moves nothing across a jump, nor where a value is missing', () => {
    expect(whats('if (x)\n\t\tdsb(ish);\n\tWRITE_ONCE(flag, 1);').filter((what) => what.startsWith('move'))).toEqual([]);
    const body = 'u64 old = xchg(&flag, x);\n\t__tlbi(vae1is, old);';
    expect(mutantsIn(body).filter(({ operator }) => operator === 'move')).toEqual([]);
  });

  it('puts a mutant in place of its procedure and leaves the rest alone', () => {
    const program = compile('void f(void)\n{\n\tisb();\n}\nvoid g(void)\n{\n\tisb();\n}\n');
    const f = program.procedures.get('f');
    const [drop] = f ? mutantsOf(program, f, primitives) : [];
    if (!drop) throw new Error('no mutant');
    const after = mutated(program, drop);
    expect(after.procedures.get('g')).toBe(program.procedures.get('g'));
    expect(printProcedure(after.procedures.get('f') ?? drop.changed)).not.toContain('isb');
    expect(program.procedures.get('f')).toBe(f);
  });
});

describe('edits', () => {
  const at = { file: 'a.c', line: 1, origin: 'tree' } as const;
  const call = (name: string): Instr => ({ op: 'call', dst: null, callee: { k: 'name', name }, args: [], at });
  const code: Instr[] = [call('a'), { op: 'jump', target: 3, at }, call('b'), call('c'), { op: 'jump', target: 0, at }];
  const procedure: Procedure = { name: 'f', params: [], frame: new Map(), code, at, language: 'c', words: [0, 3] };

  it('keep jumps and words where they went', () => {
    const longer = replaced(procedure, 2, 1, [call('x'), call('y')]);
    expect(longer.code.map((instr) => (instr.op === 'jump' ? instr.target : instr.op))).toEqual(['call', 4, 'call', 'call', 'call', 0]);
    expect(longer.words).toEqual([0, 4]);
    const shorter = replaced(procedure, 0, 1, []);
    expect(shorter.code.map((instr) => (instr.op === 'jump' ? instr.target : instr.op))).toEqual([2, 'call', 'call', 0]);
  });
});

describe('what no run can tell of a mutant', () => {
  const unseen = (body: string): (string | null)[] => {
    const program = compile(`void f(u64 x)\n{\n${body}\n}\n`);
    const procedure = program.procedures.get('f');
    return procedure === undefined
      ? []
      : mutantsOf(program, procedure, primitives)
          .filter(({ operator }) => operator === 'drop')
          .map((mutant) => unseenEffect(mutant, program, primitives));
  };

  it('is what a context synchronisation does to a register that nobody models, up to the one before it', () => {
    const why = 'it makes write_sysreg(…) take effect, and no registers here';
    expect(unseen('write_sysreg(x); WRITE_ONCE(flag, 1); isb();')).toEqual([why]);
    expect(unseen('write_sysreg(x); isb(); WRITE_ONCE(flag, 1); isb();')).toEqual([why, null]);
    expect(unseen('write_sysreg(x); smp_mb();')).toEqual([null]);
    expect(unseen('isb(); write_sysreg(x);')).toEqual([null]);
  });
});

describe('a context synchronisation that another one follows', () => {
  const later = (text: string): boolean => {
    const program = compile(text);
    const all = [...program.procedures.values()].flatMap(({ code }) => code);
    const site = program.procedures
      .get('f')
      ?.code.find((instr) => instr.op === 'call' && instr.callee.k === 'name' && instr.callee.name === 'isb');
    return site !== undefined && synchronisesLater(program, primitives, new Set(all), site);
  };

  it('is found on every way on, in callers and callees, before an access or the end', () => {
    expect(later('void f(u64 x) { isb(); WRITE_ONCE(flag, x); isb(); }')).toBe(true);
    expect(later('void f(u64 x) { isb(); }')).toBe(false);
    expect(later('void f(u64 x) { isb(); touch(x); isb(); }')).toBe(false);
    expect(later('void f(u64 x) { isb(); if (x) isb(); }')).toBe(false);
    expect(later('void f(u64 x) { isb(); } void g(u64 x) { f(x); isb(); }')).toBe(true);
    expect(later('void f(u64 x) { isb(); } void g(u64 x) { f(x); isb(); } void h(u64 x) { f(x); touch(x); }')).toBe(false);
    expect(later('void g(void) { isb(); } void f(u64 x) { isb(); g(); touch(x); }')).toBe(true);
  });
});
