import type { Axes, Finding, Ran, Review } from './schema.js';
import { enumerate, groupBy, harmless, plural, thousands } from './text.js';

/** `FEAT_TTL=1 FWB=0`; the empty string for no axes. */
export function axesText(axes: Axes): string {
  return Object.entries(axes)
    .map(([name, value]) => `${harmless(name, 80)}=${typeof value === 'boolean' ? Number(value) : harmless(String(value), 80)}`)
    .join(' ');
}

/** The axes under which a finding shows, alternatives joined by "or"; null when it shows under every setting. */
export function onlyWith(finding: Finding): string | null {
  const alternatives = (finding.where.length > 0 ? finding.where : [finding.axes]).map(axesText).filter((text) => text !== '');
  return alternatives.length === 0 ? null : alternatives.join(', or ');
}

/** `9 steps, 4,112 states, exhaustive.` */
export function effort(finding: Finding): string {
  const parts = finding.trace.length > 0 ? [plural(finding.trace.length, 'step')] : [];
  parts.push(plural(finding.states, 'state'), finding.exhaustive ? 'exhaustive' : 'not exhaustive');
  if (finding.window !== undefined && finding.window > 0) parts.push(`up to ${plural(finding.window, 'delayed store')} a CPU`);
  return `${parts.join(', ')}.`;
}

/** `lost-update, then unhandled-fault` */
export function violationText(finding: Finding): string {
  if (finding.violation === null) return 'superfluous';
  return finding.endsIn === undefined ? finding.violation : `${finding.violation}, then ${finding.endsIn}`;
}

/** How to name a patch to people: `patch 2/4`, `this patch` for `here`, `the diff` for a pasted one. */
export function patchName(review: Review, messageId: string, here: string | null): string {
  if (review.kind === 'pasted' && messageId === review.patch) return here === messageId ? 'this diff' : 'the diff';
  if (messageId === here) return 'this patch';
  const patch = review.series.patches.find((candidate) => candidate.messageId === messageId);
  if (patch === undefined) return `<${harmless(messageId, 120)}>`;
  return review.series.patches.length === 1
    ? 'the patch'
    : `patch ${patch.index}/${review.series.patches.reduce((last, p) => Math.max(last, p.index), 0)}`;
}

/** What the status says about a patch, as the end of a sentence. */
export function statusClause(finding: Finding, patch: string): string {
  switch (finding.status) {
    case 'introduced':
      return `introduced by ${patch}`;
    case 'fixed':
      return `fixed by ${patch}`;
    case 'pre-existing':
      return `there before ${patch} and after it`;
    case 'superfluous':
      return `added by ${patch}; without it no run ends differently`;
  }
}

/** Which text each function of a finding was taken from, one clause a kind of source. Names once, at most `limit` a kind. */
export function sources(finding: Finding, limit = 8): string[] {
  const words = { patch: 'from the mail', tree: 'from the tree', skeleton: 'stand-ins of our own' } as const;
  return (['patch', 'tree', 'skeleton'] as const).flatMap((from) => {
    const names = [...new Set(finding.functions.filter((fn) => fn.from === from).map((fn) => harmless(fn.name, 80)))];
    if (names.length === 0) return [];
    const more = names.length - limit;
    return [`${words[from]}: ${names.slice(0, limit).join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
  });
}

/** `14 kvm-arm64 scenarios in 224 settings, 51,234 states, all exhaustive`; null when nothing ran. */
export function ranText(ran: readonly Ran[]): string | null {
  if (ran.length === 0) return null;
  const families = groupBy([...new Set(ran.map((run) => run.scenario))], familyOf);
  const scenarios = [...families].map(([family, names]) => plural(names.length, `${family === '' ? '' : `${family} `}scenario`));
  const cut = ran.filter((run) => !run.exhaustive).length;
  const settings = sum(ran.map((run) => run.settings));
  return [
    `${enumerate(scenarios)} in ${plural(settings, 'setting')}`,
    plural(sum(ran.map((run) => run.states)), 'state'),
    cut === 0 ? 'all exhaustive' : `${plural(cut, 'run')} stopped by a budget`,
  ].join(', ');
}

/** What was not modelled, by reason: `what, what (3 times): why`; where scenarios share it, `a(), b() in 3 scenarios: why`. Texts are harmless. */
export function notModelledLines(review: Review, limit = 12): string[] {
  const scenarios = [...new Set(review.ran.map((run) => run.scenario))];
  const byReason = groupBy(review.notModelled, (item) => harmless(item.why, 300));
  return [...byReason].map(([why, items]) => {
    const placed = items.map(({ what }) => {
      const scenario = scenarios.find((each) => what.endsWith(` in ${each}`));
      return { what: scenario === undefined ? what : what.slice(0, -` in ${scenario}`.length), scenario };
    });
    const where = [...new Set(placed.flatMap(({ scenario }) => (scenario === undefined ? [] : [scenario])))];
    const times = groupBy(placed, ({ what }) => harmless(what, 200));
    const whats = [...times].map(([what, same]) => (same.length > 1 && where.length === 0 ? `${what} (${same.length} times)` : what));
    const more = whats.length - limit;
    const [only] = where;
    const place = only === undefined ? '' : where.length === 1 ? ` in ${harmless(only, 120)}` : ` in ${where.length} scenarios`;
    return `${whats.slice(0, limit).join(', ')}${more > 0 ? ` and ${more} more` : ''}${place}: ${why}`;
  });
}

/** Where a step stands: `at mm/vmalloc.c:120 (patch), in fn()`; null when the step says nothing. */
export function place(step: Finding['trace'][number]): string | null {
  const parts: string[] = [];
  if (step.file !== undefined) {
    const line = step.line === undefined ? '' : `:${step.line}`;
    parts.push(`at ${harmless(step.file, 200)}${line}${step.origin === undefined ? '' : ` (${step.origin})`}`);
  }
  if (step.function !== undefined && step.function !== '') parts.push(`in ${harmless(step.function, 80)}()`);
  return parts.length === 0 ? null : parts.join(', ');
}

/** `0.42 s`, `12 ms`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${thousands(Math.round(ms / 10) / 100)} s`;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

function familyOf(scenario: string): string {
  const slash = scenario.indexOf('/');
  return slash < 0 ? '' : harmless(scenario.slice(0, slash), 40);
}
