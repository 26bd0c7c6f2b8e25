/** What Zendesk and Relatics print in their documentation, word for word, signed in as their clients do. */
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { clientOf, guid, type Json, signIn } from './vendor-clients.ts';

const server = await freshServer();
afterAll(() => server.close());
const { native, zendesk, relatics } = await signIn(server.url);

describe('Zendesk: PATCH /api/v2/custom_objects/{custom_object_key}/records', () => {
  const records = '/api/v2/custom_objects/building_component/records';
  const upsert = (query: string, body: unknown) =>
    zendesk('PATCH', `${records}?${query}`, { custom_object_record: body });

  it('creates a record with the external id and name, else updates only the specified attributes', async () => {
    const created = await upsert('external_id=BEAM-7', {
      name: 'Beam 7',
      custom_object_fields: { material: 'steel', weight: 120 },
    });
    expect(created).toMatchObject({ status: 200, mediaType: 'application/json' });
    const { id, url, created_at, updated_at } = created.body.custom_object_record;
    expect(created.body).toEqual({
      custom_object_record: {
        ...{ id, url, created_at, updated_at, photo: null },
        ...{ name: 'Beam 7', external_id: 'BEAM-7', custom_object_key: 'building_component' },
        custom_object_fields: { material: 'steel', weight: 120, grade: null, supplier: null },
        created_by_user_id: expect.any(String),
        updated_by_user_id: expect.any(String),
      },
    });
    const updated = await upsert('external_id=BEAM-7', { custom_object_fields: { weight: 125 } });
    expect(updated.body.custom_object_record).toMatchObject({
      id,
      name: 'Beam 7',
      custom_object_fields: { material: 'steel', weight: 125 },
    });
  });

  it('finds a record by its name, which is unique here', async () => {
    const { body } = await upsert('name=Beam%207', { custom_object_fields: { grade: 'a' } });
    expect(body.custom_object_record).toMatchObject({ external_id: 'BEAM-7', custom_object_fields: { grade: 'a' } });
    const made = await upsert('name=Beam%208', {});
    expect(made).toMatchObject({ status: 200, body: { custom_object_record: { name: 'Beam 8', external_id: null } } });
  });

  it('reads past the attributes that are assigned automatically', async () => {
    const { body } = await upsert('external_id=BEAM-7', {
      ...{ id: 'x', url: 'https://example.test/', custom_object_key: 'other' },
      ...{ created_by_user_id: '1', created_at: '2001-01-01T00:00:00Z', updated_at: '2001-01-01T00:00:00Z' },
    });
    expect(body.custom_object_record.custom_object_key).toBe('building_component');
    expect(body.custom_object_record.created_at).not.toMatch(/^2001/);
  });

  it('does not take external id and name together, nor neither of them', async () => {
    for (const query of ['external_id=BEAM-7&name=Beam%207', '']) {
      expect(await upsert(query, {})).toMatchObject({ status: 400, body: { error: { title: 'Invalid attribute' } } });
    }
  });

  it('does not find by name where names are not unique', async () => {
    const answer = await zendesk('PATCH', '/api/v2/custom_objects/contact/records?name=Ada%20Berg', {
      custom_object_record: {},
    });
    expect(answer).toMatchObject({
      status: 422,
      body: { error: 'RecordInvalid', details: { name: [expect.anything()] } },
    });
  });

  it('knows no custom object of another key', async () => {
    const answer = await zendesk('PATCH', '/api/v2/custom_objects/nothing/records?external_id=1', {
      custom_object_record: { name: 'x' },
    });
    expect(answer).toMatchObject({ status: 404, body: { error: 'RecordNotFound' } });
  });
});

describe('Relatics: POST to the endpoint of an interface', () => {
  const endpoint = `/api/v1/workspaces/${guid}/interfaces/synchronizing/myendpoint`;
  const set = (...elements: Json[]): Json => ({ Elements: elements });
  const elements = async () => {
    const { body } = await native('GET', '/v1/records/element?sort=external_id');
    return body.items.map(({ fields }: Json) => [fields.external_id, fields.name, fields.internal_note]);
  };

  it('synchronises the complete set, and answers 200 in JSON by default', async () => {
    const answer = await relatics(
      'POST',
      endpoint,
      set({ '@externalid': 'P-1', Name: 'Pump' }, { '@externalid': 'P-2' }),
    );
    expect(answer).toMatchObject({ status: 200, mediaType: 'application/json' });
    expect(answer.body).toMatchObject({ received: 2, created: 2, updated: 0, deleted: 0, issues: 0 });
    expect(await elements()).toEqual([
      ['P-1', 'Pump', null],
      ['P-2', null, null],
    ]);
  });

  it.each([
    ['application/json', JSON.stringify(set({ '@externalid': 'P-1', Name: 'Pump 1' }))],
    [
      'application/xml',
      '<elements><Elements><Element externalid="P-1"><Name>Pump 1</Name></Element></Elements></elements>',
    ],
  ])('answers in the structure that Accept names: %s', async (type, body) => {
    const answer = await relatics('POST', endpoint, body, { Accept: type, 'Content-Type': type });
    expect(answer).toMatchObject({ status: 200, mediaType: type });
  });

  it('has deleted the element that was not supplied', async () => {
    expect(await elements()).toEqual([['P-1', 'Pump 1', null]]);
  });

  it('changes values only where the data ownership is external; the others are found in the sync issues', async () => {
    await native('PATCH', '/v1/records/element/external_id:P-1', { fields: { internal_note: 'ours' } });
    const sent = { '@externalid': 'P-1', Name: 'Pump 2', Internal_x0020_note: 'theirs' };
    const answer = await relatics('POST', endpoint, set(sent));
    expect(answer).toMatchObject({ status: 200, body: { updated: 1, issues: 1 } });
    expect(await elements()).toEqual([['P-1', 'Pump 2', 'ours']]);
    const issues = await native('GET', `/v1/interfaces/myendpoint/runs/${answer.body.syncId}/issues`);
    expect(issues.body.items).toEqual([expect.objectContaining({ code: 'not_owned', key: 'P-1' })]);
  });

  it('refuses a body of another structure: nothing is deleted', async () => {
    const before = await elements();
    for (const body of ['{}', '[]', '{"Element":[]}', '{"Elements":[', '']) {
      const answer = await relatics('POST', endpoint, body, { 'Content-Type': 'application/json' });
      expect(answer, body).toMatchObject({ status: 400, body: { error: { code: 'InvalidStructure' } } });
    }
    expect(await elements()).toEqual(before);
  });

  it('needs an access token as Bearer', async () => {
    for (const credentials of [{}, { Authorization: 'Bearer wrong' }]) {
      const answer = await clientOf(server.url, credentials as Record<string, string>)('POST', endpoint, set());
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 'Unauthorized' } } });
    }
  });

  it('deletes everything when the set is empty', async () => {
    expect(await relatics('POST', endpoint, set())).toMatchObject({ status: 200, body: { deleted: 1 } });
    expect(await elements()).toEqual([]);
  });
});
