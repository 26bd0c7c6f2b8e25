/** Change rows, and the commits that order them. */
import type { FeedKind } from '../../model/events.ts';
import type { ChangeKind } from '../../model/record.ts';
import type { ShownStamp } from '../../model/stamp.ts';
import type { Page, Sender, Transaction } from '../postgres/database.ts';
import { type Columns, givenRows, jsonText, statementOf } from '../postgres/rows.ts';

export type ChangeRow<Kind = ChangeKind> = {
  /** Its number among those that are written with it, from 0. */
  readonly row: number;
  readonly kind: Kind;
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
  /** Of the element or row in the body that it came with, from 0. */
  readonly place: number | null;
  /** What its writer said that it was as of. */
  readonly stamp: ShownStamp | null;
  /** What another owns, and was written all the same: ids of fields; for a link, of its link type. */
  readonly forced: readonly number[] | null;
};

const changeColumns: Columns<ChangeRow<FeedKind>> = {
  row: { type: 'int', of: (change) => change.row },
  kind: { type: 'text', of: (change) => change.kind },
  number: { type: 'bigint', of: (change) => change.number },
  version: { type: 'bigint', of: (change) => change.version },
  link_type: { type: 'int', of: (change) => change.link_type },
  link_number: { type: 'bigint', of: (change) => change.link_number },
  other_number: { type: 'bigint', of: (change) => change.other_number },
  principal_id: { type: 'bigint', of: (change) => change.principal_id },
  via: { type: 'text', of: (change) => change.via },
  request: { type: 'text', of: (change) => change.request },
  run: { type: 'bigint', of: (change) => change.run },
  at: { type: 'timestamptz', of: (change) => change.at },
  before: { type: 'jsonb', of: (change) => jsonText(change.before) },
  after: { type: 'jsonb', of: (change) => jsonText(change.after) },
  place: { type: 'bigint', of: (change) => change.place },
  stamp: { type: 'jsonb', of: (change) => jsonText(change.stamp) },
};

/** Written only where a change is forced: all others do without the column. */
const forcedColumns: Columns<ChangeRow<FeedKind>> = {
  ...changeColumns,
  forced: { type: 'jsonb', of: (change) => jsonText(change.forced) },
};

/**
 * Where change rows of this transaction stand, which are a batch of the feed: whatever is written first draws its number, the rest adds
 * to it. Drawn only now, when all records are locked, so that the changes of a record have numbers in the order in which they were made.
 */
export type BatchPlace = {
  readonly draws: boolean;
  /** How many stand before them. */
  readonly before: number;
};

/** What a change row begins with, of a place at `$2` and `$3`, and a `row`. */
export const placeSql = `$1, (select case when $2 then nextval('batch_number') else currval('batch_number') end), $3 + row`;

export function insertChanges(
  tx: Sender,
  workspace: number,
  { draws, before }: BatchPlace,
  changes: readonly ChangeRow<FeedKind>[],
): void {
  const isForced = changes.some(({ forced }) => forced !== null);
  const columns = isForced ? forcedColumns : changeColumns;
  const given = givenRows(changes, columns, 4);
  const statement = statementOf(`insert_${isForced ? 'forced_' : ''}changes_${given.shape}`, () => {
    const { row: _placed, ...others } = columns;
    const names = Object.keys(others).join(', ');
    return `
      insert into change (workspace_id, batch, row, ${names})
      select ${placeSql}, ${names} from ${given.sql()} n`;
  });
  tx.send(statement, [workspace, draws, before, ...given.parameters]);
}

/** Draws the place in the feed of the transaction's change rows. Must be its last statement: it holds the workspace's counter.
 *  @param changes how many change rows they are. */
export function insertCommit(tx: Transaction, workspace: number, at: Date, changes: number): void {
  tx.send(
    {
      name: 'insert_commit',
      text: `
        with counter as (
          update commit_counter set last_commit = last_commit + 1, changes = changes + $3 where workspace_id = $1
          returning last_commit, changes
        )
        insert into commit (workspace_id, commit, batch, at, changes_before)
        select $1, last_commit, currval('batch_number'), $2, changes - $3 from counter`,
    },
    [workspace, at, changes],
  );
}

export type HistoryRow = ChangeRow & { readonly batch: number; readonly principal_name: string };

/** Changes of one record and of its links, newest first, before the place (batch, row). */
export async function readHistory(
  tx: Transaction,
  workspace: number,
  query: { number: number; before: { batch: number; row: number }; limit: number },
): Promise<Page<HistoryRow>> {
  return tx.page<HistoryRow>(
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
    [workspace, query.number, query.before.batch, query.before.row, query.limit + 1],
    query.limit,
  );
}
