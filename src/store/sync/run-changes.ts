/** The change rows of one run, and what was changed after them. */

import type { ChangeRow } from '../changes/changes.ts';
import { int4Array, int8Array } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';

/** Where a change row stands among all of its workspace. */
export type ChangePlace = { readonly batch: number; readonly row: number };
export type PlacedChange = ChangeRow & ChangePlace;

export async function readBatchesOfRun(tx: Transaction, workspace: number, run: number): Promise<readonly number[]> {
  const rows = await tx.query<{ batch: number }>(
    'select unnest(batches) as batch from run where workspace_id = $1 and run = $2',
    [workspace, run],
  );
  return rows.map(({ batch }) => batch);
}

export async function readBatchesOfImport(tx: Transaction, workspace: number, id: number): Promise<readonly number[]> {
  const rows = await tx.query<{ batch: number }>(
    'select batch from import_batch where workspace_id = $1 and import = $2 order by batch',
    [workspace, id],
  );
  return rows.map(({ batch }) => batch);
}

/** Whether all change rows of the batches are there; they stay until the transaction ends. They are taken away from the first one on. */
export async function holdBatches(tx: Transaction, workspace: number, batches: readonly number[]): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'hold_batches',
      text: `
        select 1 from unnest($2::bigint[]) b (batch) cross join lateral (
          select from change where workspace_id = $1 and batch = b.batch and row = 0 for share) c`,
    },
    [workspace, int8Array(batches)],
  );
  return rows.length === batches.length;
}

/** Of one batch, the last ones first, before a row; not the event that tells of the run itself. */
export const readChangesOfRun = (
  tx: Transaction,
  workspace: number,
  page: { readonly run: number; readonly batch: number; readonly before: number; readonly limit: number },
): Promise<PlacedChange[]> =>
  tx.query<PlacedChange>(
    {
      name: 'read_changes_of_run',
      text: `
        select * from change where workspace_id = $1 and batch = $2 and row < $3 and run = $4 and number > 0 order by row desc limit $5`,
    },
    [workspace, page.batch, page.before, page.run, page.limit],
  );

/** The same of an import: not what others had waiting for its records. */
export const readChangesOfImport = (
  tx: Transaction,
  workspace: number,
  page: {
    readonly requests: readonly string[];
    readonly batch: number;
    readonly before: number;
    readonly limit: number;
  },
): Promise<PlacedChange[]> =>
  tx.query<PlacedChange>(
    {
      name: 'read_changes_of_import',
      text: `
        select * from change
        where workspace_id = $1 and batch = $2 and row < $3 and request = any($4::text[]) and number > 0 order by row desc limit $5`,
    },
    [workspace, page.batch, page.before, page.requests, page.limit],
  );

export type LaterChange = ChangePlace &
  Pick<ChangeRow, 'kind' | 'number' | 'other_number' | 'link_type'> & {
    readonly asked: number;
    readonly fields: readonly string[];
  };

type Places = readonly (ChangePlace & { readonly number: number })[];

const laterChanges = (ofOthers: string): string => {
  const columns = `batch, row, kind, number, other_number, link_type,
            array(select jsonb_object_keys(case jsonb_typeof(after) when 'object' then after else '{}' end)) as fields`;
  const others = `(batch, row) > (w.batch, w.row) and ${ofOthers}`;
  return `
    select w.number as asked, c.* from unnest($2::bigint[], $3::bigint[], $4::int[]) w (number, batch, row)
    cross join lateral (
      select * from (
        select ${columns} from change where workspace_id = $1 and number = w.number and ${others}
        union all
        select ${columns} from change where workspace_id = $1 and other_number = w.number and ${others}
      ) both_ends offset 0) c`;
};

const placesOf = (records: Places): Buffer[] => [
  int8Array(records.map(({ number }) => number)),
  int8Array(records.map(({ batch }) => batch)),
  int4Array(records.map(({ row }) => row)),
];

/** What others than these two runs changed of the records, and of their links, behind each one's place. */
export const readLaterChanges = (
  tx: Transaction,
  workspace: number,
  records: Places,
  runs: readonly [number, number],
): Promise<LaterChange[]> =>
  tx.query<LaterChange>(
    {
      name: 'read_later_changes',
      text: laterChanges('run is distinct from $5 and run is distinct from $6'),
    },
    [workspace, ...placesOf(records), ...runs],
  );

/** The same for an import and its revert, and the requests that both are of. */
export const readChangesAfterImport = (
  tx: Transaction,
  workspace: number,
  records: Places,
  imports: readonly [number, number],
  requests: readonly string[],
): Promise<LaterChange[]> =>
  tx.query<LaterChange>(
    {
      name: 'read_changes_after_import',
      text: laterChanges(`not (request = any($7::text[]) and exists (
          select from import_batch where workspace_id = $1 and batch = change.batch and import in ($5, $6)))`),
    },
    [workspace, ...placesOf(records), ...imports, requests],
  );

/** @param by the run that takes it back. */
export async function markReverted(tx: Transaction, workspace: number, run: number, by: number): Promise<void> {
  await tx.query("update run set state = 'reverted', reverted_by = $3 where workspace_id = $1 and run = $2", [
    workspace,
    run,
    by,
  ]);
}
