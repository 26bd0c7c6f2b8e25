// The elements of a run that are kept, in the formats of this API.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { amend, itemsOf } from '../../../test/steps.ts';
import type { ElementView } from '../../model/runs.ts';
import { type Answer, InterfaceClient } from './test-client.ts';

let server: FreshServer;
let client: InterfaceClient;
let contact: string;
beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
  contact = await client.idOf('contact', 2001);
});
afterAll(() => server.close());

async function keptOf(answer: Answer): Promise<readonly ElementView[]> {
  const { syncId } = JSON.parse(answer.text);
  return itemsOf(await server.hub.elements(client.caller, syncId, { outcomes: [], limit: 10 }));
}

/** What they mean, in whatever format they came. */
const meant = (first: string) => [
  {
    place: 0,
    outcome: first,
    element: {
      key: 'X&1',
      members: [
        { kind: 'field', field: 'name', value: 'Ž & Co' },
        { kind: 'relation', link: 'contacts', targets: [{ by: 'id', id: contact }] },
      ],
    },
  },
  {
    place: 1,
    outcome: first,
    element: {
      key: 'X-2',
      members: [
        { kind: 'field', field: 'length', value: 'long' },
        { kind: 'unknown', name: 'N mae', sentAs: 'N_x0020_mae', value: '?' },
      ],
    },
  },
];

describe('the kept elements of a run', () => {
  it('are as they were sent in XML', async () => {
    const pump = `<Element externalid="X&amp;1"><Name>Ž &amp; Co</Name><contacts><Contact id="${contact}"/></contacts></Element>`;
    const bad = '<Element externalid="X-2"><Length>long</Length><N_x0020_mae>?</N_x0020_mae></Element>';
    const body = `<elements><Elements>\n${pump} ${bad}</Elements></elements>`;
    const kept = await keptOf(await client.postXml(body, { accept: 'application/json' }));
    expect(kept.map(({ source }) => source)).toEqual([pump, bad]);
    expect(kept).toMatchObject(meant('created'));
  });

  it('are as they were sent in JSON', async () => {
    await client.sync([]);
    const rows = [
      { '@externalid': 'X&1', Name: 'Ž & Co', contacts: [{ '@id': contact }] },
      { '@externalid': 'X-2', Length: 'long', N_x0020_mae: '?' },
    ];
    const kept = await keptOf(await client.post(JSON.stringify({ Elements: rows })));
    expect(kept.map(({ source }) => JSON.parse(source ?? ''))).toEqual(rows);
    expect(kept).toMatchObject(meant('revived'));
  });
});

it('elements that were sent here are replayed as they were sent', async () => {
  await amend(server.hub, client.caller, (current) => {
    const { myendpoint } = current.interfaces ?? {};
    return {
      ...current,
      interfaces: { ...current.interfaces, myendpoint: { ...myendpoint, duplicates: 'refuse' } as never },
    };
  });
  const twice =
    '<Element externalid="R-1"><Name>First</Name></Element><Element externalid="R-1"><Name>Last</Name></Element>';
  const { syncId, ...counts } = JSON.parse(
    (await client.postXml(`<elements><Elements>${twice}</Elements></elements>`, { accept: 'application/json' })).text,
  );
  expect(counts).toMatchObject({ received: 2, created: 0 });
  const replay = (place: number) => server.hub.replay(client.caller, syncId, { kind: 'element', place, mended: null });
  expect(await replay(1)).toMatchObject({ kind: 'replayed', counts: { created: 1 }, run: { state: 'applied' } });
  expect(await client.elements('name')).toContainEqual(['R-1', 'Last']);
  // Who chose one of the two has decided on both.
  expect(await replay(0)).toMatchObject({ kind: 'refused', message: expect.stringMatching(/has applied it/) });
});
