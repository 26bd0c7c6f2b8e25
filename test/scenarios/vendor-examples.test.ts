/** What the five vendors print in their documentation, word for word, each signed in as that vendor's clients do. */
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import {
  clientOf,
  guid,
  type Json,
  origami as origamiOf,
  type Send,
  signIn,
  sugarcrm as sugarcrmOf,
} from './vendor-clients.ts';

const server = await freshServer();
afterAll(() => server.close());
const { native, sugarcrm, origami, netsuite, zendesk, relatics } = await signIn(server.url);

/** Links of a record as `link role`, or the number of the other end. */
async function linksOf(record: string): Promise<{ link: string; role: string | null; left: number; right: number }[]> {
  const { body } = await native('GET', `/v1/records/${record}/links`);
  return body.items.map(({ link, role, left, right }: Json) => ({
    link,
    role,
    left: left.number,
    right: right.number,
  }));
}

describe('SugarCRM: POST /integrate/<module>/:lhs_field/:lhs_value/link/:link_name/:rhs_field/:rhs_value', () => {
  const path = (left: string, right: string, module = 'Accounts'): string =>
    `/rest/v11_10/integrate/${module}/${left}/link/contacts/${right}`;

  it('relates the right-hand record to the left-hand one, and answers with the ids of both: status 200', async () => {
    const answer = await sugarcrm('POST', path('sync_key/ACCT-1', 'sync_key/CONTACT-2001'));
    const account = await native('GET', '/v1/records/account/sync_key:ACCT-1');
    const contact = await native('GET', '/v1/records/contact/sync_key:CONTACT-2001');
    expect(answer).toMatchObject({ status: 200, mediaType: 'application/json' });
    expect(answer.body).toEqual({ record: account.body.id, related_record: contact.body.id });
    expect(await linksOf('account/sync_key:ACCT-1')).toEqual([
      { link: 'account.contacts', role: null, left: account.body.number, right: 2001 },
    ]);
  });

  it('answers the same when it is sent again', async () => {
    const first = await sugarcrm('POST', path('sync_key/ACCT-1', 'sync_key/CONTACT-2001'));
    expect(await sugarcrm('POST', path('sync_key/ACCT-1', 'sync_key/CONTACT-2001'))).toMatchObject({
      status: 200,
      body: first.body,
    });
    expect(await linksOf('account/sync_key:ACCT-1')).toHaveLength(1);
  });

  it.each([
    ['left', 'sync_key/NOPE', 'sync_key/CONTACT-2001', 'sync_key:NOPE in module: Accounts'],
    ['right', 'sync_key/ACCT-1', 'sync_key/NOPE', 'sync_key:NOPE in module: Contacts'],
    ['left of two missing', 'sync_key/NOPE', 'sync_key/NADA', 'sync_key:NOPE in module: Accounts'],
    ['right, by another key field', 'sync_key/ACCT-1', 'external_id/NOPE', 'external_id:NOPE in module: Contacts'],
  ])('answers 422 invalid_parameter when the record is not found: %s', async (_side, left, right, named) => {
    expect(await sugarcrm('POST', path(left, right))).toMatchObject({
      status: 422,
      mediaType: 'application/json',
      body: { error: 'invalid_parameter', error_message: `Could not find record with ${named}` },
    });
  });

  it('finds records by key fields of other names on either side', async () => {
    const answer = await sugarcrm('POST', path('claim_number/CLM-2026-001', 'external_id/user1', 'Claims'));
    const contact = await native('GET', '/v1/records/contact/external_id:user1');
    expect(answer).toMatchObject({ status: 200, body: { related_record: contact.body.id } });
  });

  it('is for administrators: others receive an authorization error, and nothing is related', async () => {
    for (const user of ['power', 'member']) {
      const send = await sugarcrmOf(server.url, user);
      expect(await send('POST', path('sync_key/ACCT-2', 'sync_key/CONTACT-2001'))).toMatchObject({
        status: 403,
        body: { error: 'not_authorized' },
      });
    }
    expect(await linksOf('account/sync_key:ACCT-2')).toEqual([]);
  });
});

