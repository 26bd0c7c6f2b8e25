import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { clientOf } from '../test-client.ts';

const server = await freshServer();
afterAll(() => server.close());
const admin = clientOf(() => server.url, { Token: 'kw_demo_admin' });

const pair = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'Contact', ChildRecordID: 2001 };
const file = { ...pair, ChildDomain: 'File', ChildRecordID: 398 };
const add = async (body: object): Promise<number> =>
  ((await admin.post('/api/Link/Upsert', body)).body as { RecordID: number }).RecordID;
const remove = (body: object) => admin.post('/api/Link/Remove', body);

const removed = (id: number, relationship: number | null) => ({
  status: 200,
  body: {
    IsSuccessful: true,
    RecordID: id,
    Message: `Removed link with id ${id} successfully.`,
    ParentID: 5001,
    ChildID: 2001,
    RelationshipID: relationship,
  },
});
const nothing = {
  status: 200,
  body: {
    IsSuccessful: false,
    RecordID: null,
    Message: 'No link was found to remove.',
    ParentID: 5001,
    ChildID: 2001,
    RelationshipID: null,
  },
};

describe('Link/Remove', () => {
  let adjuster: number;
  let broker: number;
  beforeAll(async () => {
    adjuster = await add({ ...pair, Relationship: 'Adjuster' });
    broker = await add({ ...pair, Relationship: 'Broker' });
  });

  it('removes one link per call, and says so when there is none', async () => {
    expect(await remove({ ...pair, Relationship: 'Witness' })).toMatchObject(nothing);
    expect(await remove({ ...pair, Relationship: 'broker' })).toMatchObject(removed(broker, 2));
    expect(await remove({ ...pair, Relationship: 'Broker' })).toMatchObject(nothing);
    expect(await remove(pair)).toMatchObject(removed(adjuster, 3));
    expect(await remove(pair)).toMatchObject(nothing);
  });

  it('takes the link with the lowest id when no relationship is given', async () => {
    const ids = [
      await add({ ...pair, Relationship: 'Witness' }),
      await add({ ...pair, Relationship: 'Claimant' }),
      await add({ ...pair, Relationship: 'Broker' }),
    ];
    const gone = [await remove(pair), await remove(pair), await remove(pair)];
    expect(gone.map(({ body }) => (body as { RecordID: number }).RecordID)).toEqual(ids);
  });

  it('answers the resolved ids when the records are found by match field', async () => {
    const id = await add({ ...pair, Relationship: 'Adjuster' });
    const answer = await remove({
      ParentDomain: 'Claim',
      ParentRecordKey: 'CLM-2026-001',
      ParentRecordMatchField: 'ClaimNumber',
      ChildDomain: 'Contact',
      ChildRecordKey: 'CONTACT-2001',
      ChildRecordMatchField: 'SyncKey',
      Relationship: 'Adjuster',
    });
    expect(answer).toMatchObject(removed(id, 3));
  });

  it('ignores the relationship for files', async () => {
    const id = await add(file);
    expect(await remove({ ...file, Relationship: 'no such' })).toMatchObject({
      status: 200,
      body: { IsSuccessful: true, RecordID: id, ChildID: 398, RelationshipID: null },
    });
    expect(await remove(file)).toMatchObject({ status: 200, body: { IsSuccessful: false } });
  });
});
