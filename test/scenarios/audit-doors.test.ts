/** What is done to access through a vendor's API is told as what is done through the native one. */
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { expectStatus } from './doors.ts';
import { allServed } from './served.ts';
import { clientOf, type Json, signIn } from './vendor-clients.ts';

const server = await freshServer();
afterAll(() => server.close());
const { native, sugarcrm, zendesk } = await signIn(server.url);

const told = async (query: string): Promise<Json[]> =>
  expectStatus(await native('GET', `/v1/audit?${query}`), 200).body.items.map(
    ({ action, via, principal, concerned }: Json) => [action, via, principal?.name ?? null, concerned.name],
  );

describe.runIf(allServed)('the audit of access', () => {
  it('tells of users that SugarCRM makes, changes and deletes', async () => {
    const user = { user_name: 'jon', user_hash: 'snow-snow', first_name: 'Jon', last_name: 'Snow' };
    const { id } = expectStatus(await sugarcrm('POST', '/rest/v11_10/Users', user), 200).body;
    expectStatus(await sugarcrm('DELETE', `/rest/v11_10/Users/${id}`), 200);
    expect(await told(`concerned=user:${id}`)).toEqual([
      ['user_disabled', 'sugarcrm', 'Administrator', 'Jon Snow'],
      ['user_created', 'sugarcrm', 'Administrator', 'Jon Snow'],
    ]);
    expect((await native('GET', '/v1/audit?limit=1000')).text).not.toContain(user.user_hash);
  });

  it('tells of types and fields that Zendesk makes', async () => {
    const custom = '/api/v2/custom_objects';
    const vehicle = { key: 'vehicle', title: 'Vehicle', title_pluralized: 'Vehicles' };
    expectStatus(await zendesk('POST', custom, { custom_object: vehicle }), 201);
    const { body } = await native('GET', '/v1/audit?action=schema_applied&limit=1');
    expect(body.items[0]).toMatchObject({
      via: 'zendesk',
      after: { changes: expect.arrayContaining([{ action: 'add', path: 'types.vehicle' }]) },
    });
  });

  it('tells through which API a name was locked', async () => {
    const login = { grant_type: 'password', client_id: 'sugar', client_secret: '', username: 'member' };
    for (let guess = 0; guess < 10; guess++)
      await clientOf(server.url)('POST', '/rest/v11_10/oauth2/token', { ...login, password: `guess ${guess}` });
    expect(await told('action=sign_in_locked')).toEqual([['sign_in_locked', 'sugarcrm', null, 'Member']]);
  });
});
