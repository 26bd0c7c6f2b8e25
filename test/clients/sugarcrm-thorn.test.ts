// SugarCRM's own client for tests of its REST API, unmodified, drives a server in a process of its own.
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import type { ThornModel, ThornResponse } from '@sugarcrm/thorn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../fresh-database.ts';
import { testSecretKey } from '../fresh-hub.ts';
import { type ServingKeyway, serveKeyway } from '../keyway-process.ts';
import { query } from '../steps.ts';

let server: ServingKeyway;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let thorn: typeof import('@sugarcrm/thorn');

beforeAll(async () => {
  database = await freshDatabase();
  server = await serveKeyway(['--demo'], { DATABASE_URL: database.url, KEYWAY_SECRET_KEY: testSecretKey });
  // It is at home in mocha, to which the client that it builds on adds a check of its own tests.
  Object.assign(globalThis, { afterEach: () => {} });
  // It reads these when it is loaded.
  Object.assign(process.env, {
    THORN_SERVER_URL: server.url,
    THORN_ADMIN_USERNAME: 'admin',
    THORN_ADMIN_PASSWORD: 'keyway-demo',
  });
  thorn = createRequire(import.meta.url)('@sugarcrm/thorn') as typeof thorn;
});
afterAll(async () => {
  await server?.stop();
  await database?.drop();
});

const admin = () => thorn.Agent.as(thorn.Agent.ADMIN).on('v11_10');
const bodyOf = ({ response }: ThornResponse) => response.body;
const statusOf = ({ response }: ThornResponse) => response.statusCode;
/** It throws the response of whatever is not answered with 200. */
const refusalOf = (call: Promise<ThornResponse>): Promise<ThornResponse> =>
  call.then(
    () => Promise.reject(new Error('this was to be refused')),
    (response: ThornResponse) => response,
  );

const contact: ThornModel = { module: 'Contacts', attributes: { first_name: 'Mila', last_name: 'Jansen' } };
const account: ThornModel = { module: 'Accounts', attributes: { name: 'Mill' }, links: { contacts: [contact] } };

describe('thorn fixtures', () => {
  it('are created and linked, with required fields made up by the metadata', async () => {
    const created = await thorn.Fixtures.create([account, contact, { module: 'BuildingComponents' }]);
    expect(created).toMatchObject({
      Accounts: [{ name: 'Mill', _module: 'Accounts' }],
      Contacts: [{ last_name: 'Jansen', name: 'Mila Jansen' }],
      BuildingComponents: [{ name: expect.stringMatching(/\w/) }],
    });
    const linked = await admin().get(`Accounts/${created.Accounts?.[0]?.id}/link/contacts`);
    expect(bodyOf(linked)).toMatchObject({ records: [{ id: created.Contacts?.[0]?.id }], next_offset: -1 });
  });

  it('are created in one module that is named once, and looked up', async () => {
    await thorn.Fixtures.create([{ attributes: { name: 'A' } }, { attributes: { name: 'B' } }], { module: 'Policies' });
    expect(thorn.Fixtures.lookup('Policies', { name: 'B' })).toMatchObject({ name: 'B', _module: 'Policies' });
  });

  it('are linked later, too', async () => {
    const { Opportunities: [deal] = [] } = await thorn.Fixtures.create({ module: 'Opportunities' });
    const mila = thorn.Fixtures.lookup('Contacts', { first_name: 'Mila' });
    if (deal === undefined || mila === undefined) throw new Error('both were created');
    expect(await thorn.Fixtures.link(deal, 'contacts', mila)).toMatchObject({
      record: { id: deal.id },
      related_records: [{ id: mila.id }],
    });
  });
});

