import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gitEnvironment } from './git.js';

/** What a repository has under a name. */
export type GitObject =
  | { readonly kind: 'blob' | 'tree' | 'commit' | 'tag'; readonly id: string; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  /** A symbolic link that leads out of the tree, or in a circle. */
  | { readonly kind: 'astray' }
  | { readonly kind: 'missing' };

/** Larger objects are passed over. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;
const CHUNK = 1 << 18;
/** An answer that takes longer does not come. */
const PATIENCE_MS = 20_000;

/**
 * Reads objects of a repository one after the other from a single `git cat-file --batch`, and waits for each: the front end reads a file in
 * the middle of a function. (simple-git collects what a command prints until it ends; this command never ends.) The pipes are named ones:
 * those that node makes for a child can't be read while one waits. `cat-file` runs no filter, no text conversion and no hook.
 */
export class GitObjects {
  private open: Pipes | null = null;

  constructor(
    /** The repository itself (`…/.git`). */
    private readonly gitDir: string,
  ) {}

  /** `name` is anything that git takes for one object, on one line; links in `COMMIT:path` are followed within the tree. Throws when git can't be run. */
  read(name: string): GitObject {
    if (/[\0\n]/.test(name)) return { kind: 'missing' };
    const fresh = this.open === null;
    const answer = this.ask(name);
    if (answer !== null) return answer;
    // The process has ended. One that was just started has ended over this object; an older one may have been stopped.
    const again = fresh ? null : this.ask(name);
    return again ?? { kind: 'missing' };
  }

  close(): void {
    this.open?.close();
    this.open = null;
  }

  private ask(name: string): GitObject | null {
    this.open ??= new Pipes(this.gitDir);
    const answer = this.open.ask(name);
    if (answer === null || answer.kind === 'too-large') this.close();
    return answer;
  }
}

class Pipes {
  private readonly to: number;
  private readonly from: number;
  private readonly child: ChildProcess;
  private buffer: Buffer = Buffer.alloc(0);

  constructor(gitDir: string) {
    const folder = mkdtempSync(join(tmpdir(), 'faultline-git-'));
    const [requests, replies] = [join(folder, 'requests'), join(folder, 'replies')];
    const opened: number[] = [];
    const open = (path: string, flags: number): number => {
      const fd = openSync(path, flags);
      opened.push(fd);
      return fd;
    };
    try {
      execFileSync('mkfifo', ['-m', '600', requests, replies]);
      // A pipe opens when both ends do: readers that do not wait hold the door for the writers.
      const doors = [requests, replies].map((path) => open(path, constants.O_RDONLY | constants.O_NONBLOCK));
      this.to = open(requests, constants.O_WRONLY);
      const ends = [open(requests, constants.O_RDONLY), open(replies, constants.O_WRONLY)] as const;
      this.from = open(replies, constants.O_RDONLY | constants.O_NONBLOCK);
      this.child = spawn('git', ['--git-dir', gitDir, 'cat-file', '--batch', '--follow-symlinks'], {
        cwd: '/',
        env: { ...gitEnvironment(gitDir) },
        stdio: [...ends, 'ignore'],
      });
      for (const fd of [...doors, ...ends]) closeSync(fd);
      this.child.on('error', () => undefined);
      this.child.unref();
    } catch (error) {
      for (const fd of opened) closeSync(fd);
      throw error;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Null when the process is gone. */
  ask(name: string): GitObject | null {
    try {
      writeSync(this.to, `${name}\n`);
    } catch {
      return null;
    }
    const line = this.line();
    if (line === null) return null;
    const found = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(line);
    if (found) {
      const size = Number(found[3]);
      if (size > MAX_OBJECT_BYTES) return { kind: 'too-large' };
      const bytes = this.take(size + 1);
      return bytes === null ? null : { kind: found[2] as 'blob', id: found[1] ?? '', bytes: bytes.subarray(0, size) };
    }
    // With the links comes their text: where they lead, in as many bytes as stated.
    const astray = /^(?:symlink|dangling|loop|notdir) (\d+)$/.exec(line);
    if (!astray) return { kind: 'missing' };
    const rest = this.take(Number(astray[1]) + 1);
    return rest === null ? null : { kind: line.startsWith('symlink') || line.startsWith('loop') ? 'astray' : 'missing' };
  }

  close(): void {
    closeSync(this.to);
    closeSync(this.from);
    this.child.kill('SIGKILL');
  }

  private line(): string | null {
    for (let from = 0; ; ) {
      const end = this.buffer.indexOf(10, from);
      if (end >= 0) {
        const line = this.buffer.toString('utf8', 0, end);
        this.buffer = this.buffer.subarray(end + 1);
        return line;
      }
      from = this.buffer.length;
      if (from > CHUNK || !this.more(CHUNK)) return null;
    }
  }

  private take(count: number): Buffer | null {
    if (this.buffer.length >= count) {
      const bytes = this.buffer.subarray(0, count);
      this.buffer = this.buffer.subarray(count);
      return bytes;
    }
    const bytes = Buffer.allocUnsafe(count);
    let have = this.buffer.copy(bytes);
    while (have < count) {
      const read = this.wait(bytes, have, count - have);
      if (read === 0) return null;
      have += read;
    }
    this.buffer = Buffer.alloc(0);
    return bytes;
  }

  private more(most: number): boolean {
    const chunk = Buffer.allocUnsafe(most);
    const read = this.wait(chunk, 0, most);
    if (read > 0) this.buffer = Buffer.concat([this.buffer, chunk.subarray(0, read)]);
    return read > 0;
  }

  /** Reads once there is something to read; 0 when the process is gone, or says nothing for too long (an object may be a pipe, a disk far away). */
  private wait(into: Buffer, at: number, most: number): number {
    const until = performance.now() + PATIENCE_MS;
    for (let pause = 0.02; ; pause = Math.min(1.3 * pause, 5)) {
      try {
        return readSync(this.from, into, at, most, null);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return 0;
      }
      if (performance.now() > until) return 0;
      Atomics.wait(NEVER, 0, 0, pause);
    }
  }
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));
