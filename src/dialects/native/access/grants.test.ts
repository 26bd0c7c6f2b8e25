import { describe, expect, it } from 'vitest';
import { type Answer, adminOf, demoServer, type Json, reasons } from '../test-client.ts';

describe('GET /v1/grants', async () => {
  const { call, hub } = await demoServer();
  const ask = (query = ''): Promise<Answer> => call('GET', `/v1/grants${query}`);
  const items = async (query = ''): Promise<Json[]> => (await ask(query)).body.items;
  const namesOf = async (query: string): Promise<string[]> =>
    (await items(query)).map(({ principal }) => principal.name);
  const makeKey = async (label: string, grants: object, role = 'member', kind = 'client'): Promise<Json> =>
    (await call('POST', '/v1/keys', { body: { label, role, grants, kind } })).body.key;
  const makeUser = async (name: string, grants: object): Promise<Json> => {
    const body = { email: `${name.toLowerCase()}@keyway.test`, name, password: 'long enough', grants };
    return (await call('POST', '/v1/users', { body })).body;
  };

  it('says of each who can come in what it may do with each type', async () => {
    const [admin] = (await items()).filter(({ principal }) => principal.email === 'admin@keyway.test');
    expect(admin.types.claim).toEqual(['read', 'create', 'edit', 'delete', 'force', 'attach:contact', 'attach:file']);
    expect(admin.interfaces).toEqual(['myendpoint']);
    const [member] = (await items()).filter(({ principal }) => principal.email === 'member@keyway.test');
    expect(member).toMatchObject({
      principal: { kind: 'user', name: 'Member', role: 'member' },
      types: { claim: ['read', 'create', 'edit'], contact: ['read', 'create', 'edit'] },
      interfaces: [],
    });
  });

  it('answers who can delete contacts, whatever it is by', async () => {
    await makeUser('Cleaner', { contact: ['delete'] });
    await makeUser('Everywhere', { '*': ['delete'] });
    await makeUser('Elsewhere', { claim: ['delete'] });
    const able = await items('?type=contact&action=delete');
    expect(able.map(({ principal }) => principal.name)).toEqual([
      ...['Demo client', 'Power user', 'Administrator', 'Cleaner', 'Everywhere'],
    ]);
    expect(able.find(({ principal }) => principal.name === 'Cleaner').types).toEqual({ contact: ['delete'] });
    expect(await namesOf('?action=delete')).toContain('Elsewhere');
  });

  it('means by * every type, and by attach:* what a type can be linked with', async () => {
    const { id } = await makeUser('Linker', { '*': ['read'], claim: ['attach:*'], policy: ['attach:file'] });
    const [{ types }] = await items(`?principal=${id}`);
    expect(types.claim).toEqual(['read', 'attach:contact', 'attach:file']);
    expect(types.policy).toEqual(['read', 'attach:file']);
    expect(types.contact).toEqual(['read']);
    expect(await namesOf('?type=policy&action=attach:contact')).not.toContain('Linker');
    expect(await namesOf('?type=policy&action=attach:file')).toContain('Linker');
  });

  it('has those who may send complete sets, as such may delete without a grant', async () => {
    const named = await makeKey('Nightly', {});
    const rights = await makeKey('By rights', { contact: ['create', 'edit', 'delete'] });
    await makeKey('Too little', { contact: ['create'] });
    const contact = { owner: 'external' };
    const schema = (await call('GET', '/v1/schema')).body;
    const types = { ...schema.types, contact: { ...schema.types.contact, ...contact } };
    const interfaces = {
      ...schema.interfaces,
      sets: { name: 'Sets', type: 'contact' },
      named: { name: 'Named', type: 'contact', api_keys: [named.client_id], delete_policy: 'unlink' },
    };
    const put = await call('PUT', '/v1/schema?allow_loss=true', { body: { ...schema, types, interfaces } });
    expect([put.status, put.body.violations]).toEqual([200, undefined]);
    const [ofNamed] = await items(`?principal=${named.principal_id}`);
    expect([ofNamed.types, ofNamed.interfaces]).toEqual([{}, ['named']]);
    expect((await items(`?principal=${rights.principal_id}`))[0].interfaces).toEqual(['sets']);
    expect(await namesOf('?type=contact&action=edit')).toContain('Nightly');
    expect(await namesOf('?type=contact&action=delete')).not.toContain('Nightly'); // its sets delete nothing
    expect(await namesOf('?type=contact&action=read')).not.toContain('Nightly');
    await call('PATCH', '/v1/interfaces/named', { body: { delete_policy: 'delete' } });
    expect(await namesOf('?type=contact&action=delete')).toContain('Nightly');
    expect(await namesOf('?type=claim&action=edit')).not.toContain('Nightly');
    const power = await makeKey('Power key', {}, 'power');
    expect((await items(`?principal=${power.principal_id}`))[0].interfaces).toEqual(['sets']);
  });

  it('has by complete sets what an interface writes, and no more: links from either side, and records where it owns the type', async () => {
    const elements = await makeKey('Sends elements', {});
    const contacts = await makeKey('Sends contacts', {});
    const reads = await makeKey('Asks for files', {});
    const schema = (await call('GET', '/v1/schema')).body;
    const body = {
      ...schema,
      types: { ...schema.types, contact: { ...schema.types.contact, owner: 'interface:sets' } },
      interfaces: {
        sets: { name: 'Sets', type: 'contact', api_keys: [elements.client_id] },
        of_elements: { name: 'Of elements', type: 'element', api_keys: [elements.client_id], delete_policy: 'unlink' },
        of_contacts: { name: 'Of contacts', type: 'contact', api_keys: [contacts.client_id] },
        of_files: { name: 'Of files', type: 'file', direction: 'providing', api_keys: [reads.client_id] },
      },
    };
    const put = await call('PUT', '/v1/schema?allow_loss=true', { body });
    expect([put.status, put.body.violations]).toEqual([200, undefined]);
    const able = async (type: string, action: string) =>
      (await namesOf(`?type=${type}&action=${action}`)).filter((name) => /^(Sends|Asks)/.test(name));
    expect(await able('element', 'attach:contact')).toEqual(['Sends elements', 'Sends contacts']);
    expect((await items(`?type=element&principal=${contacts.principal_id}`))[0].interfaces).toEqual(['of_contacts']);
    expect(await able('contact', 'attach:element')).toEqual([]);
    expect(await able('element', 'create')).toEqual(['Sends elements']);
    expect(await able('element', 'delete')).toEqual([]);
    expect(await able('contact', 'delete')).toEqual(['Sends elements']);
    expect(await able('contact', 'create')).toEqual(['Sends elements']);
    expect(await able('contact', 'edit')).toEqual(['Sends elements', 'Sends contacts']); // its elements
    expect(await items(`?principal=${reads.principal_id}`)).toEqual([]);
    await call('PUT', '/v1/schema?allow_loss=true', { body: schema });
  });

  it('leaves out who cannot come in any more, and who may do nothing', async () => {
    const key = await makeKey('Revoked', { '*': ['read'] });
    const user = await makeUser('Gone', { '*': ['read'] });
    await makeUser('Nobody', {});
    expect(await namesOf('')).toEqual(expect.arrayContaining(['Revoked', 'Gone']));
    await call('DELETE', `/v1/keys/${key.id}`);
    await call('DELETE', `/v1/users/${user.id}`);
    const left = await namesOf('');
    for (const name of ['Revoked', 'Gone', 'Nobody', 'Command line']) expect(left).not.toContain(name);
  });

  it('goes on page by page', async () => {
    const all = await items();
    const walked: Json[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await ask(`?limit=2${cursor && `&cursor=${cursor}`}`);
      walked.push(...body.items);
      if (body.next === null) break;
      cursor = body.next;
    }
    expect(walked).toEqual(all);
    const { body } = await ask('?limit=1');
    for (const other of ['type=contact', 'action=read', 'principal=1'])
      expect(reasons(await ask(`?limit=1&${other}&cursor=${body.next}`))).toEqual([['cursor_invalid', 'query.cursor']]);
  });

  it.each([
    ['type=nothing', 404, 'unknown_record_type', 'query.type'],
    ['type=__proto__', 404, 'unknown_record_type', 'query.type'],
    ['action=write', 400, 'parameter_invalid', 'query.action'],
    ['principal=Ada', 400, 'parameter_invalid', 'query.principal'],
    ['cursor=x', 400, 'cursor_invalid', 'query.cursor'],
  ])('refuses ?%s', async (query, status, code, path) => {
    const answer = await ask(`?${query}`);
    expect([answer.status, reasons(answer)]).toEqual([status, [[code, path]]]);
  });

  it('is for administrators', async () => {
    for (const as of ['power', 'member']) expect((await call('GET', '/v1/grants', { as })).status).toBe(403);
    const { principal, ...request } = await adminOf(hub);
    for (const role of ['power', 'member'] as const)
      expect(await hub.rights({ ...request, principal: { ...principal, role } }, { limit: 1 })).toEqual({
        kind: 'forbidden',
      });
  });
});
