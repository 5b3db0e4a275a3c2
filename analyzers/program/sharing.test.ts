import { beforeAll, describe, expect, it } from 'vitest';
import { initC } from '../c/parser.js';
import { treeOf } from '../c/testing/tree.js';
import type { DerivedStore } from '../source/derived.js';
import { overlay, wholeFile } from '../source/memory-tree.js';
import type { SourceFile, SourceTree } from '../source/types.js';
import { type OnDemand, sourcesOf } from './on-demand.js';
import { keepUnits } from './units.js';

beforeAll(initC);

const FILES = {
  'mm/a.c':
    '#include <linux/size.h>\n#include <linux/far.h>\nstatic int own(void) { return SIZE; }\nint entry(struct box *box) { return own() + twice(box->depth) + other(box); }\n',
  'mm/b.c': '#include <linux/size.h>\nstatic int own(void) { return 7; }\nint other(struct box *box) { return own() + box->width; }\n',
  'include/linux/size.h': '#define SIZE 3\nstruct box { int width; int depth; };\nint other(struct box *box);\n',
  'include/linux/far.h': 'static inline int twice(int x) { return 2 * x; }\n',
};

/** A catalog of its own, so that nothing is known from before. */
const fresh = (tree: SourceTree, defines: Record<string, string> = {}) => sourcesOf(tree, { arch: 'arm64', defines, catalog: [] });

const ENTRIES = [{ name: 'entry', file: null }];
const changed = (base: SourceTree, files: Record<string, string | null>): SourceTree =>
  overlay(base, new Map(Object.entries(files).map(([path, text]) => [path, text === null ? null : patched(path, text)])));
const patched = (path: string, text: string): SourceFile => ({
  path,
  text,
  lines: text.split('\n').map((_, i) => ({ origin: 'patch', line: i + 1 })),
});
const texts = ({ program, units, unresolved }: OnDemand) => ({
  procedures: [...program.procedures],
  globals: [...program.globals],
  omissions: program.omissions,
  units,
  unresolved: [...unresolved],
});

describe('what trees share', () => {
  const base = treeOf(FILES, 'tree');
  const edits: [string, Record<string, string | null>][] = [
    ['a macro of a header', { 'include/linux/size.h': FILES['include/linux/size.h'].replace('SIZE 3', 'SIZE 4') }],
    ['the type of a member', { 'include/linux/size.h': FILES['include/linux/size.h'].replace('int depth;', 'unsigned char depth;') }],
    ['an inline function', { 'include/linux/far.h': 'static inline int twice(int x) { return x + x; }\n' }],
    ['a header that hides another', { 'arch/arm64/include/linux/far.h': 'static inline int twice(int x) { return 9; }\n' }],
    ['a header that is gone', { 'include/linux/far.h': null }],
    ['a function that is defined a second time', { 'arch/arm64/mm/c.c': 'int other(void *box) { return 11; }\n' }],
    ['a function that has moved', { 'mm/b.c': '\n', 'mm/c.c': FILES['mm/b.c'] }],
    ['a static function that has gone', { 'mm/b.c': FILES['mm/b.c'].replace('own() + ', '') }],
  ];

  it.each(edits)('is none of what differs: %s', (_, edit) => {
    const after = changed(base, edit);
    const catalog: [] = [];
    const sharing = (tree: SourceTree) => sourcesOf(tree, { arch: 'arm64', defines: {}, catalog }).compile({ entries: ENTRIES });
    const before = sharing(base);
    const shared = sharing(after);
    expect(texts(shared)).toEqual(texts(fresh(after).compile({ entries: ENTRIES })));
    expect(texts(sharing(base))).toEqual(texts(before));
    expect(texts(shared)).not.toEqual(texts(before));
  });

  it('is what a configuration does not reach, and no more', () => {
    const files = {
      ...FILES,
      'include/linux/far.h': '#ifdef CONFIG_FAR\nint twice(int x);\n#endif\nstatic inline int twice(int x) { return 2 * x; }\n',
    };
    const tree = treeOf({ ...files, 'mm/b.c': FILES['mm/b.c'].replace('return 7', 'return CONFIG_OWN') }, 'tree');
    const catalog: [] = [];
    const under = (own: string) => sourcesOf(tree, { arch: 'arm64', defines: { CONFIG_OWN: own }, catalog }).compile({ entries: ENTRIES });
    const first = under('1');
    expect(texts(under('2'))).toEqual(texts(fresh(tree, { CONFIG_OWN: '2' }).compile({ entries: ENTRIES })));
    expect(texts(under('1'))).toEqual(texts(first));
    expect(texts(under('2'))).not.toEqual(texts(first));
  });

  it('does not hang on what was compiled before with the same sources', () => {
    const sources = fresh(base);
    const alone = texts(fresh(base).compile({ entries: ENTRIES }));
    // The other way round, the plain name is that of the other static function.
    const reversed = texts(sources.compile({ entries: [{ name: 'own', file: 'mm/b.c' }, ...ENTRIES] }));
    expect(reversed.procedures.map(([name]) => name)).toEqual(['own', 'entry', 'own@mm/a.c', 'twice', 'other']);
    expect(texts(sources.compile({ entries: ENTRIES }))).toEqual(alone);
  });

  it('takes a scenario as it is given, though one of that path was there before', () => {
    const sources = fresh(base);
    const run = (text: string) =>
      sources.compile({ entries: [{ name: 'run', file: null }], files: ['s.c'], scenario: wholeFile('s.c', text, 'scenario') });
    const once = run('void run(void) { other(0); }');
    expect([...once.program.procedures.keys()]).toEqual(['run', 'other', 'own']);
    expect([...run('void run(void) { }').program.procedures.keys()]).toEqual(['run']);
    expect(texts(run('void run(void) { other(0); }'))).toEqual(texts(once));
  });
});

