import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { freshHub } from '../../../../test/fresh-hub.ts';
import { query } from '../../../../test/steps.ts';
import { createServer } from '../../../http/server.ts';
import { native } from '../index.ts';
import { type Answer, demoServer, type Json, reasons } from '../test-client.ts';
import { mostReaders } from './open-readers.ts';

const summary = ({ kind, type, record, link, before, after }: Json): Json => ({
  kind,
  ...(record === null ? { link: link.link } : { type }),
  before,
  after,
});

describe('the change feed', async () => {
  const { call, hub, url } = await demoServer();
  const write = (key: string, fields: object, as = 'admin', type = 'contact'): Promise<Answer> =>
    call('PATCH', `/v1/records/${type}/external_id:${key}`, { as, body: { fields } });
  const now = async (as = 'admin'): Promise<string> => (await call('GET', '/v1/changes', { as })).body.next;
  const read = (after: string, more = '', as = 'admin'): Promise<Answer> =>
    call('GET', `/v1/changes?after=${after}${more}`, { as });

  it('has every change of records and links in the order of the commits, by names', async () => {
    const start = await now();
    const { body } = await write('f-1', { name: 'Ada' });
    await write('f-1', { name: 'Ada L.' });
    await call('PUT', '/v1/records/policy/67890/links/contacts/external_id:f-1', { body: { role: 'Adjuster' } });
    await call('DELETE', '/v1/records/contact/external_id:f-1');
    const answer = await read(start);
    expect(answer.body.items.map(summary)).toEqual([
      { kind: 'created', type: 'contact', before: {}, after: { external_id: 'f-1', name: 'Ada' } },
      { kind: 'updated', type: 'contact', before: { name: 'Ada' }, after: { name: 'Ada L.' } },
      { kind: 'linked', link: 'policy.contacts', before: {}, after: { role: 'Adjuster' } },
      { kind: 'unlinked', link: 'policy.contacts', before: { role: 'Adjuster' }, after: {} },
      { kind: 'deleted', type: 'contact', before: { external_id: 'f-1', name: 'Ada L.' }, after: {} },
    ]);
    expect(answer.body.items[0]).toMatchObject({
      record: { type: 'contact', number: body.record.number, id: body.record.id },
      version: 1,
      principal: { id: expect.any(Number) },
      via: 'native',
      run: null,
    });
    expect(answer.body.more).toBe(false);
    const commits = answer.body.items.map(({ commit, row }: Json) => commit * 1000 + row);
    expect(commits).toEqual([...commits].sort((a, b) => a - b));
  });

  it('goes on from any item, and gives each change once whatever the size of the pages', async () => {
    const start = await now();
    const rows = Array.from({ length: 25 }, (_, index) => ({ external_id: `p-${index}`, name: 'page' }));
    await call('POST', '/v1/records/contact/import', { body: rows });
    const whole = (await read(start)).body.items;
    expect(whole).toHaveLength(25);
    for (const limit of [1, 7, 25]) {
      const seen: Json[] = [];
      let [after, more] = [start, true];
      while (more) {
        const { body } = await read(after, `&limit=${limit}`);
        expect(body.items.length).toBeLessThanOrEqual(limit);
        seen.push(...body.items);
        [after, more] = [body.next, body.more];
      }
      expect(seen).toEqual(whole);
    }
    expect((await read(whole[11].cursor)).body.items).toEqual(whole.slice(12));
  });

  it('begins at its beginning with an empty place, and at its end without one', async () => {
    const first = await call('GET', '/v1/changes?after=&limit=1');
    expect(first.body).toMatchObject({ items: [{ commit: 1, row: 0, kind: 'created' }], more: true });
    expect((await call('GET', '/v1/changes')).body).toMatchObject({ items: [], more: false });
  });

  it('is filtered by record type, where a link is of both, by kind, and by what caused the change', async () => {
    const start = await now();
    await write('g-1', { name: 'x' });
    await write('G', {}, 'admin', 'customer');
    await call('PUT', '/v1/records/customer/external_id:G/links/contacts/external_id:g-1', { body: {} });
    const kinds = async (filter: string): Promise<string[]> =>
      (await read(start, filter)).body.items.map(({ kind, type }: Json) => `${type} ${kind}`);
    expect(await kinds('&type=contact')).toEqual(['contact created', 'customer linked']);
    expect(await kinds('&type=customer&kind=created')).toEqual(['customer created']);
    expect(await kinds('&type=contact,customer')).toHaveLength(3);
    expect(await kinds('&cause=native')).toHaveLength(3);
    expect(await kinds('&cause=-native')).toEqual([]);
    expect(await kinds('&cause=run,zendesk')).toEqual([]);
    await call('POST', '/v1/interfaces/myendpoint/runs', { body: [{ external_id: 'E-feed', name: 'n' }] });
    expect(await kinds('&cause=run')).toEqual(['element created']);
    expect((await read(start, '&cause=run')).body.items[0].run).toEqual(expect.any(Number));
    expect(await kinds('&cause=-run')).toHaveLength(3);
  });

  it('moves on past what a filter holds back', async () => {
    const start = await now();
    await write('m-1', { name: 'x' });
    const { next } = (await read(start, '&type=claim')).body;
    expect(next).not.toBe(start);
    expect((await read(next)).body.items).toEqual([]);
  });

  it('shows a member the types that it may read, and links of which it may read both ends', async () => {
    const made = await call('POST', '/v1/keys', { body: { label: 'feed', grants: { contact: ['read'] } } });
    const { secret } = made.body;
    const start = await now();
    await write('h-1', { name: 'seen' });
    await write('H', {}, 'admin', 'customer');
    await call('PUT', '/v1/records/customer/external_id:H/links/contacts/external_id:h-1', { body: {} });
    const seen = (await read(start, '', secret)).body.items;
    expect(seen.map(({ type, kind }: Json) => `${type} ${kind}`)).toEqual(['contact created']);
    expect(reasons(await read(start, '&type=customer', secret))).toEqual([['grant_missing', 'query.type']]);
  });

  it('waits for the next change, and answers when it is there', async () => {
    const start = await now();
    const waiting = read(start, '&wait=20');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await write('w-1', { name: 'x' });
    expect((await waiting).body.items).toHaveLength(1);
    const { next } = (await read(start)).body;
    expect((await read(next, '&wait=1')).body).toMatchObject({ items: [], next, more: false });
  });

  it('refuses what is no place, no kind, no cause and no type', async () => {
    const noPlace = await read('nonsense');
    expect(reasons(noPlace)).toEqual([['cursor_invalid', 'query.after']]);
    expect(noPlace.body.remedy).toMatch(/^Send as `after` .*`next`/);
    expect(reasons(await read('', '&kind=made'))).toEqual([['parameter_invalid', 'query.kind']]);
    expect(reasons(await read('', '&cause=a%20b'))).toEqual([['parameter_invalid', 'query.cause']]);
    expect(reasons(await read('', '&wait=61'))).toEqual([['parameter_invalid', 'query.wait']]);
    expect((await read('', '&type=nothing')).body.code).toBe('unknown_record_type');
  });

  it('lets a key have a bounded number of readers', async () => {
    const stop = new AbortController();
    const headers = { authorization: 'Bearer kw_demo_power', accept: 'text/event-stream' };
    const open = (): Promise<Response> => fetch(`${url}/v1/changes`, { headers, signal: stop.signal });
    const streams = await Promise.all(Array.from({ length: mostReaders.ofPrincipal }, open));
    expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
    const refused = await read('', '&wait=1', 'power');
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'too_many_readers',
      '5',
    ]);
    stop.abort();
    await expect.poll(async () => (await read('', '&wait=1', 'power')).status).toBe(200);
  });

  it('is sent as server-sent events, which go on behind Last-Event-ID', async () => {
    const start = await now();
    await write('s-1', { name: 'one' });
    const stream = await listen(url, `/v1/changes?after=${start}`, 'kw_demo_admin');
    expect(await stream.next()).toMatchObject({ data: { after: { external_id: 's-1' } } });
    await write('s-2', { name: 'two' });
    const second = await stream.next();
    expect(second).toMatchObject({ data: { after: { external_id: 's-2' } } });
    expect(second.id).toBe(second.data.cursor);
    stream.close();
    await write('s-3', { name: 'three' });
    const again = await listen(url, `/v1/changes?after=${start}`, 'kw_demo_admin', { 'last-event-id': second.id });
    expect(await again.next()).toMatchObject({ data: { after: { external_id: 's-3' } } });
    again.close();
    const refused = await fetch(`${url}/v1/changes?after=nonsense`, {
      headers: { authorization: 'Bearer kw_demo_admin', accept: 'text/event-stream' },
    });
    expect(refused.status).toBe(400);
    await refused.text();
  });

  it('ends the stream of a key that is revoked', async () => {
    const made = await call('POST', '/v1/keys', { body: { label: 'short-lived', role: 'power' } });
    const stream = await listen(url, '/v1/changes', made.body.secret);
    await call('DELETE', `/v1/keys/${made.body.key.id}`);
    await write('r-1', { name: 'wakes it' });
    await expect(stream.ended).resolves.toBeUndefined();
    expect(await hub.access.bearer(made.body.secret, 'native')).toBeUndefined();
  });
});

