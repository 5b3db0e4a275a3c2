import type { Mutant } from './mutant.js';

const TESTS = ['simulator/explore/reductions.test.ts'];

const of =
  (name: string) =>
  (rule: string, from: string, to: string): Mutant => ({
    rule: `reductions: ${rule}`,
    file: `simulator/explore/${name}`,
    from,
    to,
    tests: TESTS,
  });

const effects = of('effects.ts');
const futures = of('futures.ts');
const permute = of('permute.ts');
const symmetry = of('symmetry.ts');

/** Each takes away one thing that makes a reduction right. */
export const REDUCTION_RULES: readonly Mutant[] = [
  effects('a load is fused only where nobody will write', 'return names.of(does.loc) | (m.setup', 'return (m.setup'),
  effects('stores write', "return writes(does.loc);\n    case 'lock'", "return 0;\n    case 'lock'"),
  futures('an interrupt may come before a barrier', '(interruptible ? EFFECT.interrupts : 0)', '0'),
  futures('a grace period may begin before a barrier', '| EFFECT.grace |', '|'),
  futures('a delayed store is yet to be written', 'if (delayed > 0) future', 'if (delayed < 0) future'),
  of('fusion.ts')('a fused step is the only one', 'this.ways !== 1', 'this.ways === 0'),
  symmetry('a CPU that reads its number is like no other', 'if (reads) return', 'if (reads && cpu < 0) return'),
  symmetry('a CPU that is called by its number is like no other', 'inside > 0 && inside < group.length', 'inside < 0'),
  symmetry('a CPU that hands out its task is like no other', 'value && this.names(value) ?', 'value && this.owned.size < 0 ?'),
  permute('holders of locks change places', 'if (holder > 0)', 'if (holder < 0)'),
  permute('grace periods change places', 'into[at.CB_OWED + i] = mask(', 'into[at.CB_OWED + i] = Number('),
  permute('masks of interrupts change places', 'into[to + at.IPI_MASK] = mask(', 'into[to + at.IPI_MASK] = Number('),
  permute('who an interrupt came from changes places', 'from: this.p[entry.from] ?? entry.from', 'from: entry.from'),
  permute('issuers of invalidations change places', 'p[issuer] ?? issuer', 'issuer'),
];
