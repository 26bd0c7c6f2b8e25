/** Opens a test double: a database of its own, the hub over it, and what the server is to do beside the dialects. */
import type { FastifyInstance } from 'fastify';
import { demoWorkspaceGuid, loadDemo } from '../demo.ts';
import { type Dialect, setReadersOf } from '../dialects/contract.ts';
import { createHub } from '../engine/create-hub.ts';
import type { Hub } from '../engine/hub.ts';
import { receive } from '../http/arrival.ts';
import { isOperations } from '../http/operations.ts';
import { pathOwner, withoutQuery } from '../http/paths.ts';
import { Copies } from '../store/copies.ts';
import { openDatabase } from '../store/database.ts';
import { type EmbeddedPostgres, startEmbedded } from '../store/embedded.ts';
import { migrate } from '../store/migrate.ts';
import { Faults, injectFaults } from './faults.ts';
import { Journal } from './journal.ts';
import { openFolder } from './ready-folder.ts';
import { doubleDialect, doublePath } from './routes.ts';
import { type OpenHub, ServedHub, type Work } from './served-hub.ts';
import { DoubleState } from './state.ts';

export type Double = {
  readonly hub: Hub;
  /** Those that it was given, and its own. */
  readonly dialects: readonly Dialect[];
  /** Resolves when its database has ended. */
  readonly ended: Promise<void>;
  /** Puts its hooks on the server, before that listens. */
  attach(app: FastifyInstance): void;
  close(): Promise<void>;
};

type DoubleOptions = {
  /** null: a temporary folder, which is gone at the end. */
  readonly dir: string | null;
  readonly dialects: readonly Dialect[];
  readonly work: (hub: Hub) => Work;
  readonly log: (line: string) => void;
};

/** All that is sealed with it is made up, and the folder of a double may be copied to any machine. */
const secretKey = 'the secret key of every test double';

/** Throws NotOfDouble and EmbeddedError. */
export async function openDouble({ dir, dialects, work, log }: DoubleOptions): Promise<Double> {
  const start = (dataDir: string): Promise<EmbeddedPostgres> =>
    // Connections are ended on purpose here.
    startEmbedded({ dataDir, durable: false, log: (line) => line.includes('administrator command') || log(line) });
  const folder = await openFolder(dir, (dataDir) => make(dataDir, start));
  const postgres = await start(folder.dataDir).catch(async (error) => {
    await folder.remove();
    throw error;
  });
  const end = async (): Promise<void> => {
    await postgres.stop();
    await folder.remove();
  };
  try {
    const openHub = hubOpener(postgres, dialects);
    const copies = await Copies.open(postgres.connection);
    if (folder.isKept) {
      for (const { database } of await copies.list()) await migrate({ ...postgres.connection, database });
    }
    const served = new ServedHub(openHub, work);
    const state = new DoubleState(copies, served, openHub);
    await state.begin();
    const { attach, ownDialect } = aroundDialects(dialects, served, state);
    return {
      hub: served.hub,
      dialects: [...dialects, ownDialect],
      ended: postgres.ended,
      attach,
      async close() {
        await state.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

const hubOpener =
  ({ connection }: EmbeddedPostgres, dialects: readonly Dialect[]): OpenHub =>
  (database) =>
    createHub({
      database: openDatabase({ connection: { ...connection, database }, onError: () => {} }),
      secretKey,
      webhooksAllowPrivate: true, // a test receives them beside the double
      setReaders: setReadersOf(dialects),
    });

/** The database of a folder, with the demo data, stopped. */
async function make(dataDir: string, start: (dataDir: string) => Promise<EmbeddedPostgres>): Promise<void> {
  const postgres = await start(dataDir);
  try {
    const copies = await Copies.open(postgres.connection);
    const demo = await copies.make(null);
    await migrate({ ...postgres.connection, database: demo });
    const hub = hubOpener(postgres, [])(demo);
    await loadDemo(hub).finally(() => hub.close());
    await copies.disconnect(demo);
    const at = new Date();
    await copies.keep('demo', '', demo, at);
    await copies.keep('current', '', await copies.make(demo), at);
    await copies.close();
  } finally {
    await postgres.stop();
  }
}

function aroundDialects(
  dialects: readonly Dialect[],
  served: ServedHub,
  state: DoubleState,
): { ownDialect: Dialect; attach(app: FastifyInstance): void } {
  const faults = new Faults();
  const journal = new Journal();
  const native = dialects.find(({ name }) => name === 'native');
  if (native === undefined) throw new Error('One dialect must be named native: it answers for paths of no dialect.');
  const ownerOf = pathOwner(dialects);
  const dialectOf = (url: string): Dialect => ownerOf(url) ?? native;
  const isOwn = (url: string): boolean => `${withoutQuery(url)}/`.startsWith(`${doublePath}/`);
  const isExempt = (url: string): boolean => isOwn(url) || isOperations(url);
  return {
    ownDialect: doubleDialect({
      state,
      faults,
      journal,
      dialects: dialects.map(({ name }) => name),
      async callerIn(hub) {
        const workspace = await hub.access.workspace(demoWorkspaceGuid);
        if (workspace === undefined) throw new Error('The double has no demo workspace.');
        const principal = await hub.workspaces.commandLine(workspace.id);
        return { principal, via: 'seed', requestId: 'seed' };
      },
    }),
    attach(app) {
      journal.watch(app.server, { routed: receive, dialectOf, isExempt });
      injectFaults(app, { faults, dialectOf, isExempt, noteFault: ({ raw }, id) => journal.noteFault(raw, id) });
      served.guard(app, isExempt);
    },
  };
}
