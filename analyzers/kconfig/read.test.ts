import { describe, expect, it } from 'vitest';
import { configOf, modelOf, valuesOf } from './testing/config.js';
import { assumedToolchain } from './toolchain.js';

describe('reading Kconfig files', () => {
  it('follows source, with variables, relative paths, globs and what may be absent', () => {
    const config = configOf({
      Kconfig: 'source "arch/$(SRCARCH)/Kconfig"\nosource "no/such/Kconfig"\nsource "drivers/*/Kconfig"\nconfig LAST\n\tdef_bool y\n',
      'arch/riscv/Kconfig': 'rsource "Kconfig.errata"\nconfig RISCV\n\tdef_bool y\n',
      'arch/riscv/Kconfig.errata': 'config ERRATA\n\tdef_bool y\n',
      'drivers/a/Kconfig': 'config A\n\tdef_bool y\n',
      'drivers/b/Kconfig': 'config B\n\tdef_bool y\n',
      'drivers/b/deep/Kconfig': 'config DEEP\n\tdef_bool y\n',
    });
    expect(valuesOf(config, 'RISCV', 'ERRATA', 'A', 'B', 'DEEP', 'LAST')).toBe('RISCV=y ERRATA=y A=y B=y DEEP=- LAST=y');
    expect(config.model.files).toEqual([
      'Kconfig',
      'arch/riscv/Kconfig',
      'arch/riscv/Kconfig.errata',
      'drivers/a/Kconfig',
      'drivers/b/Kconfig',
    ]);
    expect(config.omissions).toEqual([]);
  });

  it('passes help texts, comments and continued lines', () => {
    const config = configOf(`
config A
	bool
	help
	  config B is not
	    a config entry, nor is

	  depends on NOTHING
	default y # said here
config C
	def_bool A && \\
		A
	help
config D
	def_bool y
`);
    // The line after a bare help at the margin is its text, as in the kernel's own reader.
    expect(valuesOf(config, 'A', 'B', 'C')).toBe('A=y B=- C=y');
    expect(config.value('D')).toBeNull();
  });

  it('names what it cannot read, with its line, and goes on', () => {
    const model = modelOf(
      'config A\n\tdepends upon B\n\tdef_bool y &&\nnonsense here\nsource "gone"\nendif\nconfig B\n\tdef_bool y\nmenu "open"\n',
    );
    expect(model.omissions.map(({ what, at }) => `${at?.line ?? 0}: ${what}`)).toEqual([
      '2: depends upon B',
      '3: def_bool y &&',
      '4: nonsense here',
      '5: source "gone"',
      '6: end of if',
      '9: end of menu',
    ]);
    expect(model.byName.get('B')?.defaults).toHaveLength(1);
  });

  it('ends on files that source themselves and on deep nesting', () => {
    expect(modelOf('source "Kconfig"\n').omissions[0]?.why).toBe('the file sources itself');
    expect(modelOf('if A\n'.repeat(100_000)).omissions[0]?.why).toBe('entries nested too deeply');
    expect(modelOf(`config A\n\tdef_bool ${'('.repeat(100_000)}\n`).omissions[0]?.why).toContain('words in a line');
  });
});

describe('macros', () => {
  it('expand variables and functions, late and at once', () => {
    const config = configOf(`
late = $(value)
early := $(value)
value := y
both = $(1)-$(2)
value += n
config LATE
	string
	default "$(late)"
config EARLY
	string
	default "<$(early)>"
config BOTH
	string
	default "$(both,a,$(both,b,c))"
`);
    expect(valuesOf(config, 'LATE', 'EARLY', 'BOTH')).toBe('LATE=y n EARLY=<> BOTH=a-b-c');
  });

  it('answer tests of the compiler without running anything', () => {
    const model = {
      Kconfig: `
if-success = $(shell,{ $(1); } >/dev/null 2>&1 && echo "$(2)" || echo "$(3)")
success = $(if-success,$(1),y,n)
failure = $(if-success,$(1),n,y)
cc-option = $(success,$(CC) -Werror $(1) -c -x c /dev/null)
info := $(shell,$(srctree)/scripts/cc-version.sh $(CC))
name := $(shell,set -- $(info) && echo $1)
config OPTION
	def_bool $(cc-option,-mbranch-protection=bti)
config CLANG
	def_bool $(success,test "$(name)" = Clang)
config GCC
	def_bool $(success,test "$(name)" = GCC)
config BROKEN
	def_bool $(failure,echo 'x' | $(CC) -x c - -c)
config RECENT
	def_bool $(success,test $(shell,set -- $(info) && echo $2) -ge 140000)
`,
    };
    expect(valuesOf(configOf(model), 'OPTION', 'CLANG', 'GCC', 'BROKEN', 'RECENT')).toBe('OPTION=y CLANG=n GCC=y BROKEN=n RECENT=y');
    const old = modelOf(model, { ...assumedToolchain, gcc: 90300 });
    expect(old.byName.get('RECENT')?.defaults[0]?.value).toEqual({ op: 'constant', text: 'n' });
  });

  it('end where a variable refers to itself', () => {
    expect(modelOf('a = $(b)\nb = $(a)\nconfig X\n\tstring\n\tdefault "$(a)"\n').omissions[0]?.why).toContain('refers to itself');
  });
});
