import { describe, expect, it } from 'vitest';
import { reasonText } from './explain.js';
import { configOf, valuesOf } from './testing/config.js';

const MODULES = `
config MODULES
	bool "Loadable modules"
	modules
`;

describe('values of bool and tristate symbols', () => {
  it('takes the first default whose condition holds', () => {
    const config = configOf(`
config NUMA
	bool
config POLICY
	bool
	default n if NUMA
	default y
config OTHER
	def_bool !POLICY
`);
    expect(valuesOf(config, 'NUMA', 'POLICY', 'OTHER')).toBe('NUMA=n POLICY=y OTHER=n');
  });

  it('lets a user set only what has a prompt and whose dependencies hold', () => {
    const text = `
config BASE
	bool "Base"
config HIDDEN
	bool
config NEEDS
	bool "Needs the base"
	depends on BASE
`;
    expect(valuesOf(configOf(text, 'CONFIG_NEEDS=y\nCONFIG_HIDDEN=y\n'), 'BASE', 'HIDDEN', 'NEEDS')).toBe('BASE=n HIDDEN=n NEEDS=n');
    expect(valuesOf(configOf(text, 'CONFIG_NEEDS=y\nCONFIG_BASE=y\n'), 'BASE', 'HIDDEN', 'NEEDS')).toBe('BASE=y HIDDEN=n NEEDS=y');
  });

  it('lets a select win over unmet dependencies and over the user, an imply over neither', () => {
    const text = `
config TARGET
	bool "Target"
	depends on NEVER
config WISH
	bool "Wish"
config NEVER
	bool
config BY
	def_bool y
	select TARGET
	imply WISH
`;
    expect(valuesOf(configOf(text, '# CONFIG_TARGET is not set\n'), 'TARGET', 'WISH')).toBe('TARGET=y WISH=y');
    expect(valuesOf(configOf(text, '# CONFIG_WISH is not set\n'), 'TARGET', 'WISH')).toBe('TARGET=y WISH=n');
  });

  it('selects only where the condition and the dependencies of the selecting symbol hold', () => {
    const text = `
config OFF
	bool
config T1
	bool
config T2
	bool
config A
	def_bool y
	select T1 if OFF
config B
	def_bool y
	depends on OFF
	select T2
`;
    expect(valuesOf(configOf(text), 'T1', 'T2', 'B')).toBe('T1=n T2=n B=n');
  });

  it('counts m as n without modules, and y where a bool would be m', () => {
    const text = `${MODULES}
config DRIVER
	tristate "Driver"
config PART
	bool
	default DRIVER
config FOLLOWS
	tristate
	default m if DRIVER
`;
    const set = 'CONFIG_DRIVER=m\n';
    expect(valuesOf(configOf(text, `${set}CONFIG_MODULES=y\n`), 'DRIVER', 'PART', 'FOLLOWS')).toBe('DRIVER=m PART=y FOLLOWS=m');
    expect(valuesOf(configOf(text, set), 'DRIVER', 'PART', 'FOLLOWS')).toBe('DRIVER=y PART=y FOLLOWS=y');
  });

  it('bounds a tristate by the m of what it depends on', () => {
    const config = configOf(
      `${MODULES}
config BUS
	tristate "Bus"
config CARD
	tristate "Card"
	depends on BUS
config HELPER
	tristate
config USER
	tristate "User"
	select HELPER
`,
      'CONFIG_MODULES=y\nCONFIG_BUS=m\nCONFIG_CARD=y\nCONFIG_USER=m\n',
    );
    expect(valuesOf(config, 'CARD', 'HELPER')).toBe('CARD=m HELPER=m');
  });

  it('inherits dependencies of menus and ifs, and hides prompts below an invisible menu', () => {
    const text = `
config GATE
	bool "Gate"
menu "Menu"
	depends on GATE
config IN_MENU
	def_bool y
endmenu
if GATE
config IN_IF
	def_bool y
endif
menu "Hidden"
	visible if GATE
config ASKED
	bool "Asked"
	default y
endmenu
`;
    expect(valuesOf(configOf(text), 'IN_MENU', 'IN_IF')).toBe('IN_MENU=n IN_IF=n');
    expect(valuesOf(configOf(text, 'CONFIG_GATE=y\n'), 'IN_MENU', 'IN_IF')).toBe('IN_MENU=y IN_IF=y');
    expect(valuesOf(configOf(text, '# CONFIG_ASKED is not set\n'), 'ASKED')).toBe('ASKED=y');
    expect(valuesOf(configOf(text, '# CONFIG_ASKED is not set\nCONFIG_GATE=y\n'), 'ASKED')).toBe('ASKED=n');
  });

  it('a symbol with two definitions needs the dependencies of one', () => {
    const config = configOf(`
config TWICE
	bool
	depends on NEVER
config TWICE
	def_bool y
config NEVER
	bool
`);
    expect(config.value('TWICE')).toBe('y');
  });

  it('ends where symbols depend on each other', () => {
    const config = configOf('config A\n\tdef_bool B\nconfig B\n\tdef_bool A\n');
    expect(valuesOf(config, 'A', 'B')).toBe('A=n B=n');
  });

  it('ends on a chain of dependencies that nobody writes', () => {
    const chain = Array.from({ length: 30_000 }, (_, index) => `config S${index}\n\tdef_bool S${index + 1}\n`);
    expect(['y', 'n']).toContain(configOf(`${chain.join('')}config S30000\n\tdef_bool y\n`).value('S0'));
  });
});

