import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a process took, its threads included. */
export interface Cost {
  readonly seconds: number;
  /** Seconds of CPU time. */
  readonly cpu: number;
  /** The most memory that it held at once. */
  readonly mib: number;
}

const POLL_MS = 20;
const TICKS_A_SECOND = 100;

/** Runs node with `args`, and `input` on its standard input. Linux: what it holds and uses is read of /proc while it runs. */
export function costOf(args: readonly string[], input: string): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
    let mib = 0;
    let cpu = 0;
    const look = (): void => {
      try {
        const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
        mib = Math.max(mib, Math.round(Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024));
        const stat = readFileSync(`/proc/${String(child.pid)}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ');
        cpu = (Number(stat[11]) + Number(stat[12])) / TICKS_A_SECOND;
      } catch {
        // It has just ended.
      }
    };
    const timer = setInterval(look, POLL_MS);
    child.on('error', reject);
    child.on('exit', () => {
      clearInterval(timer);
      resolve({ seconds: (performance.now() - began) / 1000, cpu, mib });
    });
    child.stdin.end(input);
  });
}
