import { describe, expect, it } from 'vitest';
import { type Answer, demoServer } from './test-client.ts';

const day = (n: number): string => `2026-01-0${n}T00:00:00.000Z`;

describe('writes that say how old they are', async () => {
  const { call } = await demoServer();
  const at = (key: string, query = ''): string => `/v1/records/contact/external_id:${key}${query}`;
  const write = (key: string, fields: object, stamp: object): Promise<Answer> =>
    call('PATCH', at(key), { body: { fields, ...stamp } });
  const remove = (key: string, n: number): Promise<Answer> => call('DELETE', at(key, `?as_of=${day(n)}`));
  const fieldsOf = async (key: string) => (await call('GET', at(key))).body.fields;

  it('leaves out what is older, as no error, and shows the record as it is', async () => {
    await write('S-1', { name: 'new' }, { as_of: day(3) });
    const late = await write('S-1', { name: 'old' }, { as_of: day(2) });
    expect(late.status).toBe(200);
    expect(late.body).toMatchObject({
      outcome: 'stale',
      record: { version: 1, fields: { name: 'new' } },
      stale: [{ field: 'name', sent: { as_of: day(2) }, stored: { as_of: day(3) } }],
    });
    const partly = await write('S-1', { name: 'old', email: 's1@example.test' }, { as_of: day(2) });
    expect(partly.body).toMatchObject({
      outcome: 'updated',
      changed: ['email'],
      record: { fields: { name: 'new', email: 's1@example.test' } },
      stale: [{ field: 'name' }],
    });
    const newer = await write('S-1', { name: 'newer' }, { as_of: '2026-01-03T00:00:00.000001Z' });
    expect(newer.body).toMatchObject({ outcome: 'updated' });
    expect(newer.body).not.toHaveProperty('stale');
  });

  it('keeps the stamp of a value that was said again, without a new version', async () => {
    await write('S-2', { name: 'A' }, { as_of: day(1) });
    expect((await write('S-2', { name: 'A' }, { as_of: day(3) })).body).toMatchObject({
      outcome: 'unchanged',
      record: { version: 1 },
    });
    expect((await write('S-2', { name: 'B' }, { as_of: day(2) })).body).toMatchObject({ outcome: 'stale' });
    expect((await call('GET', `${at('S-2')}/history`)).body.items).toHaveLength(1);
  });

  it('lets the greater of two values of one stamp stay, whichever came first', async () => {
    for (const [key, names] of [
      ['S-3', ['A', 'B', 'A']],
      ['S-4', ['B', 'A', 'B']],
    ] as const) {
      for (const name of names) await write(key, { name }, { as_of: day(1) });
      expect(await fieldsOf(key)).toMatchObject({ name: 'B' });
    }
  });

  it('counts versions of a source instead, and refuses to compare them with times', async () => {
    await write('S-5', { name: 'seventeen' }, { source_version: 17 });
    expect((await write('S-5', { name: 'sixteen' }, { source_version: 16 })).body).toMatchObject({
      outcome: 'stale',
      stale: [{ stored: { source_version: 17 } }],
    });
    const other = await write('S-5', { name: 'timed' }, { as_of: day(1) });
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ code: 'stamp_kind_mismatch', path: 'as_of' });
    // Edited by hand: the version that was sent before comes again, and does not undo it; the next one does.
    await call('PATCH', at('S-5'), { body: { fields: { name: 'by hand' } } });
    expect((await write('S-5', { name: 'seventeen' }, { source_version: 17 })).body.outcome).toBe('stale');
    expect((await write('S-5', { name: 'eighteen' }, { source_version: 18 })).body.outcome).toBe('updated');
  });

  it('counts a write without a stamp as of now, on a record that has stamps', async () => {
    await write('S-6', { name: 'A' }, { as_of: day(1) });
    await call('PATCH', at('S-6'), { body: { fields: { name: 'by hand' } } });
    expect((await write('S-6', { name: 'late' }, { as_of: day(2) })).body.outcome).toBe('stale');
  });

  it('keeps a record deleted against older writes, and brings it back with what is newer alone', async () => {
    await write('S-7', { name: 'A', email: 'a@example.test' }, { as_of: day(1) });
    expect((await remove('S-7', 3)).body).toMatchObject({ outcome: 'deleted' });
    const late = await write('S-7', { name: 'B' }, { as_of: day(2) });
    expect(late.body).toMatchObject({
      outcome: 'stale',
      record: null,
      stale: [{ field: null, stored: { as_of: day(3) } }],
    });
    expect((await write('S-7', { name: 'C' }, { as_of: day(4) })).body).toMatchObject({
      outcome: 'revived',
      record: { fields: { name: 'C', email: null } },
    });
    expect((await remove('S-7', 3)).body).toMatchObject({ outcome: 'stale', cleared: [] });
  });

  it('takes from a record that was written since what is older than its delete', async () => {
    await write('S-8', { name: 'A', email: 'a@example.test' }, { as_of: day(1) });
    await write('S-8', { name: 'C' }, { as_of: day(4) });
    expect((await remove('S-8', 3)).body).toMatchObject({
      outcome: 'stale',
      cleared: ['email'],
      stale: [{ sent: { as_of: day(3) }, stored: { as_of: day(4) } }],
    });
    expect(await fieldsOf('S-8')).toMatchObject({ external_id: 'S-8', name: 'C', email: null });
  });

  it('keeps the delete of a record in mind that was not there yet', async () => {
    expect((await remove('S-9', 3)).body).toMatchObject({ outcome: 'unchanged' });
    expect((await write('S-9', { name: 'A' }, { as_of: day(2) })).body.outcome).toBe('stale');
    expect((await call('GET', at('S-9'))).status).toBe(404);
    expect((await write('S-9', { name: 'B' }, { as_of: day(4) })).body).toMatchObject({ outcome: 'created' });
  });

  it('refuses a stamp far ahead, which would lock out all others, and what is no stamp', async () => {
    const ahead = new Date(Date.now() + 600_000).toISOString();
    const refused = await write('S-10', { name: 'A' }, { as_of: ahead });
    expect(refused).toMatchObject({ status: 422, body: { code: 'stamp_ahead', path: 'as_of' } });
    expect(await call('DELETE', at('S-10', `?as_of=${ahead}`))).toMatchObject({
      status: 422,
      body: { code: 'stamp_ahead', path: 'query.as_of' },
    });
    expect((await write('S-10', { name: 'A' }, { as_of: new Date(Date.now() + 60_000).toISOString() })).status).toBe(
      201,
    );
    for (const stamp of [
      { as_of: 'yesterday' },
      { as_of: '2026-01-01T00:00:00' },
      { as_of: '2026-02-30T00:00:00Z' },
      { as_of: '2026-13-01T00:00:00Z' },
      { as_of: '2026-01-32T00:00:00Z' },
      { source_version: -1 },
      { source_version: 1.5 },
      { as_of: day(1), source_version: 1 },
    ])
      expect((await write('S-10', {}, stamp)).status, JSON.stringify(stamp)).toBe(400);
    expect((await call('DELETE', at('S-10', '?as_of=soon'))).body).toMatchObject({ code: 'parameter_invalid' });
  });

  it('shows the stamp in history, and of each value', async () => {
    await write('S-11', { name: 'A' }, { as_of: day(1) });
    await write('S-11', { name: 'A' }, { as_of: day(2) });
    const { items } = (await call('GET', `${at('S-11')}/history`)).body;
    expect(items).toMatchObject([{ kind: 'created', stamp: { as_of: day(1) } }]);
    expect((await call('GET', `${at('S-11')}/why/name`)).body).toMatchObject({ stamp: { as_of: day(2) } });
    expect((await call('GET', `${at('S-11')}/why/email`)).body).toMatchObject({ stamp: null });
  });

  it('takes rows of an import by their own stamps, and by that of the whole', async () => {
    const send = (body: string, query: string, media: string): Promise<Answer> =>
      call('POST', `/v1/records/contact/import${query}`, { body, headers: { 'content-type': media, accept: ndjson } });
    const ndjson = 'application/x-ndjson';
    const linesOf = ({ body }: Answer) =>
      String(body)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    await write('S-12', { name: 'A' }, { as_of: day(3) });
    const rows = `external_id,name,email,@as_of\nS-12,late,,${day(2)}\nS-12,late,x@example.test,${day(1)}\nS-12,last,,${day(4)}\nS-13,new,,\nS-14,bad,,soon\n`;
    const [, stale, partly, updated, created, bad, end] = linesOf(await send(rows, `?as_of=${day(2)}`, 'text/csv'));
    expect(stale).toMatchObject({ outcome: 'stale', stale: [{ field: 'name', stored: { as_of: day(3) } }] });
    expect(partly).toMatchObject({ outcome: 'updated', stale: [{ field: 'name' }] });
    expect([updated.outcome, created.outcome]).toEqual(['updated', 'created']);
    expect(bad).toMatchObject({ outcome: 'rejected', violations: [{ code: 'row_unreadable' }] });
    expect(end.counts).toMatchObject({ received: 5, superseded: 1, updated: 2, created: 1, rejected: 1 });
    const again = await send('{"external_id":"S-13","name":"older"}', `?as_of=${day(1)}`, ndjson);
    expect(linesOf(again)[1]).toMatchObject({ outcome: 'stale', stale: [{ stored: { as_of: day(2) } }] });
  });
});

