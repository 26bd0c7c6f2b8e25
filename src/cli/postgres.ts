/** The PostgreSQL that a command works on: a server's own, that of the server that runs, or another machine's. */
import type { Config } from '../config.ts';
import { EmbeddedError, startEmbedded } from '../store/embedded/embedded.ts';
import { shareEmbedded } from '../store/embedded/embedded-shared.ts';
import type { Connection } from '../store/postgres/database.ts';
import { CommandFailure } from './failure.ts';

/** A PostgreSQL that may be talked to. */
export type OpenedDatabase = {
  readonly connection: Connection;
  /** A running server's embedded database, which lives and dies with that server. */
  readonly shared: boolean;
  /** Resolves when an embedded database that we started has ended. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
};

type PostgresOptions = {
  /** Whether a running server's database is joined; a server wants one of its own. */
  readonly share: boolean;
  /** Receives what PostgreSQL logs. */
  readonly log: (line: string) => void;
};

export async function openPostgres(config: Config, { share, log }: PostgresOptions): Promise<OpenedDatabase> {
  if (config.databaseUrl !== null) {
    const never = new Promise<void>(() => {});
    return { connection: { connectionString: config.databaseUrl }, shared: false, ended: never, close: async () => {} };
  }
  try {
    const where = { dataDir: config.dataDir, log };
    const embedded = share ? await shareEmbedded(where) : { ...(await startEmbedded(where)), shared: false };
    const { connection, shared, ended } = embedded;
    return { connection, shared, ended, close: () => embedded.stop() };
  } catch (error) {
    throw explainedStart(error);
  }
}

/** Why PostgreSQL does not start, in one line for the operator. */
export const explainedStart = (error: unknown): unknown =>
  error instanceof EmbeddedError ? new CommandFailure(sentence(error.message)) : error;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
