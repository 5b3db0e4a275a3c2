import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';
import type Database from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';

/**
 * Mails lie together in packs, because those of one thread repeat each other: of 1,539 real mails this size leaves 19 % of their bytes,
 * each mail for itself 42 % (and takes three times as long). Levels above 3 take longer than they save.
 */
export const PACK_BYTES = 256 * 1024;
const LEVEL = 3;

/** What a pack comes to: one piece is cheaper than many. */
const CHUNK_BYTES = 96 * 1024;

/** Unpacked packs held in memory. */
const HELD = 16;

const pack = promisify(deflateRaw);

/** Compresses on another thread. */
export const compress = (mails: readonly Buffer[]): Promise<Buffer> => pack(Buffer.concat(mails), { level: LEVEL, chunkSize: CHUNK_BYTES });

/** Where the bytes of a mail lie. */
export interface Span {
  readonly pack: number;
  readonly start: number;
  readonly length: number;
}

/** Reads mails out of packs. */
export class Packs {
  readonly #held = new Map<number, Buffer>();
  readonly #get: Statement<[number], Buffer>;
  readonly #put: Statement<[Buffer], never>;
  readonly #replace: Statement<[Buffer, number], never>;
  readonly #drop: Statement<[number], never>;
  readonly #users: Statement<[number], number>;

  constructor(db: Database) {
    this.#get = db.prepare<[number], Buffer>('SELECT bytes FROM pack WHERE id = ?').pluck();
    this.#put = db.prepare<[Buffer]>('INSERT INTO pack (bytes) VALUES (?)');
    this.#replace = db.prepare<[Buffer, number]>('UPDATE pack SET bytes = ? WHERE id = ?');
    this.#drop = db.prepare<[number]>('DELETE FROM pack WHERE id = ?');
    this.#users = db.prepare<[number], number>('SELECT count(*) FROM raw WHERE pack = ?').pluck();
  }

  /** Stores what `compress` made; the pack's number. */
  put(bytes: Buffer): number {
    return Number(this.#put.run(bytes).lastInsertRowid);
  }

  read({ pack: id, start, length }: Span): Buffer {
    return this.#unpacked(id).subarray(start, start + length);
  }

  /** Takes the bytes of a mail out of its pack for good. Its row in `raw` must be gone. */
  erase({ pack: id, start, length }: Span): void {
    const bytes = Buffer.from(this.#unpacked(id));
    this.#held.delete(id);
    if (this.#users.get(id) === 0) {
      this.#drop.run(id);
      return;
    }
    bytes.fill(0, start, start + length);
    this.#replace.run(deflateRawSync(bytes, { level: LEVEL }), id);
  }

  #unpacked(id: number): Buffer {
    const held = this.#held.get(id);
    const bytes = held ?? this.#inflate(id);
    // The one used last is the last to go.
    this.#held.delete(id);
    this.#held.set(id, bytes);
    const oldest = this.#held.keys().next().value;
    if (this.#held.size > HELD && oldest !== undefined) this.#held.delete(oldest);
    return bytes;
  }

  #inflate(id: number): Buffer {
    const bytes = this.#get.get(id);
    if (bytes === undefined) throw new Error(`pack ${id} is not in the store`);
    return inflateRawSync(bytes);
  }
}
