/** The part of better-sqlite3 that the store uses. */
declare module 'better-sqlite3' {
  export type Value = string | number | bigint | Uint8Array | null;

  export interface RunResult {
    readonly changes: number;
    readonly lastInsertRowid: number | bigint;
  }

  export interface Statement<Parameters extends readonly Value[], Row> {
    run(...parameters: Parameters): RunResult;
    get(...parameters: Parameters): Row | undefined;
    all(...parameters: Parameters): Row[];
    iterate(...parameters: Parameters): IterableIterator<Row>;
    /** Rows as their first column. */
    pluck(): this;
  }

  export interface Options {
    readonly readonly?: boolean;
    readonly fileMustExist?: boolean;
    /** Milliseconds to wait for another process's transaction. */
    readonly timeout?: number;
  }

  export class SqliteError extends Error {
    readonly code: string;
  }

  export default class Database {
    constructor(file: string, options?: Options);
    static readonly SqliteError: typeof SqliteError;
    readonly name: string;
    readonly open: boolean;
    readonly inTransaction: boolean;
    prepare<Parameters extends readonly Value[] = readonly [], Row = never>(sql: string): Statement<Parameters, Row>;
    exec(sql: string): this;
    pragma(text: string, options?: { readonly simple: true }): unknown;
    /** Copies the database, also while others use it. */
    backup(file: string): Promise<unknown>;
    close(): this;
  }
}
