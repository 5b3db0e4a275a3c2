import { writeFileSync } from 'node:fs';
import { initC } from '../../analyzers/c/parser.js';
import { loadMails } from '../ingest/mails.js';
import { serialiseReport } from '../report/schema.js';
import { renderTerminal } from '../report/terminal.js';
import { exitStatus } from '../report/verdict.js';
import { reviewAssembly } from '../review/report.js';
import { loadResources } from '../review/resources.js';
import { assemble } from '../series/assemble.js';
import { replies } from './replies.js';
import { openBases } from './tree.js';
import { fileTrouble, wantsColour } from './words.js';

export interface ReviewOptions {
  readonly json?: true;
  readonly mail?: true;
  readonly report?: string;
  readonly tree?: string;
  readonly rev?: string;
  readonly base?: string;
}

/** Time after which progress is worth a line on stderr. */
const PATIENCE_MS = 1000;

/** `faultline review`: prints what was asked for and returns the exit status. */
export async function reviewCommand(source: string, options: ReviewOptions): Promise<number> {
  const began = Date.now();
  const { mails, rejected } = await loadMails(source);
  const assembly = assemble(mails);
  if (assembly.series.length + assembly.pasted.length > 0) await initC();
  const progress = (what: string): void => {
    if (process.stderr.isTTY && Date.now() - began > PATIENCE_MS) process.stderr.write(`faultline: ${what}\n`);
  };
  const resources = loadResources();
  const opened = options.tree === undefined ? null : await openBases(options.tree, options, resources.skeleton);
  if (typeof opened === 'string') {
    process.stderr.write(`faultline: ${opened}\n`);
    return 2;
  }
  const all = { ...assembly, rejected: [...rejected, ...assembly.rejected] };
  const report = await reviewAssembly(resources, source, all, progress, opened ?? undefined);
  opened?.close();
  const json = serialiseReport(report);
  if (options.report !== undefined) {
    try {
      writeFileSync(options.report, json);
    } catch (error) {
      process.stderr.write(`faultline: cannot write ${options.report}: ${fileTrouble(error)}\n`);
      return 2;
    }
  }
  if (options.json) process.stdout.write(json);
  else if (options.mail) {
    const text = replies(report, mails, options.report);
    if (text === '') {
      const why = report.problems.length > 0 ? `; not read: ${report.problems.slice(0, 3).join('; ')}` : '';
      process.stderr.write(`faultline: nothing was found that a mail would say${why}\n`);
    }
    process.stdout.write(text);
  } else process.stdout.write(renderTerminal(report, { colour: wantsColour(), width: process.stdout.columns || 100 }));
  return exitStatus(report);
}