describe('complete sets that say how old they are', async () => {
  const { call } = await demoServer();
  const runs = '/v1/interfaces/myendpoint/runs';
  const send = async (n: number | null, rows: object[]) =>
    (await call('POST', n === null ? runs : `${runs}?as_of=${day(n)}`, { body: rows })).body;
  const issuesOf = async (run: { id: string }) => (await call('GET', `${runs}/${run.id}/issues`)).body.items;
  const row = (key: string, name: string, more: object = {}) => ({ external_id: key, name, ...more });
  const keys = async () =>
    (await call('GET', '/v1/records/element')).body.items.map(
      (one: { fields: { external_id: string } }) => one.fields.external_id,
    );

  it('raise the stamps of an unchanged element with a newer stamp of its own, and not of one of the same bytes', async () => {
    const set = (n: number) => send(n + 1, [row('S-1', 'same', { '@as_of': day(n) }), row('S-2', 'same')]);
    const stampOf = async (key: string) =>
      (await call('GET', `/v1/records/element/external_id:${key}/why/name`)).body.stamp;
    expect((await set(1)).counts).toMatchObject({ created: 2 });
    expect((await set(2)).counts).toMatchObject({ unchanged: 2 });
    expect([await stampOf('S-1'), await stampOf('S-2')]).toEqual([{ as_of: day(2) }, { as_of: day(2) }]);
    expect((await set(3)).counts).toMatchObject({ unchanged: 2 });
    expect([await stampOf('S-1'), await stampOf('S-2')]).toEqual([{ as_of: day(3) }, { as_of: day(2) }]);
  });

  it('are superseded as a whole by a newer one, and write nothing', async () => {
    await send(5, [row('E-1', 'five'), row('E-2', 'five')]);
    const late = await send(4, [row('E-1', 'four'), row('E-3', 'four'), row('E-4', 'four')]);
    expect(late).toMatchObject({ state: 'superseded', counts: { received: 3, superseded: 3, created: 0, deleted: 0 } });
    expect(await issuesOf(late)).toMatchObject([{ code: 'stale', severity: 'warning', key: null }]);
    expect((await issuesOf(late))[0].message).toContain(day(5));
    expect(await keys()).toEqual(['E-1', 'E-2']);
    expect(await send(5, [row('E-1', 'five'), row('E-2', 'five')])).toMatchObject({ counts: { unchanged: 2 } });
  });

  it('leave out rows and members that are older than what is stored, with both stamps in the issue', async () => {
    const run = await send(6, [row('E-1', 'old', { '@as_of': day(4) }), row('E-2', 'six')]);
    expect(run).toMatchObject({ state: 'partial', counts: { received: 2, superseded: 1, updated: 1 } });
    const [issue] = await issuesOf(run);
    expect(issue).toMatchObject({ code: 'stale', key: 'E-1', member: 'name', value: 'old' });
    expect(issue.message).toContain(day(4));
    expect(issue.message).toContain(day(5));
  });

  it('do not delete what was made or written later, and say so once', async () => {
    await send(7, [row('E-1', 'seven'), row('E-2', 'seven'), row('E-3', 'seven')]);
    const noted = await call('PATCH', '/v1/records/element/external_id:E-2', {
      body: { fields: { internal_note: 'seen' }, as_of: '2026-01-09T00:00:00Z' },
    });
    expect(noted.body.outcome).toBe('updated');
    const run = await send(8, [row('E-1', 'seven')]);
    expect(run.counts).toMatchObject({ deleted: 1, unchanged: 1 });
    expect(await issuesOf(run)).toMatchObject([
      { code: 'stale', message: expect.stringMatching(/^1 record that is not in the set was left.*: E-2\.$/) },
    ]);
    expect(await keys()).toEqual(['E-1', 'E-2']);
    // Made without a stamp, which is after any time that has passed.
    await send(null, [row('E-1', 'seven'), row('E-2', 'seven'), row('E-5', 'now')]);
    expect((await send(9, [row('E-1', 'seven')])).counts).toMatchObject({ deleted: 1 });
    expect(await keys()).toEqual(['E-1', 'E-5']);
    expect((await send(null, [row('E-1', 'seven')])).counts).toMatchObject({ deleted: 1 });
  });

  it('are refused when they lie far ahead', async () => {
    const ahead = new Date(Date.now() + 600_000).toISOString();
    const { body: refused } = await call('POST', `${runs}?as_of=${ahead}`, { body: [] });
    expect(refused).toMatchObject({ status: 422, code: 'stamp_ahead', path: 'query.as_of' });
    expect(refused.remedy).toContain('Set the clock of the sender');
    const [failed] = (await call('GET', `${runs}?limit=1`)).body.items;
    expect(failed).toMatchObject({ state: 'failed', failure: refused.detail });
  });
});

