// Links and removals that say how old they are, before their records. That any order of them ends alike: test/staleness-links.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { codesOf, itemsOf, key, query } from '../../test/steps.ts';
import type { PendingLinkView } from '../model/pending.ts';
import { byNumber } from '../model/ref.ts';
import type { Stamp } from '../model/stamp.ts';

describe('a stamped link or removal before its records', () => {
  let fresh: FreshHub;
  beforeAll(async () => {
    fresh = await freshHub();
  });
  afterAll(() => fresh.close());

  const defer = { expiresAt: null };
  const version = (at: number): Stamp => ({ kind: 'source_version', at });
  const make = (type: string, id: string) =>
    fresh.hub.upsert(fresh.admin, { type, ref: key(id), mode: 'upsert', fields: {} });
  const pair = (left: string, right: string, role?: string) => ({
    from: { type: left.startsWith('ACC') ? 'account' : 'claim', ref: key(left) },
    link: 'contacts',
    to: { ref: key(right) },
    ...(role === undefined ? {} : { role: { by: 'name' as const, value: role } }),
  });
  const link = (left: string, right: string, at: number, role?: string) =>
    fresh.hub.linkOrDefer(fresh.admin, { ...pair(left, right, role), stamp: version(at), defer });
  const unlink = (left: string, right: string, at: number, role?: string) =>
    fresh.hub.unlinkOrWithdraw(fresh.admin, { ...pair(left, right, role), which: 'all', stamp: version(at), defer });
  const rolesOf = async (claim: string): Promise<unknown[]> =>
    itemsOf(await fresh.hub.links(fresh.admin, { type: 'claim', ref: key(claim), link: 'contacts', limit: 100 })).map(
      ({ role }) => role?.name ?? null,
    );
  const waitingFor = async (id: string): Promise<PendingLinkView[]> =>
    [...itemsOf(await fresh.hub.pendingLinks(fresh.admin, { waitsFor: key(id), limit: 100 }))] as PendingLinkView[];

  it('is made with its stamp, which later writes are compared with', async () => {
    expect(await link('A-1', 'B-1', 5, 'Broker')).toMatchObject({
      kind: 'deferred',
      pending: { removes: false, stamp: version(5), role: { name: 'Broker' } },
    });
    await make('claim', 'A-1');
    await make('contact', 'B-1');
    expect(await rolesOf('A-1')).toEqual(['Broker']);
    expect(await unlink('A-1', 'B-1', 4)).toMatchObject({ kind: 'stale', stored: version(5) });
    expect(await unlink('A-1', 'B-1', 6)).toMatchObject({ kind: 'unlinked', removed: [{ role: { name: 'Broker' } }] });
  });

  it('of one pair and role is the newest, whichever came first; and says when it is stale', async () => {
    await link('A-2', 'B-2', 5, 'Broker');
    expect(await link('A-2', 'B-2', 4, 'Broker')).toMatchObject({
      kind: 'stale',
      sent: version(4),
      stored: version(5),
    });
    expect(await link('A-2', 'B-2', 5, 'Broker')).toMatchObject({ kind: 'waits' });
    const { pending: waiting } = (await link('A-2', 'B-2', 6, 'Broker')) as { pending: PendingLinkView };
    expect(waiting.stamp).toEqual(version(6));
    expect(await link('A-2', 'B-2', 3, 'Witness')).toMatchObject({ kind: 'deferred' });
    expect(await waitingFor('A-2')).toHaveLength(2);
  });

  it('that is a removal waits too, and keeps an older link from being made', async () => {
    expect(await unlink('A-3', 'B-3', 5)).toMatchObject({ kind: 'deferred', pending: { removes: true, role: null } });
    expect(await unlink('A-3', 'B-3', 5)).toMatchObject({ kind: 'waits' });
    expect(await link('A-3', 'B-3', 4, 'Broker')).toMatchObject({ kind: 'stale', stored: version(5) });
    expect(await link('A-3', 'B-3', 5, 'Broker')).toMatchObject({ kind: 'stale' });
    expect(await link('A-3', 'B-3', 6, 'Witness')).toMatchObject({ kind: 'deferred' });
    await make('contact', 'B-3');
    await make('claim', 'A-3');
    expect(await rolesOf('A-3')).toEqual(['Witness']);
    expect(await waitingFor('A-3')).toEqual([]);
    expect(await link('A-3', 'B-3', 4, 'Broker')).toMatchObject({ kind: 'stale', stored: version(5) });
  });

  it('that is a removal takes back the older links that wait, of its role alone when it has one', async () => {
    await link('A-4', 'B-4', 2, 'Broker');
    await link('A-4', 'B-4', 2, 'Witness');
    await unlink('A-4', 'B-4', 3, 'Broker');
    expect((await waitingFor('A-4')).map(({ removes, role }) => [removes, role?.name])).toEqual([
      [false, 'Witness'],
      [true, 'Broker'],
    ]);
    await unlink('A-4', 'B-4', 1);
    expect(await waitingFor('A-4')).toHaveLength(3);
    await make('contact', 'B-4');
    await make('claim', 'A-4');
    expect(await rolesOf('A-4')).toEqual(['Witness']);
  });

  it('pushes out what is older where a side takes one only, though it is removed itself', async () => {
    await make('contact', 'B-5');
    await make('account', 'ACC-5b');
    await link('ACC-5a', 'B-5', 4);
    await unlink('ACC-5a', 'B-5', 6);
    await link('ACC-5b', 'B-5', 3);
    await make('account', 'ACC-5a');
    expect(itemsOf(await fresh.hub.links(fresh.admin, { type: 'contact', ref: key('B-5'), limit: 10 }))).toEqual([]);
    expect(await waitingFor('B-5')).toEqual([]);
  });

  it('is taken back for good by an unlink without a stamp: it counts as later', async () => {
    await link('A-6', 'B-6', 5, 'Broker');
    expect(await fresh.hub.unlinkOrWithdraw(fresh.admin, { ...pair('A-6', 'B-6'), which: 'all' })).toMatchObject({
      kind: 'withdrawn',
      pending: [{ role: { name: 'Broker' } }],
    });
    expect(await link('A-6', 'B-6', 5, 'Broker')).toMatchObject({ kind: 'stale' });
    expect(await link('A-6', 'B-6', 6, 'Broker')).toMatchObject({ kind: 'deferred' });
  });

  it('is changed by a link without a stamp, which counts as later', async () => {
    await link('A-7', 'B-7', 5, 'Broker');
    const attributes = { since: 2020 };
    const changed = await fresh.hub.linkOrDefer(fresh.admin, { ...pair('A-7', 'B-7', 'Broker'), attributes, defer });
    expect(changed).toMatchObject({ kind: 'deferred', pending: { attributes } });
    expect(await link('A-7', 'B-7', 5, 'Broker')).toMatchObject({ kind: 'stale' });
    await make('claim', 'A-7');
    await make('contact', 'B-7');
    const links = await fresh.hub.links(fresh.admin, { type: 'claim', ref: key('A-7'), link: 'contacts', limit: 10 });
    expect(itemsOf(links)).toMatchObject([{ attributes }]);
  });

  it('takes the place of one that was not to wait any longer, however new that was', async () => {
    await link('A-8', 'B-8', 9, 'Broker');
    const { databaseUrl } = fresh;
    await query(databaseUrl, `update pending_link set expires_at = now() - interval '1 s' where left_value = 'A-8'`);
    expect(await link('A-8', 'B-8', 2, 'Broker')).toMatchObject({ kind: 'deferred', pending: { stamp: version(2) } });
    expect(await waitingFor('A-8')).toMatchObject([{ state: 'waiting', stamp: version(2) }]);
  });

  it('keeps the newest when two servers are told of it at once', async () => {
    const second = fresh.secondHub();
    for (let round = 0; round < 20; round++) {
      const one = pair(`R-${round}`, `S-${round}`, 'Broker');
      const says = (at: number) => ({ ...one, stamp: version(at), attributes: { at }, defer });
      await Promise.all([
        fresh.hub.linkOrDefer(fresh.admin, says(round % 2 === 0 ? 2 : 3)),
        second.linkOrDefer(fresh.admin, says(round % 2 === 0 ? 3 : 2)),
      ]);
      expect(await waitingFor(`R-${round}`), String(round)).toMatchObject([{ attributes: { at: 3 } }]);
    }
  });

  it('is refused when its stamp cannot order it, or what it names cannot be waited for', async () => {
    await link('A-9', 'B-9', 5, 'Broker');
    const { hub, admin } = fresh;
    const asOf: Stamp = { kind: 'as_of', at: Date.UTC(2026, 0, 1) * 1000 };
    const ahead: Stamp = { kind: 'as_of', at: (Date.now() + 3_600_000) * 1000 };
    const to = (further: object) => hub.linkOrDefer(admin, { ...pair('A-9', 'C-9'), stamp: asOf, defer, ...further });
    expect(codesOf(await hub.linkOrDefer(admin, { ...pair('A-9', 'B-9'), stamp: asOf, defer }))).toEqual([
      'stamp_kind_mismatch',
    ]);
    expect(codesOf(await to({ stamp: ahead }))).toEqual(['stamp_ahead']);
    expect(codesOf(await to({ newRole: { by: 'name', value: 'Broker' } }))).toEqual(['stamp_unfit']);
    expect(codesOf(await to({ role: { by: 'name', value: 'Hero' } }))).toEqual(['unknown_role']);
    expect(codesOf(await to({ from: { type: 'claim', ref: byNumber(999_999_999) } }))).toContain('record_not_found');
    const nobody = await hub.unlinkOrWithdraw(fresh.member, {
      ...pair('A-9', 'B-9'),
      which: 'all',
      stamp: asOf,
      defer,
    });
    expect(codesOf(nobody)).toEqual(['grant_missing']);
    expect(await waitingFor('A-9')).toHaveLength(1);
  });

  it('that is a removal does not wait unless it is asked to, or would take back what waits', async () => {
    const now = (at: number) =>
      fresh.hub.unlinkOrWithdraw(fresh.admin, { ...pair('A-10', 'B-10'), which: 'all', stamp: version(at) });
    expect(codesOf(await now(3))).toEqual(['record_not_found', 'record_not_found']);
    await link('A-10', 'B-10', 2, 'Broker');
    expect(await now(3)).toMatchObject({ kind: 'deferred', pending: { removes: true } });
    expect(await waitingFor('A-10')).toMatchObject([{ removes: true }]);
  });
});