describe('a function of a header in several units', () => {
  const files = {
    'include/linux/box.h': 'struct box { int width; int depth; };\n',
    'include/linux/shelf.h':
      '#include <linux/box.h>\n#define LEVELS 2\ntypedef int level_t;\nenum { FIRST = 1 };\nstruct shelf { struct box box; };\nextern int limit;\nstatic inline int rate(int x) { return x; }\n',
    'include/linux/deep.h':
      '#include <linux/shelf.h>\nstatic inline long size(struct shelf *s) { return sizeof(*s); }\nstatic inline long deep(struct shelf *s, long x) { return sizeof(struct shelf) + LEVELS + FIRST + (level_t)x + limit + rate(x); }\n',
    'mm/a.c':
      '#include <linux/deep.h>\nlong more(struct shelf *s);\nlong entry(struct shelf *s) { return size(s) + deep(s, 3) + more(s); }\n',
    'mm/b.c': '#include <linux/deep.h>\nint limit;\nlong more(struct shelf *s) { return size(s) + deep(s, 4); }\n',
  };
  const edits: [string, keyof typeof files, string, string][] = [
    ['a struct inside of one whose size it takes', 'include/linux/box.h', 'int depth;', 'long depth;'],
    ['the struct itself', 'include/linux/shelf.h', 'struct box box;', 'struct box box, more;'],
    ['a macro', 'include/linux/shelf.h', 'LEVELS 2', 'LEVELS 3'],
    ['a type', 'include/linux/shelf.h', 'typedef int level_t', 'typedef unsigned char level_t'],
    ['a constant', 'include/linux/shelf.h', 'FIRST = 1', 'FIRST = 2'],
    ['a variable', 'include/linux/shelf.h', 'extern int limit', 'extern unsigned char limit'],
    ['what a function that it calls takes', 'include/linux/shelf.h', 'rate(int x)', 'rate(unsigned char x)'],
    ['another declaration between', 'mm/b.c', '\n', '\nstruct shelf;\n#undef LEVELS\n'],
    ['a macro that another unit defines before', 'mm/b.c', '#include', '#define rate(x) 9\n#include'],
    ['nothing of it', 'mm/b.c', 'deep(s, 4)', 'deep(s, 5)'],
  ];

  it.each(edits)('comes out anew where this differs: %s', (_, path, from, to) => {
    const base = treeOf(files, 'tree');
    const after = changed(base, { [path]: files[path].replace(from, to) });
    const catalog: [] = [];
    const sharing = (tree: SourceTree) => sourcesOf(tree, { arch: 'arm64', defines: {}, catalog }).compile({ entries: ENTRIES });
    const before = texts(sharing(base));
    expect(texts(sharing(after))).toEqual(texts(fresh(after).compile({ entries: ENTRIES })));
    expect(texts(sharing(base))).toEqual(before);
  });

  it('is compiled once where nothing does', () => {
    const base = treeOf(files, 'tree');
    const catalog: [] = [];
    const sharing = (tree: SourceTree) => sourcesOf(tree, { arch: 'arm64', defines: {}, catalog }).compile({ entries: ENTRIES });
    const procedure = (tree: SourceTree, name: string) => sharing(tree).program.procedures.get(name);
    const after = changed(base, { 'mm/a.c': files['mm/a.c'].replace('deep(s, 3)', 'deep(s, 7)') });
    expect(procedure(after, 'deep')).toBe(procedure(base, 'deep'));
    expect(procedure(after, 'entry')).not.toEqual(procedure(base, 'entry'));
  });
});

