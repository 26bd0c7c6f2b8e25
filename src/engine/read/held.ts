/** What a run holds: the records that it would delete, as they are now. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { Caller } from '../../model/principal.ts';
import type { HeldDelete, HeldListOutcome } from '../../model/runs.ts';
import type { Database } from '../../store/postgres/database.ts';
import { valuesOf } from '../../store/records/records.ts';
import { readRecords } from '../../store/records/wanted-records.ts';
import { readHeldDeletes, readHeldSince } from '../../store/sync/held-deletes.ts';
import { elementKey } from '../sync/applying/element-key.ts';
import { whyItStays } from '../sync/holding/held-since.ts';
import { findAnyRun } from '../sync/past-runs/at-run.ts';
import { pointerTo } from '../views.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';

export const heldDeletes = (
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  run: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Promise<HeldListOutcome> =>
  database.inWorkspace(catalogue.workspace, async (tx): Promise<HeldListOutcome> => {
    const { workspace } = catalogue;
    const at = await findAnyRun(tx, catalogue, caller, run);
    if (at === undefined) return { kind: 'unknown_run' };
    const identity = [workspace, 'held', at.row.run];
    const [after] = cursor === undefined ? [0] : (decodeCursor(identity, cursor) ?? []);
    if (typeof after !== 'number' || !Number.isSafeInteger(after)) return foreignCursor;
    const rows = await readHeldDeletes(tx, workspace, { run: at.row.run, after, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const numbers = shown.map(({ number }) => number);
    const records = await readRecords(tx, workspace, { numbers, keys: [] });
    const since = await readHeldSince(tx, workspace, at.row, numbers);
    const byNumber = new Map(records.map((record) => [record.number, record]));
    const items = shown.map(({ number }): HeldDelete => {
      const record = byNumber.get(number);
      const name = record?.data[nameField];
      const what = since.get(number);
      return {
        record: pointerTo(catalogue, at.type.key, number),
        key: record === undefined ? null : elementKey(at.type, at.on, valuesOf(record)),
        name: typeof name === 'string' ? name : null,
        stays: what === undefined ? null : whyItStays[what],
      };
    });
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return { kind: 'page', items, next: last === undefined ? null : encodeCursor(identity, [last.number]) };
  });

const nameField = '3';
