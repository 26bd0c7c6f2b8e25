import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { bearerWith, clientOf, unable } from '../test-client.ts';

const server = await freshServer();
afterAll(() => server.close());
const admin = clientOf(() => server.url, { Token: 'kw_demo_admin' });
const member = clientOf(() => server.url, { Token: 'kw_demo_member' });

const upsert = (domain: string, match: string, body: unknown) =>
  admin.post(`/OrigamiApi/api/${domain}/Upsert?matchFields=${match}`, body);
const idOf = (answer: { body: unknown }): number => (answer.body as { RecordID: number }).RecordID;

describe('GET /api/{domain}/{id}', () => {
  it('shows the primary key and every field, in Pascal case', async () => {
    expect(await admin.get('/OrigamiApi/api/Claim/5001')).toMatchObject({
      status: 200,
      body: {
        ClaimID: 5001,
        ExternalId: null,
        SyncKey: null,
        Name: 'Water damage at the mill',
        ClaimNumber: 'CLM-2026-001',
        Description: null,
        LossDate: null,
        Status: 'open',
        Incurred: null,
      },
    });
  });

  it('shows an association by the id of the other record', async () => {
    const id = idOf(await upsert('BuildingComponent', 'Name', { Name: 'Beam', SupplierID: 2001, Grade: 'Grade B' }));
    const read = await admin.get(`/api/BuildingComponent/${id}`);
    expect(read.body).toMatchObject({ BuildingComponentID: id, Name: 'Beam', SupplierID: 2001, Grade: 'b' });
    expect(read.body).not.toHaveProperty('Supplier');
  });

  it('is 404 for an id that is not there, and 500 for a domain', async () => {
    for (const id of ['1', '0', '99999999999999999999']) {
      expect(await admin.get(`/api/Claim/${id}`)).toMatchObject({
        status: 404,
        body: `The Claim with id ${id} does not exist.`,
      });
    }
    expect(await admin.get('/api/claim/5001')).toMatchObject(unable(`The domain 'claim' does not exist.`));
    expect(await admin.get('/api/Policy/5001')).toMatchObject({ status: 404 });
  });

  it('needs permission to view', async () => {
    const none = clientOf(() => server.url, { Token: await bearerWith(server.hub, { policy: ['read'] }) });
    expect(await none.get('/api/Claim/5001')).toMatchObject(
      unable(`You do not have permission to view the domain 'Claim'.`),
    );
  });
});

