import type { Mutant } from './mutant.js';

/** Those that fetch instructions first. */
const TESTS = [
  'analyzers/litmus/self-modifying',
  'simulator/machine/fetch.test.ts',
  'simulator/machine/invariants',
  'bot/litmus/sample.test.ts',
  'simulator',
];

const rule = (name: string, file: string, from: string, to: string, equivalent?: string): Mutant => ({
  rule: `fetch: ${name}`,
  file,
  from,
  to,
  tests: TESTS,
  ...(equivalent === undefined ? {} : { equivalent }),
});

/** Rules of instruction fetch and of cache maintenance (docs/machine.md, "Instruction fetch"). */
export const FETCH_RULES: readonly Mutant[] = [
  rule('later accesses come after a fetch', 'simulator/machine/fetch.ts', 'all ? m.get(s, cpu, at.FETCHED) : 0', '0'),
  rule(
    "an instruction's accesses come after its fetch",
    'simulator/machine/fetch.ts',
    'request.fetched ? m.get(s, cpu, at.OWN_FETCH) : 0',
    '0',
  ),
  rule(
    'accesses of riscv come after what fence.i waited for',
    'simulator/machine/fetch.ts',
    "m.setup.arch === 'riscv' ? m.get(s, cpu, at.FETCH) : 0",
    '0',
  ),
  rule(
    'a context synchronisation is a floor of fetches',
    'simulator/machine/fetch.ts',
    'Math.max(m.get(s, cpu, at.FETCH), inOrder ? earlier : 0)',
    '(inOrder ? earlier : 0)',
  ),
  rule('fetches in program order', 'simulator/machine/fetch.ts', 'inOrder ? earlier : 0)', '0)'),
  rule(
    'older fetches come before an IC that a fetch comes before',
    'simulator/machine/fetch.ts',
    'Math.max(post, earlier) > view',
    'post > view',
  ),
  rule('a fetch of old text comes before the IC', 'simulator/machine/fetch.ts', 'Math.max(post, earlier) > view', 'earlier > view'),
  rule('IC', 'simulator/machine/fetch.ts', 'if (newest > 0) found.push({ view, newest });', ''),
  rule(
    'an IC needs a DC',
    'simulator/machine/fetch.ts',
    "m.fetches.needs === 'invalidate' ? m.order.latest(s, loc, view) : cleanedBy(m, s, loc, view)",
    'm.order.latest(s, loc, view)',
  ),
  rule('an IC is of one line', 'simulator/machine/fetch.ts', '(done.loc !== null && done.loc !== loc) || ', ''),
  rule('a local IC', 'simulator/machine/fetch.ts', ' || (done.cpu !== null && done.cpu !== cpu)', ''),
  rule('a DC is of one line', 'simulator/machine/fetch.ts', "done?.k === 'dc' && done.loc === loc", "done?.k === 'dc'"),
  rule(
    'a DC covers what stands before it',
    'simulator/machine/fetch.ts',
    'return m.order.latest(s, loc, t);',
    'return m.order.latest(s, loc, m.order.length(s));',
  ),
  rule(
    'DC and IC come after DSB',
    'simulator/machine/cache.ts',
    'Math.max(m.get(s, cpu, at.DSB), m.get(s, cpu, at.ISB)',
    'Math.max(m.get(s, cpu, at.ISB)',
  ),
  rule(
    'DC and IC come after ISB',
    'simulator/machine/cache.ts',
    'm.get(s, cpu, at.ISB), m.get(s, cpu, at.FETCHED)',
    'm.get(s, cpu, at.FETCHED)',
  ),
  rule('DC and IC come after fetches', 'simulator/machine/cache.ts', 'm.get(s, cpu, at.FETCHED), m.slots', 'm.slots'),
  rule('DC and IC come after their address', 'simulator/machine/cache.ts', ', m.slots(s, cpu, request.addr));', ');'),
  rule('a DC comes after DMB', 'simulator/machine/cache.ts', 'm.get(s, cpu, at.DMB), ', ''),
  rule(
    'a DC comes after accesses to its line',
    'simulator/machine/cache.ts',
    'm.get(s, cpu, at.DMB), m.get(s, cpu, at.COH + loc)',
    'm.get(s, cpu, at.DMB)',
  ),
  rule(
    'a DMB waits for DC',
    'simulator/machine/cache.ts',
    "  if (does.op === 'dmb') return does.of === 'full';\n",
    "  if (does.op === 'dmb') return false;\n",
  ),
  rule(
    'only a full DMB waits for DC',
    'simulator/machine/cache.ts',
    "  if (does.op === 'dmb') return does.of === 'full';\n",
    "  if (does.op === 'dmb') return true;\n",
  ),
  rule(
    'no DMB waits for IC',
    'simulator/machine/cache.ts',
    "  if (what.k !== 'dc') return false;\n",
    "  if (what.k !== 'dc') return does.op === 'dmb';\n",
  ),
  rule(
    'accesses to its line wait for a DC',
    'simulator/machine/cache.ts',
    'return accesses && does.loc === m.locationName(what.loc);',
    "return accesses && does.loc === '';",
  ),
  rule(
    'a DSB completes IC',
    'simulator/machine/cache.ts',
    "if (does.op === 'dsb') return does.of === 'full';",
    "if (does.op === 'dsb') return false;",
  ),
  rule(
    'only a full DSB completes IC',
    'simulator/machine/cache.ts',
    "if (does.op === 'dsb') return does.of === 'full';",
    "if (does.op === 'dsb') return true;",
    'nothing of this CPU waits for what another DSB completes: the IC may as well be done last',
  ),
  rule(
    'an IC comes after fetches made without it',
    'simulator/machine/cache.ts',
    'if (other !== cpu) view = Math.max(view, m.get(s, other, m.layout.FETCHED));',
    '',
  ),
  rule('what a DSB orders comes after maintenance', 'simulator/machine/cache.ts', '      m.raise(t, cpu, at.VM, position);\n', ''),
  rule('stores may be done on a path that is not written yet', 'simulator/machine/fetch.ts', '  guess(m, s, cpu, does, sink);\n', ''),
  rule('such a path counts only once it is written', 'simulator/explore/promise.ts', '&& !guesses) ends', ') ends'),
  rule('fence.i orders accesses', 'simulator/machine/invalidate.ts', 'Math.max(m.known(t, cpu), m.fetches', 'Math.max(0, m.fetches'),
  rule(
    'fence.i orders fetches (model)',
    'simulator/machine/invalidate.ts',
    'm.fetches.fenceOrdersFetches ? m.get(t, cpu, at.FETCHED) : 0',
    '0',
  ),
  rule(
    'ISB is a floor of fetches',
    'simulator/machine/invalidate.ts',
    '    m.raise(t, cpu, at.ISB, view);\n    m.raise(t, cpu, at.FETCH, view);\n',
    '    m.raise(t, cpu, at.ISB, view);\n',
  ),
  rule(
    'stale-instruction: patched',
    'simulator/machine/invariants/stale-instruction.ts',
    "what?.k === 'gone' &&",
    "what?.k === 'gone' && position < 0 &&",
  ),
  rule(
    'stale-instruction: freed',
    'simulator/machine/fetch.ts',
    'if (m.isFreed(s, does.loc)) {',
    'if (m.isFreed(s, does.loc) && cpu < 0) {',
  ),
];
