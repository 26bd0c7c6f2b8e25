/** Upserts by fields that are not unique, or by several of them. */
import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { bearerWith, clientOf, unable } from '../test-client.ts';

const server = await freshServer();
afterAll(() => server.close());
const admin = clientOf(() => server.url, { Token: 'kw_demo_admin' });

type Answer = { status: number; body: { RecordID: number; Message: string } };
const upsert = (match: string, body: unknown, client = admin): Promise<Answer> =>
  client.post(`/api/Claim/Upsert?matchFields=${match}`, body) as Promise<Answer>;

describe('an upsert by match fields', () => {
  it('that are not unique updates the one record that has the values, and creates it when there is none', async () => {
    const made = await upsert('Name,LossDate', { Name: 'Fire', LossDate: '2026-01-15', Status: 'open' });
    expect(made.body.Message).toMatch(/^Inserted Claim/);
    const changed = await upsert('LossDate, Name', { Name: 'Fire', LossDate: '2026-01-15', Status: 'closed' });
    expect(changed.body).toMatchObject({ RecordID: made.body.RecordID, Message: expect.stringMatching(/^Updated/) });
    const other = await upsert('Name,LossDate', { Name: 'Fire', LossDate: '2026-01-16' });
    expect(other.body.Message).toMatch(/^Inserted/);
    expect((await admin.get(`/api/Claim/${made.body.RecordID}`)).body).toMatchObject({ Status: 'closed' });
  });

  it('of several records is refused, and changes none', async () => {
    for (const ClaimNumber of ['T-1', 'T-2']) await upsert('ClaimNumber', { ClaimNumber, Name: 'Twin' });
    expect(await upsert('Name', { Name: 'Twin', Status: 'closed' })).toMatchObject(
      unable('The match fields find more than one Claim.'),
    );
    expect((await admin.get(`/api/Claim/Query?filter=Name = 'Twin' AND Status IS NULL`)).body).toHaveLength(2);
    // Together with another field they find one.
    expect((await upsert('Name,ClaimNumber', { Name: 'Twin', ClaimNumber: 'T-2' })).body.Message).toMatch(/^Updated/);
  });

  it('of numbers compares them as numbers', async () => {
    const { body } = await upsert('Incurred', { Incurred: '77.50' });
    expect((await upsert('Incurred', { Incurred: 77.5 })).body.RecordID).toBe(body.RecordID);
  });

  it('says what is wrong with a value that no record can have', async () => {
    expect(await upsert('LossDate', { LossDate: 'yesterday' })).toMatchObject({
      status: 500,
      body: expect.stringContaining(`The field 'LossDate' must be`),
    });
  });

  it.each(['a/b c', "O'Neill", '100%', 'Ünïcödé 🔑', ' spaced ', '*', 'a,b', '{}', 'null'])(
    'finds the awkward value %j again',
    async (Name) => {
      const { body } = await upsert('Name', { Name });
      expect((await upsert('Name', { Name })).body.RecordID).toBe(body.RecordID);
      expect((await admin.get(`/api/Claim/${body.RecordID}`)).body).toMatchObject({ Name });
    },
  );

  it('makes one record when 20 send the same new values at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => upsert('Name', { Name: 'Race' })));
    expect(new Set(answers.map(({ body }) => body.RecordID)).size).toBe(1);
    expect(answers.filter(({ body }) => body.Message.startsWith('Inserted'))).toHaveLength(1);
  });

  it('needs permission to view what it looks for, and to write', async () => {
    const writer = clientOf(() => server.url, { Token: await bearerWith(server.hub, { claim: ['create'] }) });
    expect(await upsert('Name', { Name: 'Unseen' }, writer)).toMatchObject(
      unable(`You do not have permission to view the domain 'Claim'.`),
    );
    const reader = clientOf(() => server.url, { Token: await bearerWith(server.hub, { claim: ['read'] }) });
    expect(await upsert('Name', { Name: 'Unwritten' }, reader)).toMatchObject(
      unable(`You do not have permission to create records on the domain 'Claim'.`),
    );
  });
});
