// Whoever may write records of a type, and not read them, is told which they are and what became of the write, and no value of them.
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, demoServer, type Json } from '../test-client.ts';

const { call, databaseUrl } = await demoServer();
const client = new pg.Client({ connectionString: databaseUrl });
beforeAll(() => client.connect());
afterAll(() => client.end());

const ok = (answer: Answer): Json => {
  expect([200, 201, 202, 207], JSON.stringify(answer.body)).toContain(answer.status);
  return answer.body;
};
async function keyWith(grants: Record<string, string[]>): Promise<{ as: string; id: number }> {
  const { body } = await call('POST', '/v1/keys', { body: { label: 'unreadable', role: 'member', grants } });
  const { rows } = await client.query('select max(principal_id)::int as id from principal');
  return { as: body.secret, id: rows[0].id };
}
const secret = 'zqxsecret';
const hides = (answer: Answer): Json => {
  expect(JSON.stringify(answer.body)).not.toContain(secret);
  return ok(answer);
};

/** To `toMatchObject` any object is one without members. */
const nothing = expect.toSatisfy((value) => isDeepStrictEqual(value, {}), 'is {}');

let contact: Json;
const writers = {
  edit: { contact: ['create', 'edit', 'delete'], claim: ['edit', 'attach:contact'] },
  other: { contact: ['create', 'edit', 'delete'], claim: ['edit', 'attach:contact'], customer: ['read'] },
};
const readers = {
  admin: 'admin',
  power: 'power',
  reader: { contact: ['read', 'create', 'edit', 'delete'], claim: ['read', 'edit', 'attach:contact'] },
};

beforeAll(async () => {
  const fields = { external_id: `${secret}-key`, name: `${secret} name`, email: `${secret}@example.test` };
  contact = ok(await call('POST', '/v1/records/contact', { body: { fields } })).record;
  ok(await call('PATCH', '/v1/records/claim/external_id:seen', { body: { fields: { name: `${secret} claim` } } }));
  ok(await call('POST', '/v1/records/contact', { body: { fields: { external_id: 'plain', name: secret } } }));
});
const at = (number: number): string => `/v1/records/contact/${number}`;
const linkTo = (number: number): string => `/v1/records/claim/external_id:seen/links/contacts/${number}`;

