import type { StoredMail } from './read-mail.js';

/** A mail of the store, decoded. */
export interface CachedMail {
  readonly id: number;
  readonly read: StoredMail;
  /** Of the raw mail. */
  readonly bytes: number;
}

/** Decoded mails that were used lately: the mails of a thread come near each other. Bounded by the bytes of the raw mails. */
export class MailCache {
  readonly #held = new Map<number, CachedMail>();
  #bytes = 0;

  constructor(private readonly limit: number) {}

  get(id: number): StoredMail | undefined {
    const entry = this.#held.get(id);
    if (entry === undefined) return undefined;
    this.#held.delete(id);
    this.#held.set(id, entry);
    return entry.read;
  }

  put(mail: CachedMail): void {
    this.drop(mail.id);
    this.#held.set(mail.id, mail);
    this.#bytes += mail.bytes;
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.limit) break;
      this.drop(oldest);
    }
  }

  drop(id: number): void {
    const entry = this.#held.get(id);
    if (entry === undefined) return;
    this.#held.delete(id);
    this.#bytes -= entry.bytes;
  }
}
