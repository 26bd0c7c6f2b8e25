/** The part of a server that delivers: looks for webhooks with something to deliver, claims them, and works on several at once. */
import { randomUUID } from 'node:crypto';
import { clock } from '../../model/clock.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import { workspaceId } from '../../model/ids.ts';
import type { Database } from '../../store/postgres/database.ts';
import * as store from '../../store/webhooks.ts';
import type { Vault } from '../access/secrets.ts';
import type { FeedContext } from '../changes/changes.ts';
import { pause } from '../pause.ts';
import { type Lookup, lookupAddresses } from './address.ts';
import { type Patience, patience } from './back-off.ts';
import { ClaimedWebhook, type DeliveryContext } from './deliver.ts';

export type DeliverOptions = {
  /** Told of what went wrong on our side; the deliverer goes on. */
  readonly onError?: (error: unknown) => void;
  readonly lookup?: Lookup;
  readonly patience?: Patience;
  /** Of one attempt. */
  readonly timeoutMs?: number;
  readonly leaseMs?: number;
  /** From one look for something to deliver to the next. */
  readonly pollMs?: number;
};

export type Deliverer = {
  /** Attempts under way are waited for. */
  stop(): Promise<void>;
};

const defaultPollMs = 500;
const mostAtOnce = 16;
const attemptTimeoutMs = 10_000;
const defaultLeaseMs = 30_000;

export type DelivererParts = {
  readonly database: Database;
  readonly vault: Vault;
  readonly allowPrivate: boolean;
  readonly feed: (workspace: WorkspaceId) => FeedContext;
};

export function startDeliverer(parts: DelivererParts, options: DeliverOptions): Deliverer {
  const { database, vault, allowPrivate } = parts;
  const { leaseMs = defaultLeaseMs, timeoutMs = attemptTimeoutMs, pollMs = defaultPollMs } = options;
  const { lookup = lookupAddresses } = options;
  const atWork = new Set<Promise<void>>();
  const stopping = new AbortController();
  const report = options.onError ?? (() => {});

  const contextOf = (workspace: WorkspaceId): DeliveryContext => ({
    feed: parts.feed(workspace),
    vault,
    sending: { allowPrivate, lookup, timeoutMs },
    patience: options.patience ?? patience,
    leaseMs,
    isStopping: () => stopping.signal.aborted,
  });

  async function claimIn(workspace: WorkspaceId): Promise<void> {
    const now = clock.now();
    const claim = { by: randomUUID(), until: new Date(now.getTime() + leaseMs) };
    const rows = await database.inWorkspace(workspace, (tx) =>
      store.claimWebhooks(tx, workspace, claim, now, mostAtOnce - atWork.size),
    );
    for (const row of rows) {
      const work = new ClaimedWebhook(contextOf(workspace), workspace, row, claim).deliver().catch(report);
      atWork.add(work);
      void work.finally(() => atWork.delete(work));
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        for (const id of await database.global(store.readWebhookWorkspaces)) {
          if (atWork.size >= mostAtOnce || stopping.signal.aborted) break;
          await claimIn(workspaceId(id));
        }
      } catch (error) {
        report(error);
      }
      await pause(pollMs, stopping.signal);
    }
    await Promise.all(atWork);
  }

  const running = run();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}
