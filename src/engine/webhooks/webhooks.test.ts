import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub, testSecretKey } from '../../../test/fresh-hub.ts';
import { setOf, testReaders } from '../../../test/set-of.ts';
import { slowSet } from '../../../test/slow-set.ts';
import { amend, itemsOf, key, lastRuns, query } from '../../../test/steps.ts';
import type { SetElement } from '../../model/commands.ts';
import { type FeedKind, isEventKind } from '../../model/events.ts';
import type { ChangeView } from '../../model/record.ts';
import { openDatabase } from '../../store/postgres/database.ts';
import { createHub } from '../create-hub.ts';
import type { Hub } from '../hub.ts';
import type { Deliverer, DeliverOptions } from './deliverer.ts';
import type { WebhookWish } from './webhooks.ts';

type Received = {
  headers: IncomingHttpHeaders;
  body: string;
  event: { id: string; type: string; data: { after: { name?: string } } };
};
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let fresh: FreshHub;
/** May reach private addresses, as the receiver is on one. */
let hub: Hub;
const others: Hub[] = [];
const cleanUp: (() => Promise<unknown> | unknown)[] = [];

const openHub = (): Hub => {
  const database = openDatabase({ connection: { connectionString: fresh.databaseUrl }, onError: () => {} });
  const opened = createHub({
    database,
    secretKey: testSecretKey,
    webhooksAllowPrivate: true,
    setReaders: testReaders,
  });
  others.push(opened);
  return opened;
};

beforeAll(async () => {
  fresh = await freshHub();
  hub = openHub();
});
afterEach(async () => {
  for (const one of await hub.webhooks.list(fresh.admin)) await hub.webhooks.remove(fresh.admin, one.id);
  for (const end of cleanUp.splice(0).reverse()) await end();
});
afterAll(async () => {
  await Promise.all(others.map((one) => one.close()));
  await fresh.close();
});

/** Tries again and looks soon; an attempt is given up, and taken over, later than any machine is slow. */
const soon: DeliverOptions = {
  patience: { firstMs: 20, mostMs: 100, giveUpMs: 600_000 },
  timeoutMs: 60_000,
  leaseMs: 150_000,
  pollMs: 20,
};

function deliver(on: Hub, options: DeliverOptions = {}): Deliverer {
  const deliverer = on.deliverWebhooks({ ...soon, ...options });
  cleanUp.push(() => deliverer.stop());
  return deliverer;
}

const ok: Answer = (_request, response) => void response.writeHead(204).end();

/** A receiver that keeps what came, and answers as it is told. */
async function receiver(answer: Answer = ok) {
  const received: Received[] = [];
  const told = { answer };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body, event: JSON.parse(body) });
      told.answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const names = (): (string | undefined)[] => received.map(({ event }) => event.data.after.name);
  return { url: `http://127.0.0.1:${port}/hook`, port, received, told, names };
}

async function webhookTo(url: string, wish: Partial<WebhookWish> = {}): Promise<{ id: number; secret: string }> {
  const made = await hub.webhooks.create(fresh.admin, { url, description: '', types: [], events: [], ...wish });
  if (made.kind !== 'created') throw new Error(JSON.stringify(made));
  return { id: made.webhook.id, secret: made.secret };
}

const write = (name: string, id = name) =>
  hub.upsert(fresh.admin, { type: 'contact', ref: key(id), mode: 'upsert', fields: { name } });
const stateOf = (id: number) => hub.webhooks.find(fresh.admin, id);
const deliveriesOf = async (id: number) =>
  (await hub.webhooks.deliveries(fresh.admin, id, { state: null, limit: 100 })) ?? [];
const until = (what: () => unknown) => expect.poll(what, { interval: 20 });

