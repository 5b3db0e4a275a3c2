/** One thing that a run counts. */
interface Metric {
  /** As it stands in `counts[].metric`. */
  readonly name: string;
  /** As it stands in a table of a reply. */
  readonly title: string;
  readonly unit: string;
  readonly meaning: string;
}

/**
 * Everything that a Report may count, in the order in which tables show it. docs/report.md carries the same list (a test compares them), and
 * `parseReport` refuses a metric that is not here.
 */
export const METRICS = [
  { name: 'local-fences', title: 'fences, local', unit: 'instructions', meaning: 'Translation fences a CPU executes for itself.' },
  {
    name: 'remote-fences',
    title: 'fences, remote',
    unit: 'CPUs',
    meaning: 'CPUs on which a translation fence is executed for somebody else, summed over the requests.',
  },
  {
    name: 'icache-fences',
    title: 'fences, instruction',
    unit: 'instructions',
    meaning: 'Instruction fences (fence.i and the like), on any CPU.',
  },
  { name: 'sbi-calls', title: 'SBI calls', unit: 'calls', meaning: 'Calls into the firmware for a remote fence.' },
  { name: 'ipis-sent', title: 'IPIs sent', unit: 'IPIs', meaning: 'Interrupts sent to another CPU, one for each target.' },
  { name: 'ipis-taken', title: 'IPIs taken', unit: 'IPIs', meaning: 'Interrupts from another CPU that were taken.' },
  { name: 'tlbi-leaf', title: 'TLBI, leaf', unit: 'instructions', meaning: 'Invalidations of one address that cover leaf entries only.' },
  {
    name: 'tlbi-table',
    title: 'TLBI, table entries',
    unit: 'instructions',
    meaning: 'Invalidations of one address that cover the table entries on its walk as well.',
  },
  { name: 'tlbi-range', title: 'TLBI, range', unit: 'instructions', meaning: 'Invalidations of a range of addresses.' },
  { name: 'tlbi-asid', title: 'TLBI, ASID', unit: 'instructions', meaning: 'Invalidations of all that one address-space id has.' },
  { name: 'tlbi-vmid', title: 'TLBI, VMID', unit: 'instructions', meaning: 'Invalidations of all that one virtual machine has.' },
  { name: 'tlbi-all', title: 'TLBI, all', unit: 'instructions', meaning: 'Invalidations of everything at a translation regime.' },
  { name: 'dsb', title: 'DSB', unit: 'instructions', meaning: 'Barriers that wait for completion (arm64 DSB).' },
  { name: 'isb', title: 'ISB', unit: 'instructions', meaning: 'Context synchronisations by instruction (arm64 ISB).' },
  {
    name: 'barriers',
    title: 'barriers',
    unit: 'instructions',
    meaning: 'Memory barriers that order and do not wait (DMB, fence, smp_mb).',
  },
  { name: 'faults', title: 'faults', unit: 'exceptions', meaning: 'Translation and permission faults taken.' },
  {
    name: 'spurious-faults',
    title: 'faults, spurious',
    unit: 'exceptions',
    meaning: 'Faults on an address whose entry was valid in memory when the fault was taken.',
  },
  { name: 'pages-freed', title: 'table pages freed at once', unit: 'pages', meaning: 'Page-table pages given back at once.' },
  {
    name: 'pages-held-for-grace-period',
    title: 'table pages held',
    unit: 'pages',
    meaning: 'Page-table pages that wait for a grace period before they are given back.',
  },
] as const satisfies readonly Metric[];

type MetricName = (typeof METRICS)[number]['name'];

export const METRIC_NAMES: readonly MetricName[] = METRICS.map((metric) => metric.name);

/** The table of docs/report.md. */
export function metricsTable(): string {
  const rows = METRICS.map((metric) => `| \`${metric.name}\` | ${metric.unit} | ${metric.meaning} |`);
  return ['| metric | unit | what is counted |', '|---|---|---|', ...rows].join('\n');
}
