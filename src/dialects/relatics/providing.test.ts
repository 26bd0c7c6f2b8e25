import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { Unavailable } from '../../engine/hub-errors.ts';
import { type Answer, InterfaceClient, send, workspace } from './test-client.ts';
import { addInterfaces, contactsInterface } from './test-schema.ts';

let server: FreshServer;
let client: InterfaceClient;
beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
  await addInterfaces(server.hub, client.caller, {
    contacts: contactsInterface,
    files: { name: 'Files', type: 'file', direction: 'providing' },
    components: { name: 'Components', type: 'building_component', direction: 'providing' },
  });
});
afterAll(() => server.close());

const get = (endpoint: string, headers: Record<string, string> = {}): Promise<Answer> =>
  send(`${server.url}/api/v1/workspaces/${workspace}/interfaces/providing/${endpoint}`, {
    headers: { authorization: 'Bearer kw_demo_admin', ...headers },
  });

type Provided = Record<string, { '@id': string; '@displayname': string }[]>;

describe('a providing interface', () => {
  it('gives id and display name of every element, under the escaped plural name', async () => {
    expect(JSON.parse((await get('files')).text)).toEqual({
      Files: [{ '@id': await client.idOf('file', 398), '@displayname': 'offer.pdf' }],
    });
    expect((await get('components')).text).toBe('{"Building_x0020_components":[]}');
    expect((await get('components', { accept: 'application/xml' })).text).toBe(
      '<elements><Building_x0020_components></Building_x0020_components></elements>',
    );
  });

  it('begins no answer before it has the first elements', async () => {
    const list = vi.spyOn(server.hub, 'list').mockRejectedValueOnce(new Unavailable(1));
    expect((await get('files')).status).toBe(503);
    list.mockRestore();
    expect((await get('files')).status).toBe(200);
  });

  it('gives all elements of a large type, with names that need escaping, the same in both formats', async () => {
    const names = Array.from({ length: 2_345 }, (_, n) => `Contact <${n}> & "Söhne"\n😀`);
    await Promise.all(
      names.map((name, n) =>
        server.hub.upsert(client.caller, {
          type: 'contact',
          ref: { by: 'key', field: 'external_id', value: `many-${n}` },
          mode: 'create',
          fields: n === 0 ? {} : { name },
        }),
      ),
    );
    const { Contacts: contacts } = JSON.parse((await get('contacts')).text) as Provided;
    expect(contacts?.map((contact) => contact['@displayname']).sort()).toEqual(
      ['Ada Berg', 'Tom Visser', 'many-0', ...names.slice(1)].sort(),
    );
    expect(new Set(contacts?.map((contact) => contact['@id'])).size).toBe(names.length + 2);

    const inXml: { '@id': string; '@displayname': string }[] = [];
    const parser = new SaxesParser();
    parser.on('opentag', ({ name, attributes: { id = '', displayname = '' } }) => {
      if (name === 'Contact') inXml.push({ '@id': id, '@displayname': displayname });
    });
    const answer = await get('contacts', { accept: 'application/xml' });
    parser.write(answer.text).close();
    expect(inXml).toEqual(contacts);
    expect(answer.headers.get('content-type')).toBe('application/xml; charset=utf-8');
  });

  it('is read by GET only', async () => {
    const answer = await send(`${server.url}/api/v1/workspaces/${workspace}/interfaces/providing/contacts`, {
      method: 'POST',
      headers: { authorization: 'Bearer kw_demo_admin' },
    });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([405, { error: { code: 'MethodNotAllowed' } }]);
    expect(answer.headers.get('allow')).toContain('GET');
  });
});