describe('Origami Risk: POST /api/Link/Upsert', () => {
  const upsert = (body: unknown, send: Send = origami) => send('POST', '/OrigamiApi/api/Link/Upsert', body);
  const scenario = {
    1: `{
"ParentDomain": "Claim",
"ParentRecordID": 5001,
"ChildDomain": "Contact",
"ChildRecordID": 2001,
"Relationship": "Adjuster"
}`,
    2: `{
"ParentDomain": "Policy",
"ParentRecordKey": "POL-2026-001",
"ParentRecordMatchField": "PolicyNumber",
"ChildDomain": "Contact",
"ChildRecordID": 2001,
"Relationship": "Adjuster",
"NewRelationship": "Underwriter"
}`,
    3: `{
"ParentDomain": "Claim",
"ParentRecordKey": "NONEXISTENT",
"ParentRecordMatchField": "ClaimNumber",
"ChildDomain": "Contact",
"ChildRecordID": 2001
}`,
  } as const;

  it.each(['/OrigamiApi', '/OrigamiApi-v2', ''])(
    'scenario 1 at %j/api: a contact and a claim by primary keys',
    async (base) => {
      const answer = await origami('POST', `${base}/api/Link/Upsert`, scenario[1], {
        'Content-Type': 'application/json',
      });
      const id = answer.body.RecordID;
      const done = base === '/OrigamiApi' ? 'Inserted' : 'Updated';
      expect(answer).toMatchObject({ status: 200, mediaType: 'application/json' });
      expect(answer.body).toEqual({
        IsSuccessful: true,
        RecordID: id,
        Message: `${done} link with id ${id} successfully.`,
        ParentID: 5001,
        ChildID: 2001,
        RelationshipID: 3,
      });
      expect(await linksOf('claim/5001')).toContainEqual({
        link: 'claim.contacts',
        role: 'Adjuster',
        left: 5001,
        right: 2001,
      });
    },
  );

  it('scenario 2: the relationship of an existing link is changed, its parent found by a match field', async () => {
    const answer = await upsert(JSON.parse(scenario[2]));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      IsSuccessful: true,
      RecordID: 101,
      Message: 'Updated link with id 101 successfully.',
      ParentID: 67890,
      ChildID: 2001,
      RelationshipID: 7, // of Underwriter, which the link has now
    });
    expect(await linksOf('policy/67890')).toEqual([
      { link: 'policy.contacts', role: 'Underwriter', left: 67890, right: 2001 },
    ]);
  });

  it('scenario 3: a parent that cannot be found is status 500 and a JSON string', async () => {
    const answer = await origami('POST', '/api/Link/Upsert', scenario[3], { 'Content-Type': 'application/json' });
    expect(answer).toMatchObject({ status: 500, mediaType: 'application/json' });
    expect(answer.text).toBe(
      '"Unable to execute. Unable to identify the parent record based on the information provided."',
    );
  });

  const pair = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'Contact', ChildRecordID: 106 };

  it('the relationship is assigned, located or changed by Relationship and NewRelationship as in the table of cases', async () => {
    const roles = async () =>
      (await linksOf('claim/5001')).filter(({ right }) => right === 106).map(({ role }) => role);
    await native('DELETE', '/v1/records/claim/5001/links/contacts/106');
    await upsert(pair);
    expect(await roles()).toEqual([null]);
    await native('DELETE', '/v1/records/claim/5001/links/contacts/106');
    await upsert({ ...pair, NewRelationship: 'Broker' });
    expect(await roles()).toEqual(['Broker']);
    const changed = await upsert({ ...pair, Relationship: 'Broker', NewRelationship: 'Witness' });
    expect(changed.body.Message).toMatch(/^Updated link/);
    expect(await roles()).toEqual(['Witness']);
    await native('DELETE', '/v1/records/claim/5001/links/contacts/106');
    await upsert({ ...pair, Relationship: 'Insured' });
    expect(await roles()).toEqual(['Insured']);
  });

  it('the primary key takes priority, and the match field beside it is ignored', async () => {
    const both = { ...pair, ParentRecordKey: 'NONEXISTENT', ParentRecordMatchField: 'NoSuchField' };
    expect(await upsert(both)).toMatchObject({ status: 200, body: { ParentID: 5001, ChildID: 106 } });
  });

  it('relationships of file links are ignored', async () => {
    const file = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'File', ChildRecordID: 398 };
    const answer = await upsert({ ...file, Relationship: 'Nobody', NewRelationship: 'Nothing' });
    expect(answer).toMatchObject({ status: 200, body: { ChildID: 398, RelationshipID: null } });
    expect((await upsert(file)).body.RecordID).toBe(answer.body.RecordID);
  });

  it.each([
    ['ChildDomain must be Contact or File', { ...pair, ChildDomain: 'Policy' }],
    ['a parent must be identified', { ...pair, ParentRecordID: undefined }],
    ['a key needs its match field', { ...pair, ParentRecordID: undefined, ParentRecordKey: 'CLM-2026-001' }],
    ['a child must be identified', { ...pair, ChildRecordID: undefined }],
  ])('%s', async (_rule, body) => {
    const answer = await upsert(body);
    expect(answer.status).toBe(500);
    expect(answer.body).toMatch(/^Unable to execute\. /);
  });

  it('association fields do not find a record', async () => {
    const supplier = { ParentRecordKey: '106', ParentRecordMatchField: 'SupplierID' };
    const answer = await upsert({ ...pair, ParentRecordID: undefined, ParentDomain: 'BuildingComponent', ...supplier });
    expect(answer.status).toBe(500);
  });

  it('the permission is that of the parent domain: Attach Contacts, Attach Files', async () => {
    const member = await origamiOf(server.url, 'member@keyway.test');
    for (const child of [{}, { ChildDomain: 'File', ChildRecordID: 398 }]) {
      const answer = await upsert({ ...pair, ...child }, member);
      expect(answer.status).toBe(500);
      expect(answer.body).toContain('permission');
    }
  });
});

