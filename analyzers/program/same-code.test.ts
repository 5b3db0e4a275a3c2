import { expect, it } from 'vitest';
import { wholeFile } from '../source/memory-tree.js';
import type { SourceFile } from '../source/types.js';
import { isSameCode } from './same-code.js';

const same = (path: string, before: string, after: string): boolean =>
  isSameCode(wholeFile(path, before, 'tree'), wholeFile(path, after, 'tree'));

it.each([
  ['a comment', 'int a; /* one */\n', 'int a; /* two\n * three */\n'],
  ['blank lines', 'int a;\nint b;\n', 'int a;\n\nint b;\n'],
])('a C file is the same but for %s', (_, before, after) => {
  expect(same('mm/a.c', before, after)).toBe(true);
});

it.each([
  ['a name', 'int a;\n', 'int b;\n'],
  ['a string that looks like a comment', 'char *a = "/* one */";\n', 'char *a = "/* two */";\n'],
  ['where a definition ends', '#define A 1\nint b;\n', '#define A 1 \\\nint b;\n'],
  ['what is an argument', '#define A (b)\n', '#define A(b)\n'],
])('a C file differs in %s', (_, before, after) => {
  expect(same('mm/a.h', before, after)).toBe(false);
});

it('a Makefile is the same but for comments, and not but for rules', () => {
  expect(same('mm/Makefile', '# one\nobj-y := a.o\n', '\n# two\nobj-y := a.o\n')).toBe(true);
  expect(same('mm/Makefile', 'obj-y := a.o\n', 'obj-y := b.o\n')).toBe(false);
  expect(same('mm/Makefile', 'obj-y := a.o \\\n# b.o\n', 'obj-y := a.o \\\n# c.o\n')).toBe(false);
});

it('of another kind of file every byte counts, and a file that is gone is not the same', () => {
  expect(same('arch/riscv/kernel/entry.S', '/* a */\n', '/* b */\n')).toBe(false);
  expect(isSameCode(wholeFile('mm/a.c', '', 'tree'), null)).toBe(false);
});

it('two versions are compared once, whoever asks', () => {
  let reads = 0;
  const counted = (text: string): SourceFile => ({
    ...wholeFile('mm/a.c', text, 'tree'),
    get text() {
      reads += 1;
      return text;
    },
  });
  const [before, after] = [counted('int a;\n'), counted('int b;\n')];
  expect(isSameCode(before, after)).toBe(false);
  const first = reads;
  reads = 0;
  for (let i = 0; i < 10; i += 1) expect(isSameCode(before, after)).toBe(false);
  // Only whether they are the same to the letter is asked again.
  expect(reads).toBe(20);
  expect(first).toBeGreaterThan(2);
});