describe('links that say how old they are', async () => {
  const { call } = await demoServer();
  const pair = (link: string, from: string, to: string, query = ''): string =>
    `/v1/records/${from.split('-')[0]?.toLowerCase()}/external_id:${from}/links/${link}/external_id:${to}${query}`;
  const put = (from: string, to: string, body: object) => call('PUT', pair('contacts', from, to), { body });
  const drop = (from: string, to: string, n: number, more = '') =>
    call('DELETE', pair('contacts', from, to, `?as_of=${day(n)}${more}`));
  for (const [type, key] of [
    ['claim', 'Claim-1'],
    ['opportunity', 'Opportunity-1'],
    ['account', 'Account-1'],
    ['account', 'Account-2'],
    ['contact', 'P-1'],
  ])
    await call('PATCH', `/v1/records/${type}/external_id:${key}`, { body: { fields: {} } });

  it('are not made again by what is older than their removal', async () => {
    expect((await put('Claim-1', 'P-1', { role: 'Broker', as_of: day(2) })).body.outcome).toBe('created');
    expect((await drop('Claim-1', 'P-1', 4)).body).toMatchObject({
      outcome: 'unlinked',
      removed: [{ role: 'Broker' }],
    });
    for (const role of ['Broker', 'Witness'])
      expect((await put('Claim-1', 'P-1', { role, as_of: day(3) })).body).toMatchObject({
        outcome: 'stale',
        link: null,
        stale: [{ field: null, sent: { as_of: day(3) }, stored: { as_of: day(4) } }],
      });
    expect((await put('Claim-1', 'P-1', { role: 'Broker', as_of: day(5) })).body.outcome).toBe('created');
    expect((await drop('Claim-1', 'P-1', 4)).body).toMatchObject({
      outcome: 'stale',
      stale: [{ stored: { as_of: day(5) } }],
    });
  });

  it('say all of the link: an older role is stale, and without one it has none', async () => {
    await put('Opportunity-1', 'P-1', { role: 'Primary Contact', as_of: day(2) });
    expect((await put('Opportunity-1', 'P-1', { as_of: day(3) })).body).toMatchObject({
      outcome: 'updated',
      link: { role: null },
    });
    expect((await put('Opportunity-1', 'P-1', { role: 'Primary Contact', as_of: day(2) })).body.outcome).toBe('stale');
    expect((await put('Opportunity-1', 'P-1', { as_of: day(3) })).body.outcome).toBe('unchanged');
  });

  it('do not push out a newer link of a side that takes one only', async () => {
    await put('Account-1', 'P-1', { as_of: day(3) });
    expect((await put('Account-2', 'P-1', { as_of: day(2) })).body.outcome).toBe('stale');
    expect((await put('Account-2', 'P-1', { as_of: day(4) })).body).toMatchObject({
      outcome: 'created',
      replaced: [{}],
    });
  });

  it('count a link or removal without a stamp as of now', async () => {
    await call('DELETE', pair('contacts', 'Account-2', 'P-1'));
    expect((await put('Account-2', 'P-1', { as_of: day(5) })).body.outcome).toBe('stale');
    await call('PUT', pair('contacts', 'Account-2', 'P-1'));
    expect((await drop('Account-2', 'P-1', 6)).body.outcome).toBe('stale');
  });

  it('are refused where a stamp cannot order them', async () => {
    expect(await put('Claim-1', 'P-1', { role: 'Broker', newRole: 'Witness', as_of: day(6) })).toMatchObject({
      status: 422,
      body: { code: 'stamp_unfit' },
    });
    expect((await drop('Opportunity-1', 'P-1', 6, '&role=Primary%20Contact')).body.code).toBe('stamp_unfit');
    expect((await put('Claim-1', 'P-1', { source_version: 7 })).body.code).toBe('stamp_kind_mismatch');
    expect((await put('Claim-1', 'P-1', { as_of: new Date(Date.now() + 600_000).toISOString() })).body.code).toBe(
      'stamp_ahead',
    );
  });

  it('come in imports too', async () => {
    const rows = `left,right,role,action,@as_of\nClaim-1,P-1,Broker,unlink,${day(6)}\nClaim-1,P-1,Broker,link,${day(5)}\nClaim-1,P-1,Witness,link,${day(7)}\n`;
    const { body } = await call('POST', '/v1/links/claim.contacts/import?left_key=external_id&right_key=external_id', {
      body: rows,
      headers: { 'content-type': 'text/csv' },
    });
    expect(body.counts).toMatchObject({ received: 3, updated: 1, superseded: 1, created: 1 });
  });
});