describe('a webhook', () => {
  it('is told of each change in order, signed by Standard Webhooks, as a CloudEvent', async () => {
    const { url, received } = await receiver();
    const { secret } = await webhookTo(url);
    expect(secret).toMatch(/^whsec_/);
    deliver(hub);
    await write('Ada', 'order');
    await write('Ada L.', 'order');
    await hub.delete(fresh.admin, { type: 'contact', ref: key('order') });
    await until(() => received.length).toBe(3);
    expect(received.map(({ event }) => event.type)).toEqual(['record.created', 'record.updated', 'record.deleted']);
    for (const { headers, body, event } of received) {
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual(event);
      expect(headers['content-type']).toBe('application/cloudevents+json');
      expect(event).toMatchObject({
        specversion: '1.0',
        source: expect.stringMatching(/^urn:uuid:/),
        subject: expect.stringMatching(/^records\/contact\/\d+$/),
        time: expect.stringMatching(/Z$/),
        data: { type: 'contact', principal: { id: fresh.admin.principal.id } },
      });
    }
    const [first] = received;
    const forged = { ...(first?.headers as Record<string, string>) };
    expect(() => new Webhook(secret).verify(first?.body.replace('Ada', 'Eve') ?? '', forged)).toThrow();
  });

  it('keeps its secret sealed', async () => {
    const { secret } = await webhookTo('http://127.0.0.1:9/');
    const [row] = await query<{ secret_sealed: Buffer }>(fresh.databaseUrl, 'select secret_sealed from webhook');
    expect(row?.secret_sealed.includes(secret.slice(6))).toBe(false);
    expect(JSON.stringify(await hub.webhooks.list(fresh.admin))).not.toContain(secret);
  });

  it('is told only what it asked for', async () => {
    const { url, received } = await receiver();
    const { id } = await webhookTo(url, { types: ['claim'], events: ['record.created'] });
    deliver(hub);
    await write('not a claim');
    await hub.upsert(fresh.admin, { type: 'claim', ref: key('told'), mode: 'create', fields: {} });
    await hub.delete(fresh.admin, { type: 'claim', ref: key('told') });
    await until(() => received.length).toBe(1);
    expect(received[0]?.event).toMatchObject({ type: 'record.created', data: { type: 'claim' } });
    const end = await hub.changes(fresh.admin, { limit: 1, waitMs: 0 });
    await until(async () => (await stateOf(id))?.after).toBe(end.kind === 'changes' ? end.next : '');
  });

  it('is let go when it is changed in the middle of a delivery, and goes on as it is then', async () => {
    const unanswered: ServerResponse[] = [];
    const { url, received, names, told } = await receiver((_request, response) => void unanswered.push(response));
    const { id } = await webhookTo(url);
    deliver(hub);
    deliver(openHub());
    await write('in the middle');
    await until(() => received.length).toBe(1);
    await hub.webhooks.change(fresh.admin, id, { state: 'paused' });
    told.answer = ok;
    unanswered[0]?.writeHead(204).end();
    await write('while paused');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(names()).toEqual(['in the middle']);
    expect((await stateOf(id))?.state).toBe('paused');
    await hub.webhooks.change(fresh.admin, id, { state: 'active' });
    await until(names).toEqual(['in the middle', 'in the middle', 'while paused']);
  });

  it('begins with what comes next, or behind a place', async () => {
    await write('before');
    const { url, names } = await receiver();
    const late = await receiver();
    const all = await hub.changes(fresh.admin, { after: '', limit: 1000, waitMs: 0 });
    if (all.kind !== 'changes') throw new Error(all.kind);
    await webhookTo(url);
    await hub.webhooks.create(fresh.admin, {
      url: late.url,
      description: '',
      types: [],
      events: [],
      after: all.items.at(-2)?.cursor ?? '',
    });
    deliver(hub);
    await write('after');
    await until(names).toEqual(['after']);
    await until(late.names).toEqual(['before', 'after']);
  });
});

