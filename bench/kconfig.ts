import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAssignments } from '../analyzers/kconfig/assignments.js';
import { kernelConfig } from '../analyzers/kconfig/config.js';
import { reasonText } from '../analyzers/kconfig/explain.js';
import type { Toolchain } from '../analyzers/kconfig/toolchain.js';
import { folderTree } from '../analyzers/source/folder-tree.js';
import { ARCHES, type Arch } from '../simulator/program/arch.js';

/**
 * Our Kconfig evaluation against the kernel's own, symbol by symbol.
 *
 *     node dist/bench/kconfig.js TREE OUT [--list]
 *
 * TREE is a whole kernel tree, OUT a folder for what `make defconfig` writes. Needs make, flex, bison and the cross compilers named below
 * (Debian: gcc-aarch64-linux-gnu, gcc-riscv64-linux-gnu, gcc-powerpc64le-linux-gnu, gcc-s390x-linux-gnu).
 */
const prefixes: Readonly<Record<Arch, string>> = {
  arm64: 'aarch64-linux-gnu-',
  riscv: 'riscv64-linux-gnu-',
  x86: 'x86_64-linux-gnu-',
  powerpc: 'powerpc64le-linux-gnu-',
  s390: 's390x-linux-gnu-',
};

/** The little-endian kernel, whatever machine this runs on; the others are `defconfig` everywhere. */
const targets: Readonly<Partial<Record<Arch, string>>> = { powerpc: 'ppc64le_defconfig', x86: 'x86_64_defconfig' };

const [treePath, outPath, ...flags] = process.argv.slice(2);
if (treePath === undefined || outPath === undefined) throw new Error('usage: kconfig.js TREE OUT [--list]');
const root = resolve(treePath);

console.log('| arch | symbols | files | read ms | evaluate ms | set by make | same | other value |');
console.log('|---|---|---|---|---|---|---|---|');
for (const arch of ARCHES) compareArch(arch, madeConfig(arch));

function madeConfig(arch: Arch): string {
  const out = resolve(outPath ?? '', arch);
  const file = join(out, '.config');
  if (!existsSync(file)) {
    mkdirSync(out, { recursive: true });
    execFileSync('make', ['-s', '-C', root, `ARCH=${arch}`, `CROSS_COMPILE=${prefixes[arch]}`, `O=${out}`, targets[arch] ?? 'defconfig'], {
      stdio: 'inherit',
    });
  }
  return readFileSync(file, 'utf8');
}

function compareArch(arch: Arch, text: string): void {
  const real = new Map(parseAssignments(text, '.config').map(({ name, value }) => [name, value]));
  const toolchain: Toolchain = {
    gcc: Number(real.get('GCC_VERSION')),
    binutils: Number(real.get('AS_VERSION')),
    pahole: Number(real.get('PAHOLE_VERSION') ?? 0),
  };
  const started = performance.now();
  const tree = folderTree(root, 'tree');
  const config = kernelConfig(tree, { arch, toolchain, settings: arch === 'x86' ? { PARAVIRT: 'y' } : {} });
  const read = performance.now();
  const names = config.names();
  for (const name of names) config.value(name);
  const evaluated = performance.now();
  let same = 0;
  const different: string[] = [];
  for (const name of names) {
    const ours = config.value(name) ?? 'n';
    const theirs = real.get(name) ?? 'n';
    if (ours === theirs) same++;
    else different.push(`  ${name}: ours ${ours}, make ${theirs} (${reasonText(config.why(name))})`);
  }
  const row = [
    arch,
    names.length,
    config.model.files.length,
    Math.round(read - started),
    Math.round(evaluated - read),
    real.size,
    same,
    different.length,
  ];
  console.log(`| ${row.join(' | ')} |`);
  if (flags.includes('--list')) console.log(different.join('\n'));
}
