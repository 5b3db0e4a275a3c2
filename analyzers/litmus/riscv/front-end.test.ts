import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../simulator/catalog/load.js';
import type { LitmusTest } from '../../../simulator/litmus/test.js';
import type { Instr } from '../../../simulator/program/types.js';
import { parseLitmus } from '../parse.js';

const catalog = loadCatalog('simulator/catalog');
const FAMILY = join('fixtures', 'litmus', 'riscv-vm');

const parse = (text: string) => parseLitmus('test', text, catalog);

function test(text: string): LitmusTest {
  const parsed = parse(text);
  if (parsed?.k !== 'test') throw new Error(JSON.stringify(parsed));
  return parsed.test;
}

/** What the lines of P0 come to, without the first values of registers. */
function code(...lines: string[]): readonly Instr[] {
  const columns = `RISCV t\n{}\n P0 ;\n${lines.map((line) => ` ${line} ;`).join('\n')}\nexists (true)`;
  const procedure = test(columns).setup.program.procedures.get('P0');
  return procedure?.code.slice(procedure.words?.[0]) ?? [];
}

const shape = (instr: Instr): string => {
  switch (instr.op) {
    case 'load':
      return `load ${String(instr.type.bits)}${instr.type.signed ? 's' : 'u'} ${instr.order}${instr.exclusive === true ? ' exclusive' : ''} -> ${instr.dst}`;
    case 'store':
      return `store ${String(instr.type.bits)} ${instr.order}`;
    case 'store-exclusive':
      return `store-exclusive ${String(instr.type.bits)} ${instr.order} -> ${instr.dst}`;
    case 'rmw':
      return `rmw ${instr.fn} ${String(instr.type.bits)} ${instr.order} -> ${String(instr.dst)}`;
    case 'call':
      return `${instr.callee.k === 'name' ? instr.callee.name : '?'}(${instr.args.map((arg) => (arg.k === 'str' ? arg.value : arg.k === 'local' ? arg.name : '#')).join(' ')})`;
    case 'branch':
    case 'jump':
      return `${instr.op} ${String(instr.target)}`;
    default:
      return instr.op;
  }
};

describe('RISC-V assembly in litmus tests', () => {
  it.each([
    ['lw a0,0(a1)', ['load 32s once -> a0']],
    ['lbu x10,(x11)', ['load 8u once -> a0']],
    ['ld zero,8(a1)', ['load 64s once -> $discard']],
    ['lr.d.aq a0,(a1)', ['load 64s acquire exclusive -> a0']],
    ['lr.w.aqrl a0,(a1)', ['asm.fence(rw rw)', 'load 32s acquire exclusive -> a0']],
    ['sc.w.rl a0,a2,(a1)', ['store-exclusive 32 release -> a0']],
    ['sc.d.aqrl a0,a2,(a1)', ['store-exclusive 64 release -> a0', 'branch 6', 'asm.fence(rw rw)']],
    ['sw.rl a0,0(a1)', ['store 32 release']],
    ['amoadd.w.aqrl a0,a2,(a1)', ['rmw add 32 full -> a0']],
    ['amoswap.d.aq zero,a2,(a1)', ['rmw swap 64 acquire -> $discard']],
    ['fence', ['asm.fence(iorw iorw)']],
    ['fence r,rw', ['asm.fence(r rw)']],
    ['fence.tso', ['asm.fence(r rw)', 'asm.fence(w w)']],
    ['sfence.vma', ['asm.sfence.vma()']],
    ['sfence.vma a0,x0', ['asm.sfence.vma(a0 x0)']],
    ['sfence.vma zero,a1', ['asm.sfence.vma(x0 a1)']],
    ['sinval.vma a0,a1', ['asm.sinval.vma(a0 a1)']],
    ['sfence.w.inval', ['asm.sfence.w.inval()']],
    ['sfence.inval.ir', ['asm.sfence.inval.ir()']],
    ['fence.i', ['asm.fence.i()']],
    ['csrw satp,t0', ['asm.csrw(satp t0)']],
    ['csrr t0,sepc', ['set']],
    ['ecall', ['asm.ecall(a0 a1 a2 a3 a4 a5 a6 a7)', 'set']],
    ['nop', []],
    ['li a0,-0x10', ['set']],
    ['xor a0,a1,a1', ['set']],
  ])('%s', (line, expected) => {
    expect(code(line).map(shape)).toEqual(expected);
  });

  it('knows where machine words begin, and jumps through registers to any of them', () => {
    const { setup } = test('RISCV t\n{}\n P0 ;\n fence.tso ;\n jal f ;\n li a0,1 ;\n j end ;\n f: ret ;\n end: nop ;\nexists (0:a0=1)');
    const procedure = setup.program.procedures.get('P0');
    // The first value of a0, then two fences, link and jump, li, jump, and a comparison with each of the seven places.
    expect(procedure?.words).toEqual([1, 3, 5, 6, 7, 15]);
    expect(procedure?.code.slice(7, 15).map(shape)).toEqual([
      'branch 1',
      'branch 3',
      'branch 5',
      'branch 6',
      'branch 7',
      'branch 15',
      'branch 15',
      'unsupported',
    ]);
  });

  it.each([
    ['addi a0,a1,y', 4, 13, 'a register, a number or an address like `0(a0)`'],
    ['lw a0,a1', 4, 8, 'an address like `0(a0)`'],
    ['bnez a0,nowhere', 4, 10, 'a label of this thread'],
    ['sfence.vma 3', 4, 2, 'the operands that sfence.vma takes'],
  ])('%s is malformed', (line, at, column, expected) => {
    const parsed = parse(`RISCV t\n{}\n P0 ;\n ${line} ;\nexists (true)`);
    expect(parsed).toMatchObject({ k: 'malformed', malformed: { line: at, column, expected } });
  });

  it.each([
    ['ebreak', 2],
    ['mul3 a0,a1,a2', 2],
    ['csrr a0,stvec', 10],
    ['amomax.w a0,a1,(a2)', 2],
    ['sc.w.aq a0,a1,(a2)', 2],
  ])('%s is unsupported', (line, column) => {
    expect(parse(`RISCV t\n{}\n P0 ;\n ${line} ;\nexists (true)`)).toMatchObject({ k: 'unsupported', unsupported: { line: 4, column } });
  });
});

