/** Inserts, updates, echoed fields and bulk. */
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { bearerWith, clientOf, ownerOf, unable } from '../test-client.ts';

const server = await freshServer();
afterAll(() => server.close());
const admin = clientOf(() => server.url, { Token: 'kw_demo_admin' });

const idOf = (answer: { body: unknown }): number => (answer.body as { RecordID: number }).RecordID;
const inserted = (domain: string, id: number) => ({
  status: 200,
  body: { IsSuccessful: true, RecordID: id, Message: `Inserted ${domain} with id ${id} successfully.` },
});

describe('POST /api/{domain}', () => {
  it('makes a record, every time', async () => {
    const first = await admin.post('/OrigamiApi/api/Claim', { Name: 'Hail', LossDate: '2026-01-15' });
    expect(first).toMatchObject(inserted('Claim', idOf(first)));
    const second = await admin.post('/OrigamiApi/api/Claim', { Name: 'Hail' });
    expect(idOf(second)).not.toBe(idOf(first));
    expect((await admin.get(`/api/Claim/${idOf(first)}`)).body).toMatchObject({ Name: 'Hail', LossDate: '2026-01-15' });
  });

  it('draws the primary key itself', async () => {
    expect(idOf(await admin.post('/api/Claim', { ClaimID: 5001, Name: 'Numbered' }))).not.toBe(5001);
  });

  it('refuses a unique value that is taken, and what is wrong, in one string', async () => {
    expect(await admin.post('/api/Claim', { ClaimNumber: 'CLM-2026-001' })).toMatchObject(
      unable(`The field 'ClaimNumber' must be unique: the record with id 5001 has the value 'CLM-2026-001'.`),
    );
    expect(await admin.post('/api/BuildingComponent', { Weight: 'much' })).toMatchObject({
      status: 500,
      body: expect.stringMatching(/The field 'Weight' must be .* The field 'Name' is required\./),
    });
  });

  it('needs permission', async () => {
    expect(
      await clientOf(() => server.url, { Token: await bearerWith(server.hub, { claim: ['read'] }) }).post(
        '/api/Claim',
        {},
      ),
    ).toMatchObject(unable(`You do not have permission to create records on the domain 'Claim'.`));
  });

  it.each([[[]], ['"text"'], ['3'], ['null'], ['']])('is 400 for the body %j', async (body) => {
    expect(await admin.post('/api/Claim', body)).toMatchObject({ status: 400, body: 'The request is invalid.' });
  });

  it('takes a domain of the client with a slash behind it, and without', async () => {
    const caller = { principal: await ownerOf(server.hub), via: 'test', requestId: 'test' };
    const thing = { names: { origami: 'Custom.Thing' }, fields: { seen: { type: 'datetime' as const } } };
    await server.hub.applySchema(caller, (now) => ({ ...now, types: { ...now.types, thing } }), { allowLoss: false });
    for (const path of ['/OrigamiApi/api/Custom.Thing/', '/api/Custom.Thing']) {
      const made = await admin.post(path, { Name: path, Seen: '2026-01-15 01:30 pm' });
      expect(made).toMatchObject(inserted('Custom.Thing', idOf(made)));
      const shown = (await admin.get(`/api/Custom.Thing/${idOf(made)}`)).body as Record<string, unknown>;
      expect(shown).toMatchObject({ 'Custom.ThingID': idOf(made), Seen: '2026-01-15T13:30:00.000Z' });
      expect(await admin.put(path, { ...shown, Name: 'changed' })).toMatchObject({ status: 200 });
    }
  });
});

describe('PUT /api/{domain}', () => {
  it('changes the record whose primary key is in the body, and of it what is named', async () => {
    const id = idOf(await admin.post('/api/Claim', { Name: 'Old', Status: 'open', Incurred: 5 }));
    const answer = await admin.put('/api/Claim', { ClaimID: id, Name: 'New', Incurred: null });
    expect(answer).toMatchObject({
      status: 200,
      body: { IsSuccessful: true, RecordID: id, Message: `Updated Claim with id ${id} successfully.` },
    });
    expect((await admin.get(`/api/Claim/${id}`)).body).toMatchObject({ Name: 'New', Status: 'open', Incurred: null });
    expect(await admin.put('/api/Claim', { ClaimID: String(id), Name: 'Newer' })).toMatchObject({ status: 200 });
  });

  it('never makes one', async () => {
    for (const id of [1, 0, -5, 'x', [5001], {}, true, 1.5]) {
      expect((await admin.put('/api/Claim', { ClaimID: id, Name: 'Nobody' })).status, String(id)).toBe(500);
    }
    expect(await admin.put('/api/Claim', { ClaimID: 1 })).toMatchObject(unable('The Claim with id 1 does not exist.'));
    for (const ClaimID of [undefined, null, '']) {
      expect(await admin.put('/api/Claim', { ClaimID, Name: 'x' })).toMatchObject(
        unable(`The field 'ClaimID' is required.`),
      );
    }
  });

  it('needs permission', async () => {
    const reader = clientOf(() => server.url, { Token: await bearerWith(server.hub, { claim: ['read'] }) });
    expect(await reader.put('/api/Claim', { ClaimID: 5001, Name: 'Mine' })).toMatchObject(
      unable(`You do not have permission to edit records on the domain 'Claim'.`),
    );
  });
});