describe('a place that is no longer kept', async () => {
  it('is refused with what to do, while the empty one begins with what there is', async () => {
    const fresh = await freshHub();
    const { hub, admin, databaseUrl } = fresh;
    const ask = (after: string) => hub.changes(admin, { after, limit: 1, waitMs: 0 });
    const first = await ask('');
    const second = await ask(first.kind === 'changes' ? first.next : '');
    if (first.kind !== 'changes' || second.kind !== 'changes') throw new Error('no changes');
    await query(databaseUrl, 'delete from commit where commit <= 1');
    expect(await ask(first.items[0]?.cursor ?? '')).toEqual({ kind: 'no_longer_kept' });
    expect(await ask('')).toMatchObject({ items: [{ commit: 2 }] });
    await query(databaseUrl, 'delete from commit');
    expect(await ask(second.next)).toEqual({ kind: 'no_longer_kept' });
    const nothing = await ask('');
    expect(nothing).toMatchObject({ kind: 'changes', items: [], more: false });
    expect(await ask(nothing.kind === 'changes' ? nothing.next : '')).toMatchObject({ items: [] });
    await fresh.close();
  });
});

describe('a commit that is long in coming', () => {
  it('holds back those after it, so that no reader passes it by', async () => {
    const fresh = await freshHub();
    const { hub, admin, databaseUrl } = fresh;
    const start = await hub.changes(admin, { limit: 1, waitMs: 0 });
    if (start.kind !== 'changes') throw new Error(start.kind);
    const slow = new pg.Client({ connectionString: databaseUrl });
    await slow.connect();
    await slow.query('begin');
    // What the end of a batch does: it draws its number, and then is long about its commit.
    await slow.query(`
      insert into change (workspace_id, batch, row, kind, number, principal_id, via, request, at)
      select 1, nextval('batch_number'), 0, 'updated', (select number from record where workspace_id = 1 and deleted_at is null limit 1),
        ${admin.principal.id}, 'slow', 'slow', now()`);
    await slow.query(`
      with counter as (update commit_counter set last_commit = last_commit + 1 where workspace_id = 1 returning last_commit)
      insert into commit select 1, last_commit, currval('batch_number'), now(), 0 from counter`);
    const other = fresh
      .secondHub()
      .upsert(admin, { type: 'contact', ref: null, mode: 'create', fields: { name: 'fast' } });
    const waiting = hub.changes(admin, { after: start.next, limit: 10, waitMs: 400 });
    expect(await waiting).toMatchObject({ kind: 'changes', items: [], next: start.next });
    await slow.query('commit');
    expect(await other).toMatchObject({ kind: 'created' });
    const all = await hub.changes(admin, { after: start.next, limit: 10, waitMs: 0 });
    expect(all.kind === 'changes' && all.items.map(({ via }) => via)).toEqual(['slow', 'test']);
    await slow.end();
    await fresh.close();
  });

  it('is read by whoever reads along while two servers write, each change once and in order', async () => {
    const fresh = await freshHub();
    const { hub, admin } = fresh;
    const hubs = [hub, fresh.secondHub()];
    const start = await hub.changes(admin, { limit: 1, waitMs: 0 });
    if (start.kind !== 'changes') throw new Error(start.kind);
    const writes = Array.from({ length: 200 }, (_, index) => index);
    const writing = Promise.all(
      hubs.map(async (one, server) => {
        for (const index of writes)
          await one.upsert(admin, {
            type: 'contact',
            ref: null,
            mode: 'create',
            fields: { name: `${server} ${index}` },
          });
      }),
    );
    const seen: unknown[] = [];
    for (let after = start.next; seen.length < 400; ) {
      const page = await hub.changes(admin, { after, limit: 13, waitMs: 60_000 });
      if (page.kind !== 'changes' || page.items.length === 0) throw new Error('a change was missed');
      seen.push(...page.items.map((item) => item.after.name));
      after = page.next;
    }
    await writing;
    expect(new Set(seen).size).toBe(400);
    for (const server of ['0', '1']) {
      const own = seen.filter((name) => String(name).startsWith(`${server} `));
      expect(own).toEqual(writes.map((index) => `${server} ${index}`));
    }
    await fresh.close();
  });
});

