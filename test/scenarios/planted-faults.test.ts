// A set with a fault of each kind planted in it: whatever format it came in, the issue log says what is wrong with which value, and what to do.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCodes } from '../../src/model/runs.ts';
import { type FreshServer, freshServer } from '../fresh-server.ts';
import { amend, merged } from '../steps.ts';
import { served } from './served.ts';
import { guid, relatics as relaticsOf, type Send } from './vendor-clients.ts';

const nobody = '00000000-0000-4000-8000-000000000000';

type Row = Readonly<Record<string, string>>;
const good: Row = { external_id: 'G0', name: 'Good', serial: 'S-1' };
const faulty: readonly Row[] = [
  { external_id: 'G1', name: 'a', kind: 'opne' },
  { external_id: 'G2', name: 'a', short: 'too long by far' },
  { external_id: 'G3', name: 'a', plate: 'none' },
  { external_id: 'G4', name: 'a', serial: 'S-1' },
  { external_id: 'G5', name: 'a', weight: 'heavy' },
  { external_id: 'G6', name: 'a', ours: 'mine' },
  { external_id: 'G7', name: 'a', kinds: 'open' },
  { external_id: 'G8', name: 'a', contacts: nobody },
  { external_id: 'G9', kind: 'open' },
  { external_id: 'G10', name: 'first' },
  { external_id: 'G10', name: 'second' },
];

/** Of each fault: code, key, member, value, and what its remedy says. */
const expected = [
  ['value_not_an_option', 'G1', 'kind', 'opne', /^Did you mean open\? Send one of: open, shut;/],
  ['value_too_long', 'G2', 'short', 'too long by far', /^Shorten it to 5/],
  ['pattern_mismatch', 'G3', 'plate', 'none', /\[A-Z\]\{2\}/],
  ['key_taken', 'G4', 'serial', 'S-1', /change gauge \d+ first.*merge them/],
  ['invalid_value', 'G5', 'weight', 'heavy', /^Send a/],
  [
    'not_owned',
    'G6',
    'ours',
    'mine',
    /belongs to .*internal.*Leave it out.*transfer its ownership to interface:gauges/,
  ],
  ['unknown_member', 'G7', 'kinds', 'open', /^Did you mean kind \(Kind\)\?/],
  ['unknown_relation_target', 'G8', 'contacts', nobody, /^Send the target first/],
  ['required_missing', 'G9', 'name', null, /^Send a value for it/],
  ['duplicate_key', 'G10', null, null, /^Send each element once/],
] as const;

/** Told of what is new only, so in no other format before. */
const nearlyTwice = (format: string): readonly Row[] => [
  { external_id: `N-${format}`, name: 'a' },
  { external_id: `n-${format}`, name: 'a' },
];
const nearMiss = (format: string) =>
  ['near_miss', `n-${format}`, null, null, /merge the two records, or .*`key_rule: \[fold\]` of external_id/] as const;

let server: FreshServer;
let relatics: Send;
beforeAll(async () => {
  server = await freshServer();
  const principal = await server.hub.access.bearer('kw_demo_admin', 'native');
  if (principal === undefined) throw new Error('The demo has no administrator.');
  const owner = 'external' as const;
  await amend(server.hub, { principal, via: 'test', requestId: 'test' }, (current) =>
    merged(current, {
      types: {
        gauge: {
          owner,
          names: { relatics: 'Gauge' },
          extra: { relatics: { plural: 'Gauges' } },
          fields: {
            name: { type: 'text', required: true, owner },
            kind: { type: 'enum', options: [{ value: 'open' }, { value: 'shut' }], owner },
            short: { type: 'text', max_length: 5, owner },
            plate: { type: 'regexp', pattern: '[A-Z]{2}-\\d{3}', owner },
            serial: { type: 'text', unique: true, owner },
            weight: { type: 'decimal', owner },
            ours: { type: 'text' },
          },
        },
      },
      links: { 'gauge.contacts': { to: 'contact', inverse: 'gauges', label: 'contacts', owner } },
      interfaces: { gauges: { name: 'Gauges', type: 'gauge', guard: { deletes: null } } },
    }),
  );
  if (served('relatics')) relatics = await relaticsOf(server.url);
});
afterAll(() => server.close());

