/** What a command works on: the database, migrated, and the hub over it. */
import type { Config } from '../config.ts';
import { createHub } from '../engine/create-hub.ts';
import type { Hub } from '../engine/hub.ts';
import type { SetReaders } from '../model/commands.ts';
import { type Connection, openDatabase } from '../store/postgres/database.ts';
import { migrate, NewerSchema } from '../store/postgres/migrate.ts';
import { CommandFailure, codeOf, messageOf } from './failure.ts';
import type { OpenedDatabase } from './postgres.ts';
import { secretKeyOf } from './secret-key.ts';

export type Installation = {
  readonly hub: Hub;
  readonly postgres: OpenedDatabase;
  close(): Promise<void>;
};

type OpenOptions = {
  readonly maxConnections: number;
  /** Receives what goes wrong with connections. */
  readonly log: (line: string) => void;
  /** How queued sets are read; a command that applies none needs none. */
  readonly setReaders?: SetReaders;
};

/** Opens the hub over a database. @param postgres is closed with it, also when this throws. */
export async function openInstallation(
  config: Config,
  postgres: OpenedDatabase,
  options: OpenOptions,
): Promise<Installation> {
  try {
    await migrateOrExplain(config, postgres.connection);
    const secretKey = await secretKeyOf(config, !postgres.shared);
    const { connection } = postgres;
    const database = openDatabase({
      connection,
      maxConnections: options.maxConnections,
      onError: (error) => options.log(error.message),
    });
    const hub = createHub({
      database,
      secretKey,
      webhooksAllowPrivate: config.webhooksAllowPrivate,
      setReaders: options.setReaders ?? {},
    });
    if (!(await hub.workspaces.isSecretKeyRight())) {
      await hub.close();
      throw new CommandFailure(
        'The secret key is not the one that this database was set up with: secrets that sign could not be read. Set KEYWAY_SECRET_KEY to that one.',
      );
    }
    return {
      hub,
      postgres,
      async close() {
        await hub.close();
        await postgres.close();
      },
    };
  } catch (error) {
    await postgres.close();
    throw error;
  }
}

/** Migrates; what stands in the way is told in one line. */
export async function migrateOrExplain(config: Config, connection: Connection): Promise<{ from: number; to: number }> {
  try {
    return await migrate(connection);
  } catch (error) {
    throw error instanceof NewerSchema ? new CommandFailure(error.message) : explained(config, error);
  }
}

/** What the driver throws at the first contact with a database, in one line for the operator. */
export function explained(config: Config, error: unknown): unknown {
  const code = codeOf(error);
  const where = config.databaseUrl === null ? `in ${config.dataDir}` : `at ${withoutPassword(config.databaseUrl)}`;
  if (/^E[A-Z]{2}/.test(code) || /timeout|terminated/i.test(messageOf(error))) {
    return new CommandFailure(`Cannot reach the database ${where}: ${messageOf(error) || code}`);
  }
  // PostgreSQL's own words: a wrong password, no such database, a role that may not create tables.
  if (/^[0-9A-Z]{5}$/.test(code)) return new CommandFailure(`The database ${where} refuses: ${messageOf(error)}`);
  return error;
}

function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  return `${url.host}${url.pathname}`;
}
