import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { Assembler } from './assembler.js';
import type { AssemblyRequest } from './assembly-thread.js';
import { MailCache } from './cache.js';
import type { ThreadRows } from './thread-rows.js';

/** Assembles threads of a store beside the one who writes it: gets their numbers, answers with their rows. */
const { file, cacheBytes } = workerData as { readonly file: string; readonly cacheBytes: number };
const db = new Database(file, { readonly: true, timeout: 10_000 });
const cache = new MailCache(cacheBytes);
const assembler = new Assembler(db, cache);

async function answer({ threads, fresh }: AssemblyRequest): Promise<void> {
  for (const mail of fresh) cache.put(mail);
  // One look at the store for all of them, whatever is written meanwhile.
  db.exec('BEGIN');
  const rows: ThreadRows[] = [];
  for (const thread of threads) rows.push(await assembler.rowsOf(thread));
  db.exec('COMMIT');
  parentPort?.postMessage(rows);
}

parentPort?.on('message', (request: AssemblyRequest) => {
  void answer(request);
});
