import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { NO_MEMORY, withEarlier } from '../memory/remember.js';
import { versionFacts } from '../memory/version.js';
import { type Review, serialiseReport } from '../report/schema.js';
import { renderTerminal } from '../report/terminal.js';
import { exitStatus } from '../report/verdict.js';
import { inputsOf, reportOf } from '../review/report.js';
import { inTree, loadResources } from '../review/resources.js';
import { reviewsOfNothing } from '../review/not-reached.js';
import type { reviewOnThreads } from '../review/parallel.js';
import { about } from '../series/about.js';
import { assemble } from '../series/assemble.js';
import { type CacheOption, cacheFolder, storeIn } from './cache.js';
import { openMemory } from './memory.js';
import { replies } from './replies.js';
import { loadReviewSource, type SourceOptions } from './review-source.js';
import { kernelAt, openBases } from './tree.js';
import { complain, fileTrouble, wantsColour } from './words.js';

export interface ReviewOptions extends CacheOption, SourceOptions {
  readonly json?: true;
  readonly mail?: true;
  readonly report?: string;
  readonly jobs?: string;
  readonly tree?: string;
  readonly rev?: string;
  readonly base?: string;
}

/** Time after which progress is worth a line on stderr. */
const PATIENCE_MS = 1000;

const MAX_JOBS = 64;

/** Where nobody asks for threads, a review gets them after this much CPU time: loading and warming one up costs what a small review takes. */
const ALONE_MS = 3000;

/** The same in a kernel tree, where another thread only runs what this one compiles: less than what a review with a filled cache takes. */
const ALONE_IN_TREE_MS = 1500;

/** `faultline review`: prints what was asked for and returns the exit status. */
export async function reviewCommand(word: string | undefined, options: ReviewOptions): Promise<number> {
  const began = Date.now();
  const jobs = options.jobs === undefined ? availableParallelism() : Number(options.jobs);
  if (!(Number.isInteger(jobs) && jobs >= 1)) {
    process.stderr.write(`faultline: --jobs takes a number of threads, 1 or more; "${options.jobs ?? ''}" is not one\n`);
    return 2;
  }
  const progress = (what: string): void => {
    if (process.stderr.isTTY && Date.now() - began > PATIENCE_MS) process.stderr.write(`faultline: ${what}\n`);
  };
  const source = await loadReviewSource(word, options);
  if (typeof source === 'string') return complain(source);
  const { mails, rejected } = source;
  const assembled = source.about === null ? assemble(mails) : about(assemble(mails), source.about);
  const assembly = { ...assembled, rejected: [...rejected, ...assembled.rejected] };
  // Files are reviewed without asking the store, and without leaving a trace, unless one is named.
  const memory = source.source.kind === 'path' && options.store === undefined ? null : await openMemory(options);
  if (typeof memory === 'string') return complain(memory);
  const inputs = inputsOf(assembly, await memory?.before(assembly.series));
  const loaded = loadResources();
  const path = options.tree ?? (source.source.kind === 'commits' ? await kernelAt(source.source.repo) : undefined);
  const cache = path === undefined ? null : cacheFolder(options);
  const store = storeIn(cache);
  const resources = path === undefined ? loaded : inTree(loaded, store);
  const { rev, base } = options;
  const bases = path === undefined ? null : await openBases(path, options);
  if (typeof bases === 'string') {
    process.stderr.write(`faultline: ${bases}\n`);
    return 2;
  }
  const on = path === undefined || bases === null ? null : { bases, tree: { path, cache, ...(rev && { rev }), ...(base && { base }) } };
  const threads = {
    threads: Math.min(jobs, MAX_JOBS),
    alone: options.jobs !== undefined ? 0 : path === undefined ? ALONE_MS : ALONE_IN_TREE_MS,
  };
  const reviews =
    (await reviewsOfNothing(resources, inputs, async ({ base: clues }) => (await bases?.of(clues)) ?? null)) ??
    (await run(resources, { inputs, on }, threads, (i) => {
      progress(`${i + 1}/${inputs.length} ${inputs[i]?.title ?? ''}`);
    }));
  bases?.close();
  // In the order of `inputsOf`: series first. A diff that somebody proposes has no versions.
  const versions = assembly.series.filter((series) => series.repeats === null).map(versionFacts);
  const fresh = reviews.map((review, i) => ({ facts: versions[i] ?? null, review }));
  const known =
    (await memory?.of(
      versions.filter((facts) => facts !== null),
      mails,
    )) ?? NO_MEMORY;
  const report = reportOf(resources.version, source.name, assembly, withEarlier(fresh, known));
  const unsaved = memory?.save(fresh, report, mails) ?? null;
  memory?.close();
  if (unsaved !== null) process.stderr.write(`faultline: the review is not remembered: ${unsaved}\n`);
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

/** Loads what compiles and runs scenarios, and reviews. */
async function run(...args: Parameters<typeof reviewOnThreads>): Promise<Review[]> {
  const [{ initC }, threads] = await Promise.all([import('../../analyzers/c/parser.js'), import('../review/parallel.js')]);
  await initC();
  return threads.reviewOnThreads(...args);
}
