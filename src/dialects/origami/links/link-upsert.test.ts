import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import examples from '../examples/link-upsert.json' with { type: 'json' };
import { clientOf, unable } from '../test-client.ts';

const server = await freshServer();
afterAll(() => server.close());
const admin = clientOf(() => server.url, { Token: 'kw_demo_admin' });

/** `Message` and `RecordID` say the same number, so a placeholder for it is filled from the answer. */
const filled = (expected: unknown, answer: unknown): unknown => {
  const id = (answer as { RecordID?: number } | null)?.RecordID;
  return JSON.parse(JSON.stringify(expected).replaceAll('"{id}"', String(id)).replaceAll('{id}', String(id)));
};

describe('the examples of the vendor', () => {
  it.each(examples)('$name', async ({ request, response }) => {
    const answer = await admin.post(request.path, request.body);
    expect(answer.status).toBe(response.status);
    expect(answer.body).toEqual(filled(response.body, answer.body));
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });
});

let claims = 0;
/** A claim of its own for each test, by its id. */
async function newClaim(fields: Record<string, unknown> = {}): Promise<number> {
  const answer = await admin.post('/api/Claim/Upsert?matchFields=ClaimNumber', {
    ClaimNumber: `CL-${++claims}`,
    ...fields,
  });
  return (answer.body as { RecordID: number }).RecordID;
}

type LinkAnswer = { RecordID: number; Message: string; RelationshipID: number | null };
const link = async (parent: number, more: Record<string, unknown>): Promise<LinkAnswer> => {
  const pair = { ParentDomain: 'Claim', ParentRecordID: parent, ChildDomain: 'Contact', ChildRecordID: 2001 };
  const answer = await admin.post('/OrigamiApi/api/Link/Upsert', { ...pair, ...more });
  expect(answer).toMatchObject({ status: 200 });
  return answer.body as LinkAnswer;
};

/** Id and relationship of every link of the claim. */
async function linksOf(claim: number): Promise<{ id: number; relationship: string | null }[]> {
  const path = `/api/Link/Query?parentDomain=Claim&parentRecordID=${claim}&columns=LinkID as id,Relationship as relationship`;
  return (await admin.get(path)).body as { id: number; relationship: string | null }[];
}

const A = 'Adjuster';
const B = 'Broker';
const U = 'Underwriter';

/** `gives`: which link is answered, `new` or the position of the one there was; `after`: what the pair has then. */
const table: {
  row: string;
  before: (string | null)[];
  send: { Relationship?: string | null; NewRelationship?: string | null };
  gives: 'new' | number;
  after: (string | null)[];
}[] = [
  { row: 'no link, NewRelationship', before: [], send: { NewRelationship: A }, gives: 'new', after: [A] },
  { row: 'no link, Relationship', before: [], send: { Relationship: A }, gives: 'new', after: [A] },
  { row: 'no link, neither', before: [], send: {}, gives: 'new', after: [null] },
  {
    row: 'no link, null for both',
    before: [],
    send: { Relationship: null, NewRelationship: null },
    gives: 'new',
    after: [null],
  },
  {
    row: 'no link, empty text for both',
    before: [],
    send: { Relationship: '', NewRelationship: '' },
    gives: 'new',
    after: [null],
  },
  { row: 'no link, both', before: [], send: { Relationship: A, NewRelationship: U }, gives: 'new', after: [U] },
  { row: 'the link, to another', before: [A], send: { Relationship: A, NewRelationship: U }, gives: 0, after: [U] },
  {
    row: 'the second link, to another',
    before: [B, A],
    send: { Relationship: A, NewRelationship: U },
    gives: 1,
    after: [B, U],
  },
  { row: 'the link, as it is', before: [A], send: { Relationship: A }, gives: 0, after: [A] },
  { row: 'the link, to itself', before: [A], send: { Relationship: A, NewRelationship: A }, gives: 0, after: [A] },
  { row: 'a relationship that no link has', before: [A], send: { Relationship: B }, gives: 'new', after: [A, B] },
  {
    row: 'a relationship beside a link without one',
    before: [null],
    send: { Relationship: B },
    gives: 'new',
    after: [null, B],
  },
  {
    row: 'a relationship that no link has, to another',
    before: [A],
    send: { Relationship: B, NewRelationship: U },
    gives: 'new',
    after: [A, U],
  },
  {
    row: 'the same, when that other is there',
    before: [A, U],
    send: { Relationship: B, NewRelationship: U },
    gives: 1,
    after: [A, U],
  },
  { row: 'the only link, by NewRelationship', before: [A], send: { NewRelationship: U }, gives: 0, after: [U] },
  { row: 'the only link, which has none yet', before: [null], send: { NewRelationship: U }, gives: 0, after: [U] },
  { row: 'several links, NewRelationship', before: [A, B], send: { NewRelationship: U }, gives: 0, after: [U, B] },
  {
    row: 'several links, NewRelationship that one of them has',
    before: [A, B],
    send: { NewRelationship: B },
    gives: 1,
    after: [A, B],
  },
  { row: 'several links, neither', before: [A, B], send: {}, gives: 0, after: [A, B] },
  {
    row: 'a change that would equal another link',
    before: [A, U],
    send: { Relationship: A, NewRelationship: U },
    gives: 1,
    after: [U],
  },
  { row: 'the link, neither', before: [A], send: {}, gives: 0, after: [A] },
];
const ids: Record<string, number> = { [A]: 3, [B]: 2, [U]: 7 };

