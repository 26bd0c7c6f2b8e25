/** While the database cannot be reached nothing is acknowledged, each vendor's client is told to wait, and the end of it needs no restart. */
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { contactDoors, doorNames } from './doors.ts';
import { allServed } from './served.ts';
import { clientOf, guid, type Json, signIn } from './vendor-clients.ts';
import { formatsOf, hasStack, type VendorName } from './vendor-errors.ts';

const server = await freshServer();
afterAll(() => server.close());
const clients = await signIn(server.url);
const anyone = clientOf(server.url);

const database = new URL(server.databaseUrl).pathname.slice(1);
const elsewhere = new URL(server.databaseUrl);
elsewhere.pathname = '/postgres';

/** As a restart or a fail-over has it: no connection is kept, and none is let in. */
async function outage(begins: boolean): Promise<void> {
  const client = new pg.Client({ connectionString: elsewhere.href });
  await client.connect();
  await client.query(`alter database ${database} with allow_connections ${!begins}`);
  if (begins)
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database]);
  await client.end();
}

const pair = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'Contact', ChildRecordID: 106 };
const writes: Record<VendorName, readonly [method: string, path: string, body: Json]> = {
  native: ['PATCH', '/v1/records/contact/external_id:native', { fields: { name: 'Mila' } }],
  sugarcrm: ['PATCH', '/rest/v11_10/integrate/Contacts/external_id/sugarcrm', { name: 'Mila' }],
  origami: ['POST', '/api/Link/Upsert', pair],
  netsuite: ['PUT', '/services/rest/record/v1/contact/eid:netsuite', { name: 'Mila' }],
  zendesk: [
    'PATCH',
    '/api/v2/custom_objects/contact/records?external_id=zendesk',
    { custom_object_record: { name: 'Mila' } },
  ],
  relatics: [
    'POST',
    `/api/v1/workspaces/${guid}/interfaces/synchronizing/myendpoint`,
    { Elements: [{ '@externalid': 'E' }] },
  ],
};
const vendors = Object.entries(writes) as [VendorName, (typeof writes)[VendorName]][];

const written = async (): Promise<Json> => ({
  contacts: (await clients.native('GET', '/v1/records/contact?sort=number')).body.items.map(
    (one: Json) => one.fields.external_id,
  ),
  elements: (await clients.native('GET', '/v1/records/element')).body.items.length,
  links: (await clients.native('GET', '/v1/records/claim/5001/links')).body.items.length,
});

it.runIf(allServed)(
  'answers 503 in every vendor’s format, acknowledges nothing, and goes on by itself when the database is back',
  async () => {
    const before = await written();
    await outage(true);
    for (const [name, [method, path, body]] of vendors) {
      const answer = await clients[name](method, path, body);
      expect([answer.status, ...formatsOf(answer)], answer.text).toEqual([503, name]);
      expect(Number(answer.headers['retry-after']), name).toBeGreaterThan(0);
      expect(hasStack(answer)).toBe(false);
    }
    expect((await anyone('GET', '/health/live')).status).toBe(200);
    expect((await anyone('GET', '/health/ready')).status).toBe(503);

    await outage(false);
    await expect.poll(async () => (await anyone('GET', '/health/ready')).status).toBe(200);
    expect(await written()).toEqual(before);
    for (const [name, [method, path, body]] of vendors) {
      expect((await clients[name](method, path, body)).status, name).toBeLessThan(300);
    }
    expect(await written()).toEqual({
      contacts: [...before.contacts, 'native', 'sugarcrm', 'netsuite', 'zendesk'],
      elements: 1,
      links: 1,
    });
  },
);

it('answers what was acknowledged before connections were cut, and each cut write is made once when it is sent again', async () => {
  const contacts = contactDoors(clients);
  const client = new pg.Client({ connectionString: elsewhere.href });
  await client.connect();
  const cut = () =>
    client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database]);
  const keys = Array.from({ length: 60 }, (_, index) => `cut-${index}`);
  const acknowledged = new Set<string>();
  const writing = keys.map(async (key, index) => {
    const door = contacts[doorNames[index % doorNames.length] ?? 'native'];
    await door.upsert(key, { name: key }).then(
      () => acknowledged.add(key),
      (error: Error) => expect(error.message).toMatch(/^503 /),
    );
  });
  await cut();
  await Promise.all(writing);
  await client.end();
  const stored = new Set((await written()).contacts);
  for (const key of acknowledged) expect(stored).toContain(key);
  for (const key of keys) {
    await expect
      .poll(() =>
        contacts.native.upsert(key, { name: key }).then(
          () => 'written',
          () => 'refused',
        ),
      )
      .toBe('written');
    const { body } = await clients.native('GET', `/v1/records/contact/external_id:${key}/history`);
    expect(body.items.map(({ kind }: Json) => kind)).toEqual(['created']);
  }
});
