/** What SugarCRM, Origami Risk and NetSuite print in their documentation, word for word, signed in as their clients do. */
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../fresh-server.ts';
import { type Json, origami as origamiOf, type Send, signIn, sugarcrm as sugarcrmOf } from './vendor-clients.ts';

const server = await freshServer();
afterAll(() => server.close());
const { native, sugarcrm, origami, netsuite } = await signIn(server.url);

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
