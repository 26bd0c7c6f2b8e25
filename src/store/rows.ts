/**
 * Many rows as the parameters of one statement. What PostgreSQL needs to take arrays apart is more than what it needs to insert the
 * rows: measured, 50 us for a record and its change row where all of their 25 columns were arrays, 33 where those that are the same in
 * every row are one parameter. So only what varies is an array.
 */
import { byteaArray, int4Array, int8Array, jsonbArray, textArray, timestampArray } from './arrays.ts';

type Values = {
  bigint: number;
  int: number;
  text: string;
  /** As JSON text. */
  jsonb: string;
  timestamptz: Date;
  bytea: Buffer;
};
type SqlType = keyof Values;

const arrayOf: { readonly [Type in SqlType]: (values: readonly (Values[Type] | null)[]) => Buffer } = {
  bigint: int8Array,
  int: int4Array,
  text: textArray,
  jsonb: jsonbArray,
  timestamptz: timestampArray,
  bytea: byteaArray,
};

type Column<Row> = {
  readonly [Type in SqlType]: { readonly type: Type; readonly of: (row: Row) => Values[Type] | null };
}[SqlType];

/** By name, in the order of the statement. */
export type Columns<Row> = Readonly<Record<string, Column<Row>>>;

export type GivenRows = {
  /** A relation with these columns, and `ordinality` from 1. */
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** Belongs to the name of the statement: equal shapes have equal SQL. */
  readonly shape: string;
};

/** With so few rows, columns are often the same by chance: each shape is a statement to be planned. */
const fewRows = 8;

/** @param at the number of its first parameter. */
export function givenRows<Row>(rows: readonly Row[], columns: Columns<Row>, at: number): GivenRows {
  const parameters: unknown[] = [];
  const selected: string[] = [];
  const arrays: string[] = [];
  const names: string[] = [];
  let shape = rows.length === 1 ? 'one' : '';
  for (const [name, column] of Object.entries(columns)) {
    const { type } = column;
    const of: (row: Row) => Values[SqlType] | null = column.of;
    const parameter = `$${at + parameters.length}`;
    const values = rows.map(of);
    const isOne = rows.length === 1 || (rows.length >= fewRows && isSame(values));
    if (rows.length !== 1) shape += isOne ? '1' : 'n';
    if (isOne) {
      parameters.push(scalar(values[0] ?? null));
      selected.push(`${parameter}::${type} as ${name}`);
    } else {
      parameters.push((arrayOf[type] as (values: readonly unknown[]) => Buffer)(values));
      arrays.push(`${parameter}::${type}[]`);
      names.push(name);
      selected.push(`u.${name}`);
    }
  }
  if (rows.length === 1) return { sql: `(select ${selected.join(', ')}, 1::bigint as ordinality)`, parameters, shape };
  if (arrays.length === 0) throw new Error('Rows that are all the same');
  const from = `unnest(${arrays.join(', ')}) with ordinality u (${names.join(', ')}, ordinality)`;
  return { sql: `(select ${selected.join(', ')}, u.ordinality from ${from})`, parameters, shape };
}

function isSame(values: readonly unknown[]): boolean {
  const first = values[0];
  for (const value of values) if (value !== first) return false;
  return true;
}

/** The driver would write a time in the zone of this machine. */
const scalar = (value: Values[SqlType] | null): unknown => (value instanceof Date ? value.toISOString() : value);
