/** What `keyway serve` serves: an installation, or a test double. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type Dialect, setReadersOf } from '../dialects/contract.ts';
import { openDouble } from '../double/open-double.ts';
import { NotOfDouble } from '../double/ready-folder.ts';
import type { Work } from '../double/served-hub.ts';
import type { Hub } from '../engine/hub.ts';
import { EmbeddedError } from '../store/embedded.ts';
import { CommandFailure } from './failure.ts';
import { openInstallation, sentence } from './installation.ts';

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

export async function openServed(config: Config, dialects: readonly Dialect[], logger: Logger): Promise<Served> {
  // Its reports of starting and stopping are of no interest; a warning or worse is.
  const log = (line: string): void =>
    line.startsWith('LOG:') ? logger.debug(line) : logger.warn({ from: 'PostgreSQL' }, line);
  if (config.double !== null) {
    const { dir } = config.double;
    const work = (hub: Hub): Work => workBeside(hub, logger);
    const double = await openDouble({ dir, dialects, work, log }).catch((error) => {
      throw refusalOf(error, dir);
    });
    return { ...double, begin: () => {}, rest: async () => {} };
  }
  const setReaders = setReadersOf(dialects);
  const { hub, postgres, close } = await openInstallation(config, {
    share: false,
    maxConnections: 20,
    setReaders,
    log,
  });
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

function refusalOf(error: unknown, dir: string | null): unknown {
  if (error instanceof EmbeddedError) return new CommandFailure(sentence(error.message));
  if (error instanceof NotOfDouble) {
    return new CommandFailure(
      `The data folder ${dir} is that of a server: a test double writes only to one of its own.`,
    );
  }
  return error;
}

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