describe('a receiver that fails', () => {
  it('is tried again with longer and longer pauses, and gets what follows only then', async () => {
    const { url, received, names, told } = await receiver(
      (_request, response) => void response.writeHead(500).end('no <b>luck'),
    );
    const { id } = await webhookTo(url);
    deliver(hub);
    await write('one');
    await write('two');
    await until(() => received.length).toBeGreaterThanOrEqual(3);
    expect(new Set(names())).toEqual(new Set(['one']));
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await stateOf(id)).toMatchObject({
      state: 'active',
      failingSince: expect.any(Date),
      nextAttemptAt: expect.any(Date),
    });
    expect(await deliveriesOf(id)).toMatchObject([
      { state: 'failing', status: 500, answer: 'no <b>luck', event: 'record.created' },
    ]);
    told.answer = ok;
    await until(() => names().at(-1)).toBe('two');
    await until(async () => (await deliveriesOf(id)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    expect(await stateOf(id)).toMatchObject({ failures: 0, failingSince: null, nextAttemptAt: null });
  });

  it('is given up after a time, visibly, and goes on where it was once it is made active', async () => {
    const { url, names, told } = await receiver((_request, response) => void response.writeHead(503).end());
    const { id } = await webhookTo(url);
    deliver(hub, { patience: { firstMs: 20, mostMs: 50, giveUpMs: 300 } });
    await write('lost?');
    await until(async () => (await stateOf(id))?.state).toBe('disabled');
    expect((await stateOf(id))?.reason).toMatch(/answered 503/);
    told.answer = ok;
    const tries = names().length;
    await hub.webhooks.change(fresh.admin, id, { state: 'active' });
    await until(() => names().length).toBe(tries + 1);
    await until(async () => (await deliveriesOf(id))[0]?.state).toBe('delivered');
  });

  it('is given up at once when it says that it is gone', async () => {
    const { url } = await receiver((_request, response) => void response.writeHead(410).end());
    const { id } = await webhookTo(url);
    deliver(hub);
    await write('gone');
    await until(async () => (await stateOf(id))?.state).toBe('disabled');
  });

  it('may not send it elsewhere', async () => {
    const elsewhere = await receiver();
    const { url } = await receiver(
      (_request, response) => void response.writeHead(307, { location: elsewhere.url }).end(),
    );
    const { id } = await webhookTo(url);
    deliver(hub);
    await write('redirected');
    await until(async () => (await deliveriesOf(id))[0]?.status).toBe(307);
    expect(elsewhere.received).toEqual([]);
  });

  it.each([
    ['ENOTFOUND', 'The name gone.example is not found.'],
    ['ETIMEDOUT', 'The receiver cannot be reached.'],
    ['EOTHER', 'EOTHER, as the system says it'],
  ])('may not be there, which is said in words: %s', async (code, failure) => {
    const { id } = await webhookTo('https://gone.example/');
    const fault = Object.assign(new Error(`${code}, as the system says it`), { code, hostname: 'gone.example' });
    deliver(hub, { lookup: () => Promise.reject(fault) });
    await write(code);
    await until(async () => (await deliveriesOf(id))[0]?.failure).toBe(failure);
  });

  it('may be silent, slow or endless: the attempt ends', async () => {
    const { url, told } = await receiver(() => {});
    const { id } = await webhookTo(url);
    deliver(hub, { timeoutMs: 200 });
    await write('slow');
    await until(async () => (await deliveriesOf(id))[0]?.failure).toBe('No answer within 200 ms.');
    told.answer = (_request, response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(4_000)), 1);
      response.on('close', () => clearInterval(more));
    };
    await until(async () => (await deliveriesOf(id))[0]?.state).toBe('delivered');
    expect((await deliveriesOf(id))[0]?.answer?.length).toBeLessThanOrEqual(500);
  });
});

