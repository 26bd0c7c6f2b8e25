// Sets that come while another set of their interface is at work: kept, and processed as they would have been at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { slowSet } from '../../../test/slow-set.ts';
import { key, lastRuns, recordOf } from '../../../test/steps.ts';
import type { RunState, RunView } from '../../model/runs.ts';
import { renderRun } from './render.ts';
import { InterfaceClient } from './test-client.ts';

let server: FreshServer;
let client: InterfaceClient;
let contact: string;
beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
  const command = { type: 'contact', ref: key('related'), mode: 'upsert', fields: {} } as const;
  contact = recordOf(await server.hub.upsert(client.caller, command)).id;
});
afterAll(() => server.close());

const newest = async () => (await lastRuns(server.hub, client.caller, 'myendpoint', 1))[0];

/** @param send begins to send a set while another is at work. */
async function behindAnother<Answer>(send: () => Promise<Answer>): Promise<Answer> {
  const other = slowSet([]);
  const run = server.hub.sync(client.caller, 'myendpoint', other.open);
  await other.begun;
  const answer = send();
  await expect.poll(async () => (await newest())?.state).toBe('queued');
  other.end();
  await run;
  return answer;
}

describe('a set that comes while another is at work', () => {
  it('is processed after it, in JSON', async () => {
    const rows = [
      { '@externalid': 'J1', Name: 'Pump', contacts: [{ '@id': contact }] },
      { '@externalid': 'J2', Length: 'x' },
    ];
    const done = await behindAnother(() => client.sync(rows));
    expect(done.counts).toMatchObject({ received: 2, created: 2, issues: 1 });
    expect(done.issues).toMatchObject([{ code: 'invalid_value', key: 'J2', path: 'Elements[1]', member: 'Length' }]);
    expect(await client.elements('name')).toEqual([
      ['J1', 'Pump'],
      ['J2', null],
    ]);
  });

  it.each([
    ['utf-8', 'utf8'],
    ['utf-16le', 'utf16le'],
  ] as const)('is processed after it, in XML as %s', async (charset, encoding) => {
    const text = `<elements><Elements><Element externalid="X&amp;1"><Name>Ž &#x1F600; ${charset}</Name><contacts><Contact id="${contact}"/></contacts></Element><Element externalid="J1"/></Elements></elements>`;
    const body = new Uint8Array(Buffer.from(text, encoding));
    const answer = await behindAnother(() =>
      client.post(body, { 'content-type': `application/xml; charset=${charset}` }),
    );
    expect((await client.processed(answer)).counts).toMatchObject({ received: 2, issues: 0 });
    expect((await client.elements('name')).sort()).toEqual([
      ['J1', null], // the empty set before it had deleted it
      ['X&1', `Ž 😀 ${charset}`],
    ]);
  });

  it('is refused for its structure at once, and the one before it goes on', async () => {
    const other = slowSet([]);
    const run = server.hub.sync(client.caller, 'myendpoint', other.open);
    await other.begun;
    const refused = await client.post('{"Elements":[{"@externalid":"A"},{"Name":"none"}]}');
    expect(refused.status).toBe(400);
    expect(await newest()).toMatchObject({ state: 'failed', counts: { received: 2, rejected: 2 } });
    other.end();
    expect(await run).toMatchObject({ kind: 'done' });
  });
});

it('an answer that is given before a set was processed says so, in both forms', async () => {
  const run = (await newest()) as RunView;
  for (const [state, word] of [
    ['queued', 'Queued'],
    ['superseded', 'Superseded'],
    ['failed', 'Failed'],
  ] as [RunState, string][]) {
    const answer = { ...run, state };
    expect(JSON.parse(renderRun(answer, 'application/json')).message).toMatch(new RegExp(`^${word}: `));
    expect(renderRun(answer, 'application/xml')).toContain(`<message>${word}: `);
  }
});
