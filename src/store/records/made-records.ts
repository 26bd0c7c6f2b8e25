/**
 * Records that are new, with the change rows that say so: most writes of a first load are nothing else. Both hold the same values, which are
 * made to text and sent once. It takes a sixth of the CPU off such a row in the server; what the database saves in reading it, it spends on keeping it for both.
 */
import { type BatchPlace, type ChangeRow, placeSql } from '../changes/changes.ts';
import type { Sender } from '../postgres/database.ts';
import { type Columns, givenRows, jsonText, statementOf } from '../postgres/rows.ts';
import { externalIdField, type RecordRow } from './records.ts';

/** A record that is stored just as the change row says that it was made. */
export type MadeRecord = {
  readonly record: Pick<RecordRow, 'number' | 'type' | 'external_id' | 'version' | 'stamps'>;
  readonly change: ChangeRow;
};

const madeColumns: Columns<MadeRecord> = {
  row: { type: 'int', of: ({ change }) => change.row },
  number: { type: 'bigint', of: ({ record }) => record.number },
  type: { type: 'int', of: ({ record }) => record.type },
  external_id: { type: 'text', of: ({ record }) => record.external_id },
  version: { type: 'bigint', of: ({ record }) => record.version },
  stamps: { type: 'jsonb', of: ({ record }) => jsonText(record.stamps) },
  after: { type: 'jsonb', of: ({ change }) => jsonText(change.after) },
  at: { type: 'timestamptz', of: ({ change }) => change.at },
  principal_id: { type: 'bigint', of: ({ change }) => change.principal_id },
  via: { type: 'text', of: ({ change }) => change.via },
  request: { type: 'text', of: ({ change }) => change.request },
  run: { type: 'bigint', of: ({ change }) => change.run },
  place: { type: 'bigint', of: ({ change }) => change.place },
  stamp: { type: 'jsonb', of: ({ change }) => jsonText(change.stamp) },
};

/** An external id has a column of its own, and is in `data` only where that holds another form of it. */
const dataSql = `case when external_id = after->>'${externalIdField}' then after - '${externalIdField}' else after end`;

/** Fails with a unique violation when another transaction took a key meanwhile. Give them in the order of their external ids. */
export function insertMadeRecords(
  tx: Sender,
  workspace: number,
  { draws, before }: BatchPlace,
  made: readonly MadeRecord[],
): void {
  const given = givenRows(made, madeColumns, 4);
  const statement = statementOf(
    `insert_made_records_${given.shape}`,
    () => `
      with n as materialized (select * from ${given.sql()} n),
      made as (
        insert into record (workspace_id, number, type, external_id, data, version, created_at, updated_at, created_by, updated_by, stamps)
        select $1, number, type, external_id, ${dataSql}, version, at, at, principal_id, principal_id, stamps from n
      )
      insert into change (workspace_id, batch, row, kind, number, version, principal_id, via, request, run, at, after, place, stamp)
      select ${placeSql}, 'created', number, version, principal_id, via, request, run, at, after, place, stamp from n`,
  );
  tx.send(statement, [workspace, draws, before, ...given.parameters]);
}
