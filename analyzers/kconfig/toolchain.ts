/**
 * What Kconfig asks of the build machine, answered without running anything. A review must not depend on the compiler that happens to be
 * installed where it runs, and a foreign one would turn features off that every real build of the architecture has (arm64's KVM hangs on an
 * `as-instr` test). So: a current GCC with GNU binutils, for which every test of an option or an instruction succeeds.
 */
export interface Toolchain {
  /** As scripts/cc-version.sh prints it: 14.2.0 is 140200. */
  readonly gcc: number;
  /** As scripts/as-version.sh and ld-version.sh print it: 2.44 is 24400. */
  readonly binutils: number;
  /** As scripts/pahole-version.sh prints it; 0 for none. */
  readonly pahole: number;
}

/** Debian 13, which ships 6.12. */
export const assumedToolchain: Toolchain = { gcc: 140200, binutils: 24400, pahole: 0 };

/** What `$(shell,command)` gives. A command that is not known is taken to succeed and to print nothing. */
export function shellAnswer(command: string, toolchain: Toolchain): string {
  const branch = /^\{ ([\s\S]*); \} >\/dev\/null 2>&1 && echo "([^"]*)" \|\| echo "([^"]*)"$/.exec(command);
  if (branch !== null) return succeeds((branch[1] ?? '').trim()) ? (branch[2] ?? '') : (branch[3] ?? '');
  const word = /^set -- (.*) && echo \$(\d+)$/.exec(command);
  if (word !== null) return (word[1] ?? '').trim().split(/\s+/)[Number(word[2]) - 1] ?? '';
  for (const [script, version] of versions) if (command.includes(script)) return version(toolchain);
  return '';
}

const versions: readonly (readonly [string, (toolchain: Toolchain) => string])[] = [
  ['scripts/cc-version.sh', ({ gcc }) => `GCC ${gcc}`],
  ['scripts/as-version.sh', ({ binutils }) => `GNU ${binutils}`],
  ['scripts/ld-version.sh', ({ binutils }) => `BFD ${binutils}`],
  ['scripts/pahole-version.sh', ({ pahole }) => String(pahole)],
  ['scripts/rustc-version.sh', () => '0'],
  ['scripts/rustc-llvm-version.sh', () => '0'],
];

/** Tests whose answer is no for GCC with GNU binutils. */
const fails: readonly RegExp[] = [
  // Rust, LLVM's tools, options that only Clang has.
  /rust_is_available|\brustc\b|grep -qi llvm|-mllvm|-fsanitize=kcfi|-frandomize-layout-seed-file/,
  // The headers of GCC's plugins: few machines have them.
  /^test -e .*plugin-version\.h$/,
  // Asks for the failure: the macro is predefined where the type exists (init/Kconfig, CC_HAS_INT128).
  /-D__SIZEOF_INT128__=0/,
];

function succeeds(command: string): boolean {
  const known = command.startsWith('test ') ? testResult(command.slice(5)) : null;
  if (known !== null) return known;
  return !fails.some((pattern) => pattern.test(command));
}

/** `test` on constants (POSIX, "test"); null when it is about files or not understood. */
function testResult(text: string): boolean | null {
  const words = [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const [a = '', operator = '', b = ''] = words;
  if (words.length <= 2 && a === '-z') return operator === '';
  if (words.length <= 2 && a === '-n') return operator !== '';
  if (words.length !== 3) return null;
  switch (operator) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '-eq':
      return Number(a) === Number(b);
    case '-ne':
      return Number(a) !== Number(b);
    case '-lt':
      return Number(a) < Number(b);
    case '-le':
      return Number(a) <= Number(b);
    case '-gt':
      return Number(a) > Number(b);
    case '-ge':
      return Number(a) >= Number(b);
    default:
      return null;
  }
}
