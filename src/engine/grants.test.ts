import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { setOf } from '../../test/set-of.ts';
import { codesOf, key } from '../../test/steps.ts';
import type { Caller, GrantAction, Grants, WorkspaceRole } from '../model/principal.ts';
import { byNumber } from '../model/ref.ts';
import type { Hub } from './hub.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
});
afterAll(() => fresh.close());

async function caller(grants: Grants, role: WorkspaceRole = 'member'): Promise<Caller> {
  const made = await fresh.hub.workspaces.addCredential(fresh.admin.principal.workspace, {
    kind: 'bearer',
    label: 'x',
    role,
    grants,
  });
  const principal = await fresh.hub.access.bearer(made.secret, 'native');
  if (principal === undefined) throw new Error('The key is not known');
  return { principal, via: 'test', requestId: 'test' };
}

let round = 0;
const schemaTry = { types: { nothing_new: {} } };
/** Each call that needs a grant on claim, on records made for it: the action that allows it. */
const calls: Record<string, { needs: GrantAction; run: (hub: Hub, as: Caller) => Promise<{ kind: string }> }> = {
  find: { needs: 'read', run: (hub, as) => hub.find(as, 'claim', byNumber(5001)) },
  list: { needs: 'read', run: (hub, as) => hub.list(as, { type: 'claim', filters: [], sort: [], limit: 5 }) },
  links: { needs: 'read', run: (hub, as) => hub.links(as, { type: 'claim', ref: byNumber(5001), limit: 5 }) },
  history: { needs: 'read', run: (hub, as) => hub.history(as, { type: 'claim', ref: byNumber(5001), limit: 5 }) },
  create: {
    needs: 'create',
    run: (hub, as) => {
      round += 1;
      return hub.upsert(as, { type: 'claim', ref: key(`new-${round}`), mode: 'upsert', fields: {} });
    },
  },
  'create without key': {
    needs: 'create',
    run: (hub, as) => hub.upsert(as, { type: 'claim', ref: null, mode: 'create', fields: {} }),
  },
  revive: {
    needs: 'create',
    run: async (hub, as) => {
      round += 1;
      const claim = { type: 'claim', ref: key(`back-${round}`) };
      await hub.upsert(fresh.admin, { ...claim, mode: 'create', fields: {} });
      await hub.delete(fresh.admin, claim);
      return hub.upsert(as, { ...claim, mode: 'upsert', fields: {} });
    },
  },
  edit: {
    needs: 'edit',
    run: (hub, as) => {
      round += 1;
      return hub.upsert(as, {
        type: 'claim',
        ref: byNumber(5001),
        mode: 'update',
        fields: { description: `${round}` },
      });
    },
  },
  delete: {
    needs: 'delete',
    run: async (hub, as) => {
      round += 1;
      const claim = { type: 'claim', ref: key(`gone-${round}`) };
      await hub.upsert(fresh.admin, { ...claim, mode: 'create', fields: {} });
      return hub.delete(as, claim);
    },
  },
  link: {
    needs: 'attach:contact',
    run: (hub, as) =>
      hub.link(as, { from: { type: 'claim', ref: byNumber(5001) }, link: 'contacts', to: { ref: byNumber(2001) } }),
  },
  'link from the other end': {
    needs: 'attach:contact',
    run: (hub, as) =>
      hub.link(as, { from: { type: 'contact', ref: byNumber(2001) }, link: 'claims', to: { ref: byNumber(5001) } }),
  },
  unlink: {
    needs: 'attach:contact',
    run: (hub, as) =>
      hub.unlink(as, {
        from: { type: 'claim', ref: byNumber(5001) },
        link: 'contacts',
        to: { ref: byNumber(106) },
        which: 'all',
      }),
  },
};
const actions: GrantAction[] = ['read', 'create', 'edit', 'delete', 'force', 'attach:contact', 'attach:file'];

describe.each(Object.entries(calls))('%s', (_name, { needs, run }) => {
  const allowed = async (as: Caller) => !codesOf(await run(fresh.hub, as)).includes('grant_missing');

  it(`is allowed by ${needs} and by nothing else`, async () => {
    for (const action of actions)
      expect([action, await allowed(await caller({ claim: [action] }))]).toEqual([action, action === needs]);
    expect(await allowed(await caller({ claim: actions.filter((action) => action !== needs) }))).toBe(false);
  });

  it('is allowed by a grant on every type, and not by one on another', async () => {
    expect(await allowed(await caller({ '*': [needs] }))).toBe(true);
    expect(await allowed(await caller({ contact: actions, policy: actions, file: actions }))).toBe(false);
    expect(await allowed(await caller({}))).toBe(false);
    expect(await allowed(await caller({ claim: ['attach:*'] }))).toBe(needs.startsWith('attach:'));
  });

  it('is allowed to power users and administrators without grants, and names the grant that is missing to others', async () => {
    expect(await allowed(fresh.admin)).toBe(true);
    expect(await allowed(fresh.power)).toBe(true);
    expect(await run(fresh.hub, await caller({}))).toMatchObject({
      kind: 'rejected',
      violations: [{ code: 'grant_missing', action: needs, type: 'claim' }],
    });
  });
});

