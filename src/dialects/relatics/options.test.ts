/** Where the vendor publishes nothing and this dialect chose, the other choice is an option. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { createRelatics } from './index.ts';
import type { RelaticsOptions } from './options.ts';
import { askToken, demoClient, InterfaceClient, send, tokenPath, workspace } from './test-client.ts';
import { addInterfaces, contactsInterface } from './test-schema.ts';

const error = (name: string) => ({ error: name, error_description: name });
const other: RelaticsOptions = {
  accessTokenSeconds: 60,
  clientByBasic: false,
  wrongClient: { status: 400, body: error('wrong') },
  wrongClientAtOlderAddress: { status: 403, body: error('older') },
  unknownRealm: { status: 410, body: error('realm') },
  undeclaredBodies: 'json',
  emptyText: 'skip',
  membersByKey: false,
  providedMembers: { id: 'key', displayName: 'name' },
  queuedWaitMs: 1,
};

let server: FreshServer;
let client: InterfaceClient;
beforeAll(async () => {
  const dialect = createRelatics(other);
  server = await freshServer({ dialects: [{ ...dialect, name: 'native', paths: [], register: () => {} }, dialect] });
  client = await InterfaceClient.open(server.url, server.hub);
  await addInterfaces(server.hub, client.caller, { contacts: contactsInterface });
});
afterAll(() => server.close());

const told = ({ status, text }: { status: number; text: string }) => [status, JSON.parse(text)];
const provided = (accept: string) =>
  send(`${server.url}/api/v1/workspaces/${workspace}/interfaces/providing/contacts`, {
    headers: { authorization: 'Bearer kw_demo_admin', accept },
  });

describe('by its options, the dialect', () => {
  it('gives tokens of another life, and other errors', async () => {
    expect(told(await askToken(server.url, demoClient))).toMatchObject([200, { expires_in: 60 }]);
    const wrong = { ...demoClient, client_secret: 'wrong' };
    expect(told(await askToken(server.url, wrong))).toEqual([400, error('wrong')]);
    expect(told(await askToken(server.url, wrong, '/oauth2/token'))).toEqual([403, error('older')]);
    const nowhere = tokenPath.replace('Demo', 'Nowhere');
    expect(told(await askToken(server.url, demoClient, nowhere))).toEqual([410, error('realm')]);
  });

  it('takes Basic at the older address only', async () => {
    const authorization = `Basic ${btoa(`${demoClient.client_id}:${demoClient.client_secret}`)}`;
    const byBasic = (path: string) =>
      send(server.url + path, { method: 'POST', headers: { authorization }, body: 'grant_type=client_credentials' });
    expect(told(await byBasic(tokenPath))).toMatchObject([
      400,
      { error_description: 'Missing form parameter: client_id' },
    ]);
    expect((await byBasic('/oauth2/token')).status).toBe(200);
  });

  it('reads a body that says nothing of itself as JSON, whatever is accepted', async () => {
    const plain = { 'content-type': 'text/plain', accept: 'application/xml' };
    const answer = await client.post('{"Elements":[]}', plain);
    expect([answer.status, answer.text]).toEqual([200, expect.stringMatching(/^<response>/)]);
    expect((await client.post('<elements><Elements/></elements>', plain)).status).toBe(400);
  });

  it('leaves a property as it is that comes with an empty text, and clears it by null', async () => {
    await client.sync([{ '@externalid': 'A', Name: 'Pump', Length: 1 }]);
    expect((await client.sync([{ '@externalid': 'A', Name: '', Length: null }])).counts).toMatchObject({ updated: 1 });
    expect((await client.syncXml('<Element externalid="A"><Name/></Element>')).counts).toMatchObject({ unchanged: 1 });
    expect(await client.elements('name', 'length')).toEqual([['A', 'Pump', null]]);
  });

  it('knows properties and relations by their labels only', async () => {
    const { issues } = await client.sync([{ '@externalid': 'A', name: 'x', contacts: [] }]);
    expect(issues).toMatchObject([
      { code: 'unknown_member', member: 'name' },
      { code: 'unknown_member', member: 'contacts' },
    ]);
  });

  it('provides under other names, which targets of relations may have too', async () => {
    const { Contacts: contacts } = JSON.parse((await provided('application/json')).text);
    expect(contacts).toContainEqual({ '@key': await client.idOf('contact', 106), '@name': 'Tom Visser' });
    const id = await client.idOf('contact', 2001);
    expect((await provided('application/xml')).text).toContain(`<Contact key="${id}" name="Ada Berg"/>`);
    const { counts } = await client.sync([{ '@externalid': 'A', Contacts: [{ '@id': id, '@name': 'Ada Berg' }] }]);
    expect(counts).toMatchObject({ updated: 1, issues: 0 });
    expect(
      (await client.syncXml(`<Element externalid="A"><Contacts><Contact id="${id}" name="Ada"/></Contacts></Element>`))
        .counts,
    ).toMatchObject({ unchanged: 1, issues: 0 });
  });
});
