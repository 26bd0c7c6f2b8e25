// What the import wizard reads of a CSV file, in whatever way a spreadsheet saved it; without a browser.
import { describe, expect, it } from 'vitest';
import { columnsIn, withColumns } from '../../console/src/csv/columns.ts';
import { likelySign, readAs, saidBy } from '../../console/src/csv/decimal-sign.ts';
import { formOf } from '../../console/src/csv/form.ts';
import { setFormOf } from '../../console/src/pages/interfaces/set-form.ts';
import { countRows } from '../../console/src/pages/records/import/count-rows.ts';

const utf16 = (text: string, bigEndian = false): Buffer => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

/** In small pieces, as a large file comes. */
function fileOf(bytes: Buffer | string, pieceBytes = 3): Blob {
  const blob = new Blob([bytes]);
  const slow = (): ReadableStream<Uint8Array> => {
    const whole = Buffer.from(bytes);
    let at = 0;
    return new ReadableStream({
      pull(out) {
        if (at >= whole.length) return out.close();
        out.enqueue(new Uint8Array(whole.subarray(at, at + pieceBytes)));
        at += pieceBytes;
      },
    });
  };
  return Object.assign(blob, { stream: slow });
}

async function read(bytes: Buffer | string) {
  const file = fileOf(bytes);
  const form = await formOf(file);
  const columns = await columnsIn(file, form);
  return { file, form, columns };
}

async function renamed(bytes: Buffer | string, names: (string | undefined)[]): Promise<string> {
  const { file, form } = await read(bytes);
  return (await withColumns(file, form, names)).content.text();
}

describe('a CSV file from a spreadsheet', () => {
  it.each([
    ['commas', 'id,name\r\n1,"a, ""b"""\r\n', ','],
    ['semicolons', 'id;name\r\n1;"a, ""b"""\r\n', ';'],
    ['tabs', 'id\tname\n1\t"a, ""b"""', '\t'],
    ['bars', 'id|name\n1|"a, ""b"""\n', '|'],
    ['what its first line says', 'sep=;\r\nid;name\r\n1;"a, ""b"""\r\n', ';'],
  ])('may be parted by %s', async (_how, text, delimiter) => {
    const { form, columns } = await read(text);
    expect(form.delimiter).toBe(delimiter);
    expect(columns).toMatchObject([
      { name: 'id', example: '1' },
      { name: 'name', example: 'a, "b"' },
    ]);
    expect(await renamed(text, ['external_id', 'name'])).toBe('external_id,name\n1,"a, ""b"""\n');
  });

  it.each([
    ['UTF-8', Buffer.from('id;näme €\n1;ü\n'), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from('\uFEFFid;näme €\n1;ü\n'), 'utf-8'],
    ['UTF-16', utf16('id;näme €\n1;ü\n'), 'utf-16le'],
    ['UTF-16, the other way round', utf16('id;näme €\n1;ü\n', true), 'utf-16be'],
    ['Windows-1252', Buffer.from('id;n\xe4me \x80\n1;\xfc\n', 'latin1'), 'windows-1252'],
  ])('may be in %s', async (_how, bytes, encoding) => {
    const { form, columns } = await read(bytes);
    expect(form.encoding).toBe(encoding);
    expect(columns.map(({ name }) => name)).toEqual(['id', 'näme €']);
    expect(await renamed(bytes, ['external_id', 'name'])).toBe('external_id,name\n1,ü\n');
  });

  it('is quoted where its values have commas, and keeps its quotes and line breaks', async () => {
    const text = 'id;a;b\n1;x, y;"two\r\nlines; ""q"""\n2;5" pipe;\n3;"";z\n';
    expect(await renamed(text, ['id', 'a', 'b'])).toBe(
      'id,a,b\n1,"x, y","two\r\nlines; ""q"""\n2,"5"" pipe",\n3,"",z\n',
    );
  });

  it('loses the columns that are left out, and no cell that no column has', async () => {
    expect(await renamed('a;b;c\n1;2;3\n4;5;6;7\n8\n', ['x', undefined, 'y'])).toBe('x,y\n1,3\n4,6,7\n8\n');
  });

  it('says nothing of an empty one, and looks beyond rows without a value for an example', async () => {
    expect((await read('')).columns).toEqual([]);
    expect((await read('a,b\n,\n,2\n')).columns).toMatchObject([
      { name: 'a', example: '' },
      { name: 'b', example: '2' },
    ]);
  });

  it('fails when it goes on in other letters than it began with', async () => {
    const bytes = Buffer.concat([Buffer.from(`id,name\n${'1,ü\n'.repeat(60_000)}`), Buffer.from('2,\xfc\n', 'latin1')]);
    const file = new Blob([bytes]);
    const form = await formOf(file);
    expect(form.encoding).toBe('utf-8');
    await expect(withColumns(file, form, ['id', 'name'])).rejects.toThrow('Save it as UTF-8');
  });
});

