import { describe, expect, it } from 'vitest';
import { memoryTree } from '../source/memory-tree.js';
import { configMacros, kernelConfig } from './config.js';

const files = new Map([
  [
    'Kconfig',
    `
config MODULES
	bool "Modules"
	modules
config SMP
	bool "SMP"
config NR_CPUS
	int "CPUs"
	default 64
config BASE
	hex
	default ff0
config CMDLINE
	string "Command line"
config KVM
	tristate "KVM"
config PARAVIRT
	bool "Paravirt"
`,
  ],
  ['arch/x86/configs/x86_64_defconfig', 'CONFIG_MODULES=y\nCONFIG_SMP=y\nCONFIG_PARAVIRT=y\nCONFIG_KVM=m\nCONFIG_CMDLINE="a \\"b\\""\n'],
]);
const tree = memoryTree(files, 'tree');

describe('the configuration of an architecture', () => {
  it('is its defconfig, with what we set otherwise, as macros', () => {
    expect(configMacros(kernelConfig(tree, { arch: 'x86' }))).toEqual({
      CONFIG_MODULES: '1',
      CONFIG_SMP: '1',
      CONFIG_NR_CPUS: '64',
      CONFIG_BASE: '0xff0',
      CONFIG_CMDLINE: '"a \\"b\\""',
      CONFIG_KVM_MODULE: '1',
    });
  });

  it('is what the user gives, with settings on top', () => {
    const config = kernelConfig(tree, {
      arch: 'x86',
      config: { path: 'my.config', text: 'CONFIG_PARAVIRT=y\n# CONFIG_SMP is not set\n' },
      settings: { KVM: 'y' },
    });
    expect([config.value('PARAVIRT'), config.value('SMP'), config.value('KVM')]).toEqual(['y', 'n', 'y']);
  });

  it('says when the tree lacks the defconfig', () => {
    expect(kernelConfig(tree, { arch: 'riscv' }).omissions).toMatchObject([{ what: 'arch/riscv/configs/defconfig' }]);
  });
});
