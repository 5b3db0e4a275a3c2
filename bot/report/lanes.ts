import type { Finding, TraceStep } from './schema.js';
import { clip, columns, harmless, padEnd, wrap } from './text.js';

/** A side-by-side layout of a trace: one column a CPU, in order of first appearance. */
export interface Lanes {
  /** The names of the CPUs and a rule below them; empty when the layout is a list. */
  readonly head: readonly string[];
  /** The lines of one step. */
  readonly step: (step: LaneStep) => readonly string[];
}

export type LaneStep = Pick<TraceStep, 'cpu' | 'text' | 'kind'>;

/** The name that the finding gives a CPU: "vCPU1", "hart 2"; "CPU3" where it gives none. */
export function cpuName(finding: Pick<Finding, 'cpuNames'>, cpu: number): string {
  const name = clip(harmless(finding.cpuNames[String(cpu)] ?? '').trim(), MAX_NAME);
  return name === '' ? (cpu < 0 ? 'machine' : `CPU${cpu}`) : name;
}

/**
 * Fits the CPUs of a trace into `width` columns. Where a lane would be narrower than is readable, the layout is a list instead, each line
 * led by its CPU. Steps of nobody (cpu -1) run across, unless the finding names a lane for them.
 */
export function laneLayout(finding: Pick<Finding, 'cpuNames' | 'trace'>, width: number): Lanes {
  const natural = new Map<number, number>();
  for (const step of finding.trace) {
    if (step.cpu < 0 && !('-1' in finding.cpuNames)) continue;
    natural.set(step.cpu, Math.max(natural.get(step.cpu) ?? ruleWidth(cpuName(finding, step.cpu)), naturalWidth(step)));
  }
  const lanes = [...natural.keys()];
  const names = new Map(lanes.map((cpu) => [cpu, cpuName(finding, cpu)]));
  const across = (step: LaneStep): string[] => wrap(`[${harmless(step.text)}]`, width, '', ' ');
  const gap = lanes.length > 2 ? NARROW_GAP : GAP;
  const widths = lanes.length > MAX_LANES ? null : laneWidths([...natural.values()], width - gap * (lanes.length - 1));
  if (widths === null) {
    const led = (step: LaneStep): string[] => {
      const name = names.get(step.cpu);
      return name === undefined
        ? across(step)
        : cell(step, width - columns(name) - 2).map((line, i) => `${padEnd(i === 0 ? `${name}:` : '', columns(name) + 2)}${line}`);
    };
    return { head: [], step: led };
  }
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, w) => sum + w + gap, 0));
  const row = (cells: readonly string[]): string => cells.reduce((line, text, i) => padEnd(line, starts[i] ?? 0) + text, '').trimEnd();
  const shown = lanes.map((cpu) => names.get(cpu) ?? '');
  return {
    head: lanes.length === 0 ? [] : [row(shown), row(shown.map((name) => '-'.repeat(ruleWidth(name))))],
    step: (step) => {
      const lane = lanes.indexOf(step.cpu);
      if (lane < 0) return across(step);
      const before = ' '.repeat(starts[lane] ?? 0);
      return cell(step, widths[lane] ?? width).map((line) => `${before}${line}`.trimEnd());
    },
  };
}

const GAP = 4;
const NARROW_GAP = 2;
const MIN_LANE = 20;
const MAX_LANES = 8;
const MAX_NAME = 16;

/** Shares out `room`: narrow lanes keep their natural width, wide ones share the rest. Null when they do not fit. */
function laneWidths(natural: readonly number[], room: number): readonly number[] | null {
  const widths = natural.map(() => 0);
  let left = room;
  let open = natural.map((_, i) => i);
  for (;;) {
    const share = Math.floor(left / Math.max(1, open.length));
    const fitting = open.filter((i) => (natural[i] ?? 0) <= share);
    if (fitting.length === 0 || open.length === 0) {
      for (const i of open) widths[i] = share;
      return open.length > 0 && share < MIN_LANE ? null : widths;
    }
    for (const i of fitting) {
      widths[i] = natural[i] ?? 0;
      left -= widths[i];
    }
    open = open.filter((i) => !fitting.includes(i));
  }
}

function naturalWidth(step: LaneStep): number {
  return columns(marked(step)) + (step.kind === 'bad' ? 2 : 0);
}

function cell(step: LaneStep, width: number): string[] {
  return step.kind === 'bad' ? wrap(marked(step), width, '  ', '    ') : wrap(marked(step), width, '', '  ');
}

/** What hardware may do stands in brackets, what must not happen behind a mark that points up to the step before. */
function marked(step: LaneStep): string {
  const text = clip(harmless(step.text), 400);
  switch (step.kind) {
    case 'step':
      return text;
    case 'may':
      return `(${text})`;
    case 'bad':
      return `^ ${text}`;
  }
}

function ruleWidth(name: string): number {
  return Math.max(5, columns(name));
}
