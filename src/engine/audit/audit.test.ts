import { generateKeyPairSync } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { amend, merged } from '../../../test/steps.ts';
import { type AuditAction, auditActions } from '../../model/audit.ts';
import { principalId } from '../../model/ids.ts';
import type { Caller } from '../../model/principal.ts';
import { parsePublicKey } from '../../model/public-key.ts';
import type { CredentialKind, NewCredential } from '../access/access.ts';
import type { Hub } from '../hub.ts';

let fresh: FreshHub;
let hub: Hub;
let client: pg.Client;
let by: Caller;
let next = 0;
/** Whatever nobody may find in the audit: it grows with each act. */
const secrets: string[] = [];

beforeAll(async () => {
  fresh = await freshHub();
  hub = fresh.hub;
  by = { ...fresh.admin, via: 'native', requestId: 'the request' };
  client = new pg.Client({ connectionString: fresh.databaseUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await fresh.close();
});

const secretly = (text: string): string => {
  secrets.push(text);
  return text;
};

async function userOf(name = `user-${next++}`, grants = {}) {
  const password = secretly(`the password of ${name}`);
  const user = { email: `${name}@keyway.test`, name, role: 'member' as const, grants, password };
  const made = await hub.access.createUser(by, user);
  if ('id' in made) return { ...user, id: made.id };
  throw new Error(made.kind);
}

async function keyOf(kind: CredentialKind): Promise<NewCredential> {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = parsePublicKey(String(publicKey.export({ type: 'spki', format: 'pem' })));
  if (pem === undefined) throw new Error('no key');
  const common = { label: `key ${next++}`, role: 'member', grants: { claim: ['read'] } } as const;
  const made = await hub.access.createCredential(
    by,
    kind === 'jwt' ? { ...common, kind, publicKey: pem } : { ...common, kind },
  );
  for (const secret of [made.secret, made.tokenSecret]) if (secret) secretly(secret);
  return made;
}

async function webhookOf() {
  const url = `https://hooks.example.com/${secretly(`secret-path-${next++}`)}?token=${secretly(`secret-token-${next}`)}`;
  const made = await hub.webhooks.create(by, { url, description: 'To the shop', types: ['contact'], events: [] });
  if (made.kind !== 'created') throw new Error(made.kind);
  secretly(made.secret);
  return made.webhook;
}

const guess = (userName: string) =>
  hub.access.password(userName, secretly(`a wrong guess ${next++}`), {
    ...{ workspace: null, shortName: false, from: '192.0.2.7', via: 'sugarcrm', requestId: 'the request' },
  });

const withInterface = (endpoint: string, settings: object | undefined) =>
  amend(hub, by, (current) => {
    const { [endpoint]: one, ...others } = current.interfaces ?? {};
    if (settings === undefined) return { ...current, interfaces: others };
    return { ...current, interfaces: { ...others, [endpoint]: { name: 'ERP', type: 'element', ...one, ...settings } } };
  });

type Act = {
  /** Does what comes before it. @returns the act itself. */
  readonly ready: () => Promise<() => Promise<unknown>>;
  readonly told: object;
};

/** One for each action: a new one without a line here does not compile. */
const acts: Record<AuditAction, Act> = {
  workspace_created: {
    ready: async () => () => hub.workspaces.create({ name: 'Another', withKey: false }),
    told: { concerned_kind: 'workspace', concerned_name: 'Another', by: 'Command line', via: 'cli' },
  },
  key_created: {
    ready: async () => () => keyOf('client'),
    told: {
      concerned_kind: 'key',
      concerned_name: expect.stringMatching(/^key \d+$/),
      after: {
        ...{ kind: 'client', role: 'member', grants: { claim: ['read'] } },
        ...{ client_id: expect.stringMatching(/^kw_client_/), principal_id: expect.any(Number) },
      },
    },
  },
  key_revoked: {
    ready: async () => {
      const { id } = await keyOf('client');
      return () => hub.access.revokeCredential(by, id);
    },
    told: {
      ...{ concerned_kind: 'key', concerned_name: expect.stringMatching(/^key \d+$/), after: null },
      before: {
        ...{ kind: 'client', role: 'member', grants: { claim: ['read'] } },
        ...{ principal_id: expect.any(Number), client_id: expect.stringMatching(/^kw_client_/) },
      },
    },
  },
  user_created: {
    ready: async () => () => userOf('maria', { '*': ['read'] }),
    told: {
      ...{ concerned_kind: 'user', concerned_name: 'maria', before: null },
      after: { email: 'maria@keyway.test', role: 'member', grants: { '*': ['read'] } },
    },
  },
  user_disabled: {
    ready: async () => {
      const { id } = await userOf('lea');
      return () => hub.access.disableUser(by, id);
    },
    told: { concerned_name: 'lea', before: { email: 'lea@keyway.test', role: 'member', grants: {} }, after: null },
  },
  role_changed: {
    ready: async () => {
      const { id } = await userOf('rob');
      return () => hub.access.changeUser(by, id, { role: 'power' });
    },
    told: { concerned_name: 'rob', before: { role: 'member' }, after: { role: 'power' } },
  },
  grants_changed: {
    ready: async () => {
      const { id } = await userOf('gil', { claim: ['read'] });
      return () => hub.access.changeUser(by, id, { grants: { claim: ['read', 'delete'] } });
    },
    told: {
      ...{ concerned_name: 'gil', before: { grants: { claim: ['read'] } } },
      after: { grants: { claim: ['read', 'delete'] } },
    },
  },
  password_changed: {
    ready: async () => {
      const { id } = await userOf('pia');
      return () => hub.access.changeUser(by, id, { password: secretly('the new password of pia') });
    },
    told: { concerned_name: 'pia', before: null, after: null },
  },
  sign_in_locked: {
    ready: async () => {
      const { email } = await userOf('ada');
      for (let wrong = 1; wrong < 10; wrong++) await guess(email);
      return () => guess(email);
    },
    told: {
      ...{ concerned_kind: 'user', concerned_name: 'ada', by: null, via: 'sugarcrm' },
      after: { from: '192.0.2.7', until: expect.stringMatching(/^\d{4}-.*Z$/) },
    },
  },
  schema_applied: {
    ready: async () => () =>
      amend(hub, by, (current) => merged(current, { types: { pump: { fields: { power: { type: 'integer' } } } } })),
    told: {
      ...{ concerned_kind: 'schema', concerned_id: null, before: { schema_version: expect.any(Number) } },
      after: {
        schema_version: expect.any(Number),
        changes: [
          { action: 'add', path: 'types.pump' },
          { action: 'add', path: 'types.pump.fields.power' },
        ],
        more: 0,
      },
    },
  },
  interface_created: {
    ready: async () => () => withInterface('erp', { scope: { name: 'a-value-of-a-record' } }),
    told: {
      ...{ concerned_kind: 'interface', concerned_name: 'erp', before: null },
      after: { schema_version: expect.any(Number), name: 'ERP', type: 'element', scope: ['name'] },
    },
  },
  interface_changed: {
    ready: async () => {
      await withInterface('guarded', { guard: { deletes: 10 } });
      return () => withInterface('guarded', { guard: { deletes: null } });
    },
    told: {
      concerned_name: 'guarded',
      before: { schema_version: expect.any(Number), guard: { deletes: 10 } },
      after: { schema_version: expect.any(Number), guard: { deletes: null } },
    },
  },
  interface_removed: {
    ready: async () => {
      await withInterface('old', { api_keys: ['kw_demo_client'] });
      return () => withInterface('old', undefined);
    },
    told: { concerned_name: 'old', before: expect.objectContaining({ api_keys: ['kw_demo_client'] }), after: null },
  },
  webhook_created: {
    ready: async () => webhookOf,
    told: {
      ...{ concerned_kind: 'webhook', concerned_name: 'hooks.example.com' },
      after: {
        ...{ address: 'https://hooks.example.com/…', description: 'To the shop', types: ['contact'], events: [] },
        state: 'active',
      },
    },
  },
  webhook_changed: {
    ready: async () => {
      const { id } = await webhookOf();
      const url = `https://hooks.example.com/${secretly('another-secret-path')}`;
      return () => hub.webhooks.change(by, id, { url, state: 'paused', types: ['contact'] });
    },
    told: {
      before: { address: 'https://hooks.example.com/…', state: 'active' },
      after: { address: 'https://hooks.example.com/…', state: 'paused' },
    },
  },
  webhook_removed: {
    ready: async () => {
      const { id } = await webhookOf();
      return () => hub.webhooks.remove(by, id);
    },
    told: { before: expect.objectContaining({ state: 'active' }), after: null },
  },
};

const events = async (since = 0): Promise<Record<string, unknown>[]> =>
  (
    await client.query(
      `select e.*, p.name as by from access_event e left join principal p using (principal_id) where event > $1 order by event`,
      [since],
    )
  ).rows;
const lastEvent = async (): Promise<number> => Number((await events()).at(-1)?.event ?? 0);

/** All that is stored, but for what no transaction takes back. */
async function stored(): Promise<string[]> {
  const { rows: tables } = await client.query(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  );
  const digests = tables.map(
    ({ name }) =>
      `select '${name} ' || md5(coalesce(string_agg(t::text, ' ' order by t::text), '')) as digest from "${name}" t`,
  );
  return (await client.query(digests.join(' union all '))).rows.map(({ digest }) => digest);
}

/** The last of all to fail: when its transaction is to be committed. */
const failing = {
  begin: () =>
    client.query(`
      create function no_event() returns trigger language plpgsql as $$ begin raise exception 'not to be'; end $$;
      create constraint trigger no_event after insert on access_event deferrable initially deferred
        for each row execute function no_event()`),
  end: () => client.query('drop trigger no_event on access_event; drop function no_event()'),
};

describe('what is done to access and configuration', () => {
  it.each(auditActions)('is told by its own transaction, as one act: %s', async (action) => {
    const { ready, told } = acts[action];
    const act = await ready();
    const before = await stored();
    const last = await lastEvent();
    await failing.begin();
    try {
      await expect(Promise.resolve().then(act)).rejects.toThrow();
    } finally {
      await failing.end();
    }
    expect(await stored()).toEqual(before);
    await act();
    const after = await events(last);
    expect(after).toHaveLength(1);
    const who = {
      by: 'Administrator',
      via: 'native',
      request: action === 'workspace_created' ? expect.any(String) : 'the request',
    };
    expect(after[0]).toMatchObject({ action, ...who, ...told });
  });

  it('has nothing of a secret, neither as it is nor as it is kept', async () => {
    for (const kind of ['bearer', 'client', 'oauth1', 'hmac', 'jwt'] as const)
      await hub.access.revokeCredential(by, (await keyOf(kind)).id);
    for (const name of ['a-value-of-a-record', 'a-value-of-a-record, too'])
      await withInterface('scoped', { scope: { name } });
    await withInterface('scoped', undefined);
    const { rows } = await client.query(
      `select password_hash as kept from principal
       union all select lookup from credential where kind = 'bearer'
       union all select public_key from credential
       union all select encode(b, f) from (select secret_hash from credential union all select secret_sealed from credential
         union all select token_secret_sealed from credential union all select secret_sealed from webhook
         union all select access_hash from session union all select name_hash from wrong_password) s (b),
         unnest(array['hex', 'base64']) f`,
    );
    const hidden = [...secrets, ...rows.map(({ kept }) => kept as string | null)].filter((text) => text !== null);
    expect(hidden.length).toBeGreaterThan(40);
    const all = JSON.stringify(await events());
    for (const text of hidden) expect(all).not.toContain(text);
    expect(all).not.toContain('a-value-of-a-record');
    for (const secret of secrets.filter((text) => text.startsWith('kw_')))
      expect(all).not.toContain(secret.slice(0, 8));
  });

  it('is told once for each thing that was changed, and not where all was as it is', async () => {
    const { id } = await userOf('kim', { claim: ['read'] });
    const webhook = await webhookOf();
    const last = await lastEvent();
    await hub.access.changeUser(by, id, { role: 'member', grants: { claim: ['read'] } });
    await hub.webhooks.change(by, webhook.id, { url: webhook.url, types: ['contact'], state: 'active' });
    await amend(hub, by, (current) => current);
    expect(await events(last)).toEqual([]);
    await hub.access.changeUser(by, id, { role: 'power', grants: {}, password: 'a new password' });
    const told = (await events(last)).map(({ action }) => action);
    expect(told).toEqual(['role_changed', 'grants_changed', 'password_changed']);
  });

  it('is told once of a user whom two servers are asked to make at once, and that another has the address to the others', async () => {
    const servers = [hub, fresh.secondHub()];
    for (let round = 0; round < 5; round++) {
      const user = await aUser();
      const last = await lastEvent();
      const addresses = [user.email, user.email.toUpperCase()];
      const outcomes = await Promise.all(
        servers.flatMap((one) => addresses.map((email) => one.access.createUser(by, { ...user, email }))),
      );
      const kinds = outcomes.map((one) => ('id' in one ? 'made' : one.kind));
      expect(kinds.sort()).toEqual(['email_taken', 'email_taken', 'email_taken', 'made']);
      expect((await events(last)).map(({ action }) => action)).toEqual(['user_created']);
    }
  });

  it('is not told where it was refused', async () => {
    const { id, email } = await userOf('ian');
    const last = await lastEvent();
    expect(await hub.access.createUser(by, { ...(await aUser()), email })).toEqual({ kind: 'email_taken' });
    expect(await hub.access.changeUser(by, principalId(999_999), { role: 'admin' })).toBeUndefined();
    expect(await hub.access.disableUser(by, principalId(999_999))).toBe(false);
    expect(await hub.access.revokeCredential(by, 999_999)).toBe(false);
    expect(await hub.webhooks.remove(by, 999_999)).toBe(false);
    await expect(hub.access.disableUser(fresh.power, id)).rejects.toThrow();
    expect((await hub.planSchema(by, (current) => merged(current, { types: { plan: {} } }))).kind).toBe('plan');
    expect(await events(last)).toEqual([]);
  });

  it('is of one workspace: an administrator of another reaches no user and no key of it, nor sees what they may do', async () => {
    const made = await hub.workspaces.create({ name: 'Of strangers' });
    const principal = made.kind === 'created' && (await hub.access.bearer(made.adminKey, 'native'));
    if (!principal) throw new Error('no stranger');
    const stranger = { principal, via: 'native', requestId: 'of a stranger' };
    await amend(hub, stranger, (current) => merged(current, { types: { plan: {} } }));
    const [{ id }, key, webhook] = [await userOf('uma'), await keyOf('client'), await webhookOf()];
    const last = await lastEvent();
    expect(await hub.access.changeUser(stranger, id, { role: 'admin', password: 'a new password' })).toBeUndefined();
    expect(await hub.access.disableUser(stranger, id)).toBe(false);
    expect(await hub.access.revokeCredential(stranger, key.id)).toBe(false);
    expect(await hub.webhooks.remove(stranger, webhook.id)).toBe(false);
    expect(await events(last)).toEqual([]);
    const rights = await hub.rights(stranger, { limit: 1000 });
    if (rights.kind !== 'page') throw new Error(rights.kind);
    expect(rights.items.map((one) => one.principal.id)).toEqual([principal.id]);
    expect(await hub.rights(stranger, { limit: 1000, principal: id })).toMatchObject({ items: [] });
  });

  it('tells of a schema and its interfaces each difference once, and of a great one its beginning', async () => {
    const last = await lastEvent();
    const types = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`many_${index}`, { owner: 'external' as const }]),
    );
    await amend(hub, by, (current) =>
      merged(current, { types, interfaces: { both: { name: 'Both', type: 'many_1' } } }),
    );
    const [schema, made, ...others] = await events(last);
    expect([schema?.action, made?.action, others]).toEqual(['schema_applied', 'interface_created', []]);
    if (schema === undefined) throw new Error('nothing is told');
    const { changes, more } = schema.after as { changes: { path: string }[]; more: number };
    expect([changes.length, more]).toEqual([50, 10]);
    expect(changes.every(({ path }) => path.startsWith('types.'))).toBe(true);
  });

  it('has in sight how long the audit is kept, however much else of the schema is changed with it', async () => {
    const last = await lastEvent();
    const types = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`other_${index}`, {}]));
    await amend(hub, by, (current) => ({ ...merged(current, { types }), retention: { access: '365d' } }));
    await amend(hub, by, (current) => {
      const { retention: _forever, ...rest } = current;
      return rest;
    });
    const told = (await events(last)).map(({ after }) => (after as { changes: object[] }).changes[0]);
    expect(told).toEqual([
      { action: 'add', path: 'retention' },
      { action: 'remove', path: 'retention' },
    ]);
  });

  it('tells of each change what was there just before it, also where two servers change at once', async () => {
    const { id } = await userOf('eli', { claim: ['read'] });
    const last = await lastEvent();
    const servers = [hub, fresh.secondHub()];
    const actions = ['create', 'edit', 'delete', 'force'] as const;
    const change = (one: Hub) =>
      Promise.all(actions.map((action) => one.access.changeUser(by, id, { grants: { claim: [action, 'read'] } })));
    await Promise.all(servers.map(change));
    const sides = (await events(last)).map(({ before, after }) => [before, after]);
    expect(sides.length).toBeGreaterThan(3);
    for (const [place, [before]] of sides.entries())
      expect(before).toEqual(place === 0 ? { grants: { claim: ['read'] } } : sides[place - 1]?.[1]);
    const [now] = (await hub.access.users(by.principal)).filter((user) => user.id === id);
    expect(sides.at(-1)?.[1]).toEqual({ grants: now?.grants });
  });

  it('tells of what is locked in each workspace that has such a user, and once, whichever server counts', async () => {
    const other = await hub.workspaces.create({ name: 'Of others', withKey: false });
    if (other.kind !== 'created') throw new Error(other.kind);
    const { name } = await userOf('mia');
    await hub.workspaces.addUser(other.workspace.id, { ...(await aUser()), email: 'MIA@elsewhere.test', name: 'Mia' });
    const second = fresh.secondHub();
    const last = await lastEvent();
    const from = { workspace: null, shortName: false, from: '192.0.2.8', via: 'test', requestId: 'test' };
    await hub.access.password('mia@keyway.test', 'wrong', from); // so that the tenth and the eleventh are counted at once
    for (let wrong = 0; wrong < 15; wrong++)
      await Promise.all([hub, second].map((one) => one.access.password('mia@keyway.test', 'wrong', from)));
    await hub.access.password('nobody@keyway.test', 'wrong', from);
    const told = (await events(last)).map(({ action, concerned_name, workspace_id }) => [
      action,
      concerned_name,
      Number(workspace_id),
    ]);
    expect(told.sort()).toEqual(
      [
        ['sign_in_locked', 'Mia', other.workspace.id],
        ['sign_in_locked', name, fresh.admin.principal.workspace],
      ].sort(),
    );
  });

  it('tells of a locked name of which there are many users a hundred at most', async () => {
    await client.query(
      `insert into principal (workspace_id, kind, name, email, role, grants, created_at)
       select $1, 'user', 'Info', 'info@of-' || n || '.test', 'member', '{}', now() from generate_series(1, 150) n`,
      [by.principal.workspace],
    );
    const last = await lastEvent();
    for (let wrong = 0; wrong < 10; wrong++) await guess('info@of-150.test');
    expect((await events(last)).map(({ action }) => action)).toEqual(Array(100).fill('sign_in_locked'));
  });
});

