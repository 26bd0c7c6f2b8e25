/** What `keyway serve` serves: an installation, or a test double. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Dialect, setReadersOf } from '../dialects/contract.ts';
import { openDoubleDatabase } from '../double/database.ts';
import { NotOfDouble } from '../double/ready-folder.ts';
import type { Work } from '../double/served-hub.ts';
import type { Hub } from '../engine/hub.ts';
import { CommandFailure } from './failure.ts';
import { explainedStart, openPostgres } from './postgres.ts';

export type Served = {
  readonly hub: Hub;
  readonly dialects: readonly Dialect[];
  /** Resolves when an embedded database that we started has ended. */
  readonly ended: Promise<void>;
  /** Puts its own hooks on the server. */
  attach(app: FastifyInstance): void;
  /** Begins what is done beside requests. */
  begin(): void;
  /** Ends that. */
  rest(): Promise<void>;
  close(): Promise<void>;
};

/** PostgreSQL is started first: it takes as long as it takes to load the rest of the program. */
export async function openServed(
  config: Config,
  load: () => Promise<readonly Dialect[]>,
  logger: Logger,
): Promise<Served> {
  // Its reports of starting and stopping are of no interest; a warning or worse is.
  const log = (line: string): void =>
    line.startsWith('LOG:') ? logger.debug(line) : logger.warn({ from: 'PostgreSQL' }, line);
  if (config.double !== null) return openDoubled(config.double.dir, load, logger, log);
  const [postgres, { openInstallation }, dialects] = await Promise.all([
    openPostgres(config, { share: false, log }),
    import('./installation.ts'),
    load(),
  ]);
  const setReaders = setReadersOf(dialects);
  const { hub, close } = await openInstallation(config, postgres, { maxConnections: 20, setReaders, log });
  let work: Work | undefined;
  return {
    hub,
    dialects,
    ended: postgres.ended,
    attach: () => {},
    begin() {
      work = workBeside(hub, logger);
    },
    rest: async () => work?.stop(),
    close,
  };
}

async function openDoubled(
  dir: string | null,
  load: () => Promise<readonly Dialect[]>,
  logger: Logger,
  log: (line: string) => void,
): Promise<Served> {
  const [database, { openDouble }, dialects] = await Promise.all([
    openDoubleDatabase(dir, log).catch((error) => {
      throw error instanceof NotOfDouble ? refusalOf(dir) : explainedStart(error);
    }),
    import('../double/open-double.ts'),
    load(),
  ]);
  const double = await openDouble({ database, dialects, work: (hub) => workBeside(hub, logger) });
  return { ...double, begin: () => {}, rest: async () => {} };
}

const refusalOf = (dir: string | null): CommandFailure =>
  new CommandFailure(`The data folder ${dir} is that of a server: a test double writes only to one of its own.`);

function workBeside(hub: Hub, logger: Logger): Work {
  let isStopped = false;
  const report = (what: string) => (error: unknown) => {
    if (!isStopped) logger.warn({ err: error }, what);
  };
  const parts = [
    hub.deliverWebhooks({ onError: report('webhooks') }),
    hub.keepClean({ onError: report('cleaning') }),
    hub.workOnRuns({ onError: report('runs') }),
  ];
  return {
    async stop() {
      isStopped = true;
      await Promise.all(parts.map((part) => part.stop()));
    },
  };
}
