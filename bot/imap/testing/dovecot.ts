import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const PROGRAM = '/usr/sbin/dovecot';
export const PASSWORD = 'secret';
/** Of a user without rights, to whom mails belong where we are root: dovecot does not read mails as such. */
const NOBODY = 65534;

/** Whether Debian's dovecot-imapd is there. Its absence is said aloud; in CI it is an error. */
export function hasDovecot(): boolean {
  if (existsSync(PROGRAM)) return true;
  const why = `${PROGRAM} is absent: apt-get install dovecot-imapd`;
  if (process.env['CI'] !== undefined) throw new Error(`${why}; tests of IMAP must not be skipped in CI`);
  console.warn(`SKIPPED: ${why}`);
  return false;
}

/** A mail server on a port of this machine, with an account for every name. */
export class Dovecot {
  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<Dovecot> {
    const port = await freePort();
    // Its processes run as users of their own, who have to get there.
    const folder = mkdtempSync(join(tmpdir(), 'dovecot-'));
    chmodSync(folder, 0o755);
    const mails = join(folder, 'mail');
    mkdirSync(mails);
    chmodSync(mails, 0o777);
    const configuration = join(folder, 'conf');
    writeFileSync(configuration, settings(folder, port));
    const child = spawn(PROGRAM, ['-c', configuration, '-F'], { stdio: 'ignore' });
    const server = new Dovecot(port, folder, child);
    for (let tries = 0; tries < 100; tries++) {
      if (await answers(port)) return server;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const log = join(folder, 'log');
    const said = existsSync(log) ? readFileSync(log, 'utf8') : 'nothing';
    await server.stop();
    throw new Error(`dovecot does not answer; it said: ${said}`);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    if (this.child.exitCode === null) await ended;
    clearTimeout(timer);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function settings(folder: string, port: number): string {
  const { uid, gid, username } = userInfo();
  // Whoever is not root can neither change to other users nor lock processes into folders.
  const own = `default_internal_user = ${username}
default_login_user = ${username}
default_internal_group = ${execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim()}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
}`;
  const isRoot = uid === 0;
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${folder}/mail/%u
${isRoot ? '' : own}
service imap-login {
  inet_listener imap {
    port = ${String(port)}
  }
  inet_listener imaps {
    port = 0
  }
}
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${String(isRoot ? NOBODY : uid)} gid=${String(isRoot ? NOBODY : gid)} home=${folder}/mail/%u
}
`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(2000);
    for (const event of ['error', 'timeout', 'end'] as const)
      socket.on(event, () => {
        socket.destroy();
        resolve(false);
      });
    socket.on('data', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
