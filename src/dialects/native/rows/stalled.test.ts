// A sender that stops in the middle of a body keeps neither a place nor others out, whose workspace it is or not.
import { type ClientRequest, type IncomingMessage, request as open } from 'node:http';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, demoServer, type Json } from '../test-client.ts';

const patienceMs = 500;
const { call, hub, url, databaseUrl } = await demoServer({ bodyPatienceMs: patienceMs });
const client = new pg.Client({ connectionString: databaseUrl });
afterAll(() => client.end());
let other: string;
beforeAll(async () => {
  await client.connect();
  const made = await hub.workspaces.create({ name: 'Other' });
  if (made.kind !== 'created') throw new Error(made.kind);
  other = made.adminKey;
  const body = (await call('GET', '/v1/schema')).body;
  expect((await call('PUT', '/v1/schema', { as: other, body })).status).toBe(200);
});
const asOther: Call = (method, path, options = {}) => call(method, path, { ...options, as: other });

type Stalled = {
  readonly sender: ClientRequest;
  readonly answer: Promise<{ status: number; headers: IncomingMessage['headers']; body: Json }>;
};

/** Sends a part of a body, and no more. */
function stall(path: string, part: string, headers: Record<string, string> = {}): Stalled {
  const sender = open(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer kw_demo_admin', 'content-type': 'application/x-ndjson', ...headers },
  });
  const answer = new Promise<Awaited<Stalled['answer']>>((resolve, reject) => {
    sender.on('error', reject);
    sender.on('response', async (response) => {
      let text = '';
      for await (const piece of response) text += piece;
      const { statusCode: status = 0, headers: given } = response;
      const body = text.startsWith('{') && !text.includes('\n') ? JSON.parse(text) : text;
      resolve({ status, headers: given, body });
    });
  });
  sender.write(part);
  return { sender, answer };
}
const line = (key: string): string => `${JSON.stringify({ external_id: key, name: key })}\n`;

/** Sends more now and then, until what is done meanwhile is over, however slow the machine is. */
async function goingOn<T>(more: () => void, meanwhile: () => Promise<T>): Promise<T> {
  const going = setInterval(more, patienceMs / 5);
  return meanwhile().finally(() => clearInterval(going));
}

describe('bodies that stall', () => {
  it.each([
    ['planned imports', '/v1/records/contact/import?plan=true'],
    ['runs', '/v1/interfaces/myendpoint/runs'],
    ['planned runs', '/v1/interfaces/myendpoint/runs?plan=true'],
  ])('%s of one workspace do not keep out another, and are cut off', async (_, path) => {
    const stalled = Array.from({ length: 6 }, (_none, at) => stall(path, line(`stalled-${at}`)));
    let more = 0;
    const sendMore = () => {
      for (const { sender } of stalled) sender.write(line(`stalled-more-${more++}`));
    };
    // As long as the others have no answer: whoever must wait for these gets none.
    const answers: Answer[] = await goingOn(sendMore, async () => {
      await new Promise((resolve) => setTimeout(resolve, 200)); // they have whatever they keep from others
      return Promise.all([
        asOther('POST', path, { body: [{ external_id: 'theirs', name: 'Theirs' }] }),
        asOther('POST', '/v1/interfaces/otherendpoint/runs', { body: [] }),
        asOther('POST', '/v1/records/contact/import?plan=true', { body: [{ external_id: 'theirs' }] }),
      ]);
    });
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200]);
    for (const { status, headers, body } of await Promise.all(stalled.map(({ answer }) => answer))) {
      expect([status, body.code ?? body]).toEqual([408, 'body_stalled']);
      expect(body.detail).toContain('0.5 seconds');
      expect(headers.connection).toBe('close');
    }
    expect((await call('POST', path, { body: [{ external_id: 'ours' }] })).status).toBe(200);
  });

  it('a run is seen to have failed, and says why', async () => {
    const { answer } = stall('/v1/interfaces/myendpoint/runs', line('half'));
    await answer;
    const { body } = await call('GET', '/v1/interfaces/myendpoint/runs');
    expect(body.items[0]).toMatchObject({
      state: 'failed',
      failure: 'The body could not be read to its end: Nothing of the body arrived for 0.5 seconds.',
    });
  });

  it('an import keeps what is done, and says how to go on', async () => {
    const rows = Array.from({ length: 2_500 }, (_, at) => line(`go-on-${at}`)).join('');
    const { status, body } = await stall('/v1/records/contact/import', rows).answer;
    expect([status, body.code]).toEqual([408, 'body_stalled']);
    const kept = (await call('GET', `/v1/imports/${body.violations[0].import}`)).body;
    expect(kept).toMatchObject({ state: 'cut_short', rows_done: body.violations[0].rows_done });
    const streamed = await stall('/v1/records/contact/import', rows, { accept: 'application/x-ndjson' }).answer;
    expect(streamed.status).toBe(200);
    expect(JSON.parse(streamed.body.trim().split('\n').at(-1))).toMatchObject({ problem: { code: 'body_stalled' } });
  });

  it('an import by a plan is one, does not go on, and has failed when its server is gone', async () => {
    const body = [line('by-plan-0'), line('by-plan-1')].join('');
    const headers = { 'content-type': 'application/x-ndjson' };
    const path = '/v1/records/contact/import';
    const plan = (await call('POST', `${path}?plan=true`, { body, headers })).body.plan_id;
    const newest = async (): Promise<Json> => (await call('GET', '/v1/imports')).body.items[0];
    const { sender, answer } = stall(`${path}?plan_id=${plan}`, line('by-plan-0'));
    const { id, number } = await goingOn(
      () => sender.write('\n'),
      async () => {
        await expect.poll(newest).toMatchObject({ state: 'receiving', plan_id: plan });
        const begun = await newest();
        const goOn = await call('POST', `${path}?import=${begun.id}`, { body: line('another'), headers });
        expect([goOn.status, goOn.body.code, goOn.body.violations[0].plan]).toEqual([409, 'import_planned', plan]);
        return begun;
      },
    );
    expect((await answer).status).toBe(408);
    expect(await newest()).toMatchObject({ id, state: 'failed', rows_done: 0, failure: 'Nothing of it was written.' });

    // As a server leaves it that is killed.
    await client.query(
      `update import set state = 'receiving', failure = null, finished_at = null, started_at = now() - interval '2 minutes' where import = $1`,
      [number],
    );
    expect(await newest()).toMatchObject({ id, state: 'failed', failure: expect.stringContaining('server stopped') });
    expect((await call('GET', `/v1/imports/${id}`)).body.state).toBe('failed');
    expect((await call('POST', `${path}?import=${id}`, { body, headers })).body.code).toBe('import_planned');
    const done = await call('POST', `${path}?plan_id=${plan}`, { body, headers });
    expect([done.status, done.body.counts.created]).toEqual([200, 2]);
    expect(await newest()).toMatchObject({ state: 'done', plan_id: plan, rows_done: 2 });
  });

  it('a sender that is slow, and does not stall, is waited for', async () => {
    const { sender, answer } = stall('/v1/records/contact/import?plan=true', line('slow-0'));
    for (let at = 1; at <= 4; at++) {
      await new Promise((resolve) => setTimeout(resolve, patienceMs / 2));
      sender.write(line(`slow-${at}`));
    }
    sender.end();
    const { status, body } = await answer;
    expect([status, body.counts?.created]).toEqual([200, 5]);
  });
});