describe('page tables of RISC-V tests', () => {
  it('writes entries as the architecture has them', () => {
    const { setup, mmu } = test(
      'RISCV t\n{ [PTE(x)]=(oa:PA(y), w:0, g:1); [PTE1(x)]=(next:PTE(x)); 0:a0=x; 0:a1=PTE(x); 0:a2=(oa:PA(y), valid:0); }\n P0 ;\n nop ;\nexists (true)',
    );
    expect(mmu?.levels.map(({ level, shift }) => [level, shift])).toEqual([
      [1, 21],
      [0, 12],
    ]);
    const page = setup.physical.get('y') ?? 0n;
    const table = setup.physical.get('table_main_x') ?? 0n;
    expect(setup.initial.get('table_main_x[0]')).toEqual({ k: 'int', v: ((page >> 12n) << 10n) | 0b1110_0011n });
    expect(setup.initial.get('table_main_level1[0]')).toEqual({ k: 'int', v: ((table >> 12n) << 10n) | 1n });
    // Any page may be mapped by a megapage.
    expect(page % 0x20_0000n).toBe(0n);
  });

  it('gives each address space tables of its own, and each hart its satp', () => {
    const { setup } = test('RISCV t\n{ [PTE(B(x))]=(oa:PA(y)); 0:satp=(satp:B, asid:3); }\n P0 | P1 ;\n nop | nop ;\nexists (true)');
    const root = setup.physical.get('table_B_level0') ?? 0n;
    expect(setup.cpus[0]?.satp).toBe((8n << 60n) | (3n << 44n) | (root >> 12n));
    expect(setup.cpus[1]?.satp).toBe((8n << 60n) | ((setup.physical.get('table_main_level0') ?? 0n) >> 12n));
  });

  it.each([
    ['[PTE(x)]=(oa:PA(x), af:1);', 'one of oa, next, valid, r, w, x, u, g, a, d'],
    ['[PTE(x)]=(oa:PA(x), g:2);', '`g:0` or `g:1`'],
    ['[PTE(x)]=(next:PTE(x));', 'an entry below the root'],
    ['[PTE(x)]=(oa:x);', 'the page of a variable, like `PA(x)`'],
    ['0:satp=(asid:65536);', '`satp:` and an address space, or `asid:` and a number'],
  ])('%s', (init, expected) => {
    expect(parse(`RISCV t\n{ ${init} 0:a0=x; }\n P0 ;\n nop ;\nexists (true)`)).toMatchObject({ k: 'malformed', malformed: { expected } });
  });
});

describe('our family of translation fences', () => {
  const files = readdirSync(FAMILY).filter((name) => name.endsWith('.litmus'));

  it('is read whole', () => {
    expect(files.length).toBeGreaterThan(40);
    const wrong = files.filter((name) => parse(readFileSync(join(FAMILY, name), 'utf8'))?.k !== 'test');
    expect(wrong).toEqual([]);
  });
});