describe('thorn agents', () => {
  it('create, read, change, find and delete records', async () => {
    const made = bodyOf(await admin().post('Accounts', { name: 'Agent made', employees: 7 }));
    expect(made).toMatchObject({ name: 'Agent made', employees: 7, _module: 'Accounts' });
    const path = `Accounts/${made.id}`;
    expect(bodyOf(await admin().put(path, { industry: 'Steel' }))).toMatchObject({ industry: 'Steel', employees: 7 });
    expect(bodyOf(await admin().get(path, { qs: { fields: 'industry' } }))).toEqual({
      id: made.id,
      industry: 'Steel',
      date_modified: expect.any(String),
      _acl: { fields: {} },
      _module: 'Accounts',
    });
    const filter = [{ name: { $starts: 'agent' } }];
    expect(bodyOf(await admin().post('Accounts/filter', { filter }))).toMatchObject({ records: [{ id: made.id }] });
    const found = await admin().get('Accounts', { qs: { filter, order_by: 'name:DESC', max_num: 5 } });
    expect(bodyOf(found)).toMatchObject({ records: [{ id: made.id }], next_offset: -1 });
    expect(bodyOf(await admin().delete(path))).toEqual({ id: made.id });
    const gone = await refusalOf(admin().get(path));
    expect([statusOf(gone), bodyOf(gone)]).toEqual([
      404,
      { error: 'not_found', error_message: `Could not find record: ${made.id} in module: Accounts` },
    ]);
  });

  it('speak every version that is served', async () => {
    for (const version of ['v10', 'v11', 'v11_4', 'v11_22']) {
      expect(bodyOf(await admin().on(version).get('me'))).toMatchObject({ current_user: { user_name: 'admin' } });
    }
    expect(statusOf(await refusalOf(admin().on('v9').get('me')))).toBe(301);
  });

  it('write and link by sync keys, with the keys in the path and beside it', async () => {
    const created = await refusalOf(admin().put('Accounts/sync_key/ERP%2F1%20a', { name: 'Keyed' }));
    expect(statusOf(created)).toBe(201); // it takes anything but 200 for an error
    const updated = await admin().put('Accounts/sync_key/ERP%2F1%20a', { industry: 'Steel' });
    expect(bodyOf(updated)).toEqual(bodyOf(created));
    expect(bodyOf(await admin().get('integrate/Accounts', { qs: { sync_key_field_value: 'ERP/1 a' } }))).toMatchObject({
      name: 'Keyed',
      industry: 'Steel',
    });
    const mila = thorn.Fixtures.lookup('Contacts', { first_name: 'Mila' });
    const set = await admin().put(`integrate/Contacts/${mila?.id}/sync_key/CRM%3A1`, {});
    expect(bodyOf(set)).toEqual({ success: true });
    const linked = { record: bodyOf(created).record, related_record: mila?.id };
    const pair = 'integrate/Accounts/sync_key/ERP%2F1%20a/link/contacts/sync_key/CRM%3A1';
    expect(bodyOf(await admin().post(pair))).toEqual(linked);
    expect(bodyOf(await admin().delete('Accounts/ERP%2F1%20a/link_by_sync_keys/contacts/CRM%3A1'))).toEqual(linked);
    expect(bodyOf(await admin().delete('integrate/Accounts', { sync_key_field_value: 'ERP/1 a' }))).toEqual({
      record: linked.record,
    });
    const missing = await refusalOf(admin().post(pair, {}));
    expect([statusOf(missing), bodyOf(missing)]).toEqual([
      422,
      {
        error: 'invalid_parameter',
        error_message: 'Could not find record with sync_key:ERP/1 a in module: Accounts',
      },
    ]);
  });

  it('log in as users that fixtures made, who are no administrators', async () => {
    await thorn.Fixtures.create({
      module: 'Users',
      attributes: { user_name: 'jon', last_name: 'Snow', first_name: 'Jon' },
    });
    const jon = thorn.Agent.as('jon');
    expect(bodyOf(await jon.get('me'))).toMatchObject({
      current_user: { full_name: 'Jon Snow', is_admin: false, user_name: expect.stringMatching(/^jon\d+$/) },
    });
    expect(statusOf(await jon.post('Accounts', { name: 'Wall' }))).toBe(200);
    const denied = await refusalOf(jon.put('Accounts/sync_key/X', {}));
    expect([statusOf(denied), bodyOf(denied).error]).toEqual([403, 'not_authorized']);
  });

  it('refresh their tokens where these have expired, and go on', async () => {
    await admin().get('ping');
    await query(database.url, "update session set access_expires_at = now() - interval '1 second'");
    await setTimeout(1100); // a token is known for a second without being looked up
    const me = await admin().get('me');
    expect([statusOf(me), bodyOf(me)]).toMatchObject([200, { current_user: { user_name: 'admin' } }]);
    const sessions = await query<{ live: string }>(
      database.url,
      `select count(*) as live from session s join principal p using (principal_id)
       where p.email = 'admin@keyway.test' and s.access_expires_at > now()`,
    );
    expect(Number(sessions[0]?.live)).toBe(1);
  });
});

describe('thorn cleanup', () => {
  it('deletes what the fixtures made, users too', async () => {
    const mila = thorn.Fixtures.lookup('Contacts', { first_name: 'Mila' });
    const { response } = await thorn.Fixtures.cleanup();
    const answers = response.body as unknown as { status: number }[];
    expect(answers.length).toBeGreaterThan(5);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(statusOf(await refusalOf(admin().get(`Contacts/${mila?.id}`)))).toBe(404);
    const users = await admin().get('Users');
    expect((bodyOf(users).records as { user_name: string }[]).map(({ user_name }) => user_name).sort()).toEqual([
      'admin',
      'member',
      'power',
    ]);
  });
});