describe('choices', () => {
  const text = `
choice
	prompt "Preemption"
	default NONE
config NONE
	bool "None"
config VOLUNTARY
	bool "Voluntary"
config FULL
	bool "Full"
	select COUNT
endchoice
config COUNT
	bool
`;

  it('come out as the default, or as the last member that is set', () => {
    expect(valuesOf(configOf(text), 'NONE', 'VOLUNTARY', 'FULL', 'COUNT')).toBe('NONE=y VOLUNTARY=n FULL=n COUNT=n');
    const set = 'CONFIG_VOLUNTARY=y\nCONFIG_FULL=y\n';
    expect(valuesOf(configOf(text, set), 'NONE', 'VOLUNTARY', 'FULL', 'COUNT')).toBe('NONE=n VOLUNTARY=n FULL=y COUNT=y');
  });

  it('pass a default over that is not set, from 6.11 on', () => {
    const makefile = (patchlevel: number): Record<string, string> => ({
      Kconfig: text,
      Makefile: `VERSION = 6\nPATCHLEVEL = ${patchlevel}\n`,
    });
    const set = '# CONFIG_NONE is not set\n';
    expect(valuesOf(configOf(makefile(1), set), 'NONE', 'VOLUNTARY')).toBe('NONE=y VOLUNTARY=n');
    expect(valuesOf(configOf(makefile(12), set), 'NONE', 'VOLUNTARY')).toBe('NONE=n VOLUNTARY=y');
  });

  it('have no member where their dependencies or their prompt fail', () => {
    const gated = (line: string): string => text.replace('prompt "Preemption"', line);
    expect(configOf(gated('prompt "Preemption"\n\tdepends on COUNT')).value('NONE')).toBe('n');
    expect(configOf(gated('prompt "Preemption" if COUNT')).value('NONE')).toBe('n');
  });
});

describe('numbers and strings', () => {
  const text = `
config LEVELS
	int
	range 3 5
	default 9 if BIG
	default 2
config BIG
	bool "Big"
config SHIFT
	hex "Shift"
	default 0xff
config NAME
	string "Name"
	default "a\\"b"
config ABSENT
	int
	depends on BIG
	default 1
config COPY
	int
	default LEVELS
`;

  it('keep within their range, follow other symbols and are absent without a default that holds', () => {
    expect(valuesOf(configOf(text), 'LEVELS', 'SHIFT', 'NAME', 'ABSENT', 'COPY')).toBe('LEVELS=3 SHIFT=0xff NAME=a"b ABSENT=- COPY=3');
    expect(valuesOf(configOf(text, 'CONFIG_BIG=y\nCONFIG_SHIFT=0x10\n'), 'LEVELS', 'SHIFT', 'ABSENT')).toBe('LEVELS=5 SHIFT=0x10 ABSENT=1');
  });

  it('are compared as numbers where they are numbers', () => {
    const config = configOf(`
config N
	int
	default 10
config LESS
	def_bool N < 9
config MORE
	def_bool N >= 0x9
config TEXT
	def_bool "10" < "9"
config ARM
	def_bool "$(ARCH)" = "riscv"
`);
    expect(valuesOf(config, 'LESS', 'MORE', 'TEXT', 'ARM')).toBe('LESS=n MORE=y TEXT=y ARM=y');
  });
});

describe('reasons', () => {
  it('name the select, the line that sets, the default, and what fails', () => {
    const config = configOf(
      `
config MMU
	bool "MMU"
config FAST
	def_bool y if MMU
config WALKER
	bool
config USER
	bool "User"
	depends on MMU && !FAST
config SELECTOR
	bool "Selector"
	select WALKER
config LONELY
	bool "Lonely"
`,
      'CONFIG_MMU=y\nCONFIG_SELECTOR=y\n',
    );
    const say = (name: string): string => `${config.value(name) ?? '-'}: ${reasonText(config.why(name))}`;
    expect(say('MMU')).toBe('y: user.config:1 sets it');
    expect(say('FAST')).toBe('y: default y if MMU');
    expect(say('WALKER')).toBe('y: selected by SELECTOR');
    expect(say('USER')).toBe('n: depends on !FAST, which is n');
    expect(say('LONELY')).toBe('n: nothing selects it or gives it a default');
    expect(say('NOWHERE')).toBe('-: no Kconfig file that is read defines it');
    expect(config.why('WALKER')).toMatchObject({ at: { file: 'Kconfig', line: 13 } });
  });
});
