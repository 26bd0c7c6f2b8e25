/** Records and their keys. `data` holds values by field id; `field` 1 is external_id, a column of its own. */
import { int4Array, int8Array, jsonbArray, textArray, timestampArray } from './arrays.ts';
import type { Transaction } from './database.ts';

type StoredData = Readonly<Record<string, unknown>>;

export type RecordRow = {
  readonly number: number;
  readonly type: number;
  readonly external_id: string | null;
  readonly data: StoredData;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly created_by: number;
  readonly updated_by: number;
  readonly deleted_at: Date | null;
};

/** A value of a unique field: of external_id when `field` is 1. */
export type Key = { readonly type: number; readonly field: number; readonly value: string };

export type Wanted = { readonly numbers: readonly number[]; readonly keys: readonly Key[] };

const externalIdField = 1;

const columns =
  'r.number, r.type, r.external_id, r.data, r.version, r.created_at, r.updated_at, r.created_by, r.updated_by, r.deleted_at';

// Three ways to a record: its number, its external id, another key. Each look-up is a lateral subquery with OFFSET 0, which the
// planner cannot turn around: in a table that has grown since it was analysed it would read all of a workspace for every batch.
const wantedSql = `
  with wanted as materialized (
    select unnest($2::bigint[]) as number
    union
    select e.number from unnest($3::int[], $4::text[]) k (type, value) cross join lateral (
      select number from record where workspace_id = $1 and type = k.type and external_id = k.value offset 0) e
    union
    select k.number from unnest($5::int[], $6::int[], $7::text[]) w (type, field, value) cross join lateral (
      select number from record_key where workspace_id = $1 and type = w.type and field = w.field and value = w.value offset 0) k
  )`;

/** @param ending of the look-up: how it locks. In the order of the numbers, so that nobody waits for others in a circle. */
const ofWantedSql = (ending: string): string => `
  from (select number from wanted order by number) w
    cross join lateral (select * from record where workspace_id = $1 and number = w.number ${ending}) r`;

const readRecordsSql = { name: 'read_records', text: `${wantedSql} select ${columns} ${ofWantedSql('offset 0')}` };

const lockRecordsSql = {
  name: 'lock_records',
  text: `${wantedSql} select ${columns} ${ofWantedSql('for no key update')}`,
};

// Rows that another transaction holds are read as they were committed last, and said to be held.
const lockFreeRecordsSql = {
  name: 'lock_free_records',
  text: `${wantedSql},
    locked as materialized (select ${columns} ${ofWantedSql('for no key update skip locked')})
    select l.*, false as held from locked l
    union all
    select ${columns}, true ${ofWantedSql('offset 0')} where r.number not in (select number from locked)`,
};

function wantedValues(workspace: number, wanted: Wanted): unknown[] {
  const external = wanted.keys.filter((key) => key.field === externalIdField);
  const others = wanted.keys.filter((key) => key.field !== externalIdField);
  return [
    workspace,
    int8Array(wanted.numbers),
    int4Array(external.map((key) => key.type)),
    textArray(external.map((key) => key.value)),
    int4Array(others.map((key) => key.type)),
    int4Array(others.map((key) => key.field)),
    textArray(others.map((key) => key.value)),
  ];
}

/** The records that are wanted, tombstones included, locked until the transaction ends. Missing ones are not in the answer. */
export const lockRecords = (tx: Transaction, workspace: number, wanted: Wanted): Promise<RecordRow[]> =>
  tx.query<RecordRow>(lockRecordsSql, wantedValues(workspace, wanted));

/** The same without waiting: those that another transaction holds are not locked, and marked `held`. */
export const lockFreeRecords = (
  tx: Transaction,
  workspace: number,
  wanted: Wanted,
): Promise<(RecordRow & { readonly held: boolean })[]> => tx.query(lockFreeRecordsSql, wantedValues(workspace, wanted));

export const readRecords = (tx: Transaction, workspace: number, wanted: Wanted): Promise<RecordRow[]> =>
  tx.query<RecordRow>(readRecordsSql, wantedValues(workspace, wanted));

export type Numbers = { readonly records: number[]; readonly links: number[] };