describe.each(Object.entries(writers))('whoever may write and not read (%s)', (name, grants) => {
  let as: string;
  beforeAll(async () => {
    ({ as } = await keyWith(grants));
  });

  it('is told of a write which record it is and what became of it', async () => {
    const updated = hides(await call('PATCH', at(contact.number), { as, body: { fields: { phone: name } } }));
    expect(updated).toMatchObject({ outcome: 'updated', changed: ['phone'] });
    expect(updated.record).toMatchObject({
      number: contact.number,
      id: contact.id,
      version: expect.any(Number),
      fields: nothing,
    });
    const again = hides(await call('PATCH', at(contact.number), { as, body: { fields: { phone: name } } }));
    expect(again).toMatchObject({ outcome: 'unchanged', record: { fields: nothing } });
    const made = hides(await call('POST', '/v1/records/contact', { as, body: { fields: { name: 'mine' } } }));
    expect(made).toMatchObject({ outcome: 'created', record: { fields: nothing } });
    const late = { fields: { phone: 'late' }, as_of: '2001-01-01T00:00:00Z' };
    ok(await call('PATCH', at(contact.number), { body: { fields: { phone: secret }, as_of: '2020-01-01T00:00:00Z' } }));
    const stale = hides(await call('PATCH', at(contact.number), { as, body: late }));
    expect(stale).toMatchObject({ outcome: 'stale', record: { fields: nothing } });
  });

  it('is not told by a former key what the key is now', async () => {
    ok(
      await call('PATCH', '/v1/records/contact/external_id:plain', {
        body: { fields: { external_id: `${secret}-new` } },
      }),
    );
    const named = hides(await call('PATCH', '/v1/records/contact/external_id:plain', { as, body: { fields: {} } }));
    expect(named).not.toHaveProperty('resolved_by_alias');
    ok(
      await call('PATCH', `/v1/records/contact/external_id:${secret}-new`, {
        body: { fields: { external_id: 'plain' } },
      }),
    );
  });

  it('is told of a plan what would be done to which record, when it is made, read and applied', async () => {
    const body = { fields: { name: `planned by ${name}` } };
    const plan = hides(await call('PATCH', `${at(contact.number)}?plan=true`, { as, body }));
    const item = { action: 'update', key: null, record: { number: contact.number, key: null }, fields: [] };
    expect(plan.items).toMatchObject([item]);
    expect(hides(await call('GET', `/v1/plans/${plan.plan_id}`, { as })).items).toMatchObject([item]);
    expect(hides(await call('GET', `/v1/plans/${plan.plan_id}/items`, { as })).items).toMatchObject([item]);
    ok(await call('PATCH', at(contact.number), { body: { fields: { name: `${secret} ${name}` } } }));
    const refused = await call('PATCH', `${at(contact.number)}?plan_id=${plan.plan_id}`, { as, body });
    expect(refused.body.violations[0].changes).toMatchObject([{ key: null, record: contact.number, what: 'version' }]);
    expect(JSON.stringify(refused.body)).not.toContain(secret);
    const anew = hides(await call('PATCH', `${at(contact.number)}?plan=true`, { as, body }));
    const done = hides(await call('PATCH', `${at(contact.number)}?plan_id=${anew.plan_id}`, { as, body }));
    expect(done).toMatchObject({ outcome: 'updated', record: { number: contact.number, fields: nothing } });
  });

  it('learns nothing by planning deletes, imports and links', async () => {
    const gone = hides(await call('DELETE', `${at(contact.number)}?plan=true`, { as }));
    expect(gone.items[0]).toMatchObject({ action: 'delete', key: null, fields: [] });
    const rows = [
      { external_id: 'plain', name: 'row' },
      { external_id: 'plain', nonsense: 1 },
    ];
    const imported = hides(await call('POST', '/v1/records/contact/import?plan=true', { as, body: rows }));
    expect(imported.counts).toMatchObject({ updated: 1, rejected: 1 });
    expect(imported.items.map(({ action, row, fields }: Json) => [action, row, fields])).toEqual([
      ['reject', 1, []],
      ['update', 0, []],
    ]);
    ok(await call('PUT', linkTo(contact.number), { body: { role: 'Broker', attributes: { note: secret } } }));
    const relinked = await call('PUT', `${linkTo(contact.number)}?plan=true`, {
      as,
      body: { role: 'Broker', attributes: { more: 1 } },
    });
    expect(hides(relinked).items[0]).toMatchObject({
      link: { left: { key: null }, right: { key: null }, before: null, after: null },
    });
    const unlinked = hides(await call('DELETE', `${linkTo(contact.number)}?plan=true`, { as }));
    expect(unlinked.items[0]).toMatchObject({ action: 'unlink', link: { before: null, after: null } });
  });

  it('is told of links which they are', async () => {
    ok(await call('PUT', linkTo(contact.number), { body: { role: 'Broker', attributes: { note: secret } } }));
    const put = hides(await call('PUT', linkTo(contact.number), { as, body: { role: 'Broker' } }));
    expect(put).toMatchObject({
      outcome: 'unchanged',
      link: { right: { number: contact.number }, role: null, attributes: nothing },
    });
    const gone = hides(await call('DELETE', linkTo(contact.number), { as }));
    expect(gone).toMatchObject({ outcome: 'unlinked', removed: [{ role: null, attributes: nothing }] });
    const waits = `/v1/records/claim/external_id:never/links/contacts/${contact.number}`;
    const body = { onMissing: 'defer', role: 'Broker', attributes: { note: secret } };
    ok(await call('PUT', waits, { body }));
    expect(hides(await call('DELETE', waits, { as })).withdrawn).toMatchObject([{ role: null, attributes: nothing }]);
  });

  it('reads nothing of them anywhere else', async () => {
    for (const path of ['', '/history', '/why/name', '/links'])
      expect((await call('GET', `${at(contact.number)}${path}`, { as })).body).toMatchObject({ code: 'grant_missing' });
    expect(
      (await call('POST', `${at(contact.number)}/merge?plan=true`, { as, body: { from: 'external_id:plain' } })).body,
    ).toMatchObject({ violations: [{ code: 'grant_missing', action: 'read' }] });
    hides(await call('GET', '/v1/changes?limit=1000', { as }));
    hides(await call('GET', '/v1/imports', { as }));
  });
});

