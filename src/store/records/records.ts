/**
 * Records and their keys. `data` holds values by field id; `field` 1 is external_id, a column of its own. Keys stand in the form that the
 * rule of their field makes of them: where that is another form of an external id than was sent, `data` has what was sent.
 */

import type { StampKind } from '../../model/stamp.ts';
import { int4Array, int8Array, textArray } from '../postgres/arrays.ts';
import type { Sender, Transaction } from '../postgres/database.ts';
import { type Columns, type GivenRows, givenRows, jsonText, statementOf } from '../postgres/rows.ts';

export const externalIdField = 1;

type StoredData = Readonly<Record<string, unknown>>;

/** What a field was written as of; a lookup also to what, by its lasting name. */
export type Mark = number | readonly [number, string];

/** What a record was written and deleted as of, by writes that said so (engine/write/working/stamps.ts). Fields are by their id. */
export type RecordStamps = {
  readonly kind?: StampKind;
  readonly written?: number;
  readonly deleted?: number;
  readonly fields?: Readonly<Record<string, Mark>>;
  /** It has, or had, links with stamps. */
  readonly links?: true;
};

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
  readonly stamps: RecordStamps | null;
};

/** A record as it is to be stored, with all of its values. */
export type WrittenRecord = Omit<RecordRow, 'data'> & { readonly values: StoredData };

/** The values of a record by field id, external_id among them, as they were sent. */
export const valuesOf = ({ external_id, data }: Pick<RecordRow, 'external_id' | 'data'>): StoredData =>
  external_id === null || data[externalIdField] !== undefined ? data : { ...data, [externalIdField]: external_id };

/**
 * The reverse, as JSON text. Members with numbers for names stand in their order, the external id first: it is cut off, as another object
 * without it would be most of what a row leaves to be collected.
 */
function dataText({ external_id, values }: Pick<WrittenRecord, 'external_id' | 'values'>): string {
  const text = JSON.stringify(values);
  const sent = values[externalIdField];
  if (sent === undefined || sent !== external_id) return text;
  const behind = text.slice(`{"${externalIdField}":${JSON.stringify(sent)}`.length);
  return behind.startsWith(',') ? `{${behind.slice(1)}` : `{${behind}`;
}

/** One of them. */
export const storedValueOf = ({ external_id, data }: Pick<RecordRow, 'external_id' | 'data'>, field: number): unknown =>
  data[field] ?? (field === externalIdField ? (external_id ?? undefined) : undefined);

/** A value of a unique field, in the form that its rule makes of it: of external_id when `field` is 1. */
export type Key = { readonly type: number; readonly field: number; readonly value: string };

export type Numbers = { readonly records: number[]; readonly links: number[] };

export async function drawNumbers(tx: Transaction, count: { records: number; links: number }): Promise<Numbers> {
  const [drawn] = await tx.query<{ records: string | null; links: string | null }>(
    {
      name: 'draw_numbers',
      text: `select (select string_agg(nextval('record_number')::text, ',') from generate_series(1, $1::int)) as records,
                    (select string_agg(nextval('link_number')::text, ',') from generate_series(1, $2::int)) as links`,
    },
    [count.records, count.links],
  );
  const numbersIn = (list: string | null | undefined): number[] => (list ? list.split(',').map(Number) : []);
  return { records: numbersIn(drawn?.records), links: numbersIn(drawn?.links) };
}

/** A record whose external id changes lets go of the old one first, so that another record of the same batch may take it. */
export function releaseExternalIds(tx: Sender, workspace: number, numbers: readonly number[]): void {
  tx.send('update record set external_id = null where workspace_id = $1 and number = any($2::bigint[])', [
    workspace,
    int8Array(numbers),
  ]);
}

const stampedColumns: Columns<WrittenRecord> = {
  number: { type: 'bigint', of: (row) => row.number },
  external_id: { type: 'text', of: (row) => row.external_id },
  data: { type: 'jsonb', of: dataText },
  version: { type: 'bigint', of: (row) => row.version },
  updated_at: { type: 'timestamptz', of: (row) => row.updated_at },
  updated_by: { type: 'bigint', of: (row) => row.updated_by },
  deleted_at: { type: 'timestamptz', of: (row) => row.deleted_at },
  stamps: { type: 'jsonb', of: (row) => jsonText(row.stamps) },
};
const newColumns: Columns<WrittenRecord> = {
  ...stampedColumns,
  type: { type: 'int', of: (row) => row.type },
  created_at: { type: 'timestamptz', of: (row) => row.created_at },
  created_by: { type: 'bigint', of: (row) => row.created_by },
};

