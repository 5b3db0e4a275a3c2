import { describe, expect, it } from 'vitest';
import { budget, expandLines } from './expand.js';
import { riscv } from './riscv.js';
import { compileText, listing, listingOf } from './testing/listing.js';

function statements(
  text: string,
  defines: Readonly<Record<string, string>> = {},
): { readonly lines: string[]; readonly omitted: string[] } {
  const lines = text.split('\n').map((line, index) => ({ text: line, at: { file: 'x.S', line: index + 1, origin: 'tree' as const } }));
  const expanded = expandLines(lines, (name) => defines[name] ?? null, riscv());
  return {
    lines: expanded.statements.map((s) => {
      switch (s.k) {
        case 'line':
          return `${s.name} ${s.rest}`.trim();
        case 'label':
          return `${s.name}:`;
        case 'unless':
          return `unless ${s.feature} ${s.target}`;
        case 'goto':
          return `goto ${s.target}`;
        case 'gap':
          return `gap ${s.what}`;
      }
    }),
    omitted: expanded.omissions.map(({ what, why }) => `${what}: ${why}`),
  };
}

describe('expandLines', () => {
  it('takes comments out and separates statements', () => {
    expect(
      statements('a: b: nop; li a0, 1 // one\n/* two\n * lines ; nop */ ret # rest\n# whole line\n .ascii "a # b; // c"').lines,
    ).toEqual(['a:', 'b:', 'nop', 'li a0, 1', 'ret', '.ascii "a # b; // c"']);
  });

  it('joins a call that is spread over lines, at the line where it begins', () => {
    expect(statements('ALTERNATIVE("nop",\n  "fence.i", 0,\n FEATURE_X, 1)').lines).toEqual([
      'unless FEATURE_X $alternative0.0',
      'fence.i',
      'goto $alternative0.end',
      '$alternative0.0:',
      'nop',
      '$alternative0.end:',
    ]);
  });

  it('binds arguments by place, by keyword, by blanks, with defaults and the rest', () => {
    const text = '.macro m a, b=7, c:vararg\n\\a\\().d \\b, \\c\n.endm\nm ld\nm b=3, a=sd\nm ld 5 x, y\nm "lw", (1 + 2), 4 - 1, z';
    expect(statements(text).lines).toEqual(['ld.d 7,', 'sd.d 3,', 'ld.d 5, x, y', 'lw.d (1 + 2), 4-1, z']);
  });

  it('leaves a gap for a required argument that is missing', () => {
    const { lines, omitted } = statements('.macro m a:req\nnop\n.endm\nm');
    expect(lines).toEqual(['gap macro m without a']);
    expect(omitted).toEqual(['m: no value for a']);
  });

  it('follows conditionals, repetitions and symbols that are set', () => {
    expect(
      statements(
        '.set i, 0\n.rept 3\n.if i == 1\nodd i\n.elseif i > 1\nbig i\n.else\nsmall i\n.endif\n.set i, i + 1\n.endr\n.irp r, a0, a1\nmv \\r, zero\n.endr\n.ifc \\x,y\nno\n.endif\n.ifdef i\nyes\n.endif\nk = 0x10\nli a0, k',
      ).lines,
    ).toEqual(['small 0', 'odd 1', 'big 2', 'mv a0, zero', 'mv a1, zero', 'yes', 'li a0, 16']);
  });

  it('numbers calls for labels, also through nested macros', () => {
    expect(statements('.macro in\n.La\\@: nop\n.endm\n.macro out\nin\nj .Lb\\@\n.endm\nout\nout').lines).toEqual([
      '.La1:',
      'nop',
      'j .Lb0',
      '.La3:',
      'nop',
      'j .Lb2',
    ]);
  });

  it('skips a conditional that is not a number, and says so', () => {
    expect(statements('.if UNKNOWN\nnop\n.else\nret\n.endif')).toEqual({
      lines: ['ret'],
      omitted: ['.if UNKNOWN: the condition is not a number here; its code is left out'],
    });
  });

  it('reads alternatives in every spelling', () => {
    const patched = ['unless X $alternative0.0', 'fence.i', 'goto $alternative0.end', '$alternative0.0:', 'nop', '$alternative0.end:'];
    expect(statements('ALTERNATIVE_CFG "nop", "fence.i", 0, X, 1').lines).toEqual(patched);
    expect(statements('__ALTERNATIVE_CFG("nop", "fence" ".i", 0, "X", IS_ENABLED(CONFIG_X))', { CONFIG_X: '1' }).lines).toEqual(patched);
    expect(statements('ALTERNATIVE("nop", __stringify(fence.i), 0, X, CONFIG_X)', { CONFIG_X: 'y' }).lines).toEqual(patched);
    expect(statements('ALTERNATIVE("nop\\n\\tret", "fence.i", 0, X, CONFIG_X)')).toEqual({
      lines: ['nop', 'ret'],
      omitted: ['ALTERNATIVE for X: CONFIG_X is not set; the old code is kept'],
    });
    expect(statements('ALTERNATIVE_2("nop", "wfi", 0, X, 1, "ret", 0, Y, 1)').lines).toEqual([
      'unless Y $alternative0.0',
      'ret',
      'goto $alternative0.end',
      '$alternative0.0:',
      'unless X $alternative0.1',
      'wfi',
      'goto $alternative0.end',
      '$alternative0.1:',
      'nop',
      '$alternative0.end:',
    ]);
  });

  it('ends a macro that calls itself, in depth and in width', () => {
    const deep = statements('.macro m\nnop\nm\n.endm\nm');
    expect(deep.omitted).toEqual([`m: macros call each other deeper than ${budget.depth}`]);
    expect(deep.lines.at(-1)).toMatch(/^gap macro m/);
    const wide = statements('.macro m\nm\nm\n.endm\nm');
    expect(wide.lines.length).toBeLessThan(budget.lines);
    expect(wide.omitted.at(-1)).toMatch(/^m: the expansion has more than/);
    expect(statements('.rept 100000000\n.rept 1000\nnop\n.endr\n.endr').omitted).toHaveLength(1);
    const long = statements('.macro m a\nm \\a\\a\n.endm\nm xxxxxxxxxxxxxxxx');
    expect(long.omitted).toEqual([expect.stringMatching(/^m: the expansion has a line longer than/)]);
  });

  it('reaches unsupported code where the budget ended a macro', () => {
    const program = compileText('.macro m\nm\nm\n.endm\nSYM_CODE_START(f)\nm\nret\nSYM_CODE_END(f)');
    expect(listing(program.procedures.get('f')).at(-1)).toMatch(/^unsupported: /);
  });
});

describe('numeric labels', () => {
  it('go to the nearest of their number in each direction', () => {
    expect(listingOf('1: beqz a0, 1f\nj 1b\n1: li a1, 0x1b\nbnez a0, 1b\nret')).toEqual([
      'ifzero (a0 != 0) goto 2',
      'goto 0',
      'a1 = 27',
      'ifzero (a0 == 0) goto 2',
      'return a0',
    ]);
  });
});
