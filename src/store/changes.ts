/** Change rows, and the commits that order them. */
import type { ChangeKind } from '../model/record.ts';
import type { Transaction } from './database.ts';

export type ChangeRow = {
  readonly kind: ChangeKind;
  readonly number: number;
  readonly version: number | null;
  readonly link_type: number | null;
  readonly link_number: number | null;
  readonly other_number: number | null;
  readonly principal_id: number;
  readonly via: string;
  readonly request: string;
  readonly run: number | null;
  readonly at: Date;
  /** Values by field id; for a link, `role` and `attributes`. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
};

export async function drawBatch(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ batch: number }>({
    name: 'draw_batch',
    text: "select nextval('batch_number') as batch",
  });
  if (row === undefined) throw new Error('nextval gave no row');
  return row.batch;
}

/** @param firstRow the number of the batch's first change row in this call: a long run writes its batch in several. */
export async function insertChanges(
  tx: Transaction,
  workspace: number,
  batch: number,
  firstRow: number,
  changes: readonly ChangeRow[],
): Promise<void> {
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  await tx.query(
    {
      name: 'insert_changes',
      text: `
        insert into change (workspace_id, batch, row, kind, number, version, link_type, link_number, other_number, principal_id, via,
          request, run, at, before, after)
        select $1, $2, n.* from unnest($3::int[], $4::text[], $5::bigint[], $6::bigint[], $7::int[], $8::bigint[], $9::bigint[],
          $10::bigint[], $11::text[], $12::text[], $13::bigint[], $14::timestamptz[], $15::jsonb[], $16::jsonb[]) n
        returning row`,
    },
    [
      workspace,
      batch,
      changes.map((_, index) => firstRow + index),
      changes.map((change) => change.kind),
      changes.map((change) => change.number),
      changes.map((change) => change.version),
      changes.map((change) => change.link_type),
      changes.map((change) => change.link_number),
      changes.map((change) => change.other_number),
      changes.map((change) => change.principal_id),
      changes.map((change) => change.via),
      changes.map((change) => change.request),
      changes.map((change) => change.run),
      changes.map((change) => change.at),
      changes.map((change) => json(change.before)),
      changes.map((change) => json(change.after)),
    ],
  );
}

/** Draws the commit's place in the feed. Must be the last statement of its transaction: it holds the workspace's counter. */
export async function insertCommit(tx: Transaction, workspace: number, batch: number, at: Date): Promise<void> {
  await tx.query(
    {
      name: 'insert_commit',
      text: `
        with counter as (
          update commit_counter set last_commit = last_commit + 1 where workspace_id = $1 returning last_commit
        )
        insert into commit (workspace_id, commit, batch, at) select $1, last_commit, $2, $3 from counter`,
    },
    [workspace, batch, at],
  );
}

export type HistoryRow = ChangeRow & { readonly batch: number; readonly row: number; readonly principal_name: string };

/** Changes of one record and of its links, newest first, before the place (batch, row). */
export async function readHistory(
  tx: Transaction,
  workspace: number,
  query: { number: number; before: { batch: number; row: number }; limit: number },
): Promise<HistoryRow[]> {
  return tx.query<HistoryRow>(
    {
      name: 'read_history',
      text: `
        select c.*, p.name as principal_name from (
          (select * from change where workspace_id = $1 and number = $2 and (batch, row) < ($3, $4)
           order by batch desc, row desc limit $5)
          union
          (select * from change where workspace_id = $1 and other_number = $2 and (batch, row) < ($3, $4)
           order by batch desc, row desc limit $5)
        ) c
        join principal p on p.principal_id = c.principal_id and p.workspace_id = $1
        order by c.batch desc, c.row desc limit $5`,
    },
    [workspace, query.number, query.before.batch, query.before.row, query.limit],
  );
}
