import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { float8Array, int4Array, int8Array, jsonbArray, textArray, timestampArray } from './arrays.ts';
import { parseTimestamp } from './database.ts';

describe('arrays as binary parameters', () => {
  let client: pg.Client;

  beforeAll(async () => {
    client = new pg.Client({ connectionString: inject('databaseUrl') });
    await client.connect();
    await client.query("set timezone = 'UTC'");
  });
  afterAll(() => client.end());

  /** What PostgreSQL makes of the parameter, as JSON. */
  const read = async (parameter: Buffer, type: string): Promise<unknown> => {
    const { rows } = await client.query({ text: `select to_json($1::${type}[]) as read`, values: [parameter] });
    return rows[0].read;
  };
  const holds = <T>(values: fc.Arbitrary<T>, encode: (list: T[]) => Buffer, type: string) =>
    fc.assert(
      fc.asyncProperty(fc.array(values, { maxLength: 30 }), async (list) => {
        expect(await read(encode(list), type)).toEqual(list);
      }),
      { numRuns: 40 },
    );

  it('hold integers, and none', async () => {
    await holds(fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })), int4Array, 'int4');
    await holds(fc.option(fc.maxSafeInteger()), int8Array, 'int8');
  });

  it('hold doubles to the last bit, infinity, and none', async () => {
    const doubles = [0, -0.1, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, null, Number.POSITIVE_INFINITY];
    const { rows } = await client.query({
      text: 'select v from unnest($1::float8[]) with ordinality u (v, o) order by o',
      values: [float8Array(doubles)],
    });
    expect(rows.map(({ v }) => v)).toEqual(doubles);
  });

  it('hold text of any script, empty text, quotes and backslashes, and none', async () => {
    const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));
    await holds(fc.option(fc.oneof(text, fc.constantFrom('', '"', '\\', '{}', 'NULL', '𝄞é'))), textArray, 'text');
  });

  it('hold JSON, and none', async () => {
    const values = [{ a: [1, null, 'é"\\'] }, null, 'x', 1.5, []];
    const texts = values.map((value) => (value === null ? null : JSON.stringify(value)));
    expect(await read(jsonbArray(texts), 'jsonb')).toEqual(values);
  });

  it('hold times to the millisecond, which come back the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.date({ min: new Date('0044-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })),
        async (dates) => {
          const { rows } = await client.query({
            text: 'select t::text as text from unnest($1::timestamptz[]) with ordinality u (t, o) order by o',
            values: [timestampArray(dates)],
          });
          expect(rows.map((row) => parseTimestamp(row.text).getTime())).toEqual(dates.map((date) => date.getTime()));
        },
      ),
    );
  });
});
