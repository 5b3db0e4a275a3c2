/** A rule of the machine, and the text whose change takes it away. `from` stands exactly once in the built `file`. */
export interface Rule {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Why no test can notice. */
  readonly equivalent?: string;
}

const of =
  (file: string) =>
  (name: string, from: string, to: string, equivalent?: string): Rule => ({
    name,
    file: `simulator/machine/${file}`,
    from,
    to,
    ...(equivalent === undefined ? {} : { equivalent }),
  });

const translate = of('translate.ts');
const walk = of('walk.ts');
const invalidate = of('invalidate.ts');
const reads = of('read.ts');
const writes = of('write.ts');
const atomic = of('atomic.ts');
const barrier = of('barrier.ts');
const promises = of('promises.ts');
const tlbi = of('tlbi.ts');
const interrupts = of('interrupts.ts');

/** One a rule of /docs/machine.md's "Translation on arm64" and of the order of data, as far as litmus tests can tell. */
export const RULES: readonly Rule[] = [
  // Walks
  translate(
    'a completed invalidation rules old translations out',
    'if (code >= 0)\n            continue;\n        const invalidation',
    'if (code !== 123456)\n            continue;\n        const invalidation',
  ),
  translate('it covers no more than its issuer had published', 'm.order.floorOf(s, t)', 'm.order.length(s)'),
  translate('it binds the walk of its issuer, the whole access of others', 'own = t;\n        else', 'others = t;\n        else'),
  translate('others are bound by the whole access', 'others = t;', 'own = t;'),
  translate('an invalidation may reach its own CPU only', '(scope >= 0 && scope !== cpu)', 'false'),
  translate('what is not there is walked for anew', 'if (uncached && position < m.order.latest(s, entry.index, accessed))', 'if (false)'),
  translate('what is there may be old', 'if (uncached && position <', 'if (position <'),
  translate('a permission fault may be old', "outcome.end.k === 'fault' && outcome.end.type !== 'permission'", "outcome.end.k === 'fault'"),
  translate('an access-flag fault is not old', "outcome.end.type !== 'permission'", "outcome.end.type === 'translation'"),
  translate(
    'FEAT_ETS2: faults come after older accesses',
    'const accessed = Math.max(before, ets2 ?',
    'const accessed = Math.max(before, false ?',
  ),
  translate('FEAT_ETS2: a DSB orders walks', 'view(at.ISB), ets2 ? view(at.DSB) : 0', 'view(at.ISB), 0'),
  translate('without FEAT_ETS2 it does not', 'view(at.ISB), ets2 ? view(at.DSB) : 0', 'view(at.ISB), view(at.DSB)'),
  translate('an ISB orders walks', 'view(at.ISB), ets2 ? view(at.DSB) : 0);\n    if', 'ets2 ? view(at.DSB) : 0);\n    if'),
  translate(
    'a walk comes after what its address depends on',
    'const start = Math.max(m.slots(s, cpu, request.addr), ',
    'const start = Math.max(',
  ),
  translate('no address goes back to a translation that it left', "path.end.k === 'page' ? view(at.USED + m.address(va)) : 0", '0'),
  translate('a fault may', "path.end.k === 'page' ? view(at.USED + m.address(va)) : 0", 'view(at.USED + m.address(va))'),
  translate(
    'each address by itself',
    'const used = at.USED + m.address(inSpace(does.va, does.regime));',
    'const used = at.USED + m.address(inSpace(does.va & ~0xfffn, does.regime));',
  ),
  translate('a store waits for the walks before it', 'm.raise(t, cpu, at.CAP, path.post);', ''),
  translate(
    'a DSB waits for walks',
    'm.raise(t, cpu, at.VM, path.post);',
    '',
    'the access comes after its walk, and the DSB waits for the access',
  ),
  translate('an access comes after its walk', 'post: path.post,\n        limit', 'post: 0,\n        limit'),
  translate('a read of an old translation comes before the invalidation', 'limit: path.limit,', 'limit: Number.POSITIVE_INFINITY,'),
  // Faults
  translate('a fault comes after the barriers before it', 'm.get(s, cpu, at.FN), ', ''),
  translate(
    'a fault comes after an ISB',
    'm.get(s, cpu, at.FN), m.get(s, cpu, at.ISB), ',
    'm.get(s, cpu, at.FN), ',
    'the walk that faulted comes after the ISB already',
  ),
  translate('a fault synchronises', 'trapSync(m, t, cpu, Math.max(path.post, m.slots(s, cpu, request.addr | request.picks.addr)));', ''),
  translate('and its walk with it', 'trapSync(m, t, cpu, Math.max(path.post, ', 'trapSync(m, t, cpu, Math.max(0, '),
  translate(
    'a DSB waits for a fault',
    'm.raise(t, cpu, at.VM, view);',
    '',
    'the exception synchronises, so that what follows comes after the walk that faulted',
  ),
  translate('an exception that is asked for synchronises', 'trapSync(m, t, cpu, request.fetched', 'void (request.fetched'),
  translate('user code may not touch tables', "if (!('loc' in does) || ", 'if (true || '),
  interrupts(
    'leaving a handler synchronises',
    "export function trapReturn(m, s, cpu, request, sink) {\n    const t = m.begin(s, cpu);\n    trapSync(m, t, cpu, 0, 'return');",
    'export function trapReturn(m, s, cpu, request, sink) {\n    const t = m.begin(s, cpu);',
  ),
  walk('a synchronisation takes what a DSB waited for', 'm.get(t, cpu, at.CAP), m.get(t, cpu, at.DSB)', 'm.get(t, cpu, at.CAP)'),
  // Hardware updates
  translate(
    'an update leaves no room between what it read and what it writes',
    'places(m, s, cpu, write, after, Number.POSITIVE_INFINITY, last.position)',
    'places(m, s, cpu, write, after, Number.POSITIVE_INFINITY)',
  ),
  translate(
    'an update comes after its walk',
    'const after = Math.max(path.post, ',
    'const after = Math.max(',
    'it leaves no room after what the walk read, and waits for all that the walk waited for',
  ),
  translate('an update waits for addresses and walks before it', 'view(at.CAP), view(at.CTRL), m.slots', 'view(at.CTRL), m.slots'),
  translate(
    'an update waits for branches',
    'view(at.CAP), view(at.CTRL), m.slots(s, cpu, request.ctrl | ',
    'view(at.CAP), m.slots(s, cpu, ',
  ),
  translate('a DSB waits for updates', 'm.raise(t, cpu, at.VM, position);', ''),
  translate(
    'an own read that missed an update comes before it',
    'view(at.READ_POSITION + index) < place && place <= view(at.READ + index)',
    'false',
    'the floor of that read shows it the update',
  ),
  translate('hardware may set an access flag at any time', 'if (!leafOf(value.v).accessed)', 'if (false)'),
  promises(
    'an update may come before an own older store',
    'if (after < next && next < before && undisturbed(next))',
    'if (after < next && next < before && undisturbed(end))',
  ),
  // Invalidations
  invalidate(
    'a TLBI covers what a DSB had published',
    'const view = Math.max(m.get(t, cpu, at.DSB), m.get(t, cpu, at.ISB)',
    'const view = Math.max(m.get(t, cpu, at.ISB)',
  ),
  invalidate(
    'a DMB publishes nothing to it',
    'const view = Math.max(m.get(t, cpu, at.DSB), m.get(t, cpu, at.ISB)',
    'const view = Math.max(m.get(t, cpu, at.WN), m.get(t, cpu, at.DSB), m.get(t, cpu, at.ISB)',
  ),
  invalidate(
    'only a full DSB completes it',
    "const issued = of === 'full' ? issuedBy",
    'const issued = true ? issuedBy',
    'nothing that follows a DSB LD or ST waits for what it would complete',
  ),
  invalidate('a DSB completes it', "const issued = of === 'full' ? issuedBy", 'const issued = false ? issuedBy'),
  invalidate(
    'its place comes after all that its CPU has done',
    'Math.max(m.get(s, cpu, m.layout.VM), write.value)',
    'write.value',
    'an earlier place only binds others more',
  ),
  invalidate('a DSB orders later reads', 'for (const field of [at.RN, at.FN, at.DSB])', 'for (const field of [at.FN, at.DSB])'),
  invalidate('a DSB orders later faults', 'for (const field of [at.RN, at.FN, at.DSB])', 'for (const field of [at.RN, at.DSB])'),
  invalidate('a DSB orders later writes', 'if (at.exact)\n            m.raise(t, cpu, at.WN, view);', ''),
  invalidate('DSB LD waits for reads alone', "of === 'ld' ? at.VR : of === 'st' ? at.VW : at.VM", "of === 'st' ? at.VW : at.VM"),
  invalidate('DSB ST waits for writes alone', "of === 'ld' ? at.VR : of === 'st' ? at.VW : at.VM", "of === 'ld' ? at.VR : at.VM"),
  invalidate('an ISB takes what a DSB waited for', 'm.get(t, cpu, at.CAP), m.get(t, cpu, at.DSB));', 'm.get(t, cpu, at.CAP));'),
  invalidate(
    'an ISB takes branches',
    'm.get(t, cpu, at.CTRL), m.get(t, cpu, at.CAP), m.get(t, cpu, at.DSB));',
    'm.get(t, cpu, at.CAP), m.get(t, cpu, at.DSB));',
  ),
  invalidate(
    'an ISB takes addresses',
    'm.get(t, cpu, at.CTRL), m.get(t, cpu, at.CAP), m.get(t, cpu, at.DSB));',
    'm.get(t, cpu, at.CTRL), m.get(t, cpu, at.DSB));',
  ),
  tlbi(
    'an invalidation by address covers that address',
    'entry.from >= invalidation.to || entry.from + entry.size <= invalidation.from',
    'false',
  ),
  // Data
  reads('reads come after barriers', 'm.get(s, cpu, at.RN), m.get(s, cpu, at.ISB), released', 'm.get(s, cpu, at.ISB), released'),
  reads(
    'reads come after an ISB',
    'm.get(s, cpu, at.RN), m.get(s, cpu, at.ISB), released',
    'm.get(s, cpu, at.RN), released',
    'accesses of these tests are translated, and walks come after the ISB; simulator/machine/litmus.test.ts watches it',
  ),
  reads('LDAR comes after STLR', 'm.get(s, cpu, at.ISB), released, fetched', 'm.get(s, cpu, at.ISB), fetched'),
  reads('an own store may be read before it has its place', 'return m.get(s, cpu, at.FORWARD_VIEW + loc);', 'void 0;'),
  reads('but not by an acquire, of an atomic', 'if (!atomic || forwardsAtomics(m, acquire))', 'if (true)'),
  reads('a read without destination is none to a barrier for loads', 'if (!noReturn)', 'if (true)'),
  reads('an acquire comes before what follows', "if (acquire || m.arch.memory === 'total-store')", 'if (false)'),
  reads(
    'a location is never read backwards',
    'm.order.open(s, loc, Math.max(pre, m.get(s, cpu, at.COH + loc)))) {\n        const post',
    'm.order.open(s, loc, pre)) {\n        const post',
  ),
  writes(
    'a write waits for branches',
    'm.slots(s, cpu, addr | data | picks.addr | picks.data | ctrl)',
    'm.slots(s, cpu, addr | data | picks.addr | picks.data)',
    undefined,
  ),
  writes('a write waits for its data', 'addr | data | picks.addr | picks.data | ctrl', 'addr | picks.addr | picks.data | ctrl'),
  writes('a write waits for what picked it', 'addr | data | picks.addr | picks.data | ctrl', 'addr | data | ctrl'),
  writes('a write waits for barriers', 'view(at.WN), view(at.ISB), view(at.CAP)', 'view(at.ISB), view(at.CAP)'),
  writes(
    'a write waits for an ISB',
    'view(at.WN), view(at.ISB), view(at.CAP)',
    'view(at.WN), view(at.CAP)',
    'it waits for the branches, addresses and DSBs that the ISB waited for',
  ),
  writes('a write waits for the addresses before it', 'view(at.WN), view(at.ISB), view(at.CAP)', 'view(at.WN), view(at.ISB)'),
  writes('a write comes after own reads and writes of its place', 'view(at.COH + loc), ', ''),
  writes('a release comes after all before it', 'release ? Math.max(view(at.VR), view(at.VW)) : 0', '0'),
  atomic(
    'nothing comes between the halves of an atomic',
    'places(m, s, cpu, write, floorOfData, through.limit, position)',
    'places(m, s, cpu, write, floorOfData, through.limit)',
  ),
  atomic('SWPAL: what follows comes after its store', 'if (both)\n                orderLater', 'if (false)\n                orderLater'),
  atomic(
    'an atomic waits for what it adds to',
    "does.fn === 'swap' || does.fn === 'cas' ? floor : Math.max(floor, post)",
    'floor',
    'the write waits for all that the read waited for, and stands right behind what it read',
  ),
  barrier('DMB LD orders reads', "ld: ['r', 'rw']", "ld: ['w', 'w']"),
  barrier('DMB ST orders writes', "st: ['w', 'w']", "st: ['r', 'r']"),
  barrier('DMB ST orders later faults', "if (at.exact && does.op === 'dmb')\n        m.raise(t, cpu, at.FN, view);", ''),
  barrier('DMB orders writes before reads', "full: ['rw', 'rw']", "full: ['r', 'rw']"),
];