const aUser = async () => ({
  ...{ email: `u${next++}@keyway.test`, name: 'U', role: 'member' as const, grants: {}, password: 'some password' },
});

describe('the audit as it is read', () => {
  const page = async (caller: Caller, query: Partial<Parameters<Hub['audit']>[1]> = {}) => {
    const outcome = await hub.audit(caller, { limit: 1000, ...query });
    if (outcome.kind !== 'page') throw new Error(outcome.kind);
    return outcome;
  };

  it('is for administrators, who see their own workspace', async () => {
    for (const caller of [fresh.power, fresh.member])
      expect(await hub.audit(caller, { limit: 1 })).toEqual({ kind: 'forbidden' });
    const made = await hub.workspaces.create({ name: 'Elsewhere' });
    if (made.kind !== 'created') throw new Error(made.kind);
    const stranger = await hub.access.bearer(made.adminKey, 'native');
    if (stranger === undefined) throw new Error('no stranger');
    const theirs = await page({ principal: stranger, via: 'test', requestId: 'test' });
    expect(theirs.items.map(({ action, principal }) => [action, principal?.name])).toEqual([
      ['key_created', 'Command line'],
      ['workspace_created', 'Command line'],
    ]);
    const { next: cursor } = await page(by, { limit: 1 });
    const foreign = { principal: stranger, via: 'test', requestId: 'test' };
    expect(await hub.audit(foreign, { limit: 1, cursor: cursor ?? '' })).toMatchObject({ kind: 'list_rejected' });
    const ofOthers = { limit: 1, principal: by.principal.id, cursor: cursor ?? '' };
    expect(await hub.audit(by, ofOthers)).toMatchObject({ kind: 'list_rejected' });
  });

  it('comes newest first, page by page, each once, also where many are of one moment', async () => {
    await client.query(`update access_event set at = '2026-01-01T00:00:00.000Z' where event % 2 = 0`);
    const all = (await page(by)).items;
    const times = all.map(({ at, number }) => [at.getTime(), number]);
    expect(times).toEqual(times.toSorted(([a = 0, m = 0], [b = 0, n = 0]) => b - a || n - m));
    const walked: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { items, next: behind } = await page(by, { limit: 3, ...(cursor && { cursor }) });
      walked.push(...items.map(({ number }) => number));
      cursor = behind;
    }
    expect(walked).toEqual(all.map(({ number }) => number));
  });

  it('is of an action, of who did it, of what it was done to, and of a time', async () => {
    const all = (await page(by)).items;
    const some = async (query: Partial<Parameters<Hub['audit']>[1]>) => (await page(by, query)).items;
    const roles = await some({ actions: ['role_changed', 'grants_changed'] });
    expect(new Set(roles.map(({ action }) => action))).toEqual(new Set(['role_changed', 'grants_changed']));
    const mine = await some({ principal: by.principal.id });
    expect(mine).toEqual(all.filter(({ principal }) => principal?.id === by.principal.id));
    expect(mine.length).toBeLessThan(all.length);
    const { id } = await userOf('zoe');
    await hub.access.changeUser(by, id, { role: 'power' });
    for (const name of ['zoe', String(id)]) {
      const ofZoe = await some({ concerned: { kind: 'user', name } });
      expect(ofZoe.map(({ action }) => action)).toEqual(['role_changed', 'user_created']);
    }
    for (const name of ['nobody', '\u0000', "' or true --"])
      expect(await some({ concerned: { kind: 'user', name } })).toEqual([]);
    const interfaces = await some({ concerned: { kind: 'interface', name: null } });
    expect(interfaces.length).toBeGreaterThan(3);
    const moment = new Date('2026-01-01T00:00:00.000Z');
    const later = new Date(moment.getTime() + 1);
    const ofMoment = await some({ since: moment, until: later });
    expect(ofMoment.length).toBeGreaterThan(3);
    expect(ofMoment).toEqual(all.filter(({ at }) => at.getTime() === moment.getTime()));
    expect(await some({ until: moment })).toEqual([]);
    expect((await some({ since: later })).length).toBeGreaterThan(0);
  });
});
