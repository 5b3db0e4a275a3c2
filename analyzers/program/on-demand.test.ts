import { beforeAll, describe, expect, it } from 'vitest';
import type { CatalogRow } from '../../simulator/catalog/row.js';
import { initC } from '../c/parser.js';
import { treeOf } from '../c/testing/tree.js';
import { compileOnDemand, type OnDemandOptions } from './on-demand.js';

beforeAll(initC);

const row = (name: string, does: CatalogRow['does']): CatalogRow => ({ name, arch: 'any', words: [], does, source: 'test' });

function compile(files: Record<string, string>, names: readonly string[], options: Partial<OnDemandOptions> = {}) {
  const entries = names.map((text) => {
    const [name = '', file] = text.split('@');
    return { name, file: file ?? null };
  });
  return compileOnDemand(treeOf(files, 'tree'), { arch: 'arm64', entries, defines: {}, catalog: [], ...options });
}

const procedures = (compiled: ReturnType<typeof compile>): string[] => [...compiled.program.procedures.keys()].sort();

describe('compileOnDemand', () => {
  it('takes what an entry reaches and nothing else', () => {
    const compiled = compile(
      {
        'mm/a.c':
          '#include <linux/h.h>\nstatic int near(int x) { return twice(x); }\nint unused(void) { return far(2); }\nint entry(int x) { return near(x) + far(x); }\n',
        'mm/b.c': 'int far(int x)\n{\n\treturn x;\n}\nint other(void) { return 3; }\n',
        'include/linux/h.h': 'static inline int twice(int x) { return 2 * x; }\nextern int far(int x);\n',
      },
      ['entry'],
    );
    expect(procedures(compiled)).toEqual(['entry', 'far', 'near', 'twice']);
    expect(compiled.units).toEqual(['mm/a.c', 'mm/b.c']);
  });

  it('finds an array whose size is an expression', () => {
    const files = {
      'mm/a.c': 'extern unsigned long bits[];\nunsigned long entry(void) { return bits[0]; }\n',
      'mm/b.c': '#define NR 64\nunsigned long bits[NR / sizeof(unsigned long) + 1];\nlong call(long (*f)(void)) { return f(); }\n',
    };
    expect(compile(files, ['entry']).program.globals.get('bits')?.defined).toBe(true);
  });

  it('leaves what has a row to the row, unless it is asked to compile it', () => {
    const files = {
      'mm/a.c': '#include <linux/h.h>\nvoid entry(void) { tell_inline(); tell_all(); }\n',
      'mm/b.c': 'void tell_all(void)\n{\n\tfar();\n}\nvoid far(void)\n{\n}\n',
      'include/linux/h.h': 'extern void tell_all(void);\nstatic inline void tell_inline(void) { }\n',
    };
    const catalog = [row('tell_*', { kind: 'drop', why: 'tells others' })];
    expect(procedures(compile(files, ['entry'], { catalog }))).toEqual(['entry']);
    expect(procedures(compile(files, ['entry'], { catalog, compiled: ['tell_all'] }))).toEqual(['entry', 'far', 'tell_all']);
    expect(procedures(compile(files, ['entry'], { catalog, compiled: ['tell_*'] }))).toEqual(['entry', 'far', 'tell_all', 'tell_inline']);
  });

  it('prefers strong over weak, the architecture over the generic, and what the Makefile builds', () => {
    const files = {
      'mm/a.c': 'int f(void); int g(void); int h(void);\nint entry(void) { return f() + g() + h(); }',
      'mm/weak.c': 'int __weak f(void) { return 1; }',
      'kernel/strong.c': 'int f(void) { return 2; }',
      'mm/generic.c': 'int g(void) { return 3; }',
      'arch/arm64/mm/own.c': 'int g(void) { return 4; }',
      'mm/nommu.c': 'int h(void) { return 5; }',
      'mm/some.c': 'int h(void) { return 6; }',
      'mm/Makefile': 'mmu-y := nommu.o\nmmu-$(CONFIG_MMU) := some.o\nobj-y += a.o weak.o generic.o $(mmu-y)',
      'kernel/Makefile': 'obj-y = strong.o',
      'arch/arm64/mm/Makefile': 'obj-y := own.o',
    };
    const { program } = compile(files, ['entry'], { defines: { CONFIG_MMU: '1' } });
    expect(['f', 'g', 'h'].map((name) => program.procedures.get(name)?.at.file)).toEqual([
      'kernel/strong.c',
      'arch/arm64/mm/own.c',
      'mm/some.c',
    ]);
  });

  it('keeps static functions of one name apart', () => {
    const { program } = compile(
      {
        'mm/a.c': 'static int f(void) { return 1; }\nint b(void);\nint entry(void) { return f() + b(); }',
        'mm/b.c': 'static int f(void) { return 2; }\nint b(void) { return f(); }',
      },
      ['entry'],
    );
    expect(program.procedures.get('b')?.code[0]).toMatchObject({ op: 'call', callee: { name: 'f@mm/b.c' } });
    expect(program.procedures.get('f@mm/b.c')?.code[0]).toMatchObject({ op: 'return', value: { value: 2n } });
  });

  it('follows functions that a table points to', () => {
    const compiled = compile(
      {
        'mm/a.c':
          'struct ops { int (*go)(int); };\nstatic int step(int x) { return x; }\nstatic const struct ops table = { .go = step };\nint run(const struct ops *o);\nint entry(void) { return run(&table); }',
        'mm/b.c': 'struct ops { int (*go)(int); };\nint run(const struct ops *o) { return o->go(1); }',
      },
      ['entry'],
    );
    expect(procedures(compiled)).toEqual(['entry', 'run', 'step']);
    expect(compiled.program.globals.get('table')?.init).toEqual([{ path: '.go', value: { k: 'symbol', name: 'step' } }]);
  });

  it('stops at rows, and takes the definition of an entry even so', () => {
    const files = { 'mm/a.c': 'int deep(void);\nint stop(void) { return deep(); }\nint entry(void) { return stop(); }' };
    const catalog = [row('stop', { kind: 'drop', why: 'test' })];
    expect(procedures(compile(files, ['entry'], { catalog }))).toEqual(['entry']);
    const direct = compile(files, ['stop'], { catalog });
    expect(procedures(direct)).toEqual(['stop']);
    expect([...direct.unresolved]).toEqual([['deep', 'no file at hand defines it']]);
  });

  it('takes the row of alloc_pages for alloc_pages_noprof', () => {
    const files = {
      'mm/a.c': 'void *get_noprof(int x);\nvoid *entry(void) { return get_noprof(1); }',
      'mm/b.c': 'void *get_noprof(int x) { return 0; }',
    };
    const { program } = compile(files, ['entry'], { catalog: [row('get', { kind: 'page-alloc', zeroed: true })] });
    expect([...program.procedures.keys()]).toEqual(['entry']);
    expect(program.procedures.get('entry')?.code[0]).toMatchObject({ callee: { name: 'get' } });
  });

  it('says what is compiled out, and what is nowhere', () => {
    const compiled = compile(
      {
        'mm/a.c': 'void out(void); void gone(void);\nvoid entry(void) { out(); gone(); }',
        'mm/b.c': '#ifdef CONFIG_NONE\nvoid out(void)\n{\n}\n#endif\n',
      },
      ['entry', 'out', 'nowhere'],
    );
    expect([...compiled.unresolved]).toEqual([
      ['out', 'compiled out: mm/b.c:2'],
      ['gone', 'no file at hand defines it'],
    ]);
    expect(compiled.entries.map((entry) => (entry.k === 'missing' ? entry.why : 'taken'))).toEqual([
      'taken',
      'mm/b.c:2 has it, but not under this configuration',
      'no file of the tree defines it: name the file that includes its header, as in FUNCTION@FILE',
    ]);
  });

  it('ends at its budget and names what costs most', () => {
    const chain = Array.from({ length: 40 }, (_, i) => `void d${i}(void) { d${i + 1}(); }`)
      .reverse()
      .join('\n');
    const text = `${chain.replace('d40();', '')}\nvoid cheap(void) { }\nvoid hub(void) { d0(); }\nvoid entry(void) { cheap(); hub(); }`;
    const compiled = compile({ 'mm/a.c': text }, ['entry'], { budget: { functions: 20 } });
    expect(compiled.overBudget).toMatch(/^more than 20 functions are reached; hub needs a row: 1\d of 2\d functions/);
    expect([...compiled.program.procedures.values()].some(({ code }) => code.some((instr) => instr.op === 'unsupported'))).toBe(true);
  });

  it('builds a file for the image that calls it', () => {
    const nvhe = 'arch/arm64/kvm/hyp/nvhe';
    const files = {
      'arch/arm64/kvm/hyp/shared.c': '#include <linux/h.h>\nint flush(void);\nint shared(void) { return flush() + WHERE; }',
      'arch/arm64/kvm/hyp/vhe/tlb.c': 'int flush(void) { return 1; }',
      [`${nvhe}/tlb.c`]: 'int flush(void) { return 2; }\nint shared(void);\nint entry(void) { return shared(); }',
      [`${nvhe}/Makefile`]:
        'ccflags-y := -D__NVHE__\nhyp-obj-y := tlb.o\nhyp-obj-y += ../shared.o\nquiet = OBJCOPY\ncmd = objcopy --prefix-symbols=__kvm_nvhe_ $< $@\n',
      'include/linux/h.h': '#ifdef __NVHE__\n#define WHERE 10\n#else\n#define WHERE 20\n#endif\n',
    };
    const inside = compile(files, [`entry@${nvhe}/tlb.c`]);
    expect(procedures(inside)).toEqual(['__kvm_nvhe_entry', '__kvm_nvhe_flush', '__kvm_nvhe_shared']);
    expect(inside.program.procedures.get('__kvm_nvhe_flush')?.at.file).toBe(`${nvhe}/tlb.c`);
    expect(inside.units).toContain(`arch/arm64/kvm/hyp/shared.c in ${nvhe}`);
    const outside = compile(files, ['shared']);
    expect(procedures(outside)).toEqual(['flush', 'shared']);
    expect(outside.program.procedures.get('flush')?.at.file).toBe('arch/arm64/kvm/hyp/vhe/tlb.c');
  });

  it('enters an image by the names that its symbols have outside', () => {
    const nvhe = 'arch/arm64/kvm/hyp/nvhe';
    const files = {
      'arch/arm64/kvm/host.c': 'int __kvm_nvhe_flush(void);\nint entry(void) { return __kvm_nvhe_flush(); }',
      [`${nvhe}/tlb.c`]: 'static int wait(void) { return 2; }\nint flush(void) { return wait(); }',
      [`${nvhe}/Makefile`]: 'hyp-obj-y := tlb.o\nquiet = OBJCOPY\ncmd = objcopy --prefix-symbols=__kvm_nvhe_ $< $@\n',
    };
    const compiled = compile(files, ['entry']);
    expect(procedures(compiled)).toEqual(['__kvm_nvhe_flush', '__kvm_nvhe_wait', 'entry']);
    expect([...compiled.unresolved]).toEqual([]);
  });
});

