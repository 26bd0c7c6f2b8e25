/** How many records there are of each type. Counted, not estimated; but not all the time: what was counted is kept for a while. */
import type { Catalogue } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import type { Caller } from '../../model/principal.ts';
import { readFeedBounds } from '../../store/changes/feed.ts';
import type { Database } from '../../store/postgres/database.ts';
import { countByType } from '../../store/records/record-counts.ts';
import { countRecords } from '../../store/records/records.ts';
import { may } from '../access/grants.ts';

/** Beyond it is told as `at least`. */
const mostCounted = 10_000_000;
/** So many times as long as it takes to count, what was counted serves: one part in twenty of one connection's time at most. */
const restFactor = 20;

type Counted = {
  readonly at: Date;
  /** The last commit before: as long as there is no other, nothing has changed. */
  readonly commit: number;
  readonly schemaVersion: number;
  readonly restsUntilMs: number;
  readonly byType: ReadonlyMap<number, number>;
};

type TypeCount = { readonly type: string; readonly records: number; readonly isMore: boolean };
export type RecordCountsView = { readonly at: Date; readonly types: readonly TypeCount[] };

/** Live records of a type, exactly; none of one that the caller may not read. */
export async function countLive(
  database: Database,
  { workspace, types }: Catalogue,
  { principal }: Caller,
  typeKey: string,
): Promise<number> {
  const type = types.get(typeKey);
  if (type === undefined || !may(principal, 'read', typeKey)) return 0;
  return database.inWorkspace(workspace, (tx) => countRecords(tx, workspace, type.id));
}

export class RecordCounts {
  readonly #database: Database;
  readonly #kept = new Map<WorkspaceId, Counted>();
  readonly #counting = new Map<WorkspaceId, Promise<Counted>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Of the types that the caller may read, in the order of the schema. */
  async view(catalogue: Catalogue, { principal }: Caller): Promise<RecordCountsView> {
    const { at, byType } = await this.#current(catalogue);
    const types = [...catalogue.types.values()].filter(({ key }) => may(principal, 'read', key));
    return {
      at,
      types: types.map(({ id, key }) => {
        const records = byType.get(id) ?? 0;
        return { type: key, records: Math.min(records, mostCounted), isMore: records > mostCounted };
      }),
    };
  }

  async #current(catalogue: Catalogue): Promise<Counted> {
    const { workspace } = catalogue;
    const kept = this.#kept.get(workspace);
    if (kept !== undefined && kept.schemaVersion === catalogue.version) {
      if (performance.now() < kept.restsUntilMs) return kept;
      const { last } = await this.#database.inWorkspace(workspace, (tx) => readFeedBounds(tx, workspace));
      if (last === kept.commit) return kept;
    }
    const counting = this.#counting.get(workspace) ?? this.#count(catalogue);
    this.#counting.set(workspace, counting);
    return counting.finally(() => this.#counting.delete(workspace));
  }

  async #count({ workspace, types, version }: Catalogue): Promise<Counted> {
    const ids = [...types.values()].map(({ id }) => id);
    const begin = performance.now();
    const counted = await this.#database.inWorkspace(workspace, async (tx): Promise<Counted> => {
      const at = clock.now();
      const { last } = await readFeedBounds(tx, workspace);
      const byType = await countByType(tx, workspace, ids, mostCounted + 1);
      const end = performance.now();
      return { at, commit: last, schemaVersion: version, byType, restsUntilMs: end + (end - begin) * restFactor };
    });
    this.#kept.set(workspace, counted);
    return counted;
  }
}
