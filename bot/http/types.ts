/** A request that may be repeated: nothing here changes anything at the other end. */
export interface HttpRequest {
  readonly url: URL;
  /** POST is what public-inbox wants for downloads of search results. */
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the answer's body at most. */
  readonly maxBytes: number;
  /** Seconds that a kept answer counts as fresh without asking; 0: always ask whether it is. Absent: nothing is kept. */
  readonly freshSeconds?: number;
}

export interface HttpAnswer {
  readonly ok: true;
  readonly body: Buffer;
  /** Where the body came from, after redirects. */
  readonly url: URL;
  readonly type: string;
  /** From the cache, as the host confirmed or as it is fresh. */
  readonly kept: boolean;
}

/** Why there is no answer. `status` where the host gave one. */
export interface HttpFault {
  readonly ok: false;
  readonly why: string;
  readonly status: number | null;
}

export type HttpResult = HttpAnswer | HttpFault;

export interface Http {
  ask(request: HttpRequest): Promise<HttpResult>;
}
