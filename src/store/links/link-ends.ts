/** The records at the ends of links that are to be made, with no more than tells whether they may be: looked up, and not locked (ADR 0031). */
import { int8Array } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';
import { statementOf } from '../postgres/rows.ts';
import type { RecordRow } from '../records/records.ts';
import {
  byKeys,
  externalColumns,
  isExternal,
  isOther,
  otherColumns,
  selectsOf,
  type Wanted,
  type Way,
} from '../records/wanted-records.ts';

/** What finds a record, and tells whether it may be linked. `data`: only where it is found by another field than external_id. */
export type EndRow = Pick<RecordRow, 'number' | 'type' | 'external_id' | 'deleted_at' | 'stamps'> & {
  readonly data?: RecordRow['data'];
};

const endColumns = 'k.number, k.type, k.external_id, k.deleted_at, k.stamps';
const recordsSql = 'select * from record where workspace_id = $1';

/** One look-up for each, of the record itself: what is not locked needs no order. */
const waysToEnds = (selected: string): readonly Way[] => [
  {
    name: 'number',
    select: ({ numbers }, at) =>
      numbers.length === 0
        ? undefined
        : {
            sql: () => `
              select ${selected} from unnest($${at}::bigint[]) w (number)
                cross join lateral (${recordsSql} and number = w.number offset 0) k`,
            parameters: [int8Array(numbers)],
            shape: '',
          },
  },
  {
    name: 'external_id',
    select: byKeys(
      externalColumns,
      ({ keys }) => keys.filter(isExternal),
      `${recordsSql} and type = w.type and external_id = w.value`,
      selected,
    ),
  },
  {
    name: 'key',
    select: byKeys(
      otherColumns,
      ({ keys }) => keys.filter(isOther),
      `select r.* from record_key n cross join lateral (${recordsSql} and number = n.number offset 0) r
       where n.workspace_id = $1 and n.type = w.type and n.field = w.field and n.value = w.value`,
      selected,
    ),
  },
];
const waysToLean = waysToEnds(endColumns);
const waysToWhole = waysToEnds(`${endColumns}, k.data`);

/** The records that are to be linked, tombstones included, not locked; perhaps one of them twice. */
export async function readEnds(tx: Transaction, workspace: number, wanted: Wanted): Promise<EndRow[]> {
  if (wanted.numbers.length + wanted.keys.length === 0) return [];
  const isLean = wanted.keys.every(isExternal);
  const { parameters, shape, selects } = selectsOf(isLean ? waysToLean : waysToWhole, wanted, workspace);
  const statement = statementOf(`read_${isLean ? 'lean_' : ''}ends_by${shape}`, () =>
    selects.map((select) => select.sql()).join('\n    union all\n    '),
  );
  return tx.query<EndRow>(statement, parameters);
}