describe('delivering again', () => {
  it('sends one delivery out of turn, under the same id, or everything behind a place', async () => {
    const { url, received, names } = await receiver();
    const { id } = await webhookTo(url);
    deliver(hub);
    for (const name of ['a', 'b', 'c']) await write(name, `again-${name}`);
    await until(names).toEqual(['a', 'b', 'c']);
    await until(async () => (await deliveriesOf(id)).length).toBe(3);
    const [delivery] = (await deliveriesOf(id)).filter((one) => one.id === received[1]?.event.id);
    expect(await hub.webhooks.replay(fresh.admin, id, { delivery: delivery?.id ?? '' })).toMatchObject({
      kind: 'replaying',
    });
    await until(names).toEqual(['a', 'b', 'c', 'b']);
    expect(received[3]?.headers['webhook-id']).toBe(received[1]?.headers['webhook-id']);
    expect(received[3]?.body).toBe(received[1]?.body);
    const feed = await hub.changes(fresh.admin, { after: '', limit: 1000, waitMs: 0 });
    const place = feed.kind === 'changes' ? feed.items.at(-3)?.cursor : undefined;
    await hub.webhooks.replay(fresh.admin, id, { after: place ?? '' });
    await until(names).toEqual(['a', 'b', 'c', 'b', 'b', 'c']);
    expect(await hub.webhooks.replay(fresh.admin, id, { delivery: '999999.0' })).toEqual({ kind: 'unknown_delivery' });
  });

  it('keeps what was sent out of turn before all behind a place was asked for', async () => {
    const { url, names, told } = await receiver();
    const { id } = await webhookTo(url);
    deliver(hub);
    for (const name of ['a', 'b']) await write(name, `between-${name}`);
    await until(async () => (await deliveriesOf(id)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
    const held: ServerResponse[] = [];
    told.answer = (_request, response) => void held.push(response);
    const feed = await hub.changes(fresh.admin, { after: '', limit: 1000, waitMs: 0 });
    const place = feed.kind === 'changes' ? feed.items.at(-2)?.cursor : undefined;
    await hub.webhooks.replay(fresh.admin, id, { delivery: (await deliveriesOf(id))[0]?.id ?? '' });
    await until(() => held.length).toBe(1);
    told.answer = ok;
    await hub.webhooks.replay(fresh.admin, id, { after: place ?? '' });
    held[0]?.writeHead(204).end();
    await until(async () => (await deliveriesOf(id)).map(({ attempts }) => attempts)).toEqual([3, 1]);
    expect(names()).toEqual(['a', 'b', 'b', 'b']);
  });

  it('does not wait for the next attempt: whoever asks for it has mended the receiver', async () => {
    const { url, names, told } = await receiver((_request, response) => void response.writeHead(500).end());
    const { id } = await webhookTo(url);
    deliver(hub, { patience: { firstMs: 600_000, mostMs: 600_000, giveUpMs: 3_600_000 } });
    await write('mended', 'again-mended');
    await until(async () => (await deliveriesOf(id))[0]?.state).toBe('failing');
    told.answer = ok;
    await hub.webhooks.replay(fresh.admin, id, { delivery: (await deliveriesOf(id))[0]?.id ?? '' });
    await until(async () => (await deliveriesOf(id))[0]?.state).toBe('delivered');
    expect(await stateOf(id)).toMatchObject({ failures: 0, failingSince: null, nextAttemptAt: null });
    expect(new Set(names())).toEqual(new Set(['mended']));
  });

  it('waits for nobody’s memory: what is no longer kept disables the webhook and says so', async () => {
    const { url, names } = await receiver();
    const { id } = await webhookTo(url);
    await write('cleaned away');
    await query(fresh.databaseUrl, 'delete from commit');
    await write('kept');
    deliver(hub);
    await until(async () => (await stateOf(id))?.state).toBe('disabled');
    expect((await stateOf(id))?.reason).toMatch(/no longer kept/);
    await hub.webhooks.replay(fresh.admin, id, { after: '' });
    await hub.webhooks.change(fresh.admin, id, { state: 'active' });
    await until(names).toEqual(['kept']);
  });
});

describe('what happens to runs and interfaces', () => {
  const element = (id: string): SetElement => ({ key: id, path: id, members: [] });
  const events = ['applied', 'partial', 'held', 'failed', 'superseded'].map((end) => `run.${end}`);
  const sync = async (elements: readonly SetElement[], waitMs = 20_000) => {
    const outcome = await hub.sync(fresh.admin, 'myendpoint', setOf(elements), { waitMs });
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    return outcome.run;
  };
  const setUp = (more: object) =>
    amend(hub, fresh.admin, (current) => {
      const on = { name: 'Elements', type: 'element', ...current.interfaces?.myendpoint, ...more };
      return { ...current, interfaces: { ...current.interfaces, myendpoint: on } };
    });

  it('is told in the order in which it happened, to those who asked for it, once by several servers', async () => {
    const { url, received } = await receiver();
    const mute = await receiver();
    await webhookTo(url, { events: [...events, 'interface.overdue'], types: ['element'] });
    await webhookTo(mute.url, { events: [...events, 'interface.overdue'], types: ['contact'] });
    for (const one of [hub, openHub()]) {
      deliver(one);
      const worker = one.workOnRuns({});
      cleanUp.push(() => worker.stop());
    }
    await setUp({ guard: { deletes: 1 } });
    const applied = await sync([element('a'), element('b'), element('c')]);
    const partial = await sync([element('a'), element('b'), element('c'), element('c')]);
    const held = await sync([element('a')]);
    const approved = await hub.approveHeld(fresh.admin, held.id, 2);
    expect(approved).toMatchObject({ kind: 'done', run: { state: 'applied' } });
    expect((await hub.sync(fresh.admin, 'myendpoint', setOf([element('')]))).kind).toBe('malformed');
    const first = slowSet([element('a')]);
    const going = hub.sync(fresh.admin, 'myendpoint', first.open);
    await first.begun;
    const older = sync([element('b')]);
    await until(async () => (await lastRuns(hub, fresh.admin, 'myendpoint', 1))[0]?.state).toBe('queued');
    const newer = sync([element('a')]);
    const superseded = await older;
    first.end();
    await Promise.all([going, newer]);
    const reverted = await hub.revertRun(fresh.admin, applied.id);
    expect(reverted.kind).toBe('reverted');
    await setUp({ overdue_after: 1 });
    const expected = [
      ['run.applied', applied.id],
      ['run.partial', partial.id],
      ['run.held', held.id],
      ['run.applied', held.id],
      ['run.failed', expect.any(String)],
      ['run.superseded', superseded.id],
      ['run.applied', expect.any(String)],
      ['run.applied', expect.any(String)],
      ['run.applied', expect.any(String)], // the revert
      ['interface.overdue', undefined],
    ];
    const told = () => received.map(({ event }) => [event.type, (event.data.after as { id?: string }).id]);
    await until(() => received.length).toBe(expected.length);
    expect(told()).toEqual(expected);
    expect(received[2]?.event).toMatchObject({
      subject: `interfaces/myendpoint/runs/${held.number}`,
      data: { interface: 'myendpoint', type: 'element', run: held.number, record: null, link: null },
    });
    expect(received[2]?.event.data.after).toMatchObject({
      state: 'held',
      held_deletes: 2,
      counts: { received: 1, unchanged: 1, deleted: 0 },
    });
    expect(received[4]?.event.data.after).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('no key'),
    });
    expect(received[5]?.event.data.after).toMatchObject({ superseded_by: (await newer).id });
    expect(received.at(-1)?.event).toMatchObject({
      subject: 'interfaces/myendpoint',
      data: { interface: 'myendpoint', run: null, principal: { name: 'Keyway' } },
    });
    expect(mute.received).toEqual([]);
    await setUp({ overdue_after: null });
  });

  it('is in the feed for those who ask for it only, and in no history', async () => {
    await sync([element('h')]);
    const kinds = async (asked?: readonly FeedKind[]) => {
      const page = await hub.changes(fresh.admin, {
        after: '',
        limit: 1000,
        waitMs: 0,
        ...(asked && { kinds: asked }),
      });
      return page.kind === 'changes' ? page.items.map(({ kind }) => kind) : [];
    };
    expect((await kinds()).filter(isEventKind)).toEqual([]);
    expect(new Set(await kinds(['run_held', 'run_failed']))).toEqual(new Set(['run_held', 'run_failed']));
    const history = await hub.history(fresh.admin, { type: 'element', ref: key('h'), limit: 100 });
    expect(itemsOf<ChangeView>(history).map(({ kind }) => kind)).toEqual(['created']);
  });
});

