// CSV that people open in a spreadsheet: no cell of it is a formula, and sent back it is what it was.
import { describe, expect, it } from 'vitest';
import { amend, merged } from '../../../../test/steps.ts';
import { adminOf, demoServer, type Json } from '../test-client.ts';

/** By what a spreadsheet takes text for a formula, now or once it has cut off what is before it. */
const formulas = [
  '=1+1',
  '+31 20 123',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '\uFF1D1',
  "'=quoted",
  "''=twice",
  '=HYPERLINK("http://x","y")',
];
const harmless = ["'apostrophe", 'a=b', '\\N', '\\\\N', '', ' =blank before', 'plain, "quoted"'];

describe('CSV for a spreadsheet', async () => {
  const { call, hub } = await demoServer();
  await amend(hub, await adminOf(hub), (current) =>
    merged(current, {
      types: {
        gauge: {
          owner: 'external',
          fields: {
            note: { type: 'textarea', owner: 'external' },
            reading: { type: 'decimal', scale: 2, owner: 'external' },
            tags: { type: 'multi_enum', options: [{ value: '=red' }, { value: 'blue' }], owner: 'external' },
          },
        },
      },
      interfaces: { gauges: { name: 'Gauges', type: 'gauge' } },
    }),
  );
  const csv = { accept: 'text/csv' };
  const sendCsv = (path: string, body: string) => call('POST', path, { body, headers: { 'content-type': 'text/csv' } });
  const texts = [...formulas, ...harmless];
  const rows = texts.map((note, index) => ({ external_id: `=G${index}`, note, reading: -5, tags: ['=red', 'blue'] }));
  await call('POST', '/v1/interfaces/gauges/runs', { body: rows });
  const notes = async (): Promise<unknown[]> =>
    (await call('GET', '/v1/records/gauge?limit=100')).body.items.map(({ fields }: Json) => fields.note);
  /** The cells of a file, header and all, as a spreadsheet has them. */
  const cellsOf = (text: string): string[] =>
    [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(?:,|\n)/g)].map(([, quoted, plain]) =>
      quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
    );
  const isFormula = (cell: string): boolean =>
    /^[=+@\t\r\n\uFF1D\uFF0B\uFF20\uFF0D-]/.test(cell) && !/^-?\d/.test(cell);

  it('exports records: text that would be a formula has an apostrophe before it, and numbers are as they are', async () => {
    const { body } = await call('GET', '/v1/records/gauge?format=csv&spreadsheet=true');
    expect(body.split('\n')[0]).toMatch(/^external_id,.*,_spreadsheet$/);
    expect(cellsOf(body).filter(isFormula)).toEqual([]);
    expect(cellsOf(body)).toEqual(
      expect.arrayContaining(["'=G0", "'=1+1", "''=quoted", "'apostrophe", '-5', "'=red;blue"]),
    );
    const plain = (await call('GET', '/v1/records/gauge?format=csv')).body;
    expect(cellsOf(plain)).toEqual(expect.arrayContaining(['=G0', '=1+1', "'=quoted", '=red;blue']));
    expect(plain).not.toContain('_spreadsheet');
    const lines = (await call('GET', '/v1/records/gauge?format=ndjson&spreadsheet=true')).body;
    expect(JSON.parse(lines.split('\n')[0])).toMatchObject({ external_id: '=G0', note: '=1+1' });
  });

  it('and takes the apostrophes away again when the file is sent back, as an import or a set', async () => {
    const before = await notes();
    expect(before).toEqual(texts);
    const { body } = await call('GET', '/v1/records/gauge?format=csv&spreadsheet=true');
    const set = await sendCsv('/v1/interfaces/gauges/runs', body);
    expect(set.body).toMatchObject({ state: 'applied', counts: { received: rows.length, unchanged: rows.length } });
    const imported = await sendCsv('/v1/records/gauge/import?mode=update&force=true', body);
    expect(imported.body.counts).toMatchObject({ received: rows.length, unchanged: rows.length });
    expect(await notes()).toEqual(before);
    // A file that does not say so is taken as it is.
    const cells = await sendCsv('/v1/records/gauge/import?force=true', "external_id,note\n=G0,'=1+1\n");
    expect(cells.body.counts.updated).toBe(1);
    expect((await notes())[0]).toBe("'=1+1");
    await sendCsv('/v1/records/gauge/import?force=true', 'external_id,note\n=G0,=1+1\n');
  });

  it('lists the issues of a run so, header and messages too, and takes the mended file', async () => {
    const run = (
      await call('POST', '/v1/interfaces/gauges/runs', {
        body: [...rows, { external_id: '=new', note: '=1', reading: '=2', '=member': '@x' }],
      })
    ).body;
    const path = `/v1/runs/${run.id}/issues`;
    const { body } = await call('GET', `${path}?spreadsheet=true`, { headers: csv });
    expect(cellsOf(body).filter(isFormula)).toEqual([]);
    expect(body.split('\n')[0]).toMatch(/'=member.*,_spreadsheet$/);
    expect(cellsOf((await call('GET', path, { headers: csv })).body)).toEqual(
      expect.arrayContaining(['=new', '=member']),
    );
    const replayed = await sendCsv(`/v1/runs/${run.id}/replay`, body.replace("'=2", '2'));
    expect(replayed.body.counts).toMatchObject({ received: 1, updated: 1 });
    expect((await call('GET', '/v1/records/gauge/external_id:=new')).body.fields).toMatchObject({
      note: '=1',
      reading: 2,
    });
  });

  it('lists the rejected rows of an import so, and takes them back', async () => {
    const sent = [{ external_id: '=R', note: '+1', reading: 'x', '-odd': '@y' }];
    const { body } = await call('POST', '/v1/records/gauge/import?force=true', { body: sent });
    const path = `/v1/imports/${body.import}/rejected`;
    const file = (await call('GET', `${path}?spreadsheet=true`, { headers: csv })).body;
    expect(cellsOf(file).filter(isFormula)).toEqual([]);
    expect(file.split('\n')[0]).toBe("external_id,note,reading,'-odd,_message,_spreadsheet");
    expect(file).toMatch(/^'=R,'\+1,x,'@y,/m);
    const again = await sendCsv('/v1/records/gauge/import', file);
    expect(again.body.rejected[0]).toMatchObject({ key: '=R' });
  });

  it('exports links with the same column', async () => {
    const { body } = await call('GET', '/v1/links/policy.contacts?format=csv&spreadsheet=true');
    const [header, first] = body.split('\n');
    expect([header, first.endsWith(',')]).toEqual(['left,right,role,_spreadsheet', true]);
    const again = await sendCsv('/v1/links/policy.contacts/import', body);
    expect(again.body.counts.received).toBe(again.body.counts.unchanged);
  });
});
