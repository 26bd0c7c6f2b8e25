import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { bearerWith, clientOf, unable } from '../test-client.ts';

const server = await freshServer();
afterAll(() => server.close());
const admin = clientOf(() => server.url, { Token: 'kw_demo_admin' });

const add = async (body: object): Promise<number> =>
  ((await admin.post('/api/Link/Upsert', body)).body as { RecordID: number }).RecordID;
const query = (text: string) => admin.get(`/OrigamiApi/api/Link/Query?${text}`);
const idsOf = async (text: string) => {
  const answer = await query(text);
  expect(answer).toMatchObject({ status: 200 });
  return (answer.body as { LinkID: number }[]).map((row) => row.LinkID);
};

const claim = { ParentDomain: 'Claim', ParentRecordID: 5001 };
const ada = { ChildDomain: 'Contact', ChildRecordID: 2001 };
const tom = { ChildDomain: 'Contact', ChildRecordID: 106 };
const offer = { ChildDomain: 'File', ChildRecordID: 398 };

/** Links of the demo's claim, in the order of their ids, and one each of its policy and its customer. */
let links: { adaAdjuster: number; adaBroker: number; file: number; tom: number; policy: number; customer: number };
const policyAda = 101;
let emptyClaim: number;

beforeAll(async () => {
  links = {
    adaAdjuster: await add({ ...claim, ...ada, Relationship: 'Adjuster' }),
    adaBroker: await add({ ...claim, ...ada, Relationship: 'Broker' }),
    file: await add({ ...claim, ...offer }),
    tom: await add({ ...claim, ...tom }),
    policy: await add({ ParentDomain: 'Policy', ParentRecordID: 67890, ...tom, Relationship: 'Adjuster' }),
    customer: await add({ ParentDomain: 'Customer', ParentRecordID: 660, ...ada, Relationship: 'Family' }),
  };
  const other = await admin.post('/api/Claim/Upsert?matchFields=ClaimNumber', { ClaimNumber: 'EMPTY' });
  emptyClaim = (other.body as { RecordID: number }).RecordID;
});

