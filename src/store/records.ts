/** Records and their keys. `data` holds values by field id; `field` 1 is external_id, a column of its own. */
import { int4Array, int8Array, jsonbArray, textArray, timestampArray } from './arrays.ts';
import type { Sender, Transaction } from './database.ts';

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

/** `aliased`: those of the keys that may be a record's former key. */
export type Wanted = {
  readonly numbers: readonly number[];
  readonly keys: readonly Key[];
  readonly aliased?: readonly Key[];
};

const externalIdField = 1;

const columns =
  'r.number, r.type, r.external_id, r.data, r.version, r.created_at, r.updated_at, r.created_by, r.updated_by, r.deleted_at';

type Way = {
  readonly name: string;
  /** Of the keys and numbers that go this way. @param at the number of its first parameter. */
  readonly sql: (at: number) => string;
  readonly parameters: (wanted: Wanted) => readonly Buffer[];
};

const isExternal = (key: Key): boolean => key.field === externalIdField;
const isOther = (key: Key): boolean => key.field !== externalIdField;

// Each look-up is a lateral subquery with OFFSET 0, which the planner cannot turn around: in a table that has grown since it was
// analysed it would read all of a workspace for every batch.
const byNumbers: Way = {
  name: 'number',
  sql: (at) => `select unnest($${at}::bigint[]) as number`,
  parameters: ({ numbers }) => [int8Array(numbers)],
};
const byExternalIds: Way = {
  name: 'external_id',
  sql: (at) => `
    select e.number from unnest($${at}::int[], $${at + 1}::text[]) k (type, value) cross join lateral (
      select number from record where workspace_id = $1 and type = k.type and external_id = k.value offset 0) e`,
  parameters: ({ keys }) => {
    const external = keys.filter(isExternal);
    return [int4Array(external.map((key) => key.type)), textArray(external.map((key) => key.value))];
  },
};
const byOtherKeys: Way = {
  name: 'key',
  sql: (at) => `
    select k.number from unnest($${at}::int[], $${at + 1}::int[], $${at + 2}::text[]) w (type, field, value) cross join lateral (
      select number from record_key
      where workspace_id = $1 and type = w.type and field = w.field and value = w.value offset 0) k`,
  parameters: ({ keys }) => {
    const others = keys.filter(isOther);
    return [
      int4Array(others.map((key) => key.type)),
      int4Array(others.map((key) => key.field)),
      textArray(others.map((key) => key.value)),
    ];
  },
};

const byAliases: Way = {
  name: 'alias',
  sql: (at) => `
    select k.number from unnest($${at}::int[], $${at + 1}::int[], $${at + 2}::text[]) w (type, field, value) cross join lateral (
      select number from record_alias
      where workspace_id = $1 and type = w.type and field = w.field and value = w.value offset 0) k`,
  parameters: ({ aliased = [] }) => [
    int4Array(aliased.map((key) => key.type)),
    int4Array(aliased.map((key) => key.field)),
    textArray(aliased.map((key) => key.value)),
  ],
};

/** A statement over `wanted (number)`, for just those ways by which something is wanted: starting a plan up costs more than most look-ups. */
function wantedStatement(workspace: number, wanted: Wanted, name: string, overWantedSql: string) {
  const ways = [
    ...(wanted.numbers.length > 0 ? [byNumbers] : []),
    ...(wanted.keys.some(isExternal) ? [byExternalIds] : []),
    ...(wanted.keys.some(isOther) ? [byOtherKeys] : []),
    ...(wanted.aliased?.length ? [byAliases] : []),
  ];
  const parameters: unknown[] = [workspace];
  const selects = ways.map((way) => {
    const sql = way.sql(parameters.length + 1);
    parameters.push(...way.parameters(wanted));
    return sql;
  });
  return {
    statement: {
      name: `${name}_by_${ways.map((way) => way.name).join('_')}`,
      text: `with wanted as materialized (${selects.join('\n    union\n    ')}) ${overWantedSql}`,
    },
    parameters,
  };
}

// In the order of the numbers, so that nobody waits for others in a circle.
const inOrder = '(select number from wanted order by number) w';
const rowSql = (ending: string): string =>
  `lateral (select * from record where workspace_id = $1 and number = w.number ${ending}) r`;