describe('POST /api/{domain}/Upsert', () => {
  it('creates, then updates the record with that value', async () => {
    const created = await upsert('Claim', 'ClaimNumber', { ClaimNumber: 'N-1', Description: 'first' });
    const id = idOf(created);
    expect(created).toMatchObject({
      status: 200,
      body: { IsSuccessful: true, RecordID: id, Message: `Inserted Claim with id ${id} successfully.` },
    });
    const updated = { IsSuccessful: true, RecordID: id, Message: `Updated Claim with id ${id} successfully.` };
    expect((await upsert('Claim', 'ClaimNumber', { ClaimNumber: 'N-1', Status: 'closed' })).body).toEqual(updated);
    expect((await upsert('Claim', 'ClaimNumber', { ClaimNumber: 'N-1' })).body).toEqual(updated);
    expect((await admin.get(`/api/Claim/${id}`)).body).toMatchObject({
      ClaimNumber: 'N-1',
      Description: 'first',
      Status: 'closed',
    });
    await upsert('Claim', 'ClaimNumber', { ClaimNumber: 'N-1', Description: null });
    expect((await admin.get(`/api/Claim/${id}`)).body).toMatchObject({ Description: null, Status: 'closed' });
  });

  it('takes back what a read gave', async () => {
    const id = idOf(
      await upsert('Claim', 'ClaimNumber', { ClaimNumber: 'ECHO', Incurred: '12.50', LossDate: '2026-01-15' }),
    );
    const { body } = await admin.get(`/api/Claim/${id}`);
    expect(body).toMatchObject({ Incurred: 12.5, LossDate: '2026-01-15' });
    expect(await upsert('Claim', 'ClaimNumber', body)).toMatchObject({ status: 200, body: { RecordID: id } });
    expect((await admin.get(`/api/Claim/${id}`)).body).toEqual(body);
  });

  it.each([
    ['Yes', true],
    ['no', false],
    ['True', true],
    ['FALSE', false],
    ['Y', true],
    ['n', false],
    [1, true],
    ['0', false],
    [true, true],
    [null, null],
  ])('takes %j for a yes or no', async (given, kept) => {
    const id = idOf(await upsert('Customer', 'EntityId', { EntityId: 'bool', IsInactive: given }));
    expect((await admin.get(`/api/Customer/${id}`)).body).toMatchObject({ IsInactive: kept });
  });

  it('names everything that is wrong at once', async () => {
    const body = { ClaimNumber: 'BAD', Status: 'lost', LossDate: 'tomorrow', Incurred: 'much' };
    const answer = await upsert('Claim', 'ClaimNumber', body);
    expect(answer.status).toBe(500);
    expect(answer.body).toMatch(/^Unable to execute\. The field '/);
    for (const field of ['Status', 'LossDate', 'Incurred'])
      expect(answer.body).toContain(`The field '${field}' must be`);
    expect(await upsert('Claim', 'ClaimNumber', { ClaimNumber: 'N'.repeat(51) })).toMatchObject(
      unable(`The field 'ClaimNumber' takes at most 50 characters.`),
    );
    expect(await upsert('BuildingComponent', 'Name', { Name: 'Lost', SupplierID: 1 })).toMatchObject(
      unable(`The field 'SupplierID' refers to a record that does not exist.`),
    );
  });

  it('refuses a value that another record has', async () => {
    const holder = idOf(await upsert('Claim', 'ClaimNumber', { ClaimNumber: 'HELD' }));
    expect(await upsert('Claim', 'ExternalId', { ExternalId: 'other', ClaimNumber: 'HELD' })).toMatchObject(
      unable(`The field 'ClaimNumber' must be unique: the record with id ${holder} has the value 'HELD'.`),
    );
  });

  it.each([
    ['', { ClaimNumber: 'X' }, 'At least one match field is required.'],
    ['ClaimNumber,Name', { ClaimNumber: 'X' }, `The match field 'Name' must be in the body with a value.`],
    ['SupplierID', { SupplierID: 2001 }, `The match field 'SupplierID' is not valid for the domain 'Claim'.`],
    ['ClaimNumber as Number', {}, `The match field 'ClaimNumber as Number' is not valid for the domain 'Claim'.`],
    ['Status', { Status: 'open' }, `The match field 'Status' is not valid for the domain 'Claim'.`],
    ['claimNumber', { claimNumber: 'X' }, `The match field 'claimNumber' is not valid for the domain 'Claim'.`],
    ['ClaimNumber', { Name: 'X' }, `The match field 'ClaimNumber' must be in the body with a value.`],
    ['ClaimNumber', { ClaimNumber: null }, `The match field 'ClaimNumber' must be in the body with a value.`],
    ['ClaimNumber', { ClaimNumber: '' }, `The match field 'ClaimNumber' must be in the body with a value.`],
    ['ClaimNumber', { ClaimNumber: 'X', Nonsense: 1 }, `The field 'Nonsense' does not exist on the domain 'Claim'.`],
  ])('with match field %j and %j is refused', async (match, body, reason) => {
    expect(await upsert('Claim', match, body)).toMatchObject(unable(reason));
  });

  it('refuses a domain that belongs to an interface', async () => {
    expect(await upsert('Element', 'ExternalId', { ExternalId: 'E', Name: 'mine' })).toMatchObject(
      unable(
        `The domain 'Element' can only be changed by external. The field 'Name' can only be changed by external. ` +
          `The field 'ExternalId' can only be changed by external.`,
      ),
    );
  });

  it('makes one record when many send the same new key', async () => {
    const body = { ClaimNumber: 'RACE' };
    const answers = await Promise.all(Array.from({ length: 40 }, () => upsert('Claim', 'ClaimNumber', body)));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    const inserted = answers.filter(({ body: answer }) =>
      (answer as { Message: string }).Message.startsWith('Inserted'),
    );
    expect(inserted).toHaveLength(1);
  });
});

describe('DELETE /api/{domain}/{id}', () => {
  it('deletes the record and its links', async () => {
    const id = idOf(await upsert('Claim', 'ClaimNumber', { ClaimNumber: 'BYE' }));
    await admin.post('/api/Link/Upsert', {
      ParentDomain: 'Claim',
      ParentRecordID: id,
      ChildDomain: 'Contact',
      ChildRecordID: 2001,
    });
    const links = () => admin.get('/api/Link/Query?parentDomain=Claim&childDomain=Contact&childRecordID=2001');
    expect((await links()).body).toHaveLength(1);
    expect(await member.delete(`/api/Claim/${id}`)).toMatchObject(
      unable(`You do not have permission to delete records on the domain 'Claim'.`),
    );
    expect(await admin.delete(`/api/Claim/${id}`)).toMatchObject({
      status: 200,
      body: { IsSuccessful: true, RecordID: id, Message: `Deleted Claim with id ${id} successfully.` },
    });
    expect(await admin.delete(`/api/Claim/${id}`)).toMatchObject({
      status: 404,
      body: `The Claim with id ${id} does not exist.`,
    });
    expect((await links()).body).toEqual([]);
  });
});

describe('GET /api/Domains', () => {
  it('lists every domain with an id', async () => {
    const { body } = await admin.get('/api/Domains');
    expect((body as { Name: string }[]).map((domain) => domain.Name)).toEqual(
      expect.arrayContaining(['Claim', 'Contact', 'File', 'BuildingComponent']),
    );
    expect(body).toContainEqual({ DomainID: expect.any(Number), Name: 'Policy' });
  });
});

describe('paths', () => {
  it('are served below both base paths and at the origin', async () => {
    for (const base of ['/OrigamiApi', '/OrigamiApi-v2', '']) {
      expect(await admin.get(`${base}/api/Claim/5001`)).toMatchObject({ status: 200, body: { ClaimID: 5001 } });
      expect(await admin.get(`${base}/AccountInformation/Limits`)).toMatchObject({
        status: 200,
        body: {
          MaximumRequestBodyBytes: 10_485_760,
          MaximumUrlCharacters: 10_000,
          MaximumQueryPageSize: 100,
          MaximumBulkRecords: 25,
        },
      });
    }
  });

  it('leave the base paths of other vendors alone', async () => {
    for (const path of ['/api/v1/5001', '/api/v2/5001']) expect(await admin.get(path)).toMatchObject({ status: 404 });
    const { body } = await admin.post('/api/v2/Upsert?matchFields=Name', { Name: 'x' });
    expect(body).toBeTypeOf('object'); // not this vendor's bare string
    expect((await admin.get('/OrigamiApi/api/v2/5001')).status).toBe(404);
  });

  it('that do not exist are 404, and methods that a path lacks 405, as bare strings', async () => {
    for (const path of ['/OrigamiApi', '/OrigamiApi/api/Link/1', '/OrigamiApi/api/Link/Get', '/api/Claim/abc']) {
      expect(await admin.get(path)).toMatchObject({
        status: 404,
        body: 'No HTTP resource was found that matches the request URI.',
      });
    }
    expect(await admin.delete('/OrigamiApi/api/Domains')).toMatchObject({
      status: 405,
      body: `The requested resource does not support http method 'DELETE'.`,
    });
  });

  it('over 10,000 characters are refused', async () => {
    expect(await admin.get(`/api/Link/Query?parentDomain=${'x'.repeat(10_000)}`)).toMatchObject({
      status: 414,
      body: 'The request URL must not exceed 10000 characters.',
    });
  });
});
