// The issues of a run as a file that a person mends in a spreadsheet and sends back.
import { describe, expect, it } from 'vitest';
import { amend, merged, query } from '../../../../test/steps.ts';
import type { IssueView } from '../../../model/runs.ts';
import { adminOf, demoServer, type Json } from '../test-client.ts';
import { issueCsv } from './issue-csv.ts';

const runsUrl = '/v1/interfaces/myendpoint/runs';
const said = '_severity,_code,_member,_message,_remedy';

describe('the file of a run’s issues', async () => {
  const { call, hub, databaseUrl } = await demoServer();
  const send = async (body: unknown, headers: Record<string, string> = {}): Promise<Json> =>
    (await call('POST', runsUrl, { body, headers })).body;
  /** Its lines, without what is wrong: that is read by people. */
  const file = async (run: Json, filter = ''): Promise<string[]> => {
    const answer = await call('GET', `/v1/runs/${run.id}/issues${filter}`, { headers: { accept: 'text/csv' } });
    expect(answer.status).toBe(200);
    return answer.body
      .trimEnd()
      .split('\n')
      .map((line: string) => line.replace(/,(error|warning),[a-z_]+.*$/, ' !'));
  };

  it('has the columns that were sent, of the elements that have an issue', async () => {
    const run = await send([
      { external_id: 'F-1', name: 'Fine' },
      { external_id: 'F-2', name: 'One, "two"', length: 'long', contacts: [] },
      { external_id: 'F-3', name: null, nmae: { odd: ['one', 2] }, length: 3 },
      { external_id: 'F-4', name: '\\N', length: '=1+1' },
    ]);
    expect(await file(run)).toEqual([
      `external_id,name,length,contacts,nmae,${said}`,
      'F-2,"One, ""two""",long,[], !',
      'F-3,\\N,3,,"{""odd"":[""one"",2]}" !',
      'F-4,\\\\N,=1+1,, !',
    ]);
    expect(await file(run, '?key=F-3')).toEqual([
      `external_id,name,nmae,length,${said}`,
      'F-3,\\N,"{""odd"":[""one"",2]}",3 !',
    ]);
  });

  it('says the same of the other members when it is sent back as it is', async () => {
    const run = await send([
      { external_id: 'B-1', name: 'Kept', length: 'long', contacts: ['2001'] },
      { external_id: 'B-2', name: null, length: 'long' },
    ]);
    const { body } = await call('GET', `/v1/runs/${run.id}/issues`, { headers: { accept: 'text/csv' } });
    const again = await send(body.replaceAll('long', '7'), { 'content-type': 'text/csv' });
    expect(again).toMatchObject({ counts: { received: 2, updated: 2 }, issues: 0 });
    const { fields } = (await call('GET', '/v1/records/element/external_id:B-1')).body;
    expect(fields).toMatchObject({ name: 'Kept', length: 7 });
    const links = (await call('GET', '/v1/records/element/external_id:B-1/links/contacts')).body;
    expect(links.items).toHaveLength(1);
  });

  it('has the key alone of an element that is not kept', async () => {
    const run = await send([{ external_id: 'G-1', name: 'Gone', length: 'long' }]);
    await query(databaseUrl, 'delete from run_element where true returning 1', []);
    expect(await file(run)).toEqual([`external_id,${said}`, 'G-1 !']);
  });

  it('leaves out what is wrong where the record type has a field of that name', async () => {
    const more = { types: { part: { owner: 'external', fields: { _code: { type: 'integer', owner: 'external' } } } } };
    const interfaces = { parts: { name: 'Parts', type: 'part' } };
    await amend(hub, await adminOf(hub), (current) => merged(current, { ...more, interfaces } as never));
    const { body: run } = await call('POST', '/v1/interfaces/parts/runs', { body: [{ external_id: 'P', _code: 'x' }] });
    expect(await file(run)).toEqual([`external_id,_code,${said.replace('_code,', '')}`, 'P,x !']);
  });

  it('has each of many elements once, however many issues it has', async () => {
    const rows = Array.from({ length: 700 }, (_, index) => ({ external_id: `M-${index}`, length: 'x', width: index }));
    const lines = await file(await send(rows));
    expect(lines[0]).toBe(`external_id,length,width,${said}`);
    expect(lines.slice(1)).toEqual(rows.map(({ external_id, width }) => `${external_id},x,${width} !`));
  });
});

it('the file of a run’s issues is written as its elements are read: no more of them are held at once', async () => {
  const issue = (place: number): IssueView => ({ place, path: `[${place}]`, key: `K-${place}` }) as IssueView;
  const read: string[] = [];
  const text = issueCsv({
    key: 'id',
    isField: () => false,
    pages: async function* () {
      yield [0, 1, 3, 3, 4, 7].map(issue);
      yield [7, 9].map(issue);
    },
    rows: async function* (places) {
      read.push(places.join());
      yield new Map(places.filter((place) => place < 3).map((place) => [place, { id: `K-${place}`, name: 'A' }]));
      yield new Map();
      yield new Map(places.filter((place) => place === 4).map((place) => [place, { id: 'K-4', name: 'B' }]));
    },
    spreadsheet: false,
  });
  const keys: (string[] | null)[] = [];
  for await (const piece of text) keys.push(piece.match(/K-\d(,\w)?/g));
  expect(keys).toEqual([
    null,
    ['K-0,A', 'K-1,A'],
    ['K-3', 'K-4,B'], // the first of them is not kept
    ['K-7'],
    ['K-9'],
  ]);
  expect(read).toEqual(['0,1,3,4', '7', '9', '0,1,3,4', '7', '9']);
});