describe('Relationship and NewRelationship', () => {
  it.each(table)('$row', async ({ before, send, gives, after }) => {
    const claim = await newClaim();
    for (const relationship of before) await link(claim, { Relationship: relationship });
    const existing = await linksOf(claim);
    expect(existing.map((one) => one.relationship)).toEqual(before);

    const answer = await link(claim, send);
    const links = await linksOf(claim);
    expect(links.map((one) => one.relationship)).toEqual(after);
    const answered = links.find((one) => one.id === answer.RecordID);
    expect(answer).toEqual({
      IsSuccessful: true,
      RecordID: gives === 'new' ? links.at(-1)?.id : existing[gives]?.id,
      Message: `${gives === 'new' ? 'Inserted' : 'Updated'} link with id ${answer.RecordID} successfully.`,
      ParentID: claim,
      ChildID: 2001,
      RelationshipID: answered?.relationship ? ids[answered.relationship] : null,
    });

    const again = await link(claim, send);
    expect(again.Message).toBe(`Updated link with id ${again.RecordID} successfully.`);
    expect(await linksOf(claim)).toEqual(links);
  });

  it('is found by code or description, in any case', async () => {
    const claim = await newClaim();
    const first = await link(claim, { Relationship: 'adjuster' });
    expect(first.RelationshipID).toBe(3);
    expect(await link(claim, { Relationship: 'ADJUSTER' })).toMatchObject({
      RecordID: first.RecordID,
      RelationshipID: 3,
    });
  });

  it('is the code or description, never the id', async () => {
    const pair = {
      ParentDomain: 'Claim',
      ParentRecordID: await newClaim(),
      ChildDomain: 'Contact',
      ChildRecordID: 2001,
    };
    for (const given of ['3', 3]) {
      expect(await admin.post('/api/Link/Upsert', { ...pair, Relationship: given })).toMatchObject(
        unable(`The relationship '3' does not exist.`),
      );
    }
  });

  it('is ignored for files, of which a pair has one link', async () => {
    const claim = await newClaim();
    const file = { ChildDomain: 'File', ChildRecordID: 398 };
    const first = await link(claim, { ...file, Relationship: 'Adjuster' });
    expect(first).toMatchObject({
      Message: `Inserted link with id ${first.RecordID} successfully.`,
      RelationshipID: null,
    });
    for (const more of [{}, { Relationship: 'no such' }, { NewRelationship: 'Broker' }]) {
      expect(await link(claim, { ...file, ...more })).toMatchObject({
        RecordID: first.RecordID,
        Message: `Updated link with id ${first.RecordID} successfully.`,
        RelationshipID: null,
      });
    }
  });

  it('replaces the one there is where the schema joins a pair once', async () => {
    const customer = { ParentDomain: 'Customer', ParentRecordID: 660, ChildDomain: 'Contact', ChildRecordID: 2001 };
    const send = async (more: object) => (await admin.post('/api/Link/Upsert', { ...customer, ...more })).body;
    const first = (await send({})) as LinkAnswer;
    expect(first).toMatchObject({ Message: expect.stringMatching(/^Inserted/), RelationshipID: null });
    const updated = { RecordID: first.RecordID, Message: `Updated link with id ${first.RecordID} successfully.` };
    expect(await send({ Relationship: 'Family' })).toMatchObject({ ...updated, RelationshipID: 1 });
    expect(await send({})).toMatchObject({ ...updated, RelationshipID: 1 });
    expect(await send({ Relationship: 'influencer' })).toMatchObject({ ...updated, RelationshipID: 3 });
    expect(await send({ Relationship: 'Family', NewRelationship: 'Primary Contact' })).toMatchObject({
      ...updated,
      RelationshipID: -10,
    });
    expect(await send({ NewRelationship: 'decision_maker' })).toMatchObject({ ...updated, RelationshipID: 2 });
  });
});

describe('many clients at once', () => {
  it('make one link by sending the same', async () => {
    const claim = await newClaim();
    const answers = await Promise.all(Array.from({ length: 40 }, () => link(claim, { Relationship: A })));
    expect(new Set(answers.map((answer) => answer.RecordID)).size).toBe(1);
    expect(answers.filter((answer) => answer.Message.startsWith('Inserted'))).toHaveLength(1);
    expect(await linksOf(claim)).toHaveLength(1);
  });

  it('make one link per relationship, whatever they send', async () => {
    const claim = await newClaim();
    const roles = Object.keys(ids);
    await Promise.all(Array.from({ length: 60 }, (_, i) => link(claim, { Relationship: roles[i % roles.length] })));
    const links = await linksOf(claim);
    expect(links.map((one) => one.relationship).sort()).toEqual([...roles].sort());
  });
});
