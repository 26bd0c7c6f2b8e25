/** The Sync issues log: one row for each thing that a set could not do, as the native API shows it under the `syncId` of the answer. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { issueCodes } from '../../model/runs.ts';
import type { RecordTypeDocument } from '../../model/schema.ts';
import { type Answer, InterfaceClient, send, synchronizing } from './test-client.ts';
import { changeSchema } from './test-schema.ts';

const person: RecordTypeDocument = {
  label: 'Person',
  plural: 'Persons',
  owner: 'external',
  fields: {
    first_name: { type: 'text', required: true, max_length: 20, owner: 'external' },
    date_of_birth: { type: 'date', owner: 'external' },
    hourly_rate: { type: 'decimal', owner: 'external' },
    grade: { type: 'enum', options: [{ value: 'junior' }, { value: 'senior' }], owner: 'external' },
    badge: { type: 'text' },
    works_for: { type: 'lookup', to: 'contact', inverse: 'workers', owner: 'external' },
  },
};

let server: FreshServer;
let client: InterfaceClient;
let [ada, tom] = ['', ''];
beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
  await changeSchema(server.hub, client.caller, (current) => ({
    ...current,
    types: { ...current.types, person },
    interfaces: { ...current.interfaces, persons: { name: 'Persons', type: 'person' } },
  }));
  ada = await client.idOf('contact', 2001);
  tom = await client.idOf('contact', 106);
});
afterAll(() => server.close());

const path = synchronizing.replace('myendpoint', 'persons');
const mila = { '@externalid': 'HR-1', First_x0020_name: 'Mila', Date_x0020_of_x0020_birth: '1991-03-07' };
const issuesOfRun = async (answer: Answer) => {
  expect(answer.status, answer.text).toBe(200);
  const { syncId } = JSON.parse(answer.text);
  const log = await send(`${server.url}/v1/interfaces/persons/runs/${syncId}/issues`, {
    headers: { authorization: 'Bearer kw_demo_admin' },
  });
  return JSON.parse(log.text).items;
};
const sync = async (...persons: object[]) =>
  issuesOfRun(await client.post(JSON.stringify({ Persons: persons }), {}, path));
const storedPerson = async () => {
  const found = await server.hub.find(client.caller, 'person', { by: 'key', field: 'external_id', value: 'HR-1' });
  if (found.kind !== 'found') return found.kind;
  const { first_name, date_of_birth, hourly_rate, grade, badge } = found.record.fields;
  return { first_name, date_of_birth, hourly_rate, grade, badge };
};

describe('the log has a row for', () => {
  type Row = readonly [kind: string, severity: string, code: string, member: string, value: string];
  it.each<readonly [...Row, sent: object]>([
    ['UnknownMember', 'warning', 'unknown_member', 'Shoe size', '42', { Shoe_x0020_size: 42 }],
    ['NotExternallyOwned', 'warning', 'not_owned', 'Badge', '9', { Badge: '9' }],
    [
      'InvalidValue, a date',
      'error',
      'invalid_value',
      'Date of birth',
      '07-03-1991',
      { Date_x0020_of_x0020_birth: '07-03-1991' },
    ],
    ['InvalidValue, a number', 'error', 'invalid_value', 'Hourly rate', '81,5', { Hourly_x0020_rate: '81,5' }],
    ['InvalidValue, an option', 'error', 'value_not_an_option', 'Grade', 'expert', { Grade: 'expert' }],
    [
      'InvalidValue, a length',
      'error',
      'value_too_long',
      'First name',
      `${'M'.repeat(199)}…`,
      { First_x0020_name: 'M'.repeat(300) },
    ],
    ['RequiredMissing', 'error', 'required_missing', 'First name', 'null', { First_x0020_name: null }],
  ])('%s', async (_kind, severity, code, member, value, sent) => {
    await sync(mila);
    const before = await storedPerson();
    expect(await sync({ ...mila, ...sent })).toEqual([
      expect.objectContaining({
        ...{ severity, code, key: 'HR-1', path: expect.stringMatching(/^Persons\[0\]/), member, value },
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        record: expect.objectContaining({ type: 'person', id: expect.any(String) }),
        message: expect.stringMatching(/\S/),
        remedy: expect.stringMatching(/\S/),
      }),
    ]);
    expect(await storedPerson()).toEqual(before);
  });

  it.each([
    ['UnknownRelationTarget', 'unknown_relation_target', () => [{ '@id': '6f1c1c3e-6a3c-4a61-9a2b-0d7b1f2f9c11' }]],
    ['CardinalityExceeded', 'cardinality_exceeded', () => [{ '@id': ada }, { '@id': tom }]],
  ])('%s', async (_kind, code, targets) => {
    await sync({ ...mila, Works_x0020_for: [{ '@id': ada }] });
    const rows = await sync({ ...mila, Works_x0020_for: targets() });
    expect(rows).toMatchObject([{ severity: 'error', code, key: 'HR-1', member: 'Works for' }]);
    const unchanged = await client.post(
      JSON.stringify({ Persons: [{ ...mila, Works_x0020_for: [{ '@id': ada }] }] }),
      {},
      path,
    );
    expect(JSON.parse(unchanged.text)).toMatchObject({ unchanged: 1, issues: 0 });
  });

  it('DuplicateExternalId, and for an element that is not created without what is required', async () => {
    const rows = await sync(mila, { ...mila, First_x0020_name: 'Other' }, { '@externalid': 'HR-2' });
    expect(rows).toMatchObject([
      { severity: 'error', code: 'duplicate_key', key: 'HR-1', place: 1 },
      { severity: 'error', code: 'required_missing', key: 'HR-2', place: 2, member: 'First name', record: null },
    ]);
    expect(await storedPerson()).toMatchObject({ first_name: 'Mila' });
  });

  it('each thing once, of XML as of JSON', async () => {
    const xml = `<elements><Persons><Person externalid="HR-1"><First_x0020_name>Mila</First_x0020_name><Badge>9</Badge><Shoe_x0020_size>42</Shoe_x0020_size></Person></Persons></elements>`;
    const rows = await issuesOfRun(await client.post(xml, { 'content-type': 'application/xml' }, path));
    expect(rows).toMatchObject([
      { code: 'unknown_member', member: 'Shoe size', sent_as: 'Shoe_x0020_size', value: '42' },
      { code: 'not_owned', member: 'Badge', value: '9' },
    ]);
  });
});

it('is kept for every run of the interface, the newest first', async () => {
  for (let run = 0; run < 11; run++) await sync({ ...mila, Badge: `${run}` });
  const headers = { authorization: 'Bearer kw_demo_admin' };
  const listed = await send(`${server.url}/v1/interfaces/persons/runs?limit=11`, { headers });
  const badges: string[] = [];
  for (const { id } of JSON.parse(listed.text).items) {
    const log = await send(`${server.url}/v1/interfaces/persons/runs/${id}/issues`, { headers });
    badges.push(...JSON.parse(log.text).items.map((issue: { value: string }) => issue.value));
  }
  expect(badges).toEqual(['10', '9', '8', '7', '6', '5', '4', '3', '2', '1', '0']);
});

it('has for each of its codes the vendor’s kind in the README', () => {
  const table = readFileSync(new URL('README.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^\| *(`\w+`|none) +\| `/.test(line))
    .join('\n');
  expect(issueCodes.filter((code) => !table.includes(`\`${code}\``))).toEqual([]);
});
