import { readFileSync } from 'node:fs';
import { violationText } from '../report/describe.js';
import { renderReplay } from '../report/replay.js';
import { parseReportText, type Report } from '../report/schema.js';
import { complain, fileTrouble, wantsColour } from './words.js';

/** `faultline replay`: prints the steps of a finding and returns the exit status. */
export function replayCommand(file: string, finding: string | undefined, options: { readonly step?: string }): number {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    return complain(`cannot read ${file}: ${fileTrouble(error)}. Write a report with faultline review SOURCE --report FILE.`);
  }
  const read = parseReportText(text);
  if (!read.ok) return complain(`${file}: ${read.error}`);
  if (finding === undefined) {
    process.stdout.write(list(read.report));
    return 0;
  }
  const step = options.step === undefined ? undefined : Number(options.step);
  if (step !== undefined && !Number.isInteger(step)) return complain('--step takes the number of a step, from 1');
  const replay = renderReplay(read.report, finding, {
    ...(step === undefined ? {} : { step }),
    colour: wantsColour(),
    width: process.stdout.columns || 100,
  });
  if (!replay.ok) return complain(replay.error);
  process.stdout.write(replay.text);
  return 0;
}

function list(report: Report): string {
  const lines = report.reviews.flatMap((review) =>
    review.findings.map((finding) => `${finding.id}  ${finding.status}: ${violationText(finding)} in ${finding.scenario}\n`),
  );
  return lines.length === 0 ? 'The report has no findings.\n' : lines.join('');
}
