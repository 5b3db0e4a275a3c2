import { describe, expect, it } from 'vitest';
import { changeText, configChange } from './change.js';
import { configOf } from './testing/config.js';

const base = `
config RISCV
	def_bool y
config MMU
	bool "MMU"
	default y
config WALKER
	bool
config BATCH
	def_bool WALKER
config LAZY
	bool "Lazy flush"
	depends on MMU
config DEPTH
	int "Depth"
	default 8 if WALKER
	default 4
`;

function changes(edit: (text: string) => string, set = ''): string[] {
  return configChange(configOf(base, set), configOf(edit(base), set)).map(changeText);
}

describe('what an edit of a Kconfig file switches', () => {
  it('nothing, when it only moves or comments', () => {
    expect(changes((text) => `# moved\n\n${text}`)).toEqual([]);
  });

  it('a new select: the symbol, what follows it, and why', () => {
    const edited = changes((text) => text.replace('config RISCV\n\tdef_bool y\n', 'config RISCV\n\tdef_bool y\n\tselect WALKER if MMU\n'));
    expect(edited).toEqual([
      'BATCH: n → y (default WALKER, Kconfig:11)',
      'DEPTH: 4 → 8 (default 8 if WALKER, Kconfig:17)',
      'WALKER: n → y (selected by RISCV, Kconfig:4)',
    ]);
    expect(changes((text) => text.replace('def_bool y\n', 'def_bool y\n\tselect WALKER if MMU\n'), '# CONFIG_MMU is not set\n')).toEqual(
      [],
    );
  });

  it('a new dependency takes a symbol from those who set it', () => {
    const edited = changes((text) => text.replace('depends on MMU', 'depends on MMU && WALKER'), 'CONFIG_LAZY=y\n');
    expect(edited).toEqual(['LAZY: y → n (depends on WALKER, which is n, Kconfig:11); cannot be switched on']);
  });

  it('a new default counts only where nobody says otherwise', () => {
    const edit = (text: string): string => text.replace('bool "Lazy flush"', 'bool "Lazy flush"\n\tdefault y');
    expect(changes(edit)).toEqual(['LAZY: n → y (default y, Kconfig:13)']);
    expect(changes(edit, '# CONFIG_LAZY is not set\n')).toEqual([]);
  });

  it('says when a value stays and only the freedom goes', () => {
    expect(changes((text) => text.replace('def_bool y\n', 'def_bool y\n\tselect LAZY\n'), 'CONFIG_LAZY=y\n')).toEqual([
      'LAZY stays y (user.config:1 sets it); can no longer be switched off',
    ]);
  });

  it('symbols that come and go', () => {
    expect(changes((text) => text.replace('config WALKER\n\tbool\n', ''))).toEqual([
      'WALKER: n → undefined (nothing selects it or gives it a default, Kconfig:7)',
    ]);
    expect(changes((text) => `${text}config NEW\n\tdef_bool y\n`)).toEqual(['NEW: undefined → y (default y, Kconfig:19)']);
  });
});
