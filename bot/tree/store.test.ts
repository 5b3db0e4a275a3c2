import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultStoreFolder, folderStore } from './store.js';
import { programVersion } from './version.js';

const VERSION = '1.2.3+0123456789ab';
const HASH = 'ab'.repeat(20);

describe('folderStore', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'store-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const files = (): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((e) => (e.isFile() ? [join(e.parentPath, e.name)] : []));

  it('gives back what was put, by kind, hash, key and version of the program', () => {
    folderStore(folder, VERSION).put('split', HASH, 'a value\n', 'riscv');
    expect(folderStore(folder, VERSION).get('split', HASH, 'riscv')).toBe('a value\n');
    expect(folderStore(folder, VERSION).get('split', HASH, 'arm64')).toBeNull();
    expect(folderStore(folder, VERSION).get('split', HASH)).toBeNull();
    expect(folderStore(folder, VERSION).get('index', HASH, 'riscv')).toBeNull();
    expect(folderStore(folder, VERSION).get('split', HASH.replace('a', 'c'), 'riscv')).toBeNull();
    expect(folderStore(folder, '1.2.4+0123456789ab').get('split', HASH, 'riscv')).toBeNull();
  });

  it('any names and values stay apart and inside the folder', () => {
    const store = folderStore(folder, VERSION);
    const put = new Map<string, string>();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), fc.string(), (kind, hash, key, value) => {
        store.put(kind, hash, value, key);
        put.set(JSON.stringify([kind, hash, key]), value);
        expect(store.get(kind, hash, key)).toBe(value);
      }),
      { numRuns: 60 },
    );
    for (const [at, value] of put) expect(store.get(...(JSON.parse(at) as [string, string, string]))).toBe(value);
    expect(files().every((file) => file.startsWith(join(folder, VERSION)))).toBe(true);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, -3)],
    ['changed', (text: string) => text.replace('value', 'lie')],
    ['emptied', () => ''],
    ['moved from another entry', (_: string, other: string) => other],
  ])('ignores and forgets an entry that was %s', (_, damage) => {
    const store = folderStore(folder, VERSION);
    store.put('split', HASH, 'the value of this entry');
    const [file = ''] = files();
    store.put('split', 'cd'.repeat(20), 'the value of another');
    const other = files().find((each) => each !== file) ?? '';
    writeFileSync(file, damage(readFileSync(file, 'utf8'), readFileSync(other, 'utf8')));
    expect(store.get('split', HASH)).toBeNull();
    store.put('split', HASH, 'made anew');
    expect(store.get('split', HASH)).toBe('made anew');
  });

  it('goes on when the folder is deleted under its hands', () => {
    const store = folderStore(folder, VERSION);
    store.put('split', HASH, 'one');
    rmSync(folder, { recursive: true });
    expect(store.get('split', HASH)).toBeNull();
    store.put('split', HASH, 'two');
    expect(store.get('split', HASH)).toBe('two');
  });

  it('leaves a place that it cannot write to alone', () => {
    const file = join(folder, 'taken');
    writeFileSync(file, 'mine');
    const store = folderStore(file, VERSION);
    store.put('split', HASH, 'one');
    expect(store.get('split', HASH)).toBeNull();
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('keeps the newest versions and nothing half-written, and touches no folder of others', () => {
    mkdirSync(join(folder, 'photos'));
    for (const patch of ['0', '1', '2', '3', '4']) folderStore(folder, `1.0.${patch}+0123456789ab`).put('split', HASH, patch);
    const left = readdirSync(folder).sort();
    expect(left).toHaveLength(4);
    expect(left).toContain('photos');
    expect(left).toContain('1.0.4+0123456789ab');
    expect(files().filter((file) => file.endsWith('.new'))).toEqual([]);
    expect(files().every((file) => (statSync(file).mode & 0o077) === 0)).toBe(true);
  });
});

describe('defaultStoreFolder', () => {
  it('follows XDG_CACHE_HOME when it is absolute', () => {
    expect(defaultStoreFolder({ XDG_CACHE_HOME: '/var/tmp/c' })).toBe('/var/tmp/c/faultline');
    expect(defaultStoreFolder({ XDG_CACHE_HOME: 'relative' })).toMatch(/\.cache\/faultline$/);
    expect(defaultStoreFolder({})).toMatch(/\.cache\/faultline$/);
  });
});

describe('programVersion', () => {
  it('changes with the modules that derive', () => {
    const root = mkdtempSync(join(tmpdir(), 'version-'));
    for (const each of ['analyzers/c', 'simulator/program', 'bot/review']) mkdirSync(join(root, each), { recursive: true });
    const before = programVersion('1.2.3', root);
    writeFileSync(join(root, 'analyzers/c/unit.js'), 'export {};\n');
    const after = programVersion('1.2.3', root);
    expect(before).toMatch(/^1\.2\.3\+[0-9a-f]{12}$/);
    expect(after).not.toBe(before);
    expect(programVersion('1.2.3', root)).toBe(after);
    rmSync(root, { recursive: true });
  });
});
