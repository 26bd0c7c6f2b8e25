import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshServer, freshServer } from '../../../test/fresh-server.ts';
import { amend } from '../../../test/steps.ts';
import type { InterfaceDocument } from '../../model/schema.ts';
import { InterfaceClient } from './test-client.ts';

let server: FreshServer;
let client: InterfaceClient;
beforeAll(async () => {
  server = await freshServer();
  client = await InterfaceClient.open(server.url, server.hub);
});
afterAll(() => server.close());

const plain: InterfaceDocument = { name: 'Elements', type: 'element' };
const setTo = (settings: Partial<InterfaceDocument>) =>
  amend(server.hub, client.caller, (current) => ({
    ...current,
    interfaces: { ...current.interfaces, myendpoint: { ...plain, ...settings } },
  }));
beforeEach(async () => {
  await setTo({});
  await client.sync([]);
});

describe('the settings of an interface', () => {
  it('are its formats: a body in another is refused in the words of the dialect', async () => {
    await setTo({ formats: ['xml', 'csv'] });
    const refused = await client.post(JSON.stringify({ Elements: [{ '@externalid': 'A' }] }));
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      415,
      {
        error: {
          code: 'UnsupportedMediaType',
          message: 'The interface myendpoint takes xml, csv, and the body is json.',
        },
      },
    ]);
    expect((await client.syncXml('<Element externalid="A"/>')).counts).toMatchObject({ created: 1 });
    expect(await client.keys()).toEqual(['A']);
  });

  it.each([
    [
      'first',
      { created: 2, issues: 1 },
      [
        ['A', 'one'],
        ['B', null],
      ],
    ],
    [
      'last',
      { created: 2, issues: 1 },
      [
        ['A', 'two'],
        ['B', null],
      ],
    ],
    ['refuse', { created: 1, issues: 2 }, [['B', null]]],
  ] as const)('are which of several elements of one external id counts: %s', async (duplicates, counts, elements) => {
    await setTo({ duplicates });
    const sent = [{ '@externalid': 'A', Name: 'one' }, { '@externalid': 'B' }, { '@externalid': 'A', Name: 'two' }];
    const done = await client.sync(sent);
    expect(done.counts).toMatchObject({ received: 3, ...counts });
    expect(done.issues.every(({ code, key }) => code === 'duplicate_key' && key === 'A')).toBe(true);
    expect((await client.elements('name')).sort()).toEqual([...elements].sort());
  });

  it('are what its sets are everything of: an element outside of it is left as it is', async () => {
    const long = { '@externalid': 'A', Length: 2 };
    await client.sync([long, { '@externalid': 'B', Length: 2 }, { '@externalid': 'C', Length: 1 }]);
    await setTo({ scope: { length: 2 } });
    const done = await client.sync([long, { '@externalid': 'C', Name: 'other' }]);
    expect(done.counts).toMatchObject({ received: 2, unchanged: 1, deleted: 1, issues: 1 });
    expect(done.issues).toMatchObject([{ code: 'out_of_scope', key: 'C', path: 'Elements[1]' }]);
    expect(await client.elements('name')).toEqual([
      ['A', null],
      ['C', null],
    ]);
  });

  it('can come to be of a record that is gone: then its sets are refused', async () => {
    const { hub } = server;
    const gone = { type: 'contact', ref: { by: 'key', field: 'external_id', value: 'gone' } } as const;
    await hub.upsert(client.caller, { ...gone, mode: 'upsert', fields: {} });
    await setTo({ scope: { contacts: 'external_id:gone' } });
    const related = { '@externalid': 'A', contacts: [{ '@id': 'x' }] };
    await hub.delete(client.caller, gone);
    const refused = await client.post(JSON.stringify({ Elements: [related] }));
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([409, 'Conflict']);
  });

  it('are what becomes of an element that is left out: with unlink it stays, without its relations', async () => {
    await setTo({ delete_policy: 'unlink' });
    const contact = await client.idOf('contact', 2001);
    const related = (id: string) => ({ '@externalid': id, Contacts: [{ '@id': contact }] });
    await client.sync([related('A'), related('B')]);
    const done = await client.sync([related('B')]);
    expect(done.counts).toMatchObject({ received: 1, unchanged: 1, deleted: 0, unlinked: 1, issues: 0 });
    expect(await client.keys()).toEqual(['A', 'B']);
    expect([await client.contactsOf('A'), await client.contactsOf('B')]).toEqual([[], [2001]]);
  });

  it('are what its guard holds: with hold_run nothing is applied, and the answer says so', async () => {
    await client.sync([{ '@externalid': 'A' }, { '@externalid': 'B' }]);
    await setTo({ guard: { deletes: 0, on_trip: 'hold_run' } });
    const answer = await client.post(JSON.stringify({ Elements: [{ '@externalid': 'C', Name: 'new' }] }));
    const { syncId, ...told } = JSON.parse(answer.text);
    expect(told).toMatchObject({ received: 1, created: 0, deleted: 0, heldDeletes: 2, issues: 1 });
    expect(told.message).toContain('nothing was applied');
    expect(await client.keys()).toEqual(['A', 'B']);
    expect(await server.hub.approveHeld(client.caller, syncId, 2)).toMatchObject({
      kind: 'done',
      run: { state: 'applied' },
    });
    expect(await client.elements('name')).toEqual([['C', 'new']]);
  });
});