describe('assembly of a tree', () => {
  const FILES = {
    'arch/riscv/kernel/asm-offsets.c': `
struct frame { unsigned long a[4]; unsigned long epc; };
void asm_offsets(void)
{
	OFFSET(FRAME_EPC, frame, epc);
	DEFINE(FRAME_SIZE, sizeof(struct frame) + 8);
}
`,
    'arch/riscv/kernel/trap.S': `
SYM_CODE_START(on_trap)
	addi sp, sp, -(FRAME_SIZE)
	csrr t0, CSR_EPC
	sd t0, FRAME_EPC(sp)
	mv s0, sp
	la t1, table
	ld t1, 0(t1)
	j leave
SYM_CODE_END(on_trap)
SYM_CODE_START(leave)
	mv a0, s0
	jalr t1
	sret
SYM_CODE_END(leave)
	.section ".rodata"
table:
	.dword handle
`,
    'arch/riscv/kernel/traps.c': 'int depth;\nvoid handle(void *frame) { depth++; }\n',
    'arch/riscv/lib/copy.S': 'SYM_FUNC_START(copy_words)\n\tret\nSYM_FUNC_END(copy_words)\n',
    'kernel/user.c': 'void on_trap(void); void copy_words(void);\nvoid enter(void) { on_trap(); copy_words(); }\n',
  };

  it('comes with what it reaches, in C and in assembly, and with the layout of its structs', () => {
    const { program, entries } = compile(FILES, ['on_trap'], { arch: 'riscv' });
    expect(entries).toMatchObject([{ k: 'taken', procedure: 'on_trap' }]);
    expect([...program.procedures.keys()].sort()).toEqual(['handle', 'leave', 'on_trap']);
    expect(program.globals.get('table')?.init).toEqual([{ path: '', value: { k: 'symbol', name: 'handle' } }]);
    expect(program.offsets.get('FRAME_EPC')).toBe('epc');
    expect(program.procedures.get('on_trap')?.code[0]).toMatchObject({ dst: 'sp', value: { op: '+', b: { value: -48n } } });
  });

  it('hands on the registers that the code it jumps to reads', () => {
    const jump = compile(FILES, ['on_trap'], { arch: 'riscv' })
      .program.procedures.get('on_trap')
      ?.code.find((instr) => instr.op === 'call' && instr.callee.k === 'name' && instr.callee.name === 'leave');
    const names = jump?.op === 'call' ? jump.args.flatMap((arg) => (arg.k === 'local' ? [arg.name] : [])) : [];
    expect(names).toEqual(expect.arrayContaining(['a0', 'a7', 's0', 't1']));
    expect(names).not.toContain('t0');
  });

  it('is found from C; routines of the library only when they are asked for', () => {
    const compiled = compile(FILES, ['enter'], { arch: 'riscv' });
    expect(compiled.program.procedures.get('leave')?.language).toBe('riscv-asm');
    expect(compiled.program.procedures.has('copy_words')).toBe(false);
    expect(compiled.unresolved.get('copy_words')).toBe('in assembly: arch/riscv/lib/copy.S');
    expect(procedures(compile(FILES, ['copy_words'], { arch: 'riscv' }))).toEqual(['copy_words']);
  });

  it('of other architectures is named as not modelled', () => {
    const files = {
      'arch/x86/kernel/e.S': 'SYM_CODE_START(enter_it)\n\tret\nSYM_CODE_END(enter_it)\n',
      'kernel/a.c': 'void enter_it(void);\nvoid f(void) { enter_it(); }\n',
    };
    const compiled = compile(files, ['f', 'enter_it'], { arch: 'x86' });
    expect(compiled.unresolved.get('enter_it')).toBe('in assembly, which is not modelled for x86: arch/x86/kernel/e.S');
    expect(compiled.entries[1]).toMatchObject({ k: 'missing', why: 'in assembly, which is not modelled for x86: arch/x86/kernel/e.S' });
  });
});