describe('coded fields and associations', () => {
  it.each([
    [{ Grade: 'b' }, 'b'],
    [{ Grade: 'GRADE B' }, 'b'],
    [{ GradeID: 3 }, 'c'],
    [{ GradeID: '1' }, 'a'],
    [{ GradeID: null }, null],
  ])('%j is the code %j', async (fields, code) => {
    const id = idOf(await admin.post('/api/BuildingComponent', { Name: JSON.stringify(fields), ...fields }));
    expect((await admin.get(`/api/BuildingComponent/${id}`)).body).toMatchObject({ Grade: code });
  });

  it('that are none are refused', async () => {
    for (const [fields, reason] of [
      [{ Grade: 'z' }, `The field 'Grade' must be one of the codes a, b, c.`],
      [{ GradeID: 9 }, `The field 'GradeID' must be one of the codes 1, 2, 3.`],
      [{ GradeID: 'a' }, `The field 'GradeID' must be one of the codes 1, 2, 3.`],
      [{ SupplierID: 1 }, `The field 'SupplierID' refers to a record that does not exist.`],
    ] as const) {
      expect(await admin.post('/api/BuildingComponent', { Name: 'Bad', ...fields })).toMatchObject(unable(reason));
    }
  });
});

describe('echoFields', () => {
  it('gives back what is named of the record that was written', async () => {
    const beam = { Name: 'Echo', SupplierID: 2001, Grade: 'Grade A' };
    const echo = 'echoFields=Name,Grade.Description as Quality,Supplier.ContactID as From&fireEvents=true';
    const answer = await admin.post(`/api/BuildingComponent?${echo}`, beam);
    const id = idOf(answer);
    expect(answer.body).toEqual({
      ...inserted('BuildingComponent', id).body,
      ...{ Name: 'Echo', Quality: 'Grade A', From: 2001 },
    });
    expect(
      (await admin.post(`/api/BuildingComponent/Upsert?matchFields=Name&echoFields=Weight`, beam)).body,
    ).toMatchObject({
      Weight: null,
    });
  });

  it('that is wrong costs no record', async () => {
    expect(await admin.post('/api/Claim?echoFields=Nonsense', { ClaimNumber: 'UNMADE' })).toMatchObject(
      unable(`The column 'Nonsense' is not valid.`),
    );
    expect((await admin.get(`/api/Claim/Query?filter=ClaimNumber='UNMADE'`)).body).toEqual([]);
  });

  it('through an association that the caller may not view costs no record either', async () => {
    const grants = { building_component: ['create', 'read'] } as const;
    const writer = clientOf(() => server.url, { Token: await bearerWith(server.hub, grants) });
    const path = '/api/BuildingComponent?echoFields=Supplier.Name';
    expect(await writer.post(path, { Name: 'Unseen' })).toMatchObject(
      unable(`You do not have permission to view the domain 'Contact'.`),
    );
    expect((await admin.get(`/api/BuildingComponent/Query?filter=Name='Unseen'`)).body).toEqual([]);
  });
});

describe('BulkInsert and BulkUpsert', () => {
  it('write each record for itself, in their order', async () => {
    const bodies = [
      { ClaimNumber: 'B-1' },
      { ClaimNumber: 'B-1' },
      7,
      { ClaimNumber: 'B-2', Status: 'lost' },
      { ClaimNumber: 'B-3' },
    ];
    const answer = await admin.post('/OrigamiApi/api/Claim/BulkInsert?echoFields=ClaimNumber', bodies);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([
      {
        IsSuccessful: true,
        RecordID: expect.any(Number),
        Message: expect.stringMatching(/^Inserted/),
        ClaimNumber: 'B-1',
      },
      { IsSuccessful: false, RecordID: null, Message: expect.stringContaining('must be unique') },
      { IsSuccessful: false, RecordID: null, Message: 'The request is invalid.' },
      { IsSuccessful: false, RecordID: null, Message: expect.stringContaining('must be one of the codes') },
      {
        IsSuccessful: true,
        RecordID: expect.any(Number),
        Message: expect.stringMatching(/^Inserted/),
        ClaimNumber: 'B-3',
      },
    ]);
  });

  it('find what an earlier one of them made', async () => {
    const twice = [{ Name: 'In turn' }, { Name: 'In turn', Status: 'open' }];
    const { body } = await admin.post('/api/Claim/BulkUpsert?matchFields=Name', twice);
    const [first, second] = body as { RecordID: number; Message: string }[];
    expect(second).toMatchObject({ RecordID: first?.RecordID, Message: expect.stringMatching(/^Updated/) });
  });

  it('take 25 records, and do nothing with more', async () => {
    const some = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, index) => ({ ClaimNumber: `${prefix}-${index}` }));
    for (const path of ['BulkInsert', 'BulkUpsert?matchFields=ClaimNumber']) {
      expect((await admin.post(`/api/Claim/${path}`, some(25, path.slice(0, 8)))).body).toHaveLength(25);
      expect(await admin.post(`/api/Claim/${path}`, some(26, 'OVER'))).toMatchObject(
        unable('A call takes at most 25 records, and none was processed.'),
      );
    }
    expect((await admin.get(`/api/Claim/Query?filter=ClaimNumber LIKE 'OVER%25'`)).body).toEqual([]);
  });

  it('are refused as a whole for what is wrong with the request', async () => {
    expect(await admin.post('/api/Claim/BulkInsert', {})).toMatchObject({ status: 400 });
    expect((await admin.post('/api/Claim/BulkInsert', [])).body).toEqual([]);
    expect(await admin.post('/api/Claim/BulkUpsert', [{}])).toMatchObject(
      unable('At least one match field is required.'),
    );
    expect(await admin.post('/api/Nothing/BulkInsert', [])).toMatchObject(
      unable(`The domain 'Nothing' does not exist.`),
    );
  });

  it('need permission for each record', async () => {
    const { body } = await clientOf(() => server.url, { Token: await bearerWith(server.hub, {}) }).post(
      '/api/Claim/BulkInsert',
      [{}],
    );
    expect(body).toEqual([
      { IsSuccessful: false, RecordID: null, Message: expect.stringContaining('permission to create records') },
    ]);
  });
});
