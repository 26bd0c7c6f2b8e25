import { describe, expect, it } from 'vitest';
import { demoServer, type Json } from '../test-client.ts';

const runsUrl = '/v1/interfaces/myendpoint/runs';
const named = (key: string, more: object = {}): object => ({ external_id: key, name: key, ...more });

describe('the records that a run found unchanged', async () => {
  const { call } = await demoServer();
  const send = async (set: readonly object[], query = ''): Promise<Json> =>
    (await call('POST', `${runsUrl}${query}`, { body: set })).body;
  const unchanged = async (run: Json, query = ''): Promise<Json> =>
    (await call('GET', `/v1/runs/${run.id}/unchanged${query}`)).body;
  const keysOf = ({ items }: Json): string[] => items.map(({ fields }: Json) => fields.external_id);

  it('are those of its last set, without what it changed, refused or holds, as they are now', async () => {
    await call('PATCH', '/v1/interfaces/myendpoint', { body: { guard: { deletes: 0 } } });
    await send(['U-1', 'U-2', 'U-3', 'U-4', 'U-5'].map((key) => named(key)));
    const run = await send([
      named('U-1'),
      named('U-2', { name: 'Changed' }),
      named('U-3', { length: 'long' }),
      named('U-4'),
      named('U-6'),
    ]);
    expect(run).toMatchObject({ state: 'held', held: { deletes: 1 } });
    expect(run.counts).toMatchObject({ created: 1, updated: 1, unchanged: 3 });
    await call('PATCH', '/v1/records/element/external_id:U-4', { body: { fields: { internal_note: 'Seen' } } });
    const found = await unchanged(run);
    expect(found).toMatchObject({ known: true, message: null, next: null });
    expect(keysOf(found)).toEqual(['U-1', 'U-4']); // U-3 is kept as it was sent, since it has an issue
    expect(found.items[1].fields.internal_note).toBe('Seen');
  });

  it('come page by page', async () => {
    const run = await send([named('U-1'), named('U-4'), named('U-6')]);
    const first = await unchanged(run, '?limit=2');
    expect(keysOf(first)).toEqual(['U-1', 'U-4']);
    const rest = await unchanged(run, `?limit=2&cursor=${first.next}`);
    expect([keysOf(rest), rest.next]).toEqual([['U-6'], null]);
    expect((await call('GET', `/v1/runs/${run.id}/unchanged?cursor=none`)).status).toBe(400);
  });

  it('are not known once a newer set is in force, and of what is no whole set', async () => {
    await call('PATCH', '/v1/interfaces/myendpoint', { body: { guard: { deletes: null } } });
    const before = await send([named('U-1')]);
    const after = await send([named('U-1'), named('U-7')]);
    expect(await unchanged(before)).toEqual({
      items: [],
      next: null,
      known: false,
      message: `A newer set came since, with run ${after.number}.`,
    });
    await send([named('U-9')], '?plan=true'); // takes nobody's place
    expect(keysOf(await unchanged(after))).toEqual(['U-1']);
    const reverted = await call('POST', `/v1/runs/${after.id}/revert`);
    expect(reverted.status).toBe(200);
    expect(await unchanged(after)).toMatchObject({ known: false, message: 'It is not in force.' });
    const part = await send([named('U-1', { length: 1 })], '?scope[length]=1');
    expect(await unchanged(part)).toMatchObject({ known: false, message: expect.stringContaining('a part') });
  });

  it('are shown to whoever may read the records', async () => {
    const run = await send([named('U-1')]);
    const made = await call('POST', '/v1/keys', {
      body: { label: 'blind', role: 'member', grants: { contact: ['read'] } },
    });
    const blind = await call('GET', `/v1/runs/${run.id}/unchanged`, { as: made.body.secret });
    expect([blind.status, blind.body.code]).toEqual([404, 'unknown_run']);
  });
});
