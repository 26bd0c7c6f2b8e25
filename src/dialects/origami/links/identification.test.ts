import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { clientOf, unable } from '../test-client.ts';

const server = await freshServer();
afterAll(() => server.close());
const admin = clientOf(() => server.url, { Token: 'kw_demo_admin' });

const upsert = (body: Record<string, unknown>) => admin.post('/api/Link/Upsert', body);
const create = async (domain: string, field: string, fields: Record<string, unknown>): Promise<number> => {
  const answer = await admin.post(`/api/${domain}/Upsert?matchFields=${field}`, fields);
  expect(answer).toMatchObject({ status: 200 });
  return (answer.body as { RecordID: number }).RecordID;
};

const contact = { ChildDomain: 'Contact', ChildRecordID: 2001 };
const claim = { ParentDomain: 'Claim', ParentRecordID: 5001 };
const parentNotFound = unable('Unable to identify the parent record based on the information provided.');
const childNotFound = unable('Unable to identify the child record based on the information provided.');

describe('identification of the two records', () => {
  it('is by primary key, as number or as digits', async () => {
    for (const ParentRecordID of [5001, '5001']) {
      expect(await upsert({ ParentDomain: 'Claim', ParentRecordID, ...contact })).toMatchObject({
        status: 200,
        body: { ParentID: 5001, ChildID: 2001 },
      });
    }
  });

  it('is by match field on both sides at once', async () => {
    const answer = await upsert({
      ParentDomain: 'Claim',
      ParentRecordKey: 'CLM-2026-001',
      ParentRecordMatchField: 'ClaimNumber',
      ChildDomain: 'Contact',
      ChildRecordKey: 'user1',
      ChildRecordMatchField: 'ExternalId',
    });
    expect(answer).toMatchObject({ status: 200, body: { ParentID: 5001, ChildID: 106 } });
  });

  it('ignores key and match field entirely beside a primary key, however wrong they are', async () => {
    for (const [key, field] of [
      ['NOPE', 'NoSuchField'],
      ['NOPE', 'ClaimNumber'],
      [{ a: 1 }, 7],
      ['open', 'Status'],
    ]) {
      expect(await upsert({ ...claim, ParentRecordKey: key, ParentRecordMatchField: field, ...contact })).toMatchObject(
        {
          status: 200,
          body: { ParentID: 5001 },
        },
      );
      expect(await upsert({ ...claim, ...contact, ChildRecordKey: key, ChildRecordMatchField: field })).toMatchObject({
        status: 200,
        body: { ChildID: 2001 },
      });
    }
  });

  it('does not fall back on the key when the primary key names nothing', async () => {
    const key = { ParentRecordKey: 'CLM-2026-001', ParentRecordMatchField: 'ClaimNumber' };
    for (const ParentRecordID of [999999, 0, -1, 'abc', 1.5, true]) {
      expect(await upsert({ ParentDomain: 'Claim', ParentRecordID, ...key, ...contact })).toMatchObject(parentNotFound);
    }
  });

  it('takes a primary key that is null or empty as none', async () => {
    for (const ParentRecordID of [null, '']) {
      const key = { ParentRecordKey: 'CLM-2026-001', ParentRecordMatchField: 'ClaimNumber' };
      expect(await upsert({ ParentDomain: 'Claim', ParentRecordID, ...key, ...contact })).toMatchObject({
        status: 200,
      });
    }
  });

  it('does not take the primary key of another domain', async () => {
    expect(await upsert({ ParentDomain: 'Policy', ParentRecordID: 5001, ...contact })).toMatchObject(parentNotFound);
    expect(await upsert({ ...claim, ChildDomain: 'Contact', ChildRecordID: 398 })).toMatchObject(childNotFound);
  });

  it('needs both key and match field', async () => {
    for (const side of [
      {},
      { ParentRecordKey: 'CLM-2026-001' },
      { ParentRecordMatchField: 'ClaimNumber' },
      { ParentRecordKey: '', ParentRecordMatchField: 'ClaimNumber' },
      { ParentRecordKey: ['CLM-2026-001'], ParentRecordMatchField: 'ClaimNumber' },
    ]) {
      expect(await upsert({ ParentDomain: 'Claim', ...side, ...contact })).toMatchObject(parentNotFound);
    }
    expect(await upsert({ ...claim, ChildDomain: 'Contact', ChildRecordKey: 'user1' })).toMatchObject(childNotFound);
  });

  it('compares keys exactly', async () => {
    for (const key of ['clm-2026-001', ' CLM-2026-001', 'CLM-2026-001 ']) {
      const side = { ParentRecordKey: key, ParentRecordMatchField: 'ClaimNumber' };
      expect(await upsert({ ParentDomain: 'Claim', ...side, ...contact })).toMatchObject(parentNotFound);
    }
  });

  it('names the parent when neither side is found', async () => {
    expect(
      await upsert({ ParentDomain: 'Claim', ParentRecordID: 1, ChildDomain: 'Contact', ChildRecordID: 1 }),
    ).toMatchObject(parentNotFound);
  });

  it('does not find a deleted record', async () => {
    const id = await create('Claim', 'ClaimNumber', { ClaimNumber: 'GONE' });
    await admin.delete(`/api/Claim/${id}`);
    const byKey = { ParentRecordKey: 'GONE', ParentRecordMatchField: 'ClaimNumber' };
    expect(await upsert({ ParentDomain: 'Claim', ParentRecordID: id, ...contact })).toMatchObject(parentNotFound);
    expect(await upsert({ ParentDomain: 'Claim', ...byKey, ...contact })).toMatchObject(parentNotFound);
  });
});

