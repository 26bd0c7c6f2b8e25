/** What each part of the engine works with: the same database, catalogues and queue, for a workspace or a caller. */
import type { Catalogue } from '../model/catalogue.ts';
import type { SetReaders } from '../model/commands.ts';
import type { WorkspaceId } from '../model/ids.ts';
import type { Caller } from '../model/principal.ts';
import { readFeedBounds } from '../store/changes/feed.ts';
import type { Database } from '../store/postgres/database.ts';
import type { Access } from './access/access.ts';
import type { Catalogues } from './catalogues.ts';
import type { FeedContext } from './changes/changes.ts';
import { FeedWatch } from './changes/watch.ts';
import { withPublicFaults } from './public-faults.ts';
import type { CleaningContext } from './retention/clean.ts';
import type { RunsContext } from './sync/past-runs/at-run.ts';
import type { ReplayContext } from './sync/past-runs/replay.ts';
import { RunQueue } from './sync/queue/run-queue.ts';
import { ReceivingGate } from './sync/receiving/receiving-gate.ts';
import { RunsUnderWay } from './sync/runs/under-way.ts';
import type { SyncContext } from './sync/sync.ts';
import type { WriteContext } from './write/attempt.ts';
import { NumberPool } from './write/number-pool.ts';

type Parts = {
  /** Whose faults are as it throws them: what tries again must tell them apart. */
  readonly database: Database;
  readonly access: Access;
  readonly secretKey: string;
  readonly readers: SetReaders;
  readonly catalogues: Catalogues;
};

export class Contexts {
  readonly gate = new ReceivingGate();
  readonly underWay = new RunsUnderWay();
  readonly queue: RunQueue;
  readonly cleaning: CleaningContext;
  readonly #parts: Parts;
  readonly #numbers = new NumberPool();
  readonly #translated: Database;
  readonly #watch: FeedWatch;

  constructor(parts: Parts) {
    const { database, catalogues } = parts;
    this.#parts = parts;
    this.#translated = withPublicFaults(database);
    this.#watch = new FeedWatch(async (workspace) => {
      const { last } = await this.#translated.inWorkspace(workspace, (tx) => readFeedBounds(tx, workspace));
      return last;
    });
    this.cleaning = {
      database,
      catalogue: async (workspace) => catalogues.get(workspace),
      staleCatalogue: (workspace) => catalogues.drop(workspace),
    };
    this.queue = new RunQueue({ ...parts, ...this.cleaning, underWay: this.underWay }, this.gate);
  }

  async catalogueOf({ principal: { workspace } }: Caller): Promise<Catalogue> {
    return this.#parts.catalogues.get(workspace);
  }

  write(workspace: WorkspaceId): WriteContext {
    const { database } = this.#parts;
    return { database, apart: database, workspace, numbers: this.#numbers, ...this.#catalogueIn(workspace) };
  }

  feed(workspace: WorkspaceId): FeedContext {
    return { database: this.#translated, watch: this.#watch, ...this.#catalogueIn(workspace) };
  }

  runs({ principal: { workspace } }: Caller): RunsContext {
    return { database: this.#parts.database, queue: this.queue, ...this.#catalogueIn(workspace) };
  }

  sync(caller: Caller): SyncContext {
    const { access, secretKey } = this.#parts;
    return { ...this.runs(caller), access, secretKey, gate: this.gate, underWay: this.underWay };
  }

  replay(caller: Caller): ReplayContext {
    const { access, readers } = this.#parts;
    return { ...this.runs(caller), access, readers };
  }

  #catalogueIn(workspace: WorkspaceId) {
    const { catalogues } = this.#parts;
    return { catalogue: async () => catalogues.get(workspace), staleCatalogue: () => catalogues.drop(workspace) };
  }
}