const columns = ['external_id', 'name', 'kind', 'short', 'plate', 'serial', 'weight', 'ours', 'kinds', 'contacts'];
const csvOf = (rows: readonly Row[]) =>
  [columns, ...rows.map((row) => columns.map((name) => row[name] ?? ''))].map((line) => `${line.join(',')}\n`).join('');

const xmlMember = ([name, value]: readonly [string, string]): string =>
  `<${name}>${name === 'contacts' ? `<Contact id="${value}"/>` : value}</${name}>`;
const xmlOf = (rows: readonly Row[]) =>
  `<elements><Gauges>${rows
    .map(
      ({ external_id: id, ...row }) =>
        `<Gauge externalid="${id}">${Object.entries(row).map(xmlMember).join('')}</Gauge>`,
    )
    .join('')}</Gauges></elements>`;

async function call(method: string, path: string, headers: Record<string, string>, body?: string) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: 'Bearer kw_demo_admin', ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return text;
}

const sendNatively = async (type: string, body: string) =>
  JSON.parse(await call('POST', '/v1/interfaces/gauges/runs', { 'content-type': type }, body));
const natively = async (type: string, body: string): Promise<string> => (await sendNatively(type, body)).id;

const asXml = async (body: string): Promise<string> => {
  const path = `/api/v1/workspaces/${guid}/interfaces/synchronizing/gauges`;
  const headers = { 'Content-Type': 'application/xml', Accept: 'application/json' };
  const { status, text } = await relatics('POST', path, body, headers);
  expect(status, text).toBe(200);
  return JSON.parse(text).syncId;
};

const senders: Record<string, (rows: readonly Row[]) => Promise<string>> = {
  JSON: (rows) => natively('application/json', JSON.stringify(rows)),
  NDJSON: (rows) => natively('application/x-ndjson', rows.map((row) => JSON.stringify(row)).join('\n')),
  CSV: (rows) => natively('text/csv', csvOf(rows)),
  ...(served('relatics') && { XML: (rows: readonly Row[]) => asXml(xmlOf(rows)) }),
};

const issues = async (run: string, query = '') => JSON.parse(await call('GET', `/v1/runs/${run}/issues${query}`, {}));

describe('a set with a fault of each kind', () => {
  it.each(Object.keys(senders))('in %s has an issue for each that says what to do', async (format) => {
    const run = (await senders[format]?.([good, ...faulty, ...nearlyTwice(format)])) ?? '';
    const { items } = await issues(run);
    expect(items).toEqual(
      [...expected, nearMiss(format)].map(([code, key, member, value, remedy]) =>
        expect.objectContaining({
          code,
          key,
          // What was not sent is named as its sender would call it.
          member: format === 'XML' && code === 'required_missing' ? 'Name' : member,
          value,
          remedy: expect.stringMatching(remedy),
        }),
      ),
    );
    for (const issue of items) {
      if (issue.code === 'near_miss') expect(issue.place).toBe(faulty.length + 2);
      else expect(issue.place).toBe(Number(issue.key.slice(1)) + (issue.key === 'G10' ? 1 : 0));
      expect(issue.sent_as).toBe(issue.value === null ? null : issue.member);
    }
    for (const issue of items) {
      const ref = `/v1/records/gauge/external_id:${issue.key}`;
      const { number } = issue.key === 'G9' ? { number: undefined } : JSON.parse(await call('GET', ref, {}));
      expect(issue.record?.number, `the record of ${issue.key}`).toBe(number);
    }
    const holder = JSON.parse(await call('GET', '/v1/records/gauge/external_id:G0', {}));
    expect(items[3].other).toMatchObject({ type: 'gauge', number: holder.number });
    const twin = JSON.parse(await call('GET', `/v1/records/gauge/external_id:N-${format}`, {}));
    expect(items.at(-1).other).toMatchObject({ type: 'gauge', number: twin.number });
    await sendNatively('application/json', '[]');
  });
});