describe('two servers', () => {
  it('deliver each change once, in order, to several webhooks', async () => {
    const receivers = await Promise.all([receiver(), receiver(), receiver()]);
    for (const { url } of receivers) await webhookTo(url);
    deliver(hub);
    deliver(openHub());
    const names = Array.from({ length: 40 }, (_, index) => `both ${index}`);
    for (const name of names) await write(name);
    for (const one of receivers) await until(() => one.received.length).toBeGreaterThanOrEqual(40);
    for (const one of receivers) expect(one.names()).toEqual(names);
  });

  it('take over from one that died in the middle of a delivery, under the same id', async () => {
    let hangs = true;
    const { url, received } = await receiver((request, response) => {
      if (!hangs) ok(request, response);
    });
    const { id } = await webhookTo(url);
    // A server that has claimed the webhook, and does nothing any more.
    const dead = deliver(hub, { timeoutMs: 600_000, leaseMs: 1_500 });
    await write('taken over');
    await until(() => received.length).toBe(1);
    hangs = false;
    deliver(openHub());
    await until(async () => (await deliveriesOf(id))[0]?.state).toBe('delivered');
    expect(received).toHaveLength(2);
    expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id']);
    void dead.stop();
    cleanUp.splice(cleanUp.length - 2, 1); // it is not waited for
  });
});

describe('addresses that are not public', () => {
  it.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost./',
    'https://user:secret@example.com/',
    'ftp://example.com/',
    'nonsense',
  ])('cannot be those of a webhook: %s', async (url) => {
    const made = await fresh.hub.webhooks.create(fresh.admin, { url, description: '', types: [], events: [] });
    expect(made).toMatchObject({ kind: 'invalid', member: 'url' });
  });

  it('are not connected to when a name comes to stand for one after it was looked at', async () => {
    const { port, received } = await receiver();
    const made = await fresh.hub.webhooks.create(fresh.admin, {
      url: `https://rebinding.example:${port}/`,
      description: '',
      types: [],
      events: [],
    });
    if (made.kind !== 'created') throw new Error(made.kind);
    let asked = 0;
    deliver(fresh.hub, {
      lookup: async () => {
        asked += 1;
        return [{ address: '127.0.0.1', family: 4 }];
      },
    });
    await write('rebound');
    await until(async () => (await deliveriesOf(made.webhook.id))[0]?.failure).toBe(
      'rebinding.example is at 127.0.0.1, which is not public.',
    );
    await until(() => asked).toBeGreaterThan(1); // anew at each attempt
    expect(received).toEqual([]);
  });
});
