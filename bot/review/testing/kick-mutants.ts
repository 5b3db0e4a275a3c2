import type { SkeletonMutant } from './skeleton-mutant.js';

type Edit = SkeletonMutant['edits'][number];

const SMP = 'kernel/smp.c';
const INSN = 'arch/arm64/kernel/insn.c';
const TREE = 'kernel/rcu/tree.c';

const ALL = 'smp_mb();\n	smp_call_function(do_nothing, NULL, 1);';

/** Interrupts only those that RCU watches. */
const SPARE: Edit = [
  SMP,
  ALL,
  `int cpu;
	struct cpumask active;

	smp_mb();
	cpumask_clear(&active);
	preempt_disable();
	for_each_online_cpu(cpu) {
		if (!rcu_eqs_special_set(cpu))
			cpumask_set_cpu(cpu, &active);
	}
	smp_call_function_many(&active, do_nothing, NULL, 1);
	preempt_enable();`,
];

const LEAVE = '	if (seq & RCU_DYNTICK_CTRL_MASK) {\n		atomic_andnot';
/** A context synchronisation that is ordered after the counter was seen to change. */
const SYNC_AT_EXIT: Edit = [TREE, LEAVE, `	dsb(ish);\n	isb();\n${LEAVE}`];
/** One that nothing makes wait for the counter. */
const BARE_SYNC_AT_EXIT: Edit = [TREE, LEAVE, `	isb();\n${LEAVE}`];

/** Places at which text may stand that is executed. */
const only = (place: string): readonly Edit[] =>
  ['text_before_eqs_exit', 'text_after_eqs_exit', 'text_after_eqs_enter']
    .filter((other) => other !== place)
    .flatMap((other) => PLACES.filter(([, at]) => at === other).map(([file, at]): Edit => [file, `run_patched_text(${at});`, ';']));

const PLACES = [
  ['arch/arm64/kernel/process.c', 'text_after_eqs_enter'],
  ['arch/arm64/kernel/process.c', 'text_before_eqs_exit'],
  ['kernel/context_tracking.c', 'text_after_eqs_enter'],
  ['kernel/context_tracking.c', 'text_before_eqs_exit'],
  ['arch/arm64/kernel/irq.c', 'text_before_eqs_exit'],
  ['arch/arm64/kernel/irq.c', 'text_after_eqs_exit'],
  ['arch/arm64/kernel/irq.c', 'text_after_eqs_enter'],
  ['virt/kvm/arm/arm.c', 'text_after_eqs_enter'],
  ['virt/kvm/arm/arm.c', 'text_before_eqs_exit'],
  ['virt/kvm/arm/arm.c', 'text_after_eqs_exit'],
] as const;

const STALE = ['stale-instruction'];
const SCENARIOS = ['', '-user', '-idle', '-idle-irq', '-guest'].map((suffix) => `arm64/patch-text${suffix}`);
const QUIESCENT = SCENARIOS.slice(1);

const everywhere = (what: string, edits: readonly Edit[], shows: readonly string[], where = SCENARIOS): SkeletonMutant[] =>
  where.map((scenario) => ({ scenario, what, edits, shows }));

const SYNCED: readonly Edit[] = [SPARE, SYNC_AT_EXIT, ...only('text_after_eqs_exit')];
const BARE: readonly Edit[] = [SPARE, BARE_SYNC_AT_EXIT, ...only('text_after_eqs_exit')];

export const KICK_MUTANTS: readonly SkeletonMutant[] = [
  ...everywhere('every other CPU is interrupted', [], []),
  ...everywhere('nobody is interrupted', [[SMP, ALL, 'smp_mb();']], STALE),
  ...everywhere('nobody waits for the interrupts', [[SMP, 'do_nothing, NULL, 1);', 'do_nothing, NULL, 0);']], STALE),
  ...everywhere(
    'interrupted before the text is patched',
    [
      [INSN, '		kick_all_cpus_sync();\n', ''],
      [INSN, '		ret = aarch64_insn_patch_text_nosync', '		kick_all_cpus_sync();\n		ret = aarch64_insn_patch_text_nosync'],
    ],
    STALE,
  ),
  ...everywhere('CPUs in a quiescent state are spared', [SPARE], STALE, QUIESCENT),
  { scenario: 'arm64/patch-text', what: 'CPUs in a quiescent state are spared, and it is in none', edits: [SPARE], shows: [] },
  ...everywhere('spared, and synchronised once RCU watches, where nothing but what follows is patched', SYNCED, [], QUIESCENT),
  ...everywhere('spared, with a synchronisation that does not wait for the counter', BARE, STALE, QUIESCENT),
  {
    scenario: 'arm64/patch-text-idle-irq',
    what: 'RCU is not told of an interrupt',
    edits: [['kernel/softirq.c', '	rcu_irq_enter();\n', '']],
    shows: ['rcu-not-watching'],
  },
  {
    scenario: 'arm64/patch-text-idle-irq',
    what: 'RCU is told of an interrupt once it is handled',
    edits: [
      [
        'arch/arm64/kernel/irq.c',
        '	irq_enter();\n	run_patched_text(text_after_eqs_exit);\n	handler(info);\n',
        '	run_patched_text(text_after_eqs_exit);\n	handler(info);\n	irq_enter();\n',
      ],
    ],
    shows: ['rcu-not-watching'],
  },
];
