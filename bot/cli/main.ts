#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import type { CorpusOptions } from './corpus.js';
import type { DoctorOptions } from './doctor.js';
import type { ExportOptions } from './export.js';
import type { ExtractOptions } from './extract.js';
import type { IngestOptions } from './ingest.js';
import type { LitmusOptions } from './litmus.js';
import type { DismissOptions } from './memory.js';
import type { MutateOptions } from './mutate.js';
import type { ReviewOptions } from './review.js';
import type { ScenariosOptions } from './scenarios.js';
import type { SeriesOptions } from './series.js';
import { packageVersion } from '../package.js';

// What a command needs is loaded when it is called: most of the time of a small one is loading.

/** A pipe that is closed early (`faultline … | head`) is nobody's fault. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const program = new Command('faultline')
  .description('Reviews kernel patches that touch flush and fault logic by running what they change.')
  .version(packageVersion())
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => {
      write(text.replace(/^error: /, 'faultline: '));
    },
  });

program
  .command('review')
  .description(
    'review an mbox, a mail, a patch, a Maildir, a message-id, an address (archive, pull request, mailbox), or - for standard input',
  )
  .argument('[source]', 'mbox, .eml or .patch file, Maildir, message-id, https:// or imaps:// address, or -')
  .option('--repo <path>', 'review commits of this git repository: --range or --branch says which')
  .option('--range <A..B>', 'with --repo: commits that B has and A has not, or one commit')
  .option('--branch <name>', 'with --repo: commits of the branch that what it tracks has not')
  .option('--archive <url>', 'inbox of a public-inbox host that message-ids are fetched from (without it: all lists of lore.kernel.org)')
  .option('--store <file>', 'the store that ingest fills (without it: a file of the user)')
  .option('--json', 'print the report as JSON')
  .addOption(new Option('--mail', 'print the reply mails, byte for byte').conflicts('json'))
  .option('--report <file>', 'also write the report (JSON) to a file')
  .option('--tree <path>', 'kernel tree to apply the patches in: a folder of its sources, or a git repository, also a bare one')
  .option('--base <revision>', 'revision of the tree for patches that name no base-commit')
  .addOption(new Option('--rev <revision>', 'revision of the tree for all patches, whatever base they name').conflicts('base'))
  .option('--cache <folder>', 'with --tree: where to keep what was derived from it (without it: a folder of the user)')
  .option('--no-cache', 'with --tree: keep nothing, and use nothing that was kept')
  .option('--jobs <n>', 'threads to run scenarios on (without it: one for each core, for reviews that take longer than some three seconds)')
  .action(async (source: string | undefined, options: ReviewOptions) => {
    const { reviewCommand } = await import('./review.js');
    process.exitCode = await reviewCommand(source, options);
  });

program
  .command('ingest')
  .description('read mails into the store and keep its series up to date')
  .argument('[source...]', 'as review takes it; or a public-inbox: a folder, or its address (http, https, git, ssh)')
  .option('--repo <path>', 'commits of this git repository: --range or --branch says which')
  .option('--range <A..B>', 'with --repo: commits that B has and A has not, or one commit')
  .option('--branch <name>', 'with --repo: commits that came to the branch since it was read last')
  .option('--archive <url>', 'inbox of a public-inbox host that message-ids are fetched from (without it: all lists of lore.kernel.org)')
  .option('--store <file>', 'the store (without it: a file of the user)')
  .option('--follow [seconds]', 'go on: look for new mails again and again')
  .option('--rebuild', 'make all that is derived from the mails anew')
  .addHelpText('after', '\nExit status: 0 all was read, 1 a source could not be read to its end, 2 nothing was done.')
  .action(async (sources: string[], options: IngestOptions) => {
    const { ingestCommand } = await import('./ingest.js');
    process.exitCode = await ingestCommand(sources, options);
  });

program
  .command('series')
  .description('list the series of the store, with what is missing of them and why')
  .argument('[list|message-id]', 'part of the name of a source; or a mail, for all that is known of its thread')
  .option('--limit <n>', 'the newest so many (without it: 50)')
  .option('--problems', 'also mails of all sources that give nothing to review, and why (those of a thread are always shown)')
  .option('--json', 'print as JSON')
  .option('--store <file>', 'the store (without it: a file of the user)')
  .addHelpText('after', '\nExit status: 0 the store was read, 2 there is no store, or nothing of that name in it.')
  .action(async (name: string | undefined, options: SeriesOptions) => {
    const { seriesCommand } = await import('./series.js');
    process.exitCode = await seriesCommand(name, options);
  });

program
  .command('dismiss')
  .description('say of a finding that later versions of its series need not be told of it again')
  .argument('<finding>', 'its id, or the beginning of it')
  .requiredOption('--why <text>', 'the reason, which later reports quote')
  .option('--store <file>', 'the store that the review was noted in (without it: a file of the user)')
  .action(async (finding: string, options: DismissOptions) => {
    const { dismissCommand } = await import('./memory.js');
    process.exitCode = await dismissCommand(finding, options);
  });

program
  .command('replay')
  .description('step through a counterexample of a report')
  .argument('<report>', 'a report that review --json or --report wrote')
  .argument('[finding]', 'id of the finding, or its beginning; without one the ids are listed')
  .option('--step <n>', 'show one step')
  .action(async (report: string, finding: string | undefined, options: { step?: string }) => {
    const { replayCommand } = await import('./replay.js');
    process.exitCode = replayCommand(report, finding, options);
  });

program
  .command('litmus')
  .description('run litmus tests and compare what they show with what is expected')
  .argument('<path...>', 'tests (.litmus, .litmus.toml), or folders of them')
  .option('--kinds <file>', 'table of expected kinds, in place of those in the folders')
  .option('--axis <name=value>', 'what the hardware is like, as in FEAT_ETS2=true; may be given again', collect)
  .option('--seconds <n>', 'give a test up after this long', '10')
  .option('--json', 'print the results as JSON')
  .addOption(new Option('--show <test>', 'draw a run in which the condition of this test holds').conflicts('json'))
  .addHelpText('after', '\nExit status: 0 all verdicts agree, 1 some do not or ran out of budget, 2 something could not be read.')
  .action(async (paths: string[], options: LitmusOptions) => {
    const { litmusCommand } = await import('./litmus.js');
    process.exitCode = await litmusCommand(paths, options);
  });

program
  .command('corpus')
  .description('review every thread of an index, and hold what was found against what the index says')
  .argument('<folder>', 'a folder of mails with an INDEX.md: a table with the columns id, file, arch, class and label')
  .option('--case <id>', 'only this case; may be given again', collect)
  .option('--tree <path>', 'kernel tree to apply the patches in, as for review')
  .option('--rev <revision>', 'revision of the tree for all patches')
  .option('--cache <folder>', 'with --tree: where to keep what was derived from it (without it: a folder of the user)')
  .option('--no-cache', 'with --tree: keep nothing, and use nothing that was kept')
  .option('--json', 'print as JSON')
  .addHelpText('after', '\nExit status: 0 no false alarm, 1 one or more, or part of the index could not be read, 2 there is no index.')
  .action(async (folder: string, options: CorpusOptions) => {
    const { corpusCommand } = await import('./corpus.js');
    process.exitCode = await corpusCommand(folder, options);
  });

program
  .command('scenarios')
  .description('list the scenarios, show one with its code, or run them as they stand')
  .argument('[list|show|run]', 'what to do (without it: list)', 'list')
  .argument('[name...]', 'scenarios, or folders of them, as in riscv (without one: all)')
  .option('--arch <name>', 'only those of this architecture')
  .option('--tree <path>', 'run those written for kernel trees, on the code of this one, in place of those on the skeletons')
  .option('--rev <revision>', 'the revision to read of a repository')
  .option('--json', 'list or run: print as JSON')
  .addHelpText(
    'after',
    '\nExit status: 0 nothing unexpected, 1 a run shows what the scenario does not know of, or says nothing, 2 there is no such scenario.',
  )
  .action(async (action: string, names: string[], options: ScenariosOptions) => {
    const { scenariosCommand } = await import('./scenarios.js');
    process.exitCode = await scenariosCommand(action, names, options);
  });

program
  .command('export')
  .description('write a scenario as a model for another checker')
  .argument('<scenario>', 'as in riscv/new-vmalloc-mapping')
  .requiredOption('--promela', 'as Promela, for Spin')
  .option('--setting <name=value>', 'value of an axis of the scenario; may be given again', collect)
  .option('--window <n>', 'stores that a CPU may delay: 0 or 1', '0')
  .addOption(new Option('--size <size>', 'which size of the scenario').choices(['explore', 'measure']).default('explore'))
  .option('-o, --output <file>', 'where to, instead of standard output')
  .action(async (scenario: string, options: ExportOptions) => {
    const { exportCommand } = await import('./export.js');
    process.exitCode = await exportCommand(scenario, options);
  });

program
  .command('doctor')
  .description('say which scenarios a kernel tree can not run and which names of the catalog it does not have')
  .requiredOption('--tree <path>', 'a kernel tree: a folder or a git repository')
  .option('--rev <revision>', 'the revision to read of a repository')
  .option('--json', 'print the findings as JSON')
  .addHelpText('after', '\nExit status: 0 every scenario can be run, 1 some can not, 2 there is no such tree.')
  .action(async (options: DoctorOptions) => {
    const { doctorCommand } = await import('./doctor.js');
    process.exitCode = await doctorCommand(options);
  });

program
  .command('mutate')
  .description('break what scenarios run, one barrier, flush, lock or atomic at a time, and say which runs notice')
  .option('--tree <path>', 'a kernel tree whose code is to be broken, in place of the skeletons')
  .option('--rev <revision>', 'the revision to read of a repository')
  .option('--scenario <name>', 'a scenario or a folder of them, as in riscv; may be given again', collect)
  .option('--json', 'print the results as JSON')
  .addHelpText('after', '\nExit status: 0 every mutant was killed or is equivalent, 1 some survived, 2 something could not be read.')
  .action(async (options: MutateOptions) => {
    const { mutateCommand } = await import('./mutate.js');
    process.exitCode = await mutateCommand(options);
  });

program
  .command('extract')
  .description('print the Program of functions of a kernel tree, with what was left out of it and why')
  .argument('<function...>', 'function, or function@path/of/file.c')
  .requiredOption('--tree <path>', 'a kernel tree: a folder or a git repository')
  .option('--rev <revision>', 'the revision to read of a repository')
  .requiredOption('--arch <name>', 'riscv, arm64, x86, powerpc or s390')
  .option('--config <file>', "the kernel's .config; without it, what defconfig gives")
  .option('--axis <name=value>', 'fix an axis, or ?name for a value that the sources do not give (can be repeated)', collect)
  .option('--cache <folder>', 'where to keep what was derived from the tree (without it: a folder of the user)')
  .option('--no-cache', 'keep nothing, and use nothing that was kept')
  .option('--json', 'print as JSON')
  .action(async (functions: string[], options: ExtractOptions) => {
    const { extractCommand } = await import('./extract.js');
    process.exitCode = await extractCommand(functions, options);
  });

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`faultline: this is a fault in faultline: ${error instanceof Error ? error.message : String(error)}\n`);
    if (process.env.FAULTLINE_DEBUG !== undefined && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    process.exitCode = 2;
  }
}