describe('Link/Query', () => {
  it('answers ids by LinkID', async () => {
    expect(await query('parentDomain=Claim&parentRecordID=5001')).toMatchObject({
      status: 200,
      body: [
        { LinkID: links.adaAdjuster, ParentID: 5001, ChildID: 2001, ContactTypeID: 3 },
        { LinkID: links.adaBroker, ParentID: 5001, ChildID: 2001, ContactTypeID: 2 },
        { LinkID: links.file, ParentID: 5001, ChildID: 398, ContactTypeID: null },
        { LinkID: links.tom, ParentID: 5001, ChildID: 106, ContactTypeID: null },
      ],
    });
  });

  it('narrows by whatever is named', async () => {
    const { adaAdjuster, adaBroker, file, tom: tomLink, policy, customer } = links;
    const ofClaim = 'parentDomain=Claim&parentRecordID=5001';
    expect(await idsOf(`${ofClaim}&childDomain=Contact`)).toEqual([adaAdjuster, adaBroker, tomLink]);
    expect(await idsOf(`${ofClaim}&childDomain=File`)).toEqual([file]);
    expect(await idsOf(`${ofClaim}&childDomain=Contact&childRecordID=2001`)).toEqual([adaAdjuster, adaBroker]);
    expect(await idsOf('childDomain=Contact&childRecordID=2001')).toEqual([
      policyAda,
      adaAdjuster,
      adaBroker,
      customer,
    ]);
    expect(await idsOf('childDomain=Contact&childRecordID=2001&parentDomain=Policy')).toEqual([policyAda]);
    expect(await idsOf('childDomain=Contact&childRecordID=106')).toEqual([tomLink, policy]);
  });

  it('lists all links from a domain, and all to one', async () => {
    const { adaAdjuster, adaBroker, file, tom: tomLink, policy, customer } = links;
    expect(await idsOf('parentDomain=Claim')).toEqual([adaAdjuster, adaBroker, file, tomLink]);
    expect(await idsOf('parentDomain=Policy&childDomain=Contact')).toEqual([policyAda, policy]);
    expect(await idsOf('childDomain=Contact')).toEqual([policyAda, adaAdjuster, adaBroker, tomLink, policy, customer]);
    expect(await idsOf('childDomain=File')).toEqual([file]);
    expect(await idsOf('parentDomain=BuildingComponent')).toEqual([]);
  });

  it('finds both sides by match field, unless there is a primary key', async () => {
    const parent = 'parentDomain=Claim&parentRecordKey=CLM-2026-001&parentRecordMatchField=ClaimNumber';
    const child = 'childDomain=Contact&childRecordKey=user1&childRecordMatchField=ExternalId';
    expect(await idsOf(`${parent}&${child}`)).toEqual([links.tom]);
    expect(await idsOf(`${parent.replace('CLM-2026-001', 'NOPE')}&parentRecordID=5001&${child}`)).toEqual([links.tom]);
  });

  it('refuses a key that finds nothing, but not a primary key', async () => {
    expect(await query('parentDomain=Claim&parentRecordKey=NOPE&parentRecordMatchField=ClaimNumber')).toMatchObject(
      unable('Unable to identify the parent record based on the information provided.'),
    );
    expect(await query('childDomain=Contact&childRecordKey=NOPE&childRecordMatchField=ExternalId')).toMatchObject(
      unable('Unable to identify the child record based on the information provided.'),
    );
    expect(await idsOf(`parentDomain=Claim&parentRecordID=${emptyClaim}`)).toEqual([]);
    expect(await idsOf('parentDomain=Claim&parentRecordID=999999')).toEqual([]);
    expect(await idsOf('childDomain=Contact&childRecordID=999999')).toEqual([]);
  });

  it('narrows contacts by relationship, and leaves files', async () => {
    const { adaAdjuster, adaBroker, file, policy } = links;
    expect(await idsOf('parentDomain=Claim&relationship=adjuster')).toEqual([adaAdjuster, file]);
    expect(await idsOf('parentDomain=Claim&childDomain=Contact&relationship=Broker')).toEqual([adaBroker]);
    expect(await idsOf('childDomain=Contact&relationship=Adjuster')).toEqual([policyAda, adaAdjuster, policy]);
    expect(await idsOf('parentDomain=Claim&childDomain=File&relationship=Adjuster')).toEqual([file]);
    expect(await query('parentDomain=Claim&relationship=Nobody')).toMatchObject(
      unable(`The relationship 'Nobody' does not exist.`),
    );
  });

  it('gives the columns that are asked for, under another name if wanted', async () => {
    const of = async (columns: string) =>
      (
        (await query(`parentDomain=Claim&parentRecordID=5001&columns=${encodeURIComponent(columns)}`)).body as object[]
      )[0];
    expect(await of('LinkID')).toEqual({ LinkID: links.adaAdjuster });
    expect(await of('ChildID as Who, ContactTypeID AS As')).toEqual({ Who: 2001, As: 3 });
    expect(await of('ParentDomain,ChildDomain,Relationship')).toEqual({
      ParentDomain: 'Claim',
      ChildDomain: 'Contact',
      Relationship: 'Adjuster',
    });
  });

  it.each(['Parent.Name', 'linkid', 'LinkID,Nonsense', 'LinkID as', 'LinkID,,ChildID', 'constructor'])(
    'refuses the columns %j',
    async (columns) => {
      const answer = await query(`parentDomain=Claim&columns=${encodeURIComponent(columns)}`);
      expect(answer).toMatchObject({ status: 500, body: expect.stringMatching(/^Unable to execute\. The column '/) });
    },
  );

  it('pages', async () => {
    const { adaAdjuster, adaBroker, file, tom: tomLink } = links;
    expect(await idsOf('parentDomain=Claim&pageSize=3')).toEqual([adaAdjuster, adaBroker, file]);
    expect(await idsOf('parentDomain=Claim&pageSize=3&page=2')).toEqual([tomLink]);
    expect(await idsOf('parentDomain=Claim&pageSize=3&page=3')).toEqual([]);
    for (const page of ['pageSize=101', 'pageSize=0', 'page=0', 'page=x']) {
      expect(await query(`parentDomain=Claim&${page}`)).toMatchObject(
        unable('The page must be 1 or more, and the page size 1 to 100.'),
      );
    }
  });

  it('shows at most 100 at a time', async () => {
    const contacts = await Promise.all(
      Array.from({ length: 130 }, async (_, i) => {
        const answer = await admin.post('/api/Contact/Upsert?matchFields=SyncKey', { SyncKey: `many-${i}` });
        return (answer.body as { RecordID: number }).RecordID;
      }),
    );
    const parent = { ParentDomain: 'Partner', ParentRecordID: 801 };
    await Promise.all(contacts.map((id) => add({ ...parent, ChildDomain: 'Contact', ChildRecordID: id })));
    const first = await idsOf('parentDomain=Partner');
    const second = await idsOf('parentDomain=Partner&page=2');
    expect([first.length, second.length]).toEqual([100, 30]);
    expect([...first, ...second]).toEqual([...first, ...second].sort((a, b) => a - b));
    expect(new Set([...first, ...second]).size).toBe(130);
    const last = contacts.at(-1);
    expect(await idsOf(`parentDomain=Partner&childDomain=Contact&childRecordID=${last}`)).toHaveLength(1);
  });

  it('needs a domain, and a known one', async () => {
    expect(await query('')).toMatchObject(unable('A parent domain or a child domain is required.'));
    expect(await query('parentRecordID=5001')).toMatchObject(unable('A parent domain or a child domain is required.'));
    expect(await query('parentDomain=claim')).toMatchObject(unable(`The domain 'claim' does not exist.`));
    expect(await query('parentDomain=Claim&childDomain=Policy')).toMatchObject(
      unable('The child domain must be Contact or File.'),
    );
  });

  it('needs permission to view every domain that is named', async () => {
    const claims = clientOf(() => server.url, { Token: await bearerWith(server.hub, { claim: ['read'] }) });
    expect(await claims.get('/api/Link/Query?parentDomain=Claim')).toMatchObject({ status: 200 });
    expect(await claims.get('/api/Link/Query?parentDomain=Claim&childDomain=Contact')).toMatchObject(
      unable(`You do not have permission to view the domain 'Contact'.`),
    );
    expect(await claims.get('/api/Link/Query?parentDomain=Policy&parentRecordID=1')).toMatchObject(
      unable(`You do not have permission to view the domain 'Policy'.`),
    );
    const byKey = 'childDomain=Contact&childRecordKey=user1&childRecordMatchField=ExternalId';
    expect(await claims.get(`/api/Link/Query?${byKey}`)).toMatchObject(
      unable(`You do not have permission to view the domain 'Contact'.`),
    );
  });
});