describe('a match field', () => {
  const at = (domain: string, field: string, key: unknown) =>
    upsert({ ParentDomain: domain, ParentRecordKey: key, ParentRecordMatchField: field, ...contact });

  it.each([
    ['that does not exist', 'Claim', 'NoSuchField'],
    ['in another case', 'Claim', 'claimNumber'],
    ['that is coded', 'Claim', 'Status'],
    ['that is a date', 'Claim', 'LossDate'],
    ['of another domain', 'Claim', 'PolicyNumber'],
    ['by the name of an object member', 'Claim', 'constructor'],
  ])('%s is not valid', async (_case, domain, field) => {
    expect(await at(domain, field, 'open')).toMatchObject(
      unable(`The match field '${field}' is not valid for the domain '${domain}'.`),
    );
  });

  it('that need not be unique identifies a record when exactly one has the value', async () => {
    const one = await create('Customer', 'EntityId', {
      EntityId: 'E-1',
      CompanyName: 'One Mill',
      Email: 'both@mill.example',
    });
    await create('Customer', 'EntityId', { EntityId: 'E-2', CompanyName: 'Two Mill', Email: 'both@mill.example' });
    expect(await at('Customer', 'CompanyName', 'One Mill')).toMatchObject({ status: 200, body: { ParentID: one } });
    expect(await at('Customer', 'CompanyName', 'No Mill')).toMatchObject(parentNotFound);
    expect(await at('Customer', 'Email', 'both@mill.example')).toMatchObject(parentNotFound);
  });

  it('may be numeric', async () => {
    const id = await create('Claim', 'ClaimNumber', { ClaimNumber: 'NUM-1', Incurred: 77.25 });
    for (const key of [77.25, '77.25']) {
      expect(await at('Claim', 'Incurred', key)).toMatchObject({ status: 200, body: { ParentID: id } });
    }
    expect(await at('Claim', 'Incurred', 'seventy-seven')).toMatchObject(parentNotFound);
  });

  it('may be text that is sent as a number', async () => {
    const id = await create('Claim', 'ClaimNumber', { ClaimNumber: '20260115' });
    expect(await at('Claim', 'ClaimNumber', 20260115)).toMatchObject({ status: 200, body: { ParentID: id } });
  });
});

describe('awkward keys', () => {
  it.each([
    'a/b+c%d é',
    '018f3a52-7c1b-8d2e-9f00-aabbccddeeff',
    'link',
    'count',
    'eid:1:2',
    '5001',
    ' leading and trailing ',
    '"quoted" \\ {back} \n line',
    '🔑',
    'k'.repeat(512),
  ])('find their record: %j', async (key) => {
    const claimId = await create('Claim', 'ExternalId', { ExternalId: key });
    const contactId = await create('Contact', 'SyncKey', { SyncKey: key });
    const answer = await upsert({
      ParentDomain: 'Claim',
      ParentRecordKey: key,
      ParentRecordMatchField: 'ExternalId',
      ChildDomain: 'Contact',
      ChildRecordKey: key,
      ChildRecordMatchField: 'SyncKey',
    });
    expect(answer).toMatchObject({ status: 200, body: { ParentID: claimId, ChildID: contactId } });
    const query = new URLSearchParams({
      parentDomain: 'Claim',
      parentRecordKey: key,
      parentRecordMatchField: 'ExternalId',
    });
    expect((await admin.get(`/api/Link/Query?${query}`)).body).toMatchObject([
      { ParentID: claimId, ChildID: contactId },
    ]);
  });

  it.each(['nul \0 inside', 'lone surrogate \ud800', 'k'.repeat(5000)])(
    'find nothing when nobody can have them',
    async (key) => {
      const side = { ParentRecordKey: key, ParentRecordMatchField: 'ExternalId' };
      expect(await upsert({ ParentDomain: 'Claim', ...side, ...contact })).toMatchObject(parentNotFound);
      const text = { ParentRecordKey: key, ParentRecordMatchField: 'Description' };
      expect(await upsert({ ParentDomain: 'Claim', ...text, ...contact })).toMatchObject(parentNotFound);
    },
  );
});
