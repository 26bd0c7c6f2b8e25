import { beforeAll, describe, expect, it } from 'vitest';
import { adminOf, idOf, sugarServer } from '../test-client.ts';

const base = '/rest/v11_10';

describe("a schema's own spellings", () => {
  const server = sugarServer();
  const { call } = server;
  beforeAll(async () => {
    const caller = await adminOf(server.hub);
    const outcome = await server.hub.applySchema(
      caller,
      (current) => ({
        ...current,
        types: {
          ...current.types,
          widget: {
            names: { sugarcrm: 'abc_Widgets' },
            extra: { sugarcrm: { key: 'serial' } },
            fields: {
              serial: { type: 'integer', unique: true, names: { sugarcrm: 'serial_c' } },
              is_large: { type: 'boolean' },
              tags: { type: 'multi_enum', options: [{ value: 'a' }, { value: 'b' }] },
              seen_at: { type: 'datetime' },
              ratio: { type: 'decimal' },
              owner_id: { type: 'lookup', to: 'contact', inverse: 'widgets' },
              deleted: { type: 'text', names: { sugarcrm: 'deleted_c' } },
            },
          },
        },
        links: {
          ...current.links,
          'widget.parts': { to: 'widget', inverse: 'part_of', cardinality: 'one-to-many' },
          'widget.friends': { to: 'widget', inverse: 'friend_of', names: { sugarcrm: 'abc_friends' } },
        },
      }),
      { allowLoss: false },
    );
    expect(outcome.kind).toBe('applied');
  });

  it('name its module, fields and links, and the field that a key means when none is named', async () => {
    const created = await call('PATCH', `${base}/abc_Widgets/sync_key/7`, {
      serial_c: 8,
      is_large: '1',
      tags: ['b', 'a'],
      seen_at: '2026-03-01T10:15:00+01:00',
      ratio: '0.25',
      deleted_c: 'no',
      deleted: true,
    });
    expect(created.status).toBe(201);
    expect((await call('GET', `${base}/integrate/abc_Widgets/serial_c/7`)).body).toMatchObject({
      serial_c: 7,
      sync_key: null,
      is_large: true,
      tags: ['a', 'b'],
      seen_at: '2026-03-01T09:15:00+00:00',
      ratio: '0.250000',
      owner_id: '',
      owner_name: '',
      deleted_c: 'no',
      deleted: false,
      _module: 'abc_Widgets',
    });
    expect((await call('GET', `${base}/integrate/abc_Widgets/serial_c/9`)).message).toBe(
      'Could not find record with serial_c:9 in module: abc_Widgets',
    );
    expect((await call('GET', `${base}/integrate/abc_Widgets?sync_key_field_value=7`)).body).toMatchObject({
      id: idOf(created),
    });
    expect(await call('GET', `${base}/Widgets`)).toMatchObject({ status: 404 });
    expect(await call('GET', `${base}/integrate/abc_Widgets/serial/7`)).toMatchObject({ status: 422 });
  });

  it('show unset values as nothing, and take them back as nothing', async () => {
    const path = `${base}/integrate/abc_Widgets/serial_c/10`;
    await call('PATCH', path);
    const { body } = await call('GET', path);
    expect(body).toMatchObject({ is_large: null, tags: [], seen_at: '', ratio: '', deleted_c: '' });
    expect(await call('PATCH', path, body)).toMatchObject({ status: 200 });
    expect((await call('GET', path)).body).toEqual(body);
  });

  it('refuse impossible values of every type at once', async () => {
    const answer = await call('PATCH', `${base}/integrate/abc_Widgets/serial_c/11`, {
      is_large: 'perhaps',
      tags: ['c'],
      seen_at: '2026-03-01 10:15',
      ratio: '1,5',
      owner_id: { by: 'key', field: 'sync_key', value: 'CONTACT-2001' },
    });
    expect(answer.status).toBe(422);
    for (const field of ['is_large', 'tags', 'seen_at', 'ratio']) expect(answer.message).toMatch(field);
    expect(await call('PATCH', `${base}/integrate/abc_Widgets/serial_c/eleven`)).toMatchObject({ status: 422 });
  });

  it('link a record to itself only between many and many', async () => {
    await call('PATCH', `${base}/abc_Widgets/sync_key/12`);
    const itself = (link: string) => call('POST', `${base}/abc_Widgets/12/link_by_sync_keys/${link}/12`);
    expect(await itself('parts')).toMatchObject({ status: 422, body: { error: 'invalid_parameter' } });
    expect(await itself('part_of')).toMatchObject({ status: 422, body: { error: 'invalid_parameter' } });
    expect(await itself('abc_friends')).toMatchObject({ status: 200 });
    expect(await itself('friends')).toMatchObject({ status: 404, body: { error: 'not_found' } });
  });
});
