/** Opens PostgreSQL, embedded or not, behind one Transaction type. Only this folder imports the driver. */
import pg from 'pg';
import type { WorkspaceId } from '../../model/ids.ts';
import { type Answer, Pipeline, type Statement, type Wanted } from './pipeline.ts';
import type { TakeRow } from './raw-rows.ts';

export type Connection =
  | { readonly connectionString: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

export type Transaction = {
  query<Row extends object>(statement: Statement | string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * At most `limit` rows of a statement that asks for one more, and fewer where they are large: a thousand of megabytes each would not
   * go into the memory. At least one, if there is any.
   */
  page<Row extends object>(
    statement: Statement | string,
    values: readonly unknown[],
    limit: number,
  ): Promise<Page<Row>>;
  /** Has each row taken as it comes: see raw-rows.ts. Nothing else may be under way. */
  read(statement: Statement | string, values: readonly unknown[], take: TakeRow): Promise<void>;
  /** Sends a statement whose answer nobody needs. The transaction waits for it when it commits, and fails if it failed. */
  send(statement: Statement | string, values?: readonly unknown[]): void;
  /** The same, and resolves when it is done. */
  perform(statement: Statement | string, values?: readonly unknown[]): Promise<void>;
  /** Runs a part of the transaction that, when it fails, is undone alone: what it sent is answered before this resolves. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
};

/** `isMore`: others stand behind them. */
export type Page<Row> = { readonly rows: Row[]; readonly isMore: boolean };

const mostBytesOfPage = 8 * 1024 * 1024;

export const pageOf = <Row>(rows: Row[], limit: number): Page<Row> => ({
  rows: rows.slice(0, limit),
  isMore: rows.length > limit,
});

/** Where a statement goes whose answer nobody needs. */
export type Sender = Pick<Transaction, 'send'>;

/** Keeps statements, their parameters made, until they may be sent. */
export class Outbox implements Sender {
  readonly #kept: Parameters<Transaction['send']>[] = [];

  send(...statement: Parameters<Transaction['send']>): void {
    this.#kept.push(statement);
  }

  sendAll(tx: Transaction): void {
    for (const statement of this.#kept) tx.send(...statement);
  }
}

export type Database = {
  /** Runs `work` in one transaction that sees this workspace only. Commits when it resolves, rolls back when it throws. */
  inWorkspace<T>(workspace: WorkspaceId, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The same without a workspace: sees the global tables only. */
  global<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  ping(): Promise<void>;
  close(): Promise<void>;
};

/** The database cannot be reached, or went away before the commit was answered. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super('The database cannot be reached.', { cause });
    this.name = 'DatabaseUnavailable';
  }
}

const sqlState = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** Another transaction came first (unique value, deadlock, serialisation, lock wait): the whole may be tried again. */
export function isRaceLost(error: unknown): boolean {
  return ['23505', '40P01', '40001', '55P03'].includes(sqlState(error));
}

/** As a race it goes by; one that repeats says that the rows and their keys do not agree. */
export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === '23505';

/** A row that the statement needs is held by a transaction that did not end within lock_timeout. */
export const isLockTimeout = (error: unknown): boolean => sqlState(error) === '55P03';

/** A statement took longer than its transaction allows. */
export const isOutOfTime = (error: unknown): boolean => sqlState(error) === '57014';

/** By which a statement says that the transaction must not go on. */
export const isDivisionByZero = (error: unknown): boolean => sqlState(error) === '22012';

/** Network errors, server shutdown (class 57P) and lost connections (class 08), connection slots used up (53300). */
function isUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (/^(57P0|08|53300)/.test(state)) return true;
  if (/^(ECONN|EPIPE|ENOENT|ENOTFOUND|ETIMEDOUT|EAI_AGAIN)/.test(state)) return true;
  return (
    error instanceof Error &&
    /connection terminated|connection timeout|timeout exceeded when trying/i.test(error.message)
  );
}

const sessionSettings = [
  // Row-level security applies to this role, which owns nothing.
  'role=keyway_app',
  'timezone=UTC',
  // A batch waits for others' keys only, and not long: see engine/write/lane.ts.
  'lock_timeout=500ms',
  'idle_in_transaction_session_timeout=120s',
  'jit=off',
  // Every statement here finds its rows by an index. Left to its statistics, which lag behind a table that grows by thousands of rows
  // a second, the planner scans whole tables and keeps that plan: measured, 366 upserts a second instead of 3,300.
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'enable_bitmapscan=off',
  'enable_material=off',
  'plan_cache_mode=force_generic_plan',
];

export function openDatabase(options: {
  connection: Connection;
  maxConnections?: number;
  onError?: (error: Error) => void;
}): Database {
  const pool = new pg.Pool({
    ...options.connection,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    pipeline: true,
    options: sessionSettings.map((setting) => `-c ${setting}`).join(' '),
    application_name: 'keyway',
  });
  pool.on('error', (error) => options.onError?.(error));
  // The pool listens to idle connections only. One may break at any moment, as soon as it is made: an error that nobody hears ends the
  // process, and what is asked of such a connection fails with an error that does not say so.
  const broken = new WeakMap<pg.PoolClient, Error>();
  pool.on('connect', (client) => {
    client.on('error', (error) => broken.set(client, error));
  });

  async function transact<T>(workspace: WorkspaceId | null, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await connect(pool);
    const tx = new OpenTransaction(client);
    try {
      // Nothing waits for an answer that is not needed yet: the beginning goes out with the first statement of the work, and the
      // end with its last. A statement that fails turns the commit into a rollback.
      tx.send({ name: 'begin', text: 'begin' });
      if (workspace !== null) enterWorkspace(tx, workspace);
      const result = await work(tx);
      await tx.commit();
      return result;
    } catch (thrown) {
      const error = tx.causeOf(thrown);
      if (broken.has(client) || isUnavailable(error)) {
        if (!broken.has(client)) broken.set(client, error as Error);
        throw new DatabaseUnavailable(error);
      }
      await tx.rollback().catch((failure: Error) => broken.set(client, failure));
      throw error;
    } finally {
      client.release(broken.get(client));
    }
  }

  return {
    inWorkspace: transact,
    global: (work) => transact(null, work),
    async ping() {
      const [row] = await transact(null, (tx) => tx.query<{ role: string }>('select current_user as role'));
      if (row?.role !== 'keyway_app')
        throw new Error(`Working as ${row?.role}, not as keyway_app: row-level security would not hold.`);
    },
    close: () => pool.end(),
  };
}

/** Whatever keeps us from a connection (no such database, logins refused, a changed password), no request is at fault. */
async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new DatabaseUnavailable(error);
  }
}

/** Lets the rest of a transaction see this workspace. Unlike SET LOCAL it can be prepared for all of them. */
export function enterWorkspace(tx: Transaction, workspace: WorkspaceId): void {
  tx.send({ name: 'enter_workspace', text: "select set_config('keyway.workspace', $1, true)" }, [workspace]);
}

/** Lets the rest of the transaction wait longer for rows that others hold. */
export function waitLongerForLocks(tx: Transaction, seconds: number): void {
  tx.send(`set local lock_timeout = '${Math.trunc(seconds)}s'`);
}

/** From here on no statement of the transaction may take longer. */
export function boundStatements(tx: Transaction, ms: number): void {
  tx.send(`set local statement_timeout = ${Math.trunc(ms)}`);
}

/** Lets a transaction wait longer for its own client, who waits for somebody else. */
export function mayIdle(tx: Transaction, seconds: number): void {
  tx.send(`set local idle_in_transaction_session_timeout = '${Math.trunc(seconds)}s'`);
}

/** A part of a part would leave its mark behind, and the whole go back to that. */
const forget = 'release savepoint attempt';

class OpenTransaction implements Transaction {
  readonly #client: pg.PoolClient;
  readonly #sent: Promise<unknown>[] = [];
  /** What is sent in this turn: it goes out when the turn ends. */
  #gathered: Pipeline | null = null;
  #failure: unknown;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  #add(statement: Statement | string, values: readonly unknown[], wanted: Wanted): Promise<Answer> {
    if (this.#gathered === null) {
      this.#gathered = new Pipeline();
      process.nextTick(() => this.#flush());
    }
    return this.#gathered.add(typeof statement === 'string' ? { text: statement } : statement, values, wanted);
  }

  #flush(): void {
    const gathered = this.#gathered;
    this.#gathered = null;
    if (gathered !== null) void this.#client.query(gathered);
  }

  async query<Row extends object>(statement: Statement | string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#read(statement, values, 'all')).rows as Row[];
  }

  async page<Row extends object>(
    statement: Statement | string,
    values: readonly unknown[],
    limit: number,
  ): Promise<Page<Row>> {
    const { rows, isCut } = await this.#read(statement, values, { mostBytes: mostBytesOfPage });
    const page = pageOf(rows as Row[], limit);
    return isCut ? { ...page, isMore: true } : page;
  }

  async #read(statement: Statement | string, values: readonly unknown[], wanted: Wanted): Promise<Answer> {
    try {
      return await this.#add(statement, values, wanted);
    } catch (error) {
      this.#failure ??= error; // nobody may wait for it before another fails for that
      if (error instanceof Error) Error.captureStackTrace(error); // else it would tell of the socket, and not of who asked
      throw error;
    }
  }

  async read(statement: Statement | string, values: readonly unknown[], take: TakeRow): Promise<void> {
    await this.#add(statement, values, { take });
  }

  send(statement: Statement | string, values: readonly unknown[] = []): void {
    void this.#note(this.#add(statement, values, 'none'));
  }

  perform(statement: Statement | string, values: readonly unknown[] = []): Promise<void> {
    const done = this.#note(this.#add(statement, values, 'none'));
    this.#flush(); // its answer would come with those of what is sent behind it
    return done;
  }

  #note(answered: Promise<Answer>): Promise<void> {
    answered.catch((failure) => {
      this.#failure ??= failure;
    });
    this.#sent.push(answered);
    const done = answered.then(() => {});
    done.catch(() => {}); // thrown by the commit
    return done;
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    await this.#answered();
    this.send('savepoint attempt');
    try {
      const result = await work();
      await this.#answered();
      this.send(forget);
      return result;
    } catch (thrown) {
      const error = this.causeOf(thrown);
      await Promise.allSettled(this.#sent);
      this.#sent.length = 0;
      await this.#add('rollback to savepoint attempt', [], 'none').catch(() => {}); // what comes after will fail by itself
      this.#failure = undefined; // by now all is answered that the part had asked
      this.send(forget);
      throw error;
    }
  }

  async #answered(): Promise<void> {
    await Promise.all(this.#sent);
    this.#sent.length = 0;
  }

  /** A statement that was waited for may have failed only because one that was sent before it had. */
  causeOf(thrown: unknown): unknown {
    return consequences.includes(sqlState(thrown)) ? (this.#failure ?? thrown) : thrown;
  }

  async commit(): Promise<void> {
    const committed = this.#add({ name: 'commit', text: 'commit' }, [], 'none');
    committed.catch(() => {});
    await Promise.all(this.#sent);
    // A transaction of which a statement failed answers a commit with ROLLBACK, without an error.
    const { command } = await committed;
    if (command !== 'COMMIT') throw new Error('A statement failed, and the failure was not passed on.');
  }

  async rollback(): Promise<void> {
    this.#flush(); // behind a statement that fails it would not be run
    await this.#add('rollback', [], 'none');
  }
}

/** The transaction had failed; or a statement was to be prepared behind one that failed. */
const consequences = ['25P02', '26000'];

/** A time as PostgreSQL writes it under our session settings, `2026-11-22 05:00:00.123+00`. The driver's own reader, which copes with any other, takes ten times as long. */
export function parseTimestamp(text: string): Date {
  if (!/^[1-9]/.test(text) || text.length > 29 || text.charCodeAt(4) !== 45 || !text.endsWith('+00')) {
    return readTimestamp(text);
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const seconds = Date.UTC(
    year,
    twoDigits(text, 5) - 1,
    twoDigits(text, 8),
    twoDigits(text, 11),
    twoDigits(text, 14),
    twoDigits(text, 17),
  );
  let ms = 0;
  for (let at = 20; at < 23; at++) ms = ms * 10 + (at < text.length - 3 ? text.charCodeAt(at) - 48 : 0);
  return new Date(seconds + ms);
}

/** A piece of text for each number would be garbage of a kilobyte in every row. */
const twoDigits = (text: string, at: number): number => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 48 * 11;

const readTimestamp = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => Date;
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, parseTimestamp);

// Numbers of records and links stay below 2^48, counts far below: a double holds them exactly.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