export async function drawNumbers(tx: Transaction, count: { records: number; links: number }): Promise<Numbers> {
  const rows = await tx.query<{ kind: string; number: number }>(
    {
      name: 'draw_numbers',
      text: `select 'record' as kind, nextval('record_number') as number from generate_series(1, $1::int)
             union all
             select 'link', nextval('link_number') from generate_series(1, $2::int)`,
    },
    [count.records, count.links],
  );
  const ofKind = (kind: string): number[] => rows.filter((row) => row.kind === kind).map((row) => row.number);
  return { records: ofKind('record'), links: ofKind('link') };
}

/** A record whose external id changes lets go of the old one first, so that another record of the same batch may take it. */
export function releaseExternalIds(tx: Transaction, workspace: number, numbers: readonly number[]): void {
  tx.send('update record set external_id = null where workspace_id = $1 and number = any($2::bigint[])', [
    workspace,
    int8Array(numbers),
  ]);
}

/**
 * Writes whole rows, new ones and changed ones. Fails with a unique violation when another transaction took a key meanwhile.
 * Give rows in key order. An insert that turns into an update finds each row by the primary key, whatever the statistics say.
 */
export function putRecords(tx: Transaction, workspace: number, rows: readonly RecordRow[]): void {
  tx.send(
    {
      name: 'put_records',
      text: `
        insert into record (workspace_id, number, type, external_id, data, version, created_at, updated_at, created_by, updated_by,
          deleted_at)
        select $1, n.* from unnest($2::bigint[], $3::int[], $4::text[], $5::jsonb[], $6::bigint[], $7::timestamptz[],
          $8::timestamptz[], $9::bigint[], $10::bigint[], $11::timestamptz[]) n
        on conflict (workspace_id, number) do update
        set external_id = excluded.external_id, data = excluded.data, version = excluded.version,
            updated_at = excluded.updated_at, updated_by = excluded.updated_by, deleted_at = excluded.deleted_at`,
    },
    [
      workspace,
      int8Array(rows.map((row) => row.number)),
      int4Array(rows.map((row) => row.type)),
      textArray(rows.map((row) => row.external_id)),
      jsonbArray(rows.map((row) => JSON.stringify(row.data))),
      int8Array(rows.map((row) => row.version)),
      timestampArray(rows.map((row) => row.created_at)),
      timestampArray(rows.map((row) => row.updated_at)),
      int8Array(rows.map((row) => row.created_by)),
      int8Array(rows.map((row) => row.updated_by)),
      timestampArray(rows.map((row) => row.deleted_at)),
    ],
  );
}

export function deleteKeys(tx: Transaction, workspace: number, keys: readonly Key[]): void {
  tx.send(
    {
      name: 'delete_keys',
      text: `
        delete from record_key where workspace_id = $1 and ctid = any(array(
          select k.ctid from unnest($2::int[], $3::int[], $4::text[]) d (type, field, value) cross join lateral (
            select ctid from record_key where workspace_id = $1 and type = d.type and field = d.field and value = d.value offset 0) k))`,
    },
    [
      workspace,
      int4Array(keys.map((key) => key.type)),
      int4Array(keys.map((key) => key.field)),
      textArray(keys.map((key) => key.value)),
    ],
  );
}

/** Fails with a unique violation when another transaction took a key meanwhile. Give keys in order. */
export function insertKeys(
  tx: Transaction,
  workspace: number,
  keys: readonly (Key & { readonly number: number })[],
): void {
  tx.send(
    {
      name: 'insert_keys',
      text: `
        insert into record_key (workspace_id, type, field, value, number)
        select $1, n.* from unnest($2::int[], $3::int[], $4::text[], $5::bigint[]) n returning number`,
    },
    [
      workspace,
      int4Array(keys.map((key) => key.type)),
      int4Array(keys.map((key) => key.field)),
      textArray(keys.map((key) => key.value)),
      int8Array(keys.map((key) => key.number)),
    ],
  );
}

export async function countRecords(tx: Transaction, workspace: number, type: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'select count(*) as count from record where workspace_id = $1 and type = $2 and deleted_at is null',
    [workspace, type],
  );
  return row?.count ?? 0;
}
