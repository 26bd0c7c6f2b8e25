/** Opens a test double over its database: the hub, and what the server is to do beside the dialects. */
import type { FastifyInstance } from 'fastify';
import { demoWorkspaceGuid } from '../demo.ts';
import type { Dialect } from '../dialects/contract.ts';
import type { Hub } from '../engine/hub.ts';
import { receive } from '../http/arrival.ts';
import { isOperations } from '../http/operations.ts';
import { pathOwner, withoutQuery } from '../http/paths.ts';
import { Copies } from '../store/postgres/copies.ts';
import { migrate } from '../store/postgres/migrate.ts';
import type { DoubleDatabase } from './database.ts';
import { Faults, injectFaults } from './faults.ts';
import { Journal } from './journal.ts';
import { KeptClock } from './kept-clock.ts';
import { hubOpener } from './open-hub.ts';
import { doubleDialect, doublePath } from './routes.ts';
import { ServedHub, type Work } from './served-hub.ts';
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
  /** Is closed with the double, also when it cannot be opened. */
  readonly database: DoubleDatabase;
  readonly dialects: readonly Dialect[];
  readonly work: (hub: Hub) => Work;
};

export async function openDouble({ database, dialects, work }: DoubleOptions): Promise<Double> {
  const { postgres, dataDir, isKept } = database;
  try {
    const openHub = hubOpener(postgres, dialects);
    const copies = await Copies.open(postgres.connection);
    const keptClock = new KeptClock(dataDir);
    if (isKept) {
      for (const copy of await copies.list()) await migrate({ ...postgres.connection, database: copy.database });
      await keptClock.resume();
    }
    const served = new ServedHub(openHub, work);
    const state = new DoubleState(copies, served, openHub);
    await state.begin();
    const around = aroundDialects(dialects, served, state, keptClock);
    return {
      hub: served.hub,
      dialects: [...dialects, around.ownDialect],
      ended: postgres.ended,
      attach(app) {
        around.attach(app);
        app.addHook('onListen', () => state.prepareReset()); // not before: to be ready comes first
      },
      async close() {
        await state.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function aroundDialects(
  dialects: readonly Dialect[],
  served: ServedHub,
  state: DoubleState,
  keptClock: KeptClock,
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
      keptClock,
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
