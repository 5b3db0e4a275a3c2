import { readFileSync, realpathSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import { initC } from '../../analyzers/c/parser.js';
import { parseIndex } from '../corpus/index-file.js';
import { asMails } from '../corpus/commits.js';
import { judge } from '../corpus/judge.js';
import { caseLine, headLine, summaryText } from '../corpus/print.js';
import { corpusJson } from '../corpus/schema.js';
import { loadWording } from '../corpus/stated.js';
import type { Case, CaseResult } from '../corpus/types.js';
import { loadMails } from '../ingest/mails.js';
import { reviewsOfNothing } from '../review/not-reached.js';
import { reviewOnThreads, type Work } from '../review/parallel.js';
import { inputsOf } from '../review/report.js';
import { inTree, loadResources, type Resources } from '../review/resources.js';
import { assemble } from '../series/assemble.js';
import { type CacheOption, cacheFolder, storeIn } from './cache.js';
import { openBases } from './tree.js';
import { complain, fileTrouble } from './words.js';

export interface CorpusOptions extends CacheOption {
  readonly json?: true;
  readonly tree?: string;
  readonly rev?: string;
  readonly case?: readonly string[];
}

/** What a thread takes to start is lost on all but the longest cases. */
const ALONE_MS = 3000;

/**
 * `faultline corpus`: reviews the threads of an index one after another and holds each against what the index says. Returns the exit status:
 * 0, or 1 where there is a false alarm or a part of the index that could not be read; 2 where there is no index.
 */
export async function corpusCommand(folder: string, options: CorpusOptions): Promise<number> {
  const path = join(folder, 'INDEX.md');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return complain(`cannot read ${path}: ${fileTrouble(error)}. A corpus is a folder of mails with such an index`);
  }
  const index = parseIndex(text, loadWording());
  const wanted = options.case ?? [];
  for (const id of wanted) if (!index.cases.some((each) => each.id === id)) return complain(`${path} has no case ${id}`);
  const cases = index.cases.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
  const { tree, rev } = options;
  const bases = tree === undefined ? null : await openBases(tree, options);
  if (typeof bases === 'string') return complain(bases);
  await initC();
  const cache = tree === undefined ? null : cacheFolder(options);
  const loaded = loadResources();
  const resources = tree === undefined ? loaded : inTree(loaded, storeIn(cache));
  const on = tree === undefined || bases === null ? null : { bases, tree: { path: tree, cache, ...(rev && { rev }) } };
  const results: CaseResult[] = [];
  if (options.json !== true) process.stdout.write(headLine());
  for (const each of cases) {
    const began = performance.now();
    const result = await reviewCase(resources, folder, each, on);
    results.push(result);
    if (options.json !== true) process.stdout.write(caseLine(result, performance.now() - began));
    else if (process.stderr.isTTY) process.stderr.write(`faultline: ${each.id} ${each.file}\n`);
  }
  bases?.close();
  process.stdout.write(options.json ? corpusJson(index, results) : summaryText(index, results));
  return index.faults.length > 0 || results.some(({ fate }) => fate === 'false-alarm' || fate === 'unread') ? 1 : 0;
}

/** Reviews the mails of one case. Nothing is kept from one to the next but the resources, which no review changes. */
async function reviewCase(resources: Resources, folder: string, of: Case, on: Work['on']): Promise<CaseResult> {
  const trouble = troubleWith(folder, of.file);
  if (trouble !== null) return judge(of, [], [`${of.file}: ${trouble}`]);
  const { mails, rejected } = await loadMails(join(folder, of.file));
  const assembly = assemble(mails);
  const threads = { threads: availableParallelism(), alone: ALONE_MS };
  const inputs = inputsOf(assembly);
  const reviews =
    (await reviewsOfNothing(resources, inputs, async ({ base }) => (await on?.bases.of(base)) ?? null)) ??
    (await reviewOnThreads(resources, { inputs, on }, threads, () => undefined));
  return judge(
    { ...of, statement: asMails(of.statement, mails) },
    reviews,
    [...rejected, ...assembly.rejected].map(({ why }) => why),
  );
}

/** An index is input: its files must be below its folder, also where links lead. */
function troubleWith(folder: string, file: string): string | null {
  try {
    const path = realpathSync(join(folder, file));
    if (!path.startsWith(`${realpathSync(folder)}${sep}`)) return 'it is not below the folder of the index';
    return statSync(path).isFile() ? null : 'it is no file';
  } catch (error) {
    return fileTrouble(error);
  }
}
