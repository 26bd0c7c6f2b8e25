import { describe, expect, it } from 'vitest';
import type { Field, RecordType } from '../../model/catalogue.ts';
import type { RawRow } from '../../store/postgres/raw-rows.ts';
import { Lines } from './lines.ts';
import { csvLines, jsonLines } from './record-lines.ts';

const field = (id: number, key: string, type: Field['type']): Field =>
  ({ id, key, type, link: null, keyRule: [], options: [] }) as unknown as Field;
const type = {
  fields: [
    field(1, 'external_id', 'text'),
    field(10, 'name', 'text'),
    field(11, 'n', 'integer'),
    field(12, 'é', 'text'),
  ],
} as unknown as RecordType;

const rowOf = (...values: (string | null)[]): RawRow => {
  const starts: number[] = [];
  const ends: number[] = [];
  let bytes = Buffer.from('before');
  for (const value of values) {
    starts.push(value === null ? -1 : bytes.length);
    bytes = Buffer.concat([bytes, Buffer.from(value ?? '')]);
    ends.push(bytes.length);
  }
  return { bytes: Buffer.concat([bytes, Buffer.from('behind')]), starts, ends };
};

const written = (write: (row: RawRow, lines: Lines) => void, ...rows: RawRow[]): string => {
  const lines = new Lines(4);
  for (const row of rows) write(row, lines);
  return lines.bytes.toString();
};

describe('a line of an export', () => {
  it('has stored values under the names of their fields, and none of a field that it does not know', () => {
    const { write } = jsonLines(type);
    const data = '{"10": "a \\"10\\": }, \\\\", "11": -5, "12": null, "98": ["]", {"x": "}"}], "99": "x"}';
    expect(written(write, rowOf('7', data, 'K-1'))).toBe(
      '{"external_id": "K-1", "name": "a \\"10\\": }, \\\\", "n": -5, "é": null}\n',
    );
    expect(written(write, rowOf('7', '{"99": 1, "11": 2}', null), rowOf('8', '{}', null))).toBe('{"n": 2}\n{}\n');
    expect(written(write, rowOf('7', '{"99": 1}', 'a "quoted"\u2028\n'))).toBe(
      '{"external_id": "a \\"quoted\\"\u2028\\n"}\n',
    );
  });

  it('has cells in CSV: text in quotes, other values without, nothing for null', () => {
    const { write } = csvLines(type, false);
    expect(written(write, rowOf('7', 'K "1"', '', '-5', null), rowOf('8', '\\N', '\\\\N', null, '\\n'))).toBe(
      '"K ""1""","",-5,\n"\\\\N","\\\\\\N",,"\\n"\n',
    );
  });

  it('has an apostrophe before what a spreadsheet would take for a formula', () => {
    const { write } = csvLines(type, true);
    expect(written(write, rowOf('7', '=1', "'\uFF1D", '-5', '\\N'))).toBe(`"'=1","''\uFF1D",-5,"\\\\N",\n`);
  });
});