describe('a server that stops', () => {
  it('answers those who wait, and ends its streams', async () => {
    const fresh = await freshHub();
    const settings = { publicOrigin: null, trustProxy: false, bodyLimitBytes: 1_000_000 };
    const app = createServer({ hub: fresh.hub, dialects: [native], settings });
    const arrived = Promise.withResolvers<void>();
    app.addHook('preHandler', async ({ url }) => void (url.includes('wait=60') && setImmediate(arrived.resolve)));
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const stream = await listen(address, '/v1/changes', 'kw_demo_admin');
    const waiting = fetch(`${address}/v1/changes?wait=60`, { headers: { authorization: 'Bearer kw_demo_admin' } });
    await arrived.promise;
    const closing = app.close();
    expect(await (await waiting).json()).toMatchObject({ items: [], more: false });
    await stream.ended;
    await closing;
    await fresh.close();
  });
});

type Event = { id: string; data: Json };

/** A client of server-sent events, of events with data only. */
async function listen(url: string, path: string, key: string, headers: Record<string, string> = {}) {
  const stop = new AbortController();
  const response = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream', ...headers },
    signal: stop.signal,
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  const found: Event[] = [];
  const waiting: ((event: Event) => void)[] = [];
  const read = async (): Promise<void> => {
    let text = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const textOf = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        const data = textOf('data');
        if (data === undefined) continue;
        const event = { id: textOf('id') ?? '', data: JSON.parse(data) };
        const next = waiting.shift();
        if (next) next(event);
        else found.push(event);
      }
    }
  };
  const ended = read().catch(() => {});
  return {
    ended,
    close: () => stop.abort(),
    next: () =>
      new Promise<Event>((resolve) => {
        const known = found.shift();
        if (known) resolve(known);
        else waiting.push(resolve);
      }),
  };
}

describe('the feed of what somebody did', async () => {
  const { call } = await demoServer();

  it('has the changes of one principal, or of one run, and no other', async () => {
    const { next } = (await call('GET', '/v1/changes')).body;
    for (const as of ['admin', 'power'])
      await call('PATCH', `/v1/records/contact/external_id:by-${as}`, { as, body: { fields: {} } });
    const set = await call('POST', '/v1/interfaces/myendpoint/runs', { body: [{ external_id: 'of-run' }] });
    const of = async (filter: string): Promise<Json[]> =>
      (await call('GET', `/v1/changes?after=${next}&type=contact,element&${filter}`)).body.items;
    const all = await of('limit=100');
    const byPower = all.filter(({ after }: Json) => after.external_id === 'by-power');
    expect(byPower).toHaveLength(1);
    expect(await of(`principal=${byPower[0].principal.id}`)).toEqual(byPower);
    const ofRun = await of(`run=${set.body.number}`);
    expect(ofRun.length).toBeGreaterThan(0);
    expect(ofRun).toEqual(all.filter(({ run }: Json) => run === set.body.number));
    expect((await call('GET', '/v1/changes?run=x')).body.code).toBe('parameter_invalid');
  });
});
