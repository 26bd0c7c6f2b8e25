import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { clientOf, unable } from '../test-client.ts';

const server = await freshServer();
afterAll(() => server.close());
const admin = clientOf(() => server.url, { Token: 'kw_demo_admin' });
const member = clientOf(() => server.url, { Token: 'kw_demo_member' });

describe('what a domain is made of', () => {
  it('its fields', async () => {
    const { body } = await admin.get('/OrigamiApi/api/BuildingComponent/Fields');
    expect(body).toContainEqual({
      ...{ FieldID: expect.any(Number), Name: 'Grade', Label: 'Grade', Description: '', DataType: 'Code' },
      ...{ MaxLength: null, Scale: null, IsRequired: false, IsUnique: false, IsReadOnly: false },
      ...{ IsCoded: true, AssociationDomain: null },
    });
    expect(body).toContainEqual(
      expect.objectContaining({ Name: 'SupplierID', DataType: 'Association', AssociationDomain: 'Contact' }),
    );
    expect(body).toContainEqual(expect.objectContaining({ Name: 'Name', IsRequired: true, IsUnique: true }));
    expect((await admin.get('/api/Element/Fields')).body).toContainEqual(
      expect.objectContaining({ Name: 'InstalledOn', IsReadOnly: true }),
    );
  });

  it('its dictionary and its screen', async () => {
    const at = '/OrigamiApi/api/Metadata/Domains/BuildingComponent';
    const { body } = await admin.get(`${at}/DataDictionary`);
    expect(body).toMatchObject({ Name: 'BuildingComponent', PrimaryKey: 'BuildingComponentID' });
    expect((body as { Fields: unknown[] }).Fields).toContainEqual(
      expect.objectContaining({
        Name: 'Grade',
        Codes: [
          { CodeID: 1, Code: 'a', Description: 'Grade A' },
          { CodeID: 2, Code: 'b', Description: 'Grade B' },
          { CodeID: 3, Code: 'c', Description: 'Grade C' },
        ],
      }),
    );
    const screen = (await admin.get(`${at}/ScreenConfiguration`)).body as { Sections: { Fields: unknown[] }[] };
    expect(screen.Sections[0]?.Fields).toContainEqual(expect.objectContaining({ Name: 'Name', IsRequired: true }));
  });

  it.each(['Claim', 'Policy', 'BuildingComponent', 'Customer', 'Contact', 'File'])(
    'a sample of %s that an insert takes',
    async (domain) => {
      const { body } = await admin.get(`/api/Metadata/Domains/${domain}/InputSample`);
      expect(await admin.post(`/api/${domain}`, body)).toMatchObject({ status: 200, body: { IsSuccessful: true } });
    },
  );

  it('of a domain that is not there is refused', async () => {
    for (const path of ['Nothing/Fields', 'Nothing/Codes', 'Metadata/Domains/Nothing/DataDictionary']) {
      expect(await admin.get(`/api/${path}`)).toMatchObject(unable(`The domain 'Nothing' does not exist.`));
    }
    expect(await admin.get('/api/Metadata/Domains/Claim/Nothing')).toMatchObject({ status: 404 });
    expect(await admin.post('/api/Domains', {})).toMatchObject({ status: 405 });
  });
});

describe('codes', () => {
  it('of a domain, or of one of its fields', async () => {
    const { body } = await admin.get('/api/Claim/Codes?field=Status');
    expect(body).toEqual(
      ['open', 'closed', 'reopened'].map((code, index) => ({
        ...{ Field: 'Status', CodeID: index + 1, Code: code, Description: code },
      })),
    );
    expect((await admin.get('/api/Claim/Codes')).body).toEqual(expect.arrayContaining(body as unknown[]));
    expect(await admin.get('/api/Claim/Codes?field=Name')).toMatchObject(
      unable(`The field 'Name' of the domain 'Claim' has no codes.`),
    );
  });

  it('of ContactType are the relationships of links to contacts, by the ids that links show', async () => {
    expect((await admin.get('/api/Claim/Codes?field=ContactType')).body).toContainEqual({
      ...{ Field: 'ContactType', CodeID: 3, Code: 'adjuster', Description: 'Adjuster' },
    });
  });

  it('are added, and described anew', async () => {
    const upsert = (body: unknown, client = admin) => client.post('/OrigamiApi/api/Claim/Codes/Upsert', body);
    const code = { Field: 'Status', Code: 'pending', Description: 'Waits for papers' };
    expect(await upsert(code)).toMatchObject({
      status: 200,
      body: { IsSuccessful: true, RecordID: 4, Message: 'Inserted code with id 4 successfully.' },
    });
    expect((await upsert({ ...code, Description: 'Waits' })).body).toMatchObject({
      RecordID: 4,
      Message: 'Updated code with id 4 successfully.',
    });
    expect((await upsert({ Field: 'Status', Code: 'pending' })).body).toMatchObject({ RecordID: 4 });
    const { body } = await admin.post('/api/Claim?echoFields=Status.Description,Status.Code', { Status: 'waits' });
    expect(body).toMatchObject({ 'Status.Description': 'Waits', 'Status.Code': 'pending' });
    expect(await upsert(code, member)).toMatchObject(
      unable(`You do not have permission to edit codes on the domain 'Claim'.`),
    );
    expect(await upsert({ Field: 'Name', Code: 'x' })).toMatchObject(
      unable(`The field 'Name' of the domain 'Claim' has no codes.`),
    );
    for (const [body, reason] of [
      [{ Code: 'x' }, `The field 'Field' is required.`],
      [{ Field: 'Status' }, `The field 'Code' is required.`],
      [{ Field: 'Status', Code: 'x', Description: 5 }, `The field 'Description' must be text.`],
    ] as const) {
      expect(await upsert(body)).toMatchObject(unable(reason));
    }
    expect(await upsert([])).toMatchObject({ status: 400 });
  });

  it('of ContactType are at once relationships that links can have', async () => {
    const added = await admin.post('/api/Claim/Codes/Upsert', {
      ...{ Field: 'ContactType', Code: 'expert', Description: 'Expert Witness' },
    });
    const { RecordID } = added.body as { RecordID: number };
    const pair = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'Contact', ChildRecordID: 2001 };
    expect((await admin.post('/api/Link/Upsert', { ...pair, Relationship: 'Expert Witness' })).body).toMatchObject({
      RelationshipID: RecordID,
    });
  });
});