describe('without a grant', () => {
  it('nothing is told of records: one that is there and one that is not are refused alike', async () => {
    const nobody = await caller({});
    for (const ref of [byNumber(5001), byNumber(4242), key('none')]) {
      expect(codesOf(await fresh.hub.find(nobody, 'claim', ref))).toEqual(['grant_missing']);
      expect(codesOf(await fresh.hub.delete(nobody, { type: 'claim', ref }))).toEqual(['grant_missing']);
      expect(codesOf(await fresh.hub.history(nobody, { type: 'claim', ref, limit: 1 }))).toEqual(['grant_missing']);
      expect(codesOf(await fresh.hub.links(nobody, { type: 'claim', ref, limit: 1 }))).toEqual(['grant_missing']);
      expect(codesOf(await fresh.hub.upsert(nobody, { type: 'claim', ref, mode: 'update', fields: {} }))).toEqual([
        'grant_missing',
      ]);
    }
  });

  it('nothing is counted', async () => {
    const count = await fresh.hub.count(await caller({}), 'claim').catch(() => 0);
    expect(count).toBe(0);
  });

  it('nothing is changed', async () => {
    const nobody = await caller({ claim: ['read'] });
    const before = await fresh.hub.find(nobody, 'claim', byNumber(5001));
    await fresh.hub.upsert(nobody, {
      type: 'claim',
      ref: byNumber(5001),
      mode: 'upsert',
      fields: { description: 'stolen' },
    });
    expect(await fresh.hub.find(nobody, 'claim', byNumber(5001))).toEqual(before);
  });
});

describe('the schema', () => {
  it('is changed by administrators and power users only', async () => {
    for (const as of [fresh.member, await caller({ '*': actions })]) {
      expect(await fresh.hub.planSchema(as, (current) => current)).toEqual({ kind: 'forbidden' });
      expect(await fresh.hub.applySchema(as, () => schemaTry, { allowLoss: true })).toEqual({ kind: 'forbidden' });
    }
    for (const as of [fresh.admin, fresh.power])
      expect((await fresh.hub.planSchema(as, (current) => current)).kind).toBe('plan');
    expect((await fresh.hub.catalogue(fresh.admin.principal.workspace)).types.has('claim')).toBe(true);
  });
});

describe('an interface that names its keys', () => {
  it('is called by those and by people who configure, and by no other key, whatever its grants', async () => {
    const call = async (as: Caller) => (await fresh.hub.sync(as, 'myendpoint', setOf([]))).kind;
    const client = await fresh.hub.access.client('kw_demo_client', 'kw_demo_client_secret');
    if (client === undefined) throw new Error('The demo has no client');
    expect(await call({ principal: client, via: 'test', requestId: 'test' })).toBe('done');
    expect(await call(fresh.admin)).toBe('done');
    expect(await call(fresh.power)).toBe('done');
    expect(await call(fresh.member)).toBe('forbidden');
    expect(await call(await caller({ '*': [...actions, 'attach:*'] }))).toBe('forbidden');
    expect(await call(await caller({}, 'power'))).toBe('forbidden');
  });
});

describe('users, grants and keys', () => {
  it('a user that is disabled is nobody any more, and neither are its sessions', async () => {
    const { access } = fresh.hub;
    const { workspace } = fresh.admin.principal;
    const user = { email: 'leaver@x.test', name: 'Leaver', role: 'member' as const, grants: {}, password: 'so long' };
    const made = await access.createUser(fresh.admin, user);
    if (!('id' in made)) throw new Error(made.kind);
    const logIn = () =>
      access.password(user.email, user.password, {
        workspace,
        shortName: false,
        from: '192.0.2.1',
        via: 'test',
        requestId: 'test',
      });
    const match = await logIn();
    if (match.kind !== 'one') throw new Error(match.kind);
    const place = { via: 'native', client: '', platform: '', accessSeconds: 60, refreshSeconds: 60, exclusive: false };
    const session = await access.openSession({ principal: match.principal, ...place });
    expect(await access.bearer(session.accessToken, 'native')).toMatchObject({ id: made.id });
    expect(await access.disableUser(fresh.admin, made.id)).toBe(true);
    expect(await logIn()).toEqual({ kind: 'none' });
    expect(await access.bearer(session.accessToken, 'native')).toBeUndefined();
    expect(await access.refreshSession(session.refreshToken ?? '', 'native', place)).toBeUndefined();
    expect(await access.disableUser(fresh.admin, made.id)).toBe(false);
    expect((await access.users(fresh.admin.principal)).find(({ id }) => id === made.id)).toMatchObject({
      disabled: true,
    });
  });

  it('are an administrator\u2019s: no other makes or revokes them', async () => {
    const { access } = fresh.hub;
    const [key1] = await access.credentials(fresh.admin.principal);
    for (const caller of [fresh.power, fresh.member]) {
      const user = { email: 'x@x.test', name: 'X', role: 'admin' as const, grants: {}, password: 'a long password' };
      await expect(access.createUser(caller, user)).rejects.toThrow();
      await expect(access.disableUser(caller, fresh.member.principal.id)).rejects.toThrow();
      await expect(access.changeUser(caller, fresh.member.principal.id, { role: 'admin' })).rejects.toThrow();
      await expect(
        access.createCredential(caller, { kind: 'bearer', label: 'x', role: 'admin', grants: {} }),
      ).rejects.toThrow();
      await expect(access.revokeCredential(caller, key1?.id ?? 0)).rejects.toThrow();
    }
    expect((await access.credentials(fresh.admin.principal)).find((one) => one.id === key1?.id)?.revokedAt).toBe(
      key1?.revokedAt,
    );
  });
});
