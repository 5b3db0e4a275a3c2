import type { MailEvent } from '../ingest/feed.js';
import { compress, PACK_BYTES } from './packs.js';
import { contentOf, hashOf, readMail, type StoredMail } from './read-mail.js';

/** A mail on its way into the store. */
export interface NewMail {
  readonly read: StoredMail;
  readonly content: Buffer;
  /** Which pack of the batch, and where in it. */
  readonly pack: number;
  readonly start: number;
  readonly length: number;
}

/** What is to be stored in one transaction, in order. */
export type Step =
  | { readonly kind: 'new'; readonly part: string; readonly hash: Buffer; readonly mail: NewMail }
  /** A mail that is known, by its bytes or by what they say. `raw`: its number, or its index among the new mails of the batch. */
  | { readonly kind: 'known'; readonly part: string; readonly hash: Buffer; readonly raw: number | { readonly added: number } }
  | { readonly kind: 'deletion'; readonly part: string; readonly hash: Buffer; readonly content: Buffer; readonly messageId: string }
  | Exclude<MailEvent, { readonly kind: 'mail' | 'deletion' }>;

export interface Batch {
  readonly steps: readonly Step[];
  readonly packs: readonly Buffer[];
  /** Mails in it, new or known. */
  readonly mails: number;
}

/** What the store knows of a mail, asked before anything of the batch is written. */
export interface Known {
  readonly byHash: (hash: Buffer) => number | undefined;
  readonly byContent: (content: Buffer) => number | undefined;
}

const MAX_MAILS = 1024;
const MAX_BYTES = 8 << 20;

/**
 * Collects events until they are worth a transaction. Mails are decoded here, and compressed on another thread meanwhile. What the store
 * knows must not change until the batch is written: there is one writer (`openStore`).
 */
export class BatchBuilder {
  #steps: Step[] = [];
  #packs: Promise<Buffer>[] = [];
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #bytes = 0;
  #mails = 0;
  #added = 0;
  /** How far each part was read, of which only the last counts. */
  #positions = new Map<string, string>();
  #byHash = new Map<string, number>();
  #byContent = new Map<string, number>();

  constructor(private readonly known: Known) {}

  /** Whether the batch should be written before more is added: deletions come last, since they change what is known. */
  get full(): boolean {
    const last = this.#steps.at(-1)?.kind;
    return this.#mails >= MAX_MAILS || this.#bytes >= MAX_BYTES || last === 'deletion' || last === 'end' || last === 'again';
  }

  get empty(): boolean {
    return this.#steps.length === 0 && this.#positions.size === 0;
  }

  async add(event: MailEvent): Promise<void> {
    if (event.kind === 'mail') await this.#addMail(event.part, event.raw);
    else if (event.kind === 'deletion') {
      const read = await readMail(event.raw);
      const { part } = event;
      this.#steps.push({ kind: 'deletion', part, hash: hashOf(event.raw), content: contentOf(read), messageId: read.mail.messageId });
    } else if (event.kind === 'position') this.#positions.set(event.part, event.position);
    else {
      // A part that is read again is read from its beginning.
      if (event.kind === 'again') this.#positions.delete(event.part);
      this.#steps.push(event);
    }
  }

  /** The batch, and an empty builder. */
  async take(): Promise<Batch> {
    this.#closePack();
    const packs = await Promise.all(this.#packs);
    const positions = [...this.#positions].map(([part, position]): Step => ({ kind: 'position', part, position }));
    const batch = { steps: [...this.#steps, ...positions], packs, mails: this.#mails };
    this.#steps = [];
    this.#positions = new Map();
    this.#packs = [];
    this.#bytes = 0;
    this.#mails = 0;
    this.#added = 0;
    this.#byHash = new Map();
    this.#byContent = new Map();
    return batch;
  }

  async #addMail(part: string, raw: Buffer): Promise<void> {
    this.#mails++;
    this.#bytes += raw.length;
    const hash = hashOf(raw);
    const hashKey = hash.toString('latin1');
    const added = this.#byHash.get(hashKey);
    const stored = added === undefined ? this.known.byHash(hash) : { added };
    if (stored !== undefined) {
      this.#steps.push({ kind: 'known', part, hash, raw: stored });
      return;
    }
    const read = await readMail(raw);
    const content = contentOf(read);
    const contentKey = content.toString('latin1');
    const same = this.#byContent.get(contentKey);
    const copy = same === undefined ? this.known.byContent(content) : { added: same };
    if (copy !== undefined) {
      this.#steps.push({ kind: 'known', part, hash, raw: copy });
      return;
    }
    this.#byHash.set(hashKey, this.#added);
    this.#byContent.set(contentKey, this.#added);
    this.#added++;
    const start = this.#pendingBytes;
    this.#steps.push({ kind: 'new', part, hash, mail: { read, content, pack: this.#packs.length, start, length: raw.length } });
    this.#pending.push(raw);
    this.#pendingBytes += raw.length;
    if (this.#pendingBytes >= PACK_BYTES) this.#closePack();
  }

  #closePack(): void {
    if (this.#pending.length === 0) return;
    this.#packs.push(compress(this.#pending));
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}
