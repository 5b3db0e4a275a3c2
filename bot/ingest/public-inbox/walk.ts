import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { gitEnvironment } from '../../tree/git.js';
import { FeedError } from '../feed.js';

/** A commit of an epoch: one mail added, or one taken back. */
export interface Change {
  readonly commit: string;
  readonly kind: 'mail' | 'deletion';
  /** The mail's bytes; null for one that is larger than the limit. */
  readonly raw: Buffer | null;
  readonly bytes: number;
}

type Process = ChildProcessByStdio<Writable, Readable, null>;

function git(gitDir: string, args: readonly string[]): Process {
  const child = spawn('git', ['--git-dir', gitDir, ...args], {
    cwd: '/',
    env: { ...gitEnvironment(gitDir) },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // A process that ends early is seen by its exit status.
  child.stdin.on('error', () => undefined);
  return child;
}

/**
 * The mails of an epoch from `after` (exclusive) to `head`, oldest first. Three git processes work side by side: one lists commits, one says
 * what each did, one gives the bytes. None of them looks at hooks, filters, attributes or signatures, and nothing is checked out.
 */
export async function* walk(gitDir: string, head: string, after: string | null, maxBytes: number): AsyncGenerator<Change> {
  const range = after === null ? [head] : [head, `^${after}`];
  const commits = git(gitDir, ['rev-list', '--reverse', '--first-parent', '--end-of-options', ...range]);
  const changes = git(gitDir, ['diff-tree', '--stdin', '--root', '-r', '--raw', '--no-abbrev', '--no-renames']);
  const objects = git(gitDir, ['cat-file', '--batch', '--buffer']);
  commits.stdin.end();
  commits.stdout.pipe(changes.stdin);
  const children = [commits, changes, objects];
  const ends = children.map(ended);
  const asked: { commit: string; kind: Change['kind'] }[] = [];
  try {
    const asking = ask(changes.stdout, objects.stdin, asked);
    // Its failure is looked at below; until then it is nobody's.
    asking.catch(() => undefined);
    for await (const object of readObjects(objects.stdout, maxBytes)) {
      const next = asked.shift();
      if (next === undefined || object.kind === 'missing')
        throw new FeedError(`${gitDir}: the repository lacks an object; run git fsck there`);
      yield { ...next, raw: object.raw, bytes: object.bytes };
    }
    await asking;
    const failed = (await Promise.all(ends)).find((why) => why !== null);
    if (failed !== undefined) throw new FeedError(`${gitDir}: ${failed}`);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}

/** Null when a process ended well, else what it came to. */
function ended(child: Process): Promise<string | null> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      resolve(/ENOENT/.test(error.message) ? 'there is no program git' : error.message);
    });
    child.on('close', (code) => {
      resolve(code === 0 ? null : 'git cannot read the repository; run git fsck there');
    });
  });
}

/** Reads what the commits did, and asks for the mails: as many at once as one piece of the answer names. */
async function ask(changes: Readable, objects: Writable, asked: { commit: string; kind: Change['kind'] }[]): Promise<void> {
  let commit = '';
  let rest = '';
  for await (const chunk of changes) {
    const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    let wanted = '';
    for (const line of lines) {
      if (!line.startsWith(':')) {
        commit = line;
        continue;
      }
      const change = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*\t([md])$/.exec(line);
      if (!change) {
        objects.end(wanted);
        throw new FeedError(`commit ${commit} holds other files than m and d; this is no epoch of a public-inbox of version 2`);
      }
      const [, id = '', status, name] = change;
      if (status === 'D') continue;
      asked.push({ commit, kind: name === 'm' ? 'mail' : 'deletion' });
      wanted += `${id}\n`;
    }
    if (wanted !== '' && !objects.write(wanted)) await drained(objects);
  }
  objects.end();
}

/** Resolves when more can be written, or nothing ever will. */
function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

type ReadObject = { readonly kind: 'blob'; readonly raw: Buffer | null; readonly bytes: number } | { readonly kind: 'missing' };

/** Takes the answers of `cat-file --batch` apart. Holds one object at a time, and none that is too large. */
async function* readObjects(answers: Readable, maxBytes: number): AsyncGenerator<ReadObject> {
  let rest: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let wanted = 0;
  let bytes = 0;
  let inObject = false;
  for await (const chunk of answers) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    for (;;) {
      if (!inObject) {
        const end = rest.indexOf(10);
        if (end < 0) break;
        const size = /^[0-9a-f]+ blob (\d+)$/.exec(rest.toString('latin1', 0, end))?.[1];
        rest = rest.subarray(end + 1);
        if (size === undefined) {
          yield { kind: 'missing' };
          continue;
        }
        bytes = Number(size);
        wanted = bytes + 1;
        parts = [];
        inObject = true;
      }
      const part = rest.subarray(0, wanted);
      rest = rest.subarray(part.length);
      wanted -= part.length;
      if (bytes <= maxBytes) parts.push(part);
      if (wanted > 0) break;
      inObject = false;
      // A copy: a mail must not hold the memory of its neighbours.
      yield { kind: 'blob', raw: bytes <= maxBytes ? Buffer.concat(parts).subarray(0, bytes) : null, bytes };
    }
  }
}