/** Fails with a unique violation when another transaction took a key meanwhile. Give rows in key order. */
export function insertRecords(tx: Sender, workspace: number, rows: readonly WrittenRecord[]): void {
  const given = givenRows(rows, newColumns, 2);
  const statement = statementOf(`insert_records_${given.shape}`, () => {
    const names = Object.keys(newColumns).join(', ');
    return `insert into record (workspace_id, ${names}) select $1, ${names} from ${given.sql()} n`;
  });
  tx.send(statement, [workspace, ...given.parameters]);
}

/** The same of rows that are there, which the transaction has locked. One is found by its number; the planner could turn many around (ADR 0009), so each is looked up first, and found by its place. */
export function updateRecords(tx: Sender, workspace: number, rows: readonly WrittenRecord[]): void {
  const given = givenRows(rows, stampedColumns, 2);
  const statement = statementOf(
    `update_records_${given.shape}`,
    () => `
      update record set external_id = n.external_id, data = n.data, version = n.version, updated_at = n.updated_at,
        updated_by = n.updated_by, deleted_at = n.deleted_at, stamps = n.stamps
      ${rows.length === 1 ? atNumberSql(given) : atPlaceSql(given)} and record.workspace_id = $1`,
  );
  tx.send(statement, [workspace, ...given.parameters]);
}

const atNumberSql = (given: GivenRows): string => `from ${given.sql()} n where record.number = n.number`;

const atPlaceSql = (given: GivenRows): string => `
      from (
        select r.place, c.* from ${given.sql()} c cross join lateral (
          select ctid as place from record where workspace_id = $1 and number = c.number offset 0) r
        offset 0
      ) n
      where record.ctid = n.place`;

export function deleteKeys(tx: Sender, workspace: number, keys: readonly Key[]): void {
  tx.send(
    {
      name: 'delete_keys',
      text: `
        delete from record_key using (
          select k.place from unnest($2::int[], $3::int[], $4::text[]) d (type, field, value) cross join lateral (
            select ctid as place from record_key
            where workspace_id = $1 and type = d.type and field = d.field and value = d.value offset 0) k
          offset 0) gone
        where record_key.ctid = gone.place and record_key.workspace_id = $1`,
    },
    [
      workspace,
      int4Array(keys.map((key) => key.type)),
      int4Array(keys.map((key) => key.field)),
      textArray(keys.map((key) => key.value)),
    ],
  );
}

const keyColumns: Columns<Key & { readonly number: number }> = {
  type: { type: 'int', of: (key) => key.type },
  field: { type: 'int', of: (key) => key.field },
  value: { type: 'text', of: (key) => key.value },
  number: { type: 'bigint', of: (key) => key.number },
};

/** Fails with a unique violation when another transaction took a key meanwhile. Give keys in order. */
export function insertKeys(tx: Sender, workspace: number, keys: readonly (Key & { readonly number: number })[]): void {
  const given = givenRows(keys, keyColumns, 2);
  const statement = statementOf(
    `insert_keys_${given.shape}`,
    () => `
      insert into record_key (workspace_id, type, field, value, number)
      select $1, type, field, value, number from ${given.sql()} n`,
  );
  tx.send(statement, [workspace, ...given.parameters]);
}

export async function readStamps(tx: Transaction, workspace: number, number: number): Promise<RecordStamps | null> {
  const [row] = await tx.query<Pick<RecordRow, 'stamps'>>(
    'select stamps from record where workspace_id = $1 and number = $2',
    [workspace, number],
  );
  return row?.stamps ?? null;
}

export async function countRecords(tx: Transaction, workspace: number, type: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'select count(*) as count from record where workspace_id = $1 and type = $2 and deleted_at is null',
    [workspace, type],
  );
  return row?.count ?? 0;
}

/** Whether any live record of the type has a lower number. */
export async function hasOlderRecords(
  tx: Transaction,
  workspace: number,
  type: number,
  number: number,
): Promise<boolean> {
  const older = await tx.query(
    {
      name: 'has_older_records',
      text: 'select number from record where workspace_id = $1 and type = $2 and number < $3 and deleted_at is null limit 1',
    },
    [workspace, type, number],
  );
  return older.length > 0;
}