describe('the issue log of a run', () => {
  it('is filtered, and paged with a cursor of its own filter', async () => {
    const run = (await senders.JSON?.([good, ...faulty])) ?? '';
    const codes = async (query: string) => (await issues(run, query)).items.map(({ code }: { code: string }) => code);
    expect(await codes('?severity=warning')).toEqual(['not_owned', 'unknown_member']);
    expect(await codes('?code=key_taken')).toEqual(['key_taken']);
    expect(await codes('?key=G5')).toEqual(['invalid_value']);
    expect(await codes('?member=contacts&severity=error')).toEqual(['unknown_relation_target']);
    expect(await codes('?key=G5&code=key_taken')).toEqual([]);

    const all: string[] = [];
    let pages = 0;
    for (let cursor: string | null = ''; cursor !== null; pages++) {
      const page = await issues(run, `?limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      all.push(...page.items.map(({ code }: { code: string }) => code));
      cursor = page.next;
    }
    expect(all).toEqual(expected.map(([code]) => code));
    expect(pages).toBe(4);
    const { next } = await issues(run, '?limit=1');
    const foreign = `/v1/runs/${run}/issues?severity=error&cursor=${encodeURIComponent(next)}`;
    const refused = await fetch(server.url + foreign, { headers: { authorization: 'Bearer kw_demo_admin' } });
    expect(refused.status).toBe(400);
  });

  it('streams all of it as NDJSON, by the run alone or with its interface', async () => {
    const run = (await senders.JSON?.([good, ...faulty])) ?? '';
    const { items } = await issues(run);
    for (const path of [`/v1/runs/${run}/issues`, `/v1/interfaces/gauges/runs/${run}/issues`]) {
      const text = await call('GET', path, { accept: 'application/x-ndjson' });
      expect(
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual(items);
    }
  });

  it('is a CSV file with a line for each element, which is mended and sent back as it is', async () => {
    const rows = [good, { external_id: 'G1', name: 'a', kind: 'opne', weight: 'heavy' }, ...faulty.slice(8, 9)];
    const run = (await senders.JSON?.(rows)) ?? '';
    const file = await call('GET', `/v1/runs/${run}/issues`, { accept: 'text/csv' });
    const [header = '', ...lines] = file.trimEnd().split('\n');
    expect(header).toBe('external_id,name,kind,weight,_severity,_code,_member,_message,_remedy');
    expect(lines.map((line) => line.split(',').slice(0, 7))).toEqual([
      ['G1', 'a', 'opne', 'heavy', 'error', 'value_not_an_option | invalid_value', 'kind | weight'],
      ['G9', '', 'open', '', 'error', 'required_missing', 'name'],
    ]);

    const mended = file.replace('G1,a,opne,heavy,', 'G1,mended,open,,').replace('G9,,open,', 'G9,mended,open,');
    const set = await sendNatively('text/csv', mended);
    expect(set).toMatchObject({
      state: 'applied',
      issues: 0,
      counts: { received: 2, created: 1, updated: 1, deleted: 1 },
    });
    const unmeant = 'external_id,name,kind\nG1,mended,open\nG9,mended,open\n';
    expect((await sendNatively('text/csv', unmeant)).counts).toMatchObject({ received: 2, unchanged: 2 });
  });

  it('is such a file for an import as well', async () => {
    const file =
      'external_id,name,_severity,_code,_member,_message,_remedy\nI-1,Mended,error,required_missing,name,m,r\n';
    const path = '/v1/records/contact/import?key=external_id';
    const { counts } = JSON.parse(await call('POST', path, { 'content-type': 'text/csv' }, file));
    expect(counts).toMatchObject({ received: 1, created: 1, rejected: 0 });
  });
});

it('docs/issues.md has a line for every code, and for nothing else', () => {
  const page = readFileSync(new URL('../../docs/issues.md', import.meta.url), 'utf8');
  const said = [...page.matchAll(/^\| `([a-z_]+)` +\|/gm)].map(([, code]) => code);
  expect(said.sort()).toEqual([...issueCodes].sort());
});
