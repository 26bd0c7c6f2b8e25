/** Where what comes one by one queues up, to go through the database in batches: single writes, reads by ref, and refusals that are kept. */
import type { WorkspaceId } from '../model/ids.ts';
import type { RecordView } from '../model/record.ts';
import type { Database } from '../store/postgres/database.ts';
import { Batcher } from './batcher.ts';
import { findAll, type Sought } from './read/records.ts';
import type { WriteContext } from './write/attempt.ts';
import { WriteLane } from './write/lane.ts';
import { keepRefusals, type Refused } from './write/refusals.ts';

type DoorsOfWorkspace = {
  readonly writes: WriteLane;
  readonly reads: Batcher<Sought, RecordView | undefined>;
  readonly refusals: Batcher<Refused, undefined>;
};

export class Doors {
  readonly #database: Database;
  readonly #contextOf: (workspace: WorkspaceId) => WriteContext;
  readonly #known = new Map<WorkspaceId, DoorsOfWorkspace>();

  constructor(database: Database, contextOf: (workspace: WorkspaceId) => WriteContext) {
    this.#database = database;
    this.#contextOf = contextOf;
  }

  of(workspace: WorkspaceId): DoorsOfWorkspace {
    let doors = this.#known.get(workspace);
    if (doors === undefined) {
      doors = this.#make(workspace);
      this.#known.set(workspace, doors);
    }
    return doors;
  }

  #make(workspace: WorkspaceId): DoorsOfWorkspace {
    const context = this.#contextOf(workspace);
    return {
      writes: new WriteLane(context),
      reads: batcher(async (sought: readonly Sought[]) => {
        const catalogue = await context.catalogue();
        return this.#database.inWorkspace(workspace, (tx) => findAll(tx, catalogue, sought));
      }),
      refusals: batcher(async (refused: readonly Refused[]) => {
        const catalogue = await context.catalogue();
        await this.#database.inWorkspace(workspace, (tx) => keepRefusals(tx, catalogue, refused));
        return refused.map(() => undefined);
      }),
    };
  }

  /** Resolves when nothing queues any more. */
  async idle(): Promise<void> {
    await Promise.all([...this.#known.values()].flatMap((doors) => Object.values(doors).map((door) => door.idle())));
  }
}

/** Of what is independent of one another. */
const batcher = <Item, Result>(run: (items: readonly Item[]) => Promise<Result[]>): Batcher<Item, Result> =>
  new Batcher<Item, Result>({
    run,
    fail(batch, fault) {
      for (const { reject } of batch) reject(fault);
    },
    touches: () => [],
  });
