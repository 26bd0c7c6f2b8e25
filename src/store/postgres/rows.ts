/**
 * Many rows as the parameters of one statement. What PostgreSQL needs to take arrays apart is more than what it needs to insert the
 * rows: measured, 50 us for a record and its change row where all of their 25 columns were arrays, 33 where those that are the same in
 * every row are one parameter. So only what varies is an array.
 */
import { byteaArray, float8Array, int4Array, int8Array, jsonbArray, textArray, timestampArray } from './arrays.ts';
import type { Statement } from './pipeline.ts';

type Values = {
  bigint: number;
  int: number;
  float8: number;
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
  float8: float8Array,
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

/** Of a value of a jsonb column. */
export const jsonText = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

export type GivenRows = {
  /** A relation with these columns, and `ordinality` from 1. Made up only when it is asked for: see `statementOf`. */
  readonly sql: () => string;
  readonly parameters: readonly unknown[];
  /** Belongs to the name of the statement: equal shapes have equal SQL. */
  readonly shape: string;
};

/** With so few rows, columns are often the same by chance: each shape is a statement to be planned. */
const fewRows = 8;

/** @param at the number of its first parameter. */
export function givenRows<Row>(rows: readonly Row[], columns: Columns<Row>, at: number): GivenRows {
  const parameters: unknown[] = [];
  let shape = '';
  for (const name in columns) {
    const { type, of } = columns[name] as { type: SqlType; of: (row: Row) => Values[SqlType] | null };
    const values = rows.map(of);
    const isOne = rows.length === 1 || (rows.length >= fewRows && isSame(values));
    shape += isOne ? '1' : 'n';
    parameters.push(
      isOne ? scalar(values[0] ?? null) : (arrayOf[type] as (values: readonly unknown[]) => Buffer)(values),
    );
  }
  if (rows.length === 1) return { sql: () => oneRowSql(columns, at), parameters, shape: 'one' };
  if (!shape.includes('n')) throw new Error('Rows that are all the same');
  return { sql: () => rowsSql(columns, at, shape), parameters, shape };
}

function oneRowSql<Row>(columns: Columns<Row>, at: number): string {
  const selected = Object.entries(columns).map(([name, { type }], index) => `$${at + index}::${type} as ${name}`);
  return `(select ${selected.join(', ')}, 1::bigint as ordinality)`;
}

function rowsSql<Row>(columns: Columns<Row>, at: number, shape: string): string {
  const all = Object.entries(columns).map(([name, { type }], index) => {
    return { name, type, parameter: `$${at + index}`, isOne: shape[index] === '1' };
  });
  const selected = all.map(({ name, type, parameter, isOne }) =>
    isOne ? `${parameter}::${type} as ${name}` : `u.${name}`,
  );
  const varying = all.filter(({ isOne }) => !isOne);
  const arrays = varying.map(({ parameter, type }) => `${parameter}::${type}[]`);
  const names = varying.map(({ name }) => name);
  const from = `unnest(${arrays.join(', ')}) with ordinality u (${names.join(', ')}, ordinality)`;
  return `(select ${selected.join(', ')}, u.ordinality from ${from})`;
}

const statements = new Map<string, Required<Statement>>();

/** The statement of a name, whose text is made up the first time: to make it up, and to compare it with what is prepared, takes as long as to send it. */
export function statementOf(name: string, text: () => string): Required<Statement> {
  let statement = statements.get(name);
  if (statement === undefined) {
    statement = { name, text: text() };
    statements.set(name, statement);
  }
  return statement;
}

function isSame(values: readonly unknown[]): boolean {
  const first = values[0];
  for (const value of values) if (value !== first) return false;
  return true;
}

/** The driver would write a time in the zone of this machine. */
const scalar = (value: Values[SqlType] | null): unknown => (value instanceof Date ? value.toISOString() : value);