describe('the decimal sign of a file', () => {
  it.each([
    ['comma', ['1,5']],
    ['comma', ['1.234', '1.234,5']],
    ['comma', ['1.234.567']],
    ['comma', ['0,125', '1.234']],
    ['point', ['1.5', '12.345']],
    ['point', ['1,234.5']],
    ['point', ['0.125']],
    ['point', ['1234.567']],
    ['either', ['1.234', '-999.999']],
    ['either', ['1,234']],
    ['both', ['1,5', '1.5']],
    ['nothing', []],
  ] as const)('is told as %s by %j', (said, numbers) => {
    expect(saidBy(numbers)).toBe(said);
  });

  it('is left to somebody to say where it may be either, but for points beside commas between columns', () => {
    expect(likelySign(['1.234'], ';')).toBeUndefined();
    expect(likelySign(['1,234'], ',')).toBeUndefined();
    expect(likelySign(['1.234'], ',')).toBe('point');
    expect(likelySign(['1.5', '1,5'], ',')).toBeUndefined();
    expect(likelySign([], ';')).toBe('point');
  });

  it('is read as the server reads it', () => {
    expect(['1.234,5', '1.234', '-2,5', '12.5', '1,2,3'].map((text) => readAs(text, 'comma'))).toEqual([
      '1234.5',
      '1234',
      '-2.5',
      undefined,
      undefined,
    ]);
    expect(['1.234', '1,5', '1e3'].map((text) => readAs(text, 'point'))).toEqual(['1.234', undefined, '1e3']);
  });

  it('is looked for in all rows of a column, not in the first alone', async () => {
    const { columns } = await read(`id;a\n${'1;2\n'.repeat(1_000)}1;"3,5"\n`);
    expect(columns[1]).toEqual({ name: 'a', example: '2', numbers: ['3,5'] });
  });
});

describe('the rows of a file', () => {
  it('of CSV are counted as it is written', async () => {
    const { file, form } = await read('a,b\n1,"two\nlines"\n2,\n3');
    expect((await withColumns(file, form, ['a', 'b'])).rows).toBe(3);
  });

  it.each([
    [3, false, '{"a":1}\n\n  {"a":2}\n \n{"a":3}'],
    [0, true, ' [ ] '],
    [4, true, '[1, [2, 3], {"a": ["],[", "\\"["], "b": {}}, "x, y"]'],
    [2, true, '\n[\n{"a": 1}\n,\n{"a": 2}\n]\n'],
  ] as const)('are %i where an array is %s', async (rows, isArray, text) => {
    expect(await countRows(fileOf(text), isArray)).toBe(rows);
  });
});

describe('the form of a set', () => {
  it.each([
    ['{"Elements": [', 'json', 'relatics'],
    ['\uFEFF { "Due_x0020_dates" :[]}', 'json', 'relatics'],
    ['[{"external_id": "E-1"}]', 'json', undefined],
    ['{"external_id": "E-1"}', 'json', undefined],
    ['<?xml version="1.0"?>\n<!-- of today --><elements><Elements>', 'xml', 'relatics'],
    ['<rows><row>', 'xml', undefined],
  ] as const)('is told by its beginning: %s', (text, format, form) => {
    expect(setFormOf(text, format)).toBe(form);
  });
});