describe('NetSuite: !attach and !detach', () => {
  const base = '/services/rest/record/v1';
  const typed = { 'Content-Type': 'application/json' };
  const byIds = `{
"role": {
"id": "-10"
}
}`;
  const byExternalIds = `{
"role": {
"externalId": "family"
}
}`;
  const contactRoles = async (customer: string): Promise<unknown[]> => {
    const { body } = await netsuite('GET', `${base}/customer/${customer}/contactRoles`);
    return body.items.map(({ contact, role }: Json) => [contact.id, role?.id ?? null]);
  };
  const files = async () => (await linksOf('opportunity/379')).filter(({ link }) => link === 'opportunity.files');

  it.each([
    ['attaches a contact in a role', '/customer/660/!attach/contact/106', byIds, typed, [['106', '-10']]],
    [
      'attaches a contact with an empty body: the role stays',
      '/customer/660/!attach/contact/106',
      undefined,
      {},
      [['106', '-10']],
    ],
    ['attaches a contact with {}', '/customer/660/!attach/contact/106', '{}', typed, [['106', '-10']]],
    [
      'attaches by external ids',
      '/customer/eid:JOHN_DOE42/!attach/contact/eid:user1',
      byExternalIds,
      typed,
      [['106', '1']],
    ],
    ['detaches a contact', '/customer/660/!detach/contact/106', undefined, {}, []],
  ])('%s: 204 without a body', async (_what, path, body, headers, after) => {
    expect(await netsuite('POST', `${base}${path}`, body, headers)).toMatchObject({ status: 204, text: '' });
    expect(await contactRoles('660')).toEqual(after);
  });

  it('attaches and detaches a file', async () => {
    expect(await netsuite('POST', `${base}/opportunity/379/!attach/file/398`)).toMatchObject({ status: 204, text: '' });
    expect(await files()).toEqual([{ link: 'opportunity.files', role: null, left: 379, right: 398 }]);
    expect(await netsuite('POST', `${base}/opportunity/379/!detach/file/398`)).toMatchObject({ status: 204, text: '' });
    expect(await files()).toEqual([]);
  });

  it.each([
    ['a record that does not exist', '/customer/1/!attach/contact/106', undefined, 404, 'NONEXISTENT_ID'],
    [
      'an external id that does not exist',
      '/customer/eid:NOBODY/!attach/contact/106',
      undefined,
      404,
      'NONEXISTENT_ID',
    ],
    ['anything but contacts and files', '/customer/660/!attach/opportunity/379', undefined, 400, 'INVALID_REQUEST'],
    [
      'a role that does not exist',
      '/customer/660/!attach/contact/106',
      '{"role":{"id":"-99"}}',
      400,
      'INVALID_CONTENT',
    ],
    ['a role with a file', '/opportunity/379/!attach/file/398', byIds, 400, 'INVALID_CONTENT'],
  ])('refuses %s', async (_what, path, body, status, code) => {
    const answer = await netsuite('POST', `${base}${path}`, body, body === undefined ? {} : typed);
    expect(answer.status).toBe(status);
    expect(answer.body['o:errorDetails']).toEqual([expect.objectContaining({ 'o:errorCode': code })]);
  });
});

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