async function readWanted<Row extends object>(
  tx: Transaction,
  workspace: number,
  wanted: Wanted,
  name: string,
  overWantedSql: string,
): Promise<Row[]> {
  if (wanted.numbers.length + wanted.keys.length === 0) return [];
  const { statement, parameters } = wantedStatement(workspace, wanted, name, overWantedSql);
  return tx.query<Row>(statement, parameters);
}

const readSql = `select ${columns} from ${inOrder} cross join ${rowSql('offset 0')}`;
const lockSql = `select ${columns} from ${inOrder} cross join ${rowSql('for no key update')}`;
const lockFreeSql = `
  select w.number as wanted, ${columns} from ${inOrder} left join ${rowSql('for no key update skip locked')} on true`;

/** The records that are wanted, tombstones included, locked until the transaction ends. Missing ones are not in the answer. */
export const lockRecords = (tx: Transaction, workspace: number, wanted: Wanted): Promise<RecordRow[]> =>
  readWanted(tx, workspace, wanted, 'lock_records', lockSql);

/** The same without waiting. `held`: the numbers of those that another transaction holds. */
export async function lockFreeRecords(
  tx: Transaction,
  workspace: number,
  wanted: Wanted,
): Promise<{ free: RecordRow[]; held: number[] }> {
  const rows = await readWanted<RecordRow & { wanted: number }>(
    tx,
    workspace,
    wanted,
    'lock_free_records',
    lockFreeSql,
  );
  const held = rows.filter((row) => row.number === null).map((row) => row.wanted);
  return { free: held.length === 0 ? rows : rows.filter((row) => row.number !== null), held };
}

export const readRecords = (tx: Transaction, workspace: number, wanted: Wanted): Promise<RecordRow[]> =>
  readWanted(tx, workspace, wanted, 'read_records', readSql);

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

/** Fails with a unique violation when another transaction took a key meanwhile. Give rows in key order. */
export function insertRecords(tx: Sender, workspace: number, rows: readonly RecordRow[]): void {
  tx.send(
    {
      name: 'insert_records',
      text: `
        insert into record (workspace_id, number, type, external_id, data, version, created_at, updated_at, created_by, updated_by,
          deleted_at)
        select $1, n.* from unnest($2::bigint[], $3::int[], $4::text[], $5::jsonb[], $6::bigint[], $7::timestamptz[],
          $8::timestamptz[], $9::bigint[], $10::bigint[], $11::timestamptz[]) n
        returning number`,
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

/** The same of rows that are there, which the transaction has locked: each is found by its place, so nothing is searched twice. */
export function updateRecords(tx: Sender, workspace: number, rows: readonly RecordRow[]): void {
  tx.send(
    {
      name: 'update_records',
      text: `
        update record set external_id = n.external_id, data = n.data, version = n.version, updated_at = n.updated_at,
          updated_by = n.updated_by, deleted_at = n.deleted_at
        from (
          select r.place, c.* from unnest($2::bigint[], $3::text[], $4::jsonb[], $5::bigint[], $6::timestamptz[], $7::bigint[],
            $8::timestamptz[]) c (number, external_id, data, version, updated_at, updated_by, deleted_at)
          cross join lateral (
            select ctid as place from record where workspace_id = $1 and number = c.number offset 0) r
          offset 0
        ) n
        where record.ctid = n.place and record.workspace_id = $1`,
    },
    [
      workspace,
      int8Array(rows.map((row) => row.number)),
      textArray(rows.map((row) => row.external_id)),
      jsonbArray(rows.map((row) => JSON.stringify(row.data))),
      int8Array(rows.map((row) => row.version)),
      timestampArray(rows.map((row) => row.updated_at)),
      int8Array(rows.map((row) => row.updated_by)),
      timestampArray(rows.map((row) => row.deleted_at)),
    ],
  );
}

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

/** Fails with a unique violation when another transaction took a key meanwhile. Give keys in order. */
export function insertKeys(tx: Sender, workspace: number, keys: readonly (Key & { readonly number: number })[]): void {
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
