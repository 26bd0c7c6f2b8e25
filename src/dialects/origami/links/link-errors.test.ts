import { afterAll, describe, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { bearerWith, clientOf, elementOf, unable } from '../test-client.ts';

const server = await freshServer();
afterAll(() => server.close());
const as = (token: string) => clientOf(() => server.url, { Token: token });
const admin = as('kw_demo_admin');

const pair = { ParentDomain: 'Claim', ParentRecordID: 5001, ChildDomain: 'Contact', ChildRecordID: 2001 };

describe.each(['Upsert', 'Remove'])('Link/%s refuses', (operation) => {
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    admin.post(`/OrigamiApi/api/Link/${operation}`, body, headers);

  it.each([
    [{ ChildDomain: 'Claim' }, 'The child domain must be Contact or File.'],
    [{ ChildDomain: 'contact' }, 'The child domain must be Contact or File.'],
    [{ ChildDomain: undefined }, 'The child domain must be Contact or File.'],
    [{ ParentDomain: 'Nothing' }, `The domain 'Nothing' does not exist.`],
    [{ ParentDomain: 'claim' }, `The domain 'claim' does not exist.`],
    [{ ParentDomain: undefined }, `The domain '' does not exist.`],
    [{ ParentDomain: 'BuildingComponent' }, `The domain 'BuildingComponent' cannot have Contact links.`],
    [{ ParentRecordID: 1 }, 'Unable to identify the parent record based on the information provided.'],
    [{ ChildRecordID: 1 }, 'Unable to identify the child record based on the information provided.'],
    [{ Relationship: 'Nobody' }, `The relationship 'Nobody' does not exist.`],
    [
      { ParentRecordID: 1, Relationship: 'Nobody' },
      'Unable to identify the parent record based on the information provided.',
    ],
  ])('%j', async (change, reason) => {
    const answer = await send({ ...pair, ...change });
    expect(answer).toMatchObject(unable(reason));
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it.each(['{"ParentDomain":', '[]', '"text"', 'null', '7', ''])('the body %j as no request', async (body) => {
    expect(await send(body)).toMatchObject({ status: 400, body: 'The request is invalid.' });
  });

  it('GET', async () => {
    const answer = await admin.get(`/api/Link/${operation}`);
    expect(answer).toMatchObject({ status: 405, body: `The requested resource does not support http method 'GET'.` });
    expect(answer.headers.get('allow')).toBe('POST');
  });

  it('a body over 10 MB', async () => {
    const answer = await send(JSON.stringify({ ...pair, ParentRecordKey: 'x'.repeat(10 * 1024 * 1024) }));
    expect(answer).toMatchObject({ status: 413, body: 'The request body must not exceed 10485760 bytes.' });
  });

  it('an unknown relationship only after the permission and both records', async () => {
    const wrong = { ...pair, Relationship: 'Nobody' };
    const permission = operation === 'Upsert' ? 'attach' : 'detach';
    expect(await as('kw_demo_member').post(`/api/Link/${operation}`, { ...wrong, ParentRecordID: 1 })).toMatchObject(
      unable(`You do not have permission to ${permission} contacts on the domain 'Claim'.`),
    );
  });
});

describe('Link/Upsert', () => {
  it('refuses an unknown NewRelationship', async () => {
    expect(await admin.post('/api/Link/Upsert', { ...pair, NewRelationship: 'Nobody' })).toMatchObject(
      unable(`The relationship 'Nobody' does not exist.`),
    );
  });

  it('refuses a link type that belongs to an interface', async () => {
    const element = await elementOf(server.hub, 'P-1');
    const answer = await admin.post('/api/Link/Upsert', { ...pair, ParentDomain: 'Element', ParentRecordID: element });
    expect(answer).toMatchObject(unable(`The field 'contacts' can only be changed by external.`));
  });

  it('takes a body without content type as JSON', async () => {
    const response = await fetch(`${server.url}/api/Link/Upsert`, {
      method: 'POST',
      headers: { Token: 'kw_demo_admin', 'content-type': 'application/x-www-form-urlencoded' },
      body: JSON.stringify(pair),
    });
    expect(response.status).toBe(200);
  });
});

describe('permission on the parent domain', () => {
  const file = { ...pair, ChildDomain: 'File', ChildRecordID: 398 };
  const denied = (action: string, domain = 'Claim') =>
    unable(`You do not have permission to ${action} the domain '${domain}'.`);

  it('is missing for a member', async () => {
    const member = as('kw_demo_member');
    expect(await member.post('/api/Link/Upsert', pair)).toMatchObject(denied('attach contacts on'));
    expect(await member.post('/api/Link/Upsert', file)).toMatchObject(denied('attach files on'));
    expect(await member.post('/api/Link/Remove', pair)).toMatchObject(denied('detach contacts on'));
    expect(await member.post('/api/Link/Remove', file)).toMatchObject(denied('modify files on'));
  });

  it('is judged before the records and their match fields', async () => {
    const body = {
      ParentDomain: 'Claim',
      ParentRecordKey: 'x',
      ParentRecordMatchField: 'NoSuch',
      ChildDomain: 'Contact',
    };
    expect(await as('kw_demo_member').post('/api/Link/Upsert', body)).toMatchObject(denied('attach contacts on'));
  });

  it('is given per child domain and per parent domain', async () => {
    const contacts = as(await bearerWith(server.hub, { claim: ['attach:contact'] }));
    expect(await contacts.post('/api/Link/Upsert', pair)).toMatchObject({ status: 200 });
    expect(await contacts.post('/api/Link/Upsert', file)).toMatchObject(denied('attach files on'));
    expect(
      await contacts.post('/api/Link/Upsert', { ...pair, ParentDomain: 'Policy', ParentRecordID: 67890 }),
    ).toMatchObject(denied('attach contacts on', 'Policy'));
    expect(await contacts.post('/api/Link/Remove', pair)).toMatchObject({ status: 200, body: { IsSuccessful: true } });

    const files = as(await bearerWith(server.hub, { claim: ['attach:file'] }));
    expect(await files.post('/api/Link/Upsert', file)).toMatchObject({ status: 200 });
    expect(await files.post('/api/Link/Upsert', pair)).toMatchObject(denied('attach contacts on'));
    expect(await files.post('/api/Link/Remove', file)).toMatchObject({ status: 200, body: { IsSuccessful: true } });
  });
});
