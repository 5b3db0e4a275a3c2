import { describe, expect, it } from 'vitest';
import { memoryTree } from '../source/memory-tree.js';
import { includeDirectories } from './includes.js';
import { type PreprocessOptions, preprocess } from './preprocess.js';

const treeOf = (files: Readonly<Record<string, string>>) => memoryTree(new Map(Object.entries(files)), 'skeleton');

const plain: PreprocessOptions = { language: 'c', include: includeDirectories('riscv'), defines: {} };

function run(text: string, options: Partial<PreprocessOptions> = {}, files: Record<string, string> = {}) {
  return preprocess(treeOf({ ...files, 'a.c': text }), 'a.c', { ...plain, ...options });
}

function textOf(text: string, options: Partial<PreprocessOptions> = {}, files: Record<string, string> = {}): string {
  return run(text, options, files)
    .lines.map((line) => line.text)
    .join('\n');
}

describe('macros', () => {
  it('expands object-like and function-like macros, nested and over lines', () => {
    expect(textOf('#define TWO 2\n#define ADD(a, b) ((a) + (b))\nint x = ADD(TWO,\n ADD(1, TWO));')).toBe('int x = ((2) + (((1) + (2))));');
  });

  it('leaves a macro alone inside its own expansion', () => {
    expect(textOf('#define set_ptes set_ptes\n#define f(x) f(x + 1)\nset_ptes(f(2))')).toBe('set_ptes(f(2 + 1))');
  });

  it('pastes, stringifies and takes variable arguments', () => {
    expect(
      textOf('#define P(a, b) a##_##b\n#define S(x) #x\n#define E(f, ...) e(f, ##__VA_ARGS__)\nP(x, y) S(a + "q") E(1) E(1, 2, 3)'),
    ).toBe('x_y "a + \\"q\\"" e(1) e(1, 2, 3)');
    expect(textOf('#define V(args...) v(args)\n#define C(a, b) a ## b\nV(1, 2) C(, z) C(z,)')).toBe('v(1, 2) z z');
  });

  it('keeps names of the stop-list as calls and their words as they are spelt', () => {
    const stops = new Map([['csr_write', new Set([0])]]);
    expect(textOf('#define CSR 0x180\n#define V 5\n#define csr_write(a, b) asm(a, b)\ncsr_write(CSR, V)', { stops })).toBe(
      'csr_write( "CSR", 5)',
    );
  });

  it('stops at a budget instead of doubling without end', () => {
    let text = '#define A0 x x\n';
    for (let i = 1; i < 40; i++) text += `#define A${i} A${i - 1} A${i - 1}\n`;
    const result = run(`${text}A39\n`, { maxTokens: 10_000 });
    expect(result.omissions[0]?.why).toContain('tokens');
  });

  it('bears deep nesting of calls', () => {
    const result = run(`#define f(x) (x)\n${'f('.repeat(3000)}1${')'.repeat(3000)}`);
    expect(result.omissions.length).toBeGreaterThan(0);
  });
});

describe('conditions', () => {
  it('chooses branches by defined(), arithmetic and options', () => {
    const text = `#if defined(CONFIG_A) && !defined CONFIG_B && (LEVELS * 2 >= 6u) && IS_ENABLED(CONFIG_A)
yes
#elif 1
no
#else
no
#endif
#ifdef CONFIG_B
#if 1
no
#else
no
#endif
#endif
IS_ENABLED(CONFIG_A) IS_BUILTIN(CONFIG_C)`;
    expect(textOf(text, { defines: { CONFIG_A: '1', LEVELS: '3' } })).toBe('yes\n1 0');
  });

  it('takes what is not an expression as false, and says so', () => {
    const result = run('#if 1 +\nno\n#endif\nend');
    expect(result.lines.map((line) => line.text)).toEqual(['end']);
    expect(result.omissions).toHaveLength(1);
  });
});

describe('includes', () => {
  it('searches the arch, then generic headers, and honours guards', () => {
    const files = {
      'arch/riscv/include/asm/x.h': '#ifndef X_H\n#define X_H\nfrom_arch\n#endif',
      'include/asm-generic/y.h': 'from_generic',
      'z.h': '#pragma once\nfrom_local',
    };
    const result = run('#include <asm/x.h>\n#include <asm/x.h>\n#include <asm/y.h>\n#include "z.h"\n#include "z.h"', {}, files);
    expect(result.lines.map((line) => line.text)).toEqual(['from_arch', 'from_generic', 'from_local']);
    expect(result.lines[0]?.at).toEqual({ file: 'arch/riscv/include/asm/x.h', line: 3, origin: 'skeleton' });
  });

  it('reports a missing header and goes on; never leaves the tree', () => {
    const result = run('#include <linux/none.h>\n#include "../../etc/passwd"\nend', {}, { 'b.h': '' });
    expect(result.lines.map((line) => line.text)).toEqual(['end']);
    expect(result.omissions.map((omission) => omission.what)).toEqual(['#include <linux/none.h>', '#include "../../etc/passwd"']);
  });

  it('ends a file that includes itself', () => {
    expect(run('#include "a.c"\nx').omissions[0]?.why).toContain('nested');
  });
});

describe('assembly', () => {
  const asm: Partial<PreprocessOptions> = { language: 'asm', hashComments: true };

  it('keeps lines, drops comments and does not trip over apostrophes', () => {
    const text = "# it's a comment\n#define REG a0\nlabel:\tli REG, 1 # don't\n\tfoo /* x */ REG, 4(sp)\n#ifdef NO\nbad\n#endif\n.Lx: j 1b";
    expect(textOf(text, asm)).toBe('label: li a0, 1\nfoo a0, 4(sp)\n.Lx: j 1b');
  });

  it('joins lines that end in a backslash and counts on', () => {
    const result = run('.macro m a, \\\n  b\n\tadd \\a, \\b, x0\n.endm', asm);
    expect(result.lines.map((line) => `${line.at.line}: ${line.text}`)).toEqual(['1: .macro m a, b', '3: add \\a, \\b, x0', '4: .endm']);
  });
});

it('can leave macros for later and expand them as of their line', () => {
  const result = run('#define A 1\nA\n#undef A\n#define A 2\nA', { expand: false });
  expect(result.lines.map((line) => result.macros.lookup('A', line.epoch)?.body[0]?.text)).toEqual(['1', '2']);
});
