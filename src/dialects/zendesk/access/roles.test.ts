/** What each role may do, call by call. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../../test/fresh-server.ts';
import type { Grants, WorkspaceRole } from '../../../model/principal.ts';
import { zendeskDialect } from '../index.ts';
import { defaultOptions } from '../options.ts';
import { type Client, clientOf, must } from '../test-client.ts';

let server: FreshServer;
beforeAll(async () => {
  const dialect = zendeskDialect(defaultOptions);
  server = await freshServer({ dialects: [{ ...dialect, name: 'native', paths: [], register: () => {} }, dialect] });
  const demo = await server.hub.access.workspace('Demo');
  const roles: [string, WorkspaceRole, Grants][] = [
    ['admin', 'admin', {}],
    ['agent', 'member', { '*': ['read', 'create', 'edit', 'delete'] }],
    ['light', 'member', { '*': ['read'] }],
    ['guest', 'member', {}],
  ];
  for (const [name, role, grants] of roles) {
    const fixed = { clientId: `${name}…`, secret: `kw_roles_${name}` };
    if (demo !== undefined)
      await server.hub.workspaces.addCredential(demo.id, { kind: 'bearer', label: name, role, grants, fixed });
  }
  const things = { custom_object: { key: 'thing', title: 'Thing' } };
  await must(as('admin').post('/custom_objects', things), 201);
  const field = { custom_object_field: { key: 'size', title: 'Size', type: 'integer' } };
  await must(as('admin').post('/custom_objects/thing/fields', field), 201);
});
afterAll(() => server.close());

const as = (role: string): Client => clientOf(() => server.url, `Bearer kw_roles_${role}`);
const record = { custom_object_record: { name: 'a' } };
const thing = '/custom_objects/thing';

type Call = (client: Client) => ReturnType<Client['get']>;
const calls: Record<string, [Call, ...roles: string[]]> = {
  'say who one is': [(client) => client.get('/users/me'), 'admin', 'agent', 'light', 'guest'],
  'list users': [(client) => client.get('/users'), 'admin', 'agent', 'light'],
  'see the record limit': [(client) => client.get('/custom_objects/limits/record_limit'), 'admin', 'agent', 'light'],
  'list objects': [(client) => client.get('/custom_objects'), 'admin', 'agent', 'light'],
  'show an object': [(client) => client.get(thing), 'admin', 'agent', 'light'],
  'list fields': [(client) => client.get(`${thing}/fields`), 'admin', 'agent', 'light'],
  'see the field limit': [(client) => client.get(`${thing}/limits/field_limit`), 'admin', 'agent', 'light'],
  'see the object limit': [(client) => client.get('/custom_objects/limits/object_limit'), 'admin'],
  'change an object': [(client) => client.patch(thing, { custom_object: { title: 'T' } }), 'admin'],
  'add a field': [
    (client) => client.post(`${thing}/fields`, { custom_object_field: { key: 'k', title: 'K' } }),
    'admin',
  ],
  'list records': [(client) => client.get(`${thing}/records`), 'admin', 'agent', 'light'],
  'count records': [(client) => client.get(`${thing}/records/count`), 'admin', 'agent', 'light'],
  'search records': [(client) => client.get(`${thing}/records/search?query=a`), 'admin', 'agent', 'light'],
  'filter records': [(client) => client.post(`${thing}/records/search`, { filter: {} }), 'admin', 'agent', 'light'],
  'complete a name': [(client) => client.get(`${thing}/records/autocomplete?name=a`), 'admin', 'agent', 'light'],
  'export records': [
    (client) => client.get('/incremental/custom_objects/thing/cursor?start_time=0'),
    ...['admin', 'agent', 'light'],
  ],
  'create a record': [(client) => client.post(`${thing}/records`, record), 'admin', 'agent'],
  'upsert a record': [(client) => client.patch(`${thing}/records?external_id=A`, record), 'admin', 'agent'],
  'start a job': [
    (client) => client.post(`${thing}/jobs`, { job: { action: 'create', items: [{ name: 'b' }] } }),
    ...['admin', 'agent'],
  ],
  'delete a record': [
    async (client) => {
      await must(as('admin').patch(`${thing}/records?external_id=D`, record), 200);
      return client.delete(`${thing}/records?external_id=D`);
    },
    ...['admin', 'agent'],
  ],
};

it('says in users/me which role that is', async () => {
  const roleOf = async (name: string) => (await must(as(name).get('/users/me'), 200)).body.user.role;
  expect(await Promise.all(['admin', 'agent', 'light', 'guest'].map(roleOf))).toEqual([
    ...['admin', 'agent', 'agent', 'end-user'],
  ]);
});

describe.each(Object.entries(calls))('to %s', (_name, [call, ...allowed]) => {
  it.each(['admin', 'agent', 'light', 'guest'])('as %s', async (role) => {
    const answer = await call(as(role));
    if (allowed.includes(role)) expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    else expect(answer).toMatchObject({ status: 403, body: { error: { title: 'Forbidden' } } });
  });
});