describe('what is kept for another process', () => {
  const files = {
    ...FILES,
    'mm/a.c': `${FILES['mm/a.c']}int in_assembly(void);\nstatic unsigned long big = 0xffff800000000000UL;\nint second(void) { return in_assembly() + big; }\n`,
    'arch/riscv/include/asm/value.h': '#define VALUE 3\n',
    'arch/riscv/kernel/f.S': '#include <asm/value.h>\nSYM_FUNC_START(in_assembly)\n\tli a0, VALUE\n\tret\nSYM_FUNC_END(in_assembly)\n',
  };
  const entries = [...ENTRIES, { name: 'second', file: null }];
  const inNewProcess = (store: DerivedStore | null, tree: SourceTree): OnDemand => {
    const catalog: [] = [];
    const compiled = sourcesOf(tree, { arch: 'riscv', defines: { CONFIG_X: '1' }, catalog, store }).compile({ entries });
    if (store) keepUnits(catalog, store);
    return compiled;
  };
  const edits: [string, string, (text: string) => string][] = [
    ['C', 'mm/a.c', (text) => text.replace('entry(', 'entry(int more, ')],
    ['a header of C', 'include/linux/far.h', (text) => text.replace('2 * x', '3 * x')],
    ['assembly', 'arch/riscv/kernel/f.S', (text) => text.replace('VALUE', '7')],
    ['a header of assembly', 'arch/riscv/include/asm/value.h', (text) => text.replace('3', '4')],
  ];

  it.each(edits)('is what it would be anew, and none of what differs: %s', (_, path, edit) => {
    const entriesKept = new Map<string, string>();
    const store: DerivedStore = {
      get: (kind, hash) => entriesKept.get(`${kind} ${hash}`) ?? null,
      put: (kind, hash, value) => void entriesKept.set(`${kind} ${hash}`, value),
    };
    const tree = () => treeOf(files, 'tree');
    const after = () => treeOf({ ...files, [path]: edit(files[path as keyof typeof files]) }, 'tree');
    const plain = texts(inNewProcess(null, tree()));
    const edited = texts(inNewProcess(null, after()));
    expect(plain.procedures.map(([name]) => name)).toContain('in_assembly');
    expect(edited).not.toEqual(plain);
    for (let i = 0; i < 3; i++) {
      expect(texts(inNewProcess(store, tree()))).toEqual(plain);
      expect(texts(inNewProcess(store, after()))).toEqual(edited);
    }
    expect([...new Set([...entriesKept.keys()].map((key) => key.split(' ')[0]))].sort()).toEqual(['assembly-1', 'definitions-1', 'unit-1']);
  });
});

describe('what a compilation hangs on', () => {
  const readsOf = () => fresh(treeOf(FILES, 'tree')).compile({ entries: ENTRIES }).reads;
  const file = (path: string, text: string) => wholeFile(path, text, 'tree');

  it('is the files that it read or looked for', () => {
    const reads = readsOf();
    expect(
      ['mm/a.c', 'mm/b.c', 'include/linux/far.h', 'arch/arm64/include/linux/far.h', 'mm/Makefile'].map((path) => reads.has(path)),
    ).toEqual([true, true, true, true, true]);
    expect(['mm/c.c', 'include/linux/other.h', 'Documentation/Makefile'].map((path) => reads.has(path))).toEqual([false, false, false]);
  });

  it('is the names that others define', () => {
    const reads = readsOf();
    const before = file('mm/c.c', 'int f(void)\n{\n\treturn 1;\n}\n');
    expect(reads.couldResolveOtherwise(before, file('mm/c.c', '\nint f(void)\n{\n\treturn 2;\n}\n'))).toBe(false);
    expect(reads.couldResolveOtherwise(before, file('mm/c.c', 'static int f(void)\n{\n\treturn 1;\n}\n'))).toBe(true);
    expect(reads.couldResolveOtherwise(before, null)).toBe(true);
  });
});
