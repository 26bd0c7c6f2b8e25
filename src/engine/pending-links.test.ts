import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { setOf } from '../../test/set-of.ts';
import { amend, codesOf, itemsOf, key, merged, query } from '../../test/steps.ts';
import type { PendingLinkView } from '../model/pending.ts';
import type { Caller } from '../model/principal.ts';
import { byKey, byNumber, type Ref } from '../model/ref.ts';

describe('a link before its records', () => {
  let fresh: FreshHub;
  beforeAll(async () => {
    fresh = await freshHub();
  });
  afterAll(() => fresh.close());

  const make = (type: string, id: string, fields: object = {}) =>
    fresh.hub.upsert(fresh.admin, { type, ref: key(id), mode: 'upsert', fields: { ...fields } });
  const pair = (left: string, right: string, role?: string) => ({
    from: { type: 'claim', ref: key(left) as Ref },
    link: 'contacts',
    to: { ref: key(right) as Ref },
    ...(role === undefined ? {} : { role: { by: 'name' as const, value: role } }),
  });
  const defer = (left: string, right: string, role?: string, as: Caller = fresh.admin, expiresAt: Date | null = null) =>
    fresh.hub.linkOrDefer(as, { ...pair(left, right, role), defer: { expiresAt } });
  const rolesOf = async (claim: string): Promise<unknown[]> =>
    itemsOf(await fresh.hub.links(fresh.admin, { type: 'claim', ref: key(claim), link: 'contacts', limit: 100 })).map(
      ({ role }) => role?.name ?? null,
    );
  const waitingFor = async (id: string): Promise<PendingLinkView[]> =>
    [...itemsOf(await fresh.hub.pendingLinks(fresh.admin, { waitsFor: key(id), limit: 100 }))] as PendingLinkView[];

  it('waits for both of them, whichever comes first, and joins with the last one', async () => {
    const deferred = await defer('A-1', 'B-1', 'Broker');
    expect(deferred).toMatchObject({
      kind: 'deferred',
      pending: { link: 'claim.contacts', role: { name: 'Broker' }, left: { missing: true }, right: { missing: true } },
    });
    await make('contact', 'B-1');
    expect(await waitingFor('A-1')).toMatchObject([
      { state: 'waiting', left: { missing: true }, right: { missing: false } },
    ]);
    await make('claim', 'A-1');
    expect(await rolesOf('A-1')).toEqual(['Broker']);
    expect(await waitingFor('A-1')).toEqual([]);
  });

  it('is unchanged when it is repeated, and changed when its role is', async () => {
    await defer('A-2', 'B-2', 'Broker');
    expect(await defer('A-2', 'B-2', 'Broker')).toMatchObject({ kind: 'waits' });
    const moved = { ...pair('A-2', 'B-2', 'Broker'), newRole: { by: 'name' as const, value: 'Witness' } };
    const outcome = await fresh.hub.linkOrDefer(fresh.admin, { ...moved, defer: { expiresAt: null } });
    expect(outcome).toMatchObject({ kind: 'deferred', pending: { role: { name: 'Witness' } } });
    expect(await defer('A-2', 'B-2', 'Insured')).toMatchObject({ kind: 'deferred' });
    expect(await waitingFor('A-2')).toHaveLength(2);
    await make('claim', 'A-2');
    await make('contact', 'B-2');
    expect(await rolesOf('A-2')).toEqual(['Witness', 'Insured']);
  });

  it('joins when a record is given the key, and when a deleted one comes back', async () => {
    await fresh.hub.linkOrDefer(fresh.admin, {
      ...pair('A-3', 'B-3'),
      to: { ref: byKey('sync_key', 'late') },
      defer: { expiresAt: null },
    });
    await make('claim', 'A-3');
    await make('contact', 'B-3');
    expect(await rolesOf('A-3')).toEqual([]);
    await make('contact', 'B-3', { sync_key: 'late' });
    expect(await rolesOf('A-3')).toEqual([null]);

    await fresh.hub.delete(fresh.admin, { type: 'claim', ref: key('A-3') });
    expect(await defer('A-3', 'B-3', 'Broker')).toMatchObject({ kind: 'deferred' });
    expect(await make('claim', 'A-3')).toMatchObject({ kind: 'revived' });
    expect(await rolesOf('A-3')).toEqual(['Broker']);
  });

  it('joins in a complete set and in an import, too', async () => {
    const relation = { from: { type: 'element', ref: key('E-1') }, link: 'files', to: { ref: key('F-1') } };
    await amend(fresh.hub, fresh.admin, (current) =>
      merged(current, { links: { 'element.files': { to: 'file', cardinality: 'many-to-many' } } } as never),
    ).catch(() => {});
    const types = await fresh.hub.catalogue(fresh.admin.principal.workspace);
    const name = types.types.get('element')?.linkEnds.has('files') ? 'files' : undefined;
    expect(name).toBe('files');
    await make('file', 'F-1');
    expect(await fresh.hub.linkOrDefer(fresh.admin, { ...relation, defer: { expiresAt: null } })).toMatchObject({
      kind: 'deferred',
    });
    await fresh.hub.sync(fresh.admin, 'myendpoint', setOf([{ key: 'E-1', path: 'E[1]', members: [] }]));
    const links = await fresh.hub.links(fresh.admin, { type: 'element', ref: key('E-1'), link: 'files', limit: 10 });
    expect(itemsOf(links)).toHaveLength(1);
  });

  it('is judged by the grants that its sender has then, and stays with the reason when it is refused', async () => {
    const { hub, admin, databaseUrl } = fresh;
    const made = await hub.access.createCredential(admin, {
      kind: 'bearer',
      label: 'sender',
      role: 'member',
      grants: { '*': ['read', 'create', 'attach:contact'] },
    });
    const principal = await hub.access.bearer((made as never as { secret: string }).secret, 'native');
    if (principal === undefined) throw new Error(JSON.stringify(made));
    await defer('A-5', 'B-5', 'Broker', { principal, via: 'test', requestId: 'sender' });
    await query(databaseUrl, `update principal set grants = '{}' where principal_id = $1`, [principal.id]);
    expect(await make('claim', 'A-5')).toMatchObject({ kind: 'created' });
    expect(await make('contact', 'B-5')).toMatchObject({ kind: 'created' });
    expect(await rolesOf('A-5')).toEqual([]);
    expect(await waitingFor('A-5')).toMatchObject([{ state: 'refused', reasons: [{ code: 'grant_missing' }] }]);
    expect(await hub.link(admin, pair('A-5', 'B-5', 'Broker'))).toMatchObject({ kind: 'created' });
    expect(await waitingFor('A-5')).toEqual([]);
  });

  it('does not push out what was linked later where a side takes one only', async () => {
    const { hub, admin } = fresh;
    await make('contact', 'C-6');
    await make('account', 'ACC-6b');
    const to = (account: string) => ({
      from: { type: 'account', ref: key(account) },
      link: 'contacts',
      to: { ref: key('C-6') },
    });
    await hub.linkOrDefer(admin, { ...to('ACC-6a'), defer: { expiresAt: null } });
    await hub.link(admin, to('ACC-6b'));
    await make('account', 'ACC-6a');
    expect(await waitingFor('ACC-6a')).toMatchObject([{ state: 'refused', reasons: [{ code: 'place_taken' }] }]);
    const kept = await hub.links(admin, { type: 'contact', ref: key('C-6'), limit: 10 });
    expect(itemsOf(kept)).toHaveLength(1);
  });

  it('waits for keys only, and only for such as a record may have', async () => {
    await make('claim', 'A-7');
    const to = async (ref: Ref) =>
      codesOf(
        await fresh.hub.linkOrDefer(fresh.admin, { ...pair('A-7', ''), to: { ref }, defer: { expiresAt: null } }),
      );
    expect(await to(byNumber(999_999_999))).toEqual(['record_not_found']);
    expect(await to(key('\u0000'))).toEqual(['record_not_found']);
    expect(await to(key('x'.repeat(600)))).toEqual(['record_not_found']);
    expect(await to(byKey('name', 'x'))).toEqual(['not_a_match_field']);
    expect(codesOf(await defer('A-7', 'none', 'Hero'))).toEqual(['unknown_role']);
    expect(codesOf(await defer('A-7', 'none', undefined, fresh.member))).toEqual(['grant_missing']);
    expect(await waitingFor('none')).toEqual([]);
  });

  it('is taken back by an unlink of the same two, in that role or in every one, and by its number', async () => {
    const { hub, admin } = fresh;
    for (const role of ['Broker', 'Witness', 'Insured']) await defer('A-8', 'B-8', role);
    const some = await hub.unlinkOrWithdraw(admin, { ...pair('A-8', 'B-8', 'Broker'), which: 'all' });
    expect(some).toMatchObject({ kind: 'withdrawn', pending: [{ role: { name: 'Broker' } }] });
    const [first] = await waitingFor('A-8');
    expect(await hub.forgetPendingLink(admin, first?.number ?? 0)).toEqual({ kind: 'forgotten' });
    expect(await waitingFor('A-8')).toHaveLength(1);
    expect(await hub.unlinkOrWithdraw(admin, { ...pair('A-8', 'B-8'), which: 'all' })).toMatchObject({
      kind: 'withdrawn',
    });
    expect(codesOf(await hub.unlinkOrWithdraw(admin, { ...pair('A-8', 'B-8'), which: 'all' }))).toEqual([
      'record_not_found',
      'record_not_found',
    ]);
  });

  it('ends when its time is over', async () => {
    await defer('A-9', 'B-9', 'Broker', fresh.admin, new Date(Date.now() - 1000));
    expect(await waitingFor('A-9')).toMatchObject([{ state: 'expired' }]);
    await make('claim', 'A-9');
    await make('contact', 'B-9');
    expect(await rolesOf('A-9')).toEqual([]);
    await query(
      fresh.databaseUrl,
      `update pending_link set expires_at = now() - interval '8 days' where left_value = 'A-9'`,
    );
    expect(await waitingFor('A-9')).toEqual([]);
  });

  it('is not missed when its records are made at the same moment, through several servers', async () => {
    const second = fresh.secondHub();
    const on = (n: number) => (n % 2 === 0 ? fresh.hub : second);
    for (let round = 0; round < 30; round++) {
      const [left, right] = [`R-${round}`, `S-${round}`];
      await Promise.all([
        on(round).linkOrDefer(fresh.admin, { ...pair(left, right, 'Broker'), defer: { expiresAt: null } }),
        on(round + 1).upsert(fresh.admin, { type: 'claim', ref: key(left), mode: 'upsert', fields: {} }),
        on(round >> 1).upsert(fresh.admin, { type: 'contact', ref: key(right), mode: 'upsert', fields: {} }),
      ]);
      expect(await rolesOf(left), left).toEqual(['Broker']);
      expect(await waitingFor(left)).toEqual([]);
    }
  });
});
