/**
 * Records by the numbers and keys that somebody wants them by: read, or locked until the transaction ends. One statement for all of them,
 * with a part for each way by which any is wanted.
 */
import { int8Array } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';
import { type Columns, type GivenRows, givenRows, statementOf } from '../postgres/rows.ts';
import { externalIdField, type Key, type RecordRow } from './records.ts';

/** `aliased`: those of the keys that may be a record's former key. */
export type Wanted = {
  readonly numbers: readonly number[];
  readonly keys: readonly Key[];
  readonly aliased?: readonly Key[];
};

const columns =
  'r.number, r.type, r.external_id, r.data, r.version, r.created_at, r.updated_at, r.created_by, r.updated_by, r.deleted_at, r.stamps';

export type Way = {
  readonly name: string;
  /** Of the keys and numbers that go this way; undefined when none do. @param at the number of its first parameter. */
  readonly select: (wanted: Wanted, at: number) => GivenRows | undefined;
};

export const isExternal = (key: Key): boolean => key.field === externalIdField;
export const isOther = (key: Key): boolean => key.field !== externalIdField;

export const externalColumns: Columns<Key> = {
  type: { type: 'int', of: (key) => key.type },
  value: { type: 'text', of: (key) => key.value },
};
export const otherColumns: Columns<Key> = { ...externalColumns, field: { type: 'int', of: (key) => key.field } };

/** @param lookUpSql of one of the keys, `w`. */
export const byKeys =
  (
    columns: Columns<Key>,
    keysOf: (wanted: Wanted) => readonly Key[],
    lookUpSql: string,
    selected = 'k.number',
  ): Way['select'] =>
  (wanted, at) => {
    const keys = keysOf(wanted);
    if (keys.length === 0) return undefined;
    const given = givenRows(keys, columns, at);
    const sql = () => `select ${selected} from ${given.sql()} w cross join lateral (${lookUpSql} offset 0) k`;
    return { ...given, sql };
  };

// Each look-up is a lateral subquery with OFFSET 0, which the planner cannot turn around: in a table that has grown since it was
// analysed it would read all of a workspace for every batch.
const ways: readonly Way[] = [
  {
    name: 'number',
    select: ({ numbers }, at) =>
      numbers.length === 0
        ? undefined
        : { sql: () => `select unnest($${at}::bigint[]) as number`, parameters: [int8Array(numbers)], shape: '' },
  },
  {
    name: 'external_id',
    select: byKeys(
      externalColumns,
      ({ keys }) => keys.filter(isExternal),
      'select number from record where workspace_id = $1 and type = w.type and external_id = w.value',
    ),
  },
  {
    name: 'key',
    select: byKeys(
      otherColumns,
      ({ keys }) => keys.filter(isOther),
      'select number from record_key where workspace_id = $1 and type = w.type and field = w.field and value = w.value',
    ),
  },
  {
    name: 'alias',
    select: byKeys(
      otherColumns,
      ({ aliased = [] }) => aliased,
      'select number from record_alias where workspace_id = $1 and type = w.type and field = w.field and value = w.value',
    ),
  },
];

/** The ways by which something is wanted, and no others: starting a plan up costs more than most look-ups. */
export function selectsOf(ways: readonly Way[], wanted: Wanted, workspace: number) {
  const parameters: unknown[] = [workspace];
  const selects: GivenRows[] = [];
  let shape = '';
  for (const way of ways) {
    const select = way.select(wanted, parameters.length + 1);
    if (select === undefined) continue;
    selects.push(select);
    parameters.push(...select.parameters);
    shape += `_${way.name}${select.shape}`;
  }
  return { parameters, shape, selects };
}

/** A statement over `wanted (number)`. */
function wantedStatement(workspace: number, wanted: Wanted, name: string, overWantedSql: string) {
  const { parameters, shape, selects } = selectsOf(ways, wanted, workspace);
  const statement = statementOf(`${name}_by${shape}`, () => {
    const wantedSql = selects.map((select) => select.sql()).join('\n    union\n    ');
    return `with wanted as materialized (${wantedSql}) ${overWantedSql}`;
  });
  return { statement, parameters };
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
  isByExternalIds(wanted)
    ? readByExternalIds(tx, workspace, wanted.keys)
    : readWanted(tx, workspace, wanted, 'read_records', readSql);

const isByExternalIds = ({ numbers, keys, aliased = [] }: Wanted): boolean =>
  keys.length > 0 && numbers.length + aliased.length === 0 && keys.every(isExternal);

/** As most reads are: found by one index, and not by two, as nothing is locked and its order does not count. */
function readByExternalIds(tx: Transaction, workspace: number, keys: readonly Key[]): Promise<RecordRow[]> {
  const given = givenRows(keys, externalColumns, 2);
  const statement = statementOf(
    `read_records_whole_${given.shape}`,
    () => `
      select ${columns} from ${given.sql()} w cross join lateral (
        select * from record where workspace_id = $1 and type = w.type and external_id = w.value offset 0) r`,
  );
  return tx.query<RecordRow>(statement, [workspace, ...given.parameters]);
}