it('an approval of held deletes leaves what was written after its set', async () => {
  const { call } = await demoServer();
  const runs = '/v1/interfaces/myendpoint/runs';
  const set = (keys: string[], n: number): Promise<Answer> =>
    call('POST', `${runs}?as_of=${day(n)}`, { body: keys.map((external_id) => ({ external_id, name: external_id })) });
  await set(['H-1', 'H-2', 'H-3'], 1);
  await call('PATCH', '/v1/interfaces/myendpoint', { body: { guard: { deletes: 1 } } });
  const { body: held } = await set(['H-1'], 3);
  expect(held).toMatchObject({ state: 'held', stamp: { as_of: new Date(day(3)).toISOString() } });
  const late = { fields: { internal_note: 'later' }, as_of: day(5) };
  expect((await call('PATCH', '/v1/records/element/external_id:H-2', { body: late })).status).toBe(200);
  const { body } = await call('POST', `/v1/runs/${held.id}/approve`, { body: { deletes: 2 } });
  expect(body).toMatchObject({ skipped: 1, run: { state: 'partial', counts: { deleted: 1 } } });
  expect((await call('GET', '/v1/records/element/external_id:H-2')).status).toBe(200);
  expect((await call('GET', '/v1/records/element/external_id:H-3')).status).toBe(404);
  const issues = (await call('GET', `/v1/runs/${held.id}/issues`)).body.items;
  expect(JSON.stringify(issues)).toContain('was made or written after as_of');
});