describe('whoever may read one end of a link', () => {
  const ofClaim = '/v1/records/claim/external_id:seen';
  const grants = { claim: ['read', 'edit', 'attach:contact'] };

  it('is told nothing of the other', async () => {
    ok(await call('PUT', linkTo(contact.number), { body: { role: 'Broker', attributes: { note: secret } } }));
    const { as } = await keyWith({ claim: ['read'] });
    expect(ok(await call('GET', `${ofClaim}/links`, { as }))).toEqual({ items: [], next: null });
    const history = ok(await call('GET', `${ofClaim}/history`, { as }));
    expect(history.items.map(({ kind }: Json) => kind)).toContain('created');
    expect(JSON.stringify(history)).not.toContain(contact.id);
    const named = await call('GET', `${ofClaim}/links/contacts`, { as });
    expect(named.body).toMatchObject({ code: 'grant_missing', violations: [{ action: 'read', type: 'contact' }] });
    expect(JSON.stringify(ok(await call('GET', `${ofClaim}/history`)))).toContain(contact.id);
  });

  it('is told of links that it makes itself which they are', async () => {
    ok(await call('PUT', linkTo(contact.number), { body: { role: 'Broker', attributes: { note: secret } } }));
    const { as } = await keyWith(grants);
    const put = hides(await call('PUT', linkTo(contact.number), { as, body: { role: 'Broker' } }));
    expect(put.link).toMatchObject({ right: { number: contact.number }, role: null, attributes: nothing });
  });
});

describe.each(Object.entries(readers))('whoever may read as well (%s)', (_, grants) => {
  it('is shown values, by writes and by plans', async () => {
    const as = typeof grants === 'string' ? grants : (await keyWith(grants)).as;
    const wrote = ok(
      await call('PATCH', at(contact.number), { as, body: { fields: { phone: String(Math.random()) } } }),
    );
    expect(wrote.record.fields.email).toBe(`${secret}@example.test`);
    const plan = ok(await call('DELETE', `${at(contact.number)}?plan=true`, { as }));
    expect(plan.items.map(({ key }: Json) => key)).toContain(`${secret}-key`);
    const link = ok(
      await call('PUT', linkTo(contact.number), { as, body: { role: 'Broker', attributes: { note: 'n' } } }),
    );
    expect(link.link).toMatchObject({ role: 'Broker', attributes: { note: 'n' } });
  });
});

it('a repeated request is answered by what its sender may read now', async () => {
  const { as, id } = await keyWith(readers.reader);
  const headers = { 'idempotency-key': 'while it might read' };
  const write = (): Promise<Answer> =>
    call('PATCH', at(contact.number), { as, headers, body: { fields: { phone: 'once' } } });
  const link = (): Promise<Answer> =>
    call('PUT', linkTo(contact.number), {
      as,
      headers: { 'idempotency-key': 'link' },
      body: { role: 'Broker', attributes: { note: secret } },
    });
  const duplicate = ok(await call('POST', '/v1/records/contact', { body: { fields: { name: secret } } })).record.number;
  const merge = (): Promise<Answer> =>
    call('POST', `${at(contact.number)}/merge`, {
      as,
      headers: { 'idempotency-key': 'merge' },
      body: { from: String(duplicate) },
    });
  const plan = ok(await call('DELETE', `${at(contact.number)}?plan=true`, { as }));
  expect(ok(await write()).record.fields.email).toBe(`${secret}@example.test`);
  expect(ok(await link()).link.attributes).toEqual({ note: secret });
  ok(await merge());
  await client.query('update principal set grants = $2 where principal_id = $1', [id, JSON.stringify(writers.edit)]);
  await new Promise((resolve) => setTimeout(resolve, 1100)); // who a key is is known for a second
  expect(hides(await write()).record).toMatchObject({ number: contact.number, fields: nothing });
  expect(hides(await link()).link).toMatchObject({ role: null, attributes: nothing });
  expect((await merge()).status).toBe(403);
  expect(hides(await call('GET', `/v1/plans/${plan.plan_id}`, { as })).items[0]).toMatchObject({
    key: null,
    fields: [],
  });
});
