// Invariant 8: nobody sees or touches another workspace, whatever id, key, cursor or token they present.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { setOf } from '../../test/set-of.ts';
import { amend, codesOf, itemsOf, key, linkOf, merged, query, recordOf } from '../../test/steps.ts';
import type { AuditEntry } from '../model/audit.ts';
import { guidOf, ulidOf, type WorkspaceId } from '../model/ids.ts';
import type { Caller } from '../model/principal.ts';
import { byId, byKey, byNumber, formatRef, type Ref } from '../model/ref.ts';
import type { RunView } from '../model/runs.ts';
import type { Access } from './access/access.ts';
import type { RightsView } from './access/rights.ts';
import type { Hub } from './hub.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Plans } from './plan/plans.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

let fresh: FreshHub;
/** An administrator of the other workspace, whose schema is the same. */
let stranger: Caller;
let demo: WorkspaceId;
let secret: {
  number: number;
  link: number;
  pending: number;
  run: { id: string; number: number };
  import: { id: string; number: number };
  listCursor: string;
  webhook: number;
  plan: string;
  job: number;
  linkCursor: string;
  historyCursor: string;
};
let refs: Ref[] = [];

const onceAsked = { key: 'same', fingerprint: async () => 'same' };
const answering = (body: string) => async () => ({ status: 200, headers: {}, body });

beforeAll(async () => {
  fresh = await freshHub();
  const { hub, admin } = fresh;
  await hub.answerOnce(admin, onceAsked, { isSecret: false }, answering('secret'));
  await amend(hub, admin, (current) =>
    merged(current, {
      types: {
        policy: {
          ...current.types?.policy,
          fields: { ...current.types?.policy?.fields, code: { type: 'text', numbered: {} } },
        },
      },
    }),
  );
  demo = admin.principal.workspace;
  for (const fields of [{ name: 'one' }, { name: 'two' }])
    await hub.upsert(admin, {
      type: 'contact',
      ref: key('secret'),
      mode: 'upsert',
      fields: { ...fields, sync_key: 'secret-sync' },
    });
  await hub.upsert(admin, { type: 'contact', ref: key('secret-2'), mode: 'create', fields: {} });
  const record = recordOf(await hub.find(admin, 'contact', key('secret')));
  for (const number of [5001, 67890])
    await hub.link(admin, {
      from: { type: number === 5001 ? 'claim' : 'policy', ref: byNumber(number) },
      link: 'contacts',
      to: { ref: key('secret') },
    });
  const link = linkOf(
    await hub.link(admin, {
      from: { type: 'claim', ref: byNumber(5001) },
      link: 'contacts',
      to: { ref: key('secret-2') },
    }),
  );
  const done = await hub.sync(
    admin,
    'myendpoint',
    setOf([{ key: 'E1', path: 'E[1]', members: [{ name: 'x', kind: 'unknown', value: 1 }] }]),
  );
  if (done.kind !== 'done') throw new Error(done.kind);
  const next = (page: { kind: string; next?: string | null }): string => {
    if (typeof page.next !== 'string') throw new Error(JSON.stringify(page));
    return page.next;
  };
  const imported = await hub.import(
    admin,
    { kind: 'records', type: 'contact', key: 'external_id', mode: 'update' },
    async function* () {
      yield [{ index: 0, line: 1, source: 'secret', kind: 'unreadable', message: 'secret' }];
    },
  );
  if (imported.kind !== 'importing') throw new Error(imported.kind);
  for await (const _ of imported.chunks);
  const kept = await hub.findImport(admin, imported.id);
  if (kept === undefined) throw new Error('no import');
  const waiting = await hub.linkOrDefer(admin, {
    from: { type: 'claim', ref: key('waiting') },
    link: 'contacts',
    to: { ref: key('waited') },
    defer: { expiresAt: null },
  });
  if (waiting.kind !== 'deferred') throw new Error(waiting.kind);
  const webhook = await hub.webhooks.create(admin, aWebhook);
  if (webhook.kind !== 'created') throw new Error(webhook.kind);
  const planned = await hub.plans.write(admin, { ...renaming, ref: key('secret'), type: 'contact' });
  if (planned.kind !== 'planned') throw new Error(planned.kind);
  secret = {
    plan: planned.plan.id,
    job: (await hub.jobs.begin({ ...admin, via: 'test' }, { key: 'secret', tasks: 1 })).job,
    webhook: webhook.webhook.id,
    pending: waiting.pending.number,
    import: kept,
    number: record.number,
    link: link.number,
    run: done.run,
    listCursor: next(await hub.list(admin, { type: 'contact', filters: [], sort: [], limit: 1 })),
    linkCursor: next(await hub.links(admin, { type: 'claim', ref: byNumber(5001), limit: 1 })),
    historyCursor: next(await hub.history(admin, { type: 'contact', ref: key('secret'), limit: 1 })),
  };
  const made = await hub.workspaces.create({ name: 'Other' });
  if (made.kind !== 'created') throw new Error(made.kind);
  const principal = await hub.access.bearer(made.adminKey, 'native');
  if (principal === undefined) throw new Error('no principal');
  stranger = { principal, via: 'test', requestId: 'stranger' };
  const { document } = await hub.catalogue(demo);
  await amend(hub, stranger, () => document);
  await hub.upsert(stranger, { type: 'claim', ref: key('mine'), mode: 'create', fields: {} });
  await hub.upsert(stranger, { type: 'contact', ref: key('mine'), mode: 'create', fields: {} });
  const other = principal.workspace;
  refs = [
    key('secret'),
    byKey('sync_key', 'secret-sync'),
    byNumber(record.number),
    byId(record.id),
    byId(record.id.toUpperCase()),
    byId(ulidOf('record', demo, record.number)),
    // The number is made to look like one of the stranger's own workspace.
    byId(guidOf('record', other, record.number)),
    byId(ulidOf('record', other, record.number)),
    byId(guidOf('link', demo, link.number)),
  ];
});
afterAll(() => fresh.close());

const importIds = (other: WorkspaceId): string[] => [
  secret.import.id,
  String(secret.import.number),
  guidOf('import', other, secret.import.number),
];

/** Everything that is stored of the demo workspace, as a digest of each table. */
async function stored(): Promise<unknown> {
  tables ??= await query<{ name: string }>(
    fresh.databaseUrl,
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'workspace_id' order by 1`,
  );
  const digests = tables.map(
    ({ name }) =>
      `select '${name}' as name, md5(coalesce(string_agg(to_jsonb(t)::text, ' ' order by to_jsonb(t)::text), '')) as digest
       from ${name} t where workspace_id = $1`,
  );
  return query(fresh.databaseUrl, digests.join(' union all '), [demo]);
}
let tables: { name: string }[] | undefined;

const notFound = ['record_not_found'];

type Probe = () => Promise<void>;
/** What a stranger tries with each call of the hub. A new call without a line here does not compile, and the test below says so too. */
const probes: Record<keyof Hub, Probe | 'no workspace in it'> = {
  access: 'no workspace in it', // each of its calls has a line of its own below
  plans: 'no workspace in it', // as those
  jobs: 'no workspace in it', // as those
  workspaces: 'no workspace in it', // for those who have the database itself in hand
  webhooks: 'no workspace in it', // each of its calls has a line of its own below
  workOnRuns: 'no workspace in it',
  cleanAll: 'no workspace in it',
  keepClean: 'no workspace in it',
  clean: async () => {
    expect(await fresh.hub.clean(stranger, { plan: false })).toMatchObject({ kind: 'cleaned', more: false });
  },
  answerOnce: async () => {
    const own = await fresh.hub.answerOnce(stranger, onceAsked, { isSecret: false }, answering('mine'));
    expect(own.body).toBe('mine');
  },
  rights: async () => {
    const ids = async (caller: Caller, query: object = {}) =>
      itemsOf<RightsView>(await fresh.hub.rights(caller, { limit: 1000, ...query })).map((one) => one.principal.id);
    const ours = await ids(fresh.admin);
    expect(ours).toContain(fresh.member.principal.id);
    for (const id of await ids(stranger)) expect(ours).not.toContain(id);
    expect(await ids(stranger, { principal: fresh.member.principal.id })).toEqual([]);
  },
  audit: async () => {
    const all = { limit: 1000 };
    const numbers = async (caller: Caller, query: object = {}) =>
      itemsOf<AuditEntry>(await fresh.hub.audit(caller, { ...all, ...query })).map(({ number }) => number);
    const ours = await numbers(fresh.admin);
    expect(ours.length).toBeGreaterThan(0);
    const of = [{}, { principal: fresh.admin.principal.id }, { concerned: { kind: 'user', name: 'Administrator' } }];
    for (const query of of) for (const number of await numbers(stranger, query)) expect(ours).not.toContain(number);
    expect(await numbers(fresh.admin)).toEqual(ours);
  },
  deliverWebhooks: 'no workspace in it',
  ping: 'no workspace in it',
  close: 'no workspace in it',
  catalogue: async () => {
    expect((await fresh.hub.catalogue(stranger.principal.workspace)).workspace).toBe(stranger.principal.workspace);
  },
  find: async () => {
    for (const ref of refs) expect(codesOf(await fresh.hub.find(stranger, 'contact', ref))).toEqual(notFound);
  },
  findByAnyKey: async () => {
    for (const text of ['secret', 'secret-sync', 'external_id:secret', ...refs.map(formatRef)])
      expect(await fresh.hub.findByAnyKey(stranger, text)).toEqual([]);
  },
  list: async () => {
    const own = await fresh.hub.list(stranger, { type: 'contact', filters: [], sort: [], limit: 1000 });
    expect(own).toMatchObject({ items: [{ fields: { external_id: 'mine' } }], next: null });
    for (const field of ['number', 'external_id', 'sync_key', 'name']) {
      const value = { number: secret.number, external_id: 'secret', sync_key: 'secret-sync', name: 'two' }[field];
      const page = await fresh.hub.list(stranger, {
        type: 'contact',
        filters: [{ field, op: 'eq', value }],
        sort: [],
        limit: 10,
      });
      expect(page).toMatchObject({ items: [] });
    }
    const lookups = {
      type: 'building_component',
      filters: [{ field: 'supplier', op: 'eq' as const, value: secret.number }],
      sort: [],
      limit: 10,
    };
    expect(await fresh.hub.list(stranger, lookups)).toMatchObject({ items: [] });
    const page = await fresh.hub.list(stranger, {
      type: 'contact',
      filters: [],
      sort: [],
      limit: 1000,
      cursor: secret.listCursor,
    });
    for (const record of page.kind === 'page' ? page.items : [])
      expect(record.workspace).toBe(stranger.principal.workspace);
  },
  countListed: async () => {
    const mine = { field: 'external_id', op: 'null', value: false } as const;
    const counted = await fresh.hub.countListed(stranger, {
      type: 'contact',
      filters: [{ any: [mine, { not: mine }] }],
    });
    expect(counted).toEqual({ kind: 'counted', count: 1 });
    const query = { type: 'contact', filters: [{ linked: 'claims', to: { all: [] } }], deletedToo: true };
    expect(await fresh.hub.countListed(stranger, query)).toEqual({ kind: 'counted', count: 0 });
  },
  nextNumber: async () => {
    const next = (caller: Caller) => fresh.hub.nextNumber(caller, 'policy', 'code');
    const [ours, theirs] = [await next(fresh.admin), await next(stranger)];
    await fresh.hub.upsert(stranger, { type: 'policy', ref: null, mode: 'create', fields: {} });
    expect([await next(fresh.admin), await next(stranger)]).toEqual([ours, (theirs ?? 0) + 1]);
  },
  recordCounts: async () => {
    const { types } = await fresh.hub.recordCounts(stranger);
    expect(types.find(({ type }) => type === 'contact')).toEqual({ type: 'contact', records: 1, isMore: false });
  },
  count: async () => {
    expect(await fresh.hub.count(stranger, 'contact')).toBe(1);
  },
  upsert: async () => {
    for (const ref of refs) {
      const update = { type: 'contact', ref, mode: 'update' as const, fields: { name: 'stolen' } };
      expect(codesOf(await fresh.hub.upsert(stranger, update))).toEqual(notFound);
      if (ref.by === 'key') continue;
      expect(codesOf(await fresh.hub.upsert(stranger, { ...update, mode: 'upsert' }))).toEqual(notFound);
      const lookup = {
        type: 'building_component',
        ref: byKey('name', 'x'),
        mode: 'upsert' as const,
        fields: { supplier: ref },
      };
      expect(codesOf(await fresh.hub.upsert(stranger, lookup))).toEqual(['lookup_target_not_found']);
    }
    // The same keys are free here, and make records of this workspace.
    const made = await fresh.hub.upsert(stranger, {
      type: 'contact',
      ref: key('secret'),
      mode: 'create',
      fields: { sync_key: 'secret-sync' },
    });
    expect(made).toMatchObject({ kind: 'created', record: { workspace: stranger.principal.workspace } });
    await fresh.hub.delete(stranger, { type: 'contact', ref: key('secret') });
  },
  import: async () => {
    const rows = ['secret', 'secret-2'].map((id, index) => ({
      index,
      line: index + 1,
      source: '',
      kind: 'row' as const,
      fields: { external_id: id, name: 'stolen' },
    }));
    const body = async function* () {
      yield rows;
    };
    const command = { kind: 'records' as const, type: 'contact', key: 'external_id', mode: 'update' as const };
    const started = await fresh.hub.import(stranger, command, body);
    if (started.kind !== 'importing') throw new Error(started.kind);
    for await (const { outcomes } of started.chunks)
      for (const outcome of outcomes) expect(codesOf(outcome)).toEqual(notFound);
    const links = refs.map((right, index) => ({
      index,
      line: index + 1,
      source: '',
      kind: 'link' as const,
      action: 'link' as const,
      left: key('mine'),
      right,
    }));
    const linking = await fresh.hub.import(
      stranger,
      { kind: 'links', link: 'claim.contacts', leftKey: null, rightKey: null },
      async function* () {
        yield links;
      },
    );
    if (linking.kind !== 'importing') throw new Error(linking.kind);
    for await (const { outcomes } of linking.chunks)
      for (const outcome of outcomes) expect(codesOf(outcome)).toEqual(notFound);
    for (const id of importIds(stranger.principal.workspace))
      expect(await fresh.hub.import(stranger, command, body, { resume: { import: id, offset: 0 } })).toMatchObject({
        kind: 'unknown_import',
      });
  },
  imports: async () => {
    const page = await fresh.hub.imports(stranger, { limit: 1000 });
    expect(page.kind === 'page' ? page.items.map(({ number }) => number) : []).not.toContain(secret.import.number);
  },
  findImport: async () => {
    for (const id of importIds(stranger.principal.workspace))
      expect(await fresh.hub.findImport(stranger, id)).toBeUndefined();
  },
  revertImport: async () => {
    for (const id of importIds(stranger.principal.workspace))
      expect(await fresh.hub.revertImport(stranger, id)).toEqual({ kind: 'unknown_import' });
  },
  rejectedRows: async () => {
    for (const id of importIds(stranger.principal.workspace))
      expect(await fresh.hub.rejectedRows(stranger, id, { limit: 10 })).toEqual({ kind: 'unknown_import' });
  },
  export: async () => {
    for (const query of [
      { kind: 'records' as const, type: 'contact', filters: [] },
      { kind: 'records' as const, type: 'building_component', filters: [] },
      { kind: 'links' as const, link: 'claim.contacts' },
    ]) {
      const outcome = await fresh.hub.export(stranger, { ...query, format: 'ndjson', limit: null });
      if (outcome.kind !== 'exporting') throw new Error(outcome.kind);
      let text = '';
      for await (const piece of outcome.text) text += piece;
      expect(text).not.toContain('secret');
    }
  },
  delete: async () => {
    for (const ref of refs)
      expect(codesOf(await fresh.hub.delete(stranger, { type: 'contact', ref }))).toEqual(notFound);
  },
  link: async () => {
    for (const ref of refs) {
      const to = { from: { type: 'claim', ref: key('mine') }, link: 'contacts', to: { ref } };
      expect(codesOf(await fresh.hub.link(stranger, to))).toEqual(notFound);
      const from = { from: { type: 'contact', ref }, link: 'claims', to: { ref: byNumber(5001) } };
      expect(codesOf(await fresh.hub.link(stranger, from))).toEqual(['record_not_found', 'record_not_found']);
    }
  },
  unlink: async () => {
    for (const ref of refs) {
      const from = {
        from: { type: 'contact', ref },
        link: 'claims',
        to: { ref: byNumber(5001) },
        which: 'all' as const,
      };
      expect(codesOf(await fresh.hub.unlink(stranger, from))).toEqual(['record_not_found', 'record_not_found']);
    }
  },
  linkOrDefer: async () => {
    // Its own key waits, for a record of this workspace: taken back at once, nothing is left of it.
    const waits = { from: { type: 'claim', ref: key('mine') }, link: 'contacts', to: { ref: key('secret') } };
    const deferred = await fresh.hub.linkOrDefer(stranger, { ...waits, defer: { expiresAt: null } });
    expect(deferred).toMatchObject({ kind: 'deferred', pending: { right: { missing: true } } });
    await fresh.hub.unlinkOrWithdraw(stranger, { ...waits, which: 'all' });
    for (const ref of refs.filter(({ by }) => by !== 'key')) {
      const to = { ...waits, to: { ref }, defer: { expiresAt: null } };
      expect(codesOf(await fresh.hub.linkOrDefer(stranger, to))).toEqual(notFound);
    }
  },
  unlinkOrWithdraw: async () => {
    const pair = { from: { type: 'claim', ref: byKey('external_id', 'waiting') }, link: 'contacts' };
    const outcome = await fresh.hub.unlinkOrWithdraw(stranger, { ...pair, to: { ref: key('waited') }, which: 'all' });
    expect(codesOf(outcome)).toEqual(['record_not_found', 'record_not_found']);
  },
  pendingLinks: async () => {
    expect(await fresh.hub.pendingLinks(stranger, { limit: 1000 })).toMatchObject({ items: [] });
    expect(await fresh.hub.pendingLinks(stranger, { waitsFor: key('waited'), limit: 10 })).toMatchObject({ items: [] });
  },
  forgetPendingLink: async () => {
    expect(await fresh.hub.forgetPendingLink(stranger, secret.pending)).toEqual({ kind: 'unknown_pending_link' });
  },
  links: async () => {
    for (const ref of refs)
      expect(codesOf(await fresh.hub.links(stranger, { type: 'contact', ref, limit: 100 }))).toEqual(notFound);
    expect(await fresh.hub.links(stranger, { type: 'contact', limit: 100 })).toMatchObject({ items: [] });
    const page = await fresh.hub.links(stranger, {
      type: 'claim',
      ref: key('mine'),
      limit: 100,
      cursor: secret.linkCursor,
    });
    expect(page.kind === 'page' ? page.items : []).toEqual([]);
  },
  history: async () => {
    for (const ref of refs) {
      const page = await fresh.hub.history(stranger, { type: 'contact', ref, limit: 100 });
      // A key that the stranger had used too: its own past.
      for (const change of page.kind === 'page' ? page.items : [])
        expect(change.principal.id).toBe(stranger.principal.id);
      if (ref.by !== 'key') expect(codesOf(page)).toEqual(notFound);
    }
    const page = await fresh.hub.history(stranger, {
      type: 'contact',
      ref: key('mine'),
      limit: 100,
      cursor: secret.historyCursor,
    });
    expect(JSON.stringify(page)).not.toContain('two');
  },
  activity: async () => {
    const from = new Date(Date.now() - 3_600_000);
    const changes = async (caller: Caller) => {
      const hours = await fresh.hub.activity(caller, from, 2);
      return hours.reduce((sum, hour) => sum + hour.changes, 0);
    };
    const [ours, theirs] = [await changes(fresh.admin), await changes(stranger)];
    await fresh.hub.upsert(stranger, { type: 'policy', ref: null, mode: 'create', fields: {} });
    expect([await changes(fresh.admin), await changes(stranger)]).toEqual([ours, theirs + 1]);
  },
  latestChanges: async () => {
    const own = await fresh.hub.latestChanges(stranger, { limit: 1000 });
    if (own.kind !== 'changes') throw new Error(own.kind);
    expect(JSON.stringify(own.items)).not.toContain('CONTACT-2001');
    const theirs = await fresh.hub.latestChanges(fresh.admin, { limit: 1 });
    if (theirs.kind !== 'changes') throw new Error(theirs.kind);
    expect(await fresh.hub.latestChanges(stranger, { after: theirs.next, limit: 1 })).toEqual({
      kind: 'cursor_invalid',
    });
  },
  changes: async () => {
    const all = { limit: 1000, waitMs: 0 };
    const own = await fresh.hub.changes(stranger, { ...all, after: '' });
    if (own.kind !== 'changes') throw new Error(own.kind);
    for (const item of own.items) expect(item.principal.id).toBe(stranger.principal.id);
    const theirs = await fresh.hub.changes(fresh.admin, { ...all, after: '' });
    if (theirs.kind !== 'changes') throw new Error(theirs.kind);
    expect(await fresh.hub.changes(stranger, { ...all, after: theirs.next })).toEqual({ kind: 'cursor_invalid' });
  },
  merge: async () => {
    for (const ref of refs) {
      const into = { type: 'contact', ref: key('mine'), from: ref, fields: 'survivor' as const };
      expect(codesOf(await fresh.hub.merge(stranger, into, { plan: false }))).toEqual(notFound);
      const from = { ...into, ref, from: key('mine') };
      expect(codesOf(await fresh.hub.merge(stranger, from, { plan: true }))).toEqual(notFound);
    }
  },
  erase: async () => {
    // The stranger's own tombstones may have such keys by now.
    for (const ref of refs.filter(({ by }) => by !== 'key'))
      expect(codesOf(await fresh.hub.erase(stranger, { type: 'contact', ref }, { plan: false }))).toEqual(notFound);
  },
  transferOwnership: async () => {
    const command = { type: 'contact', field: 'name', owner: 'internal' as const };
    const outcome = await fresh.hub.transferOwnership(stranger, command, { plan: true });
    expect(outcome).toMatchObject({ kind: 'done', transfer: { holding: 0 } });
  },
  keysOf: async () => {
    for (const ref of refs)
      expect(codesOf(await fresh.hub.keysOf(stranger, { type: 'contact', ref }))).toEqual(notFound);
  },
  why: async () => {
    for (const ref of refs)
      for (const name of ['name', 'policies'])
        expect(codesOf(await fresh.hub.why(stranger, { type: 'contact', ref, name, limit: 10 }))).toEqual(notFound);
  },
  planSchema: async () => {
    const plan = await fresh.hub.planSchema(stranger, (current) => merged(current, { types: { stranger: {} } }));
    expect(plan).toMatchObject({ kind: 'plan', changes: [{ path: 'types.stranger' }] });
  },
  applySchema: async () => {
    await amend(fresh.hub, stranger, (current) => merged(current, { types: { stranger: {} } }));
    expect((await fresh.hub.catalogue(demo)).types.has('stranger')).toBe(false);
    const { document } = await fresh.hub.catalogue(demo);
    await amend(fresh.hub, stranger, () => ({}), true);
    expect((await fresh.hub.catalogue(demo)).document).toEqual(document);
    await amend(fresh.hub, stranger, () => document);
    for (const type of ['claim', 'contact'])
      await fresh.hub.upsert(stranger, { type, ref: key('mine'), mode: 'create', fields: {} });
  },
  sync: async () => {
    const contacts = { name: 'c', kind: 'relation' as const, link: 'contacts', targets: [byNumber(secret.number)] };
    const done = await fresh.hub.sync(
      stranger,
      'myendpoint',
      setOf([{ key: 'E1', path: 'E[1]', members: [contacts] }]),
    );
    expect(done).toMatchObject({ kind: 'done', run: { counts: { created: 1, deleted: 0 }, issues: 1 } });
    expect(await fresh.hub.sync(stranger, 'myendpoint', setOf([]))).toMatchObject({ run: { counts: { deleted: 1 } } });
  },
  interfaces: async () => {
    const runs = (await fresh.hub.interfaces(stranger)).map(({ lastRun }) => lastRun?.number);
    expect(runs).not.toContain(secret.run.number);
  },
  runs: async () => {
    for (const endpoint of ['myendpoint', null]) {
      const page = itemsOf<RunView>(await fresh.hub.runs(stranger, endpoint, { states: [], limit: 1000 }));
      expect(page.map((run) => run.number)).not.toContain(secret.run.number);
    }
  },
  run: async () => {
    for (const run of [
      secret.run.id,
      String(secret.run.number),
      guidOf('run', stranger.principal.workspace, secret.run.number),
    ])
      expect(await fresh.hub.run(stranger, 'myendpoint', run)).toBeUndefined();
  },
  findRun: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.findRun(stranger, run)).toBeUndefined();
  },
  elements: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.elements(stranger, run, { outcomes: [], limit: 10 })).toEqual({ kind: 'unknown_run' });
  },
  unchanged: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.unchanged(stranger, run, { limit: 10 })).toEqual({ kind: 'unknown_run' });
  },
  replay: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      for (const command of [{ kind: 'open' }, { kind: 'element', place: 0, mended: null }] as const)
        expect(await fresh.hub.replay(stranger, run, command)).toEqual({ kind: 'unknown_run' });
  },
  heldDeletes: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.heldDeletes(stranger, run, { limit: 10 })).toEqual({ kind: 'unknown_run' });
  },
  approveHeld: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.approveHeld(stranger, run, 0)).toEqual({ kind: 'unknown_run' });
  },
  revertRun: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.revertRun(stranger, run)).toEqual({ kind: 'unknown_run' });
  },
  cancelHeld: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.cancelHeld(stranger, run)).toEqual({ kind: 'unknown_run' });
  },
  issues: async () => {
    for (const run of [
      secret.run.id,
      String(secret.run.number),
      guidOf('run', stranger.principal.workspace, secret.run.number),
    ])
      for (const endpoint of ['myendpoint', null])
        expect(await fresh.hub.issues(stranger, endpoint, run, { limit: 10 })).toEqual({ kind: 'unknown_run' });
  },
};

const accessProbes: Record<keyof Access, Probe | 'no workspace in it'> = {
  bearer: 'no workspace in it', // a secret says of itself where it belongs
  client: 'no workspace in it',
  signing: 'no workspace in it',
  useNonce: 'no workspace in it',
  openSession: 'no workspace in it',
  findSession: 'no workspace in it',
  refreshSession: 'no workspace in it',
  closeSession: 'no workspace in it',
  workspace: 'no workspace in it', // its name is no secret: it is part of addresses
  mayCall: 'no workspace in it', // its interface comes from the caller's own catalogue
  password: async () => {
    const workspace = stranger.principal.workspace;
    const there = await fresh.hub.access.password('admin@keyway.test', 'keyway-demo', {
      workspace,
      shortName: false,
      from: '192.0.2.1',
      via: 'test',
      requestId: 'test',
    });
    expect(there).toEqual({ kind: 'none' });
    await fresh.hub.workspaces.addUser(workspace, {
      email: 'admin@keyway.test',
      name: 'A',
      role: 'member',
      grants: {},
      password: 'another one',
    });
    const own = await fresh.hub.access.password('admin@keyway.test', 'another one', {
      workspace: demo,
      shortName: false,
      from: '192.0.2.1',
      via: 'test',
      requestId: 'test',
    });
    expect(own).toEqual({ kind: 'none' });
    const both = await fresh.hub.access.password('admin@keyway.test', 'keyway-demo', {
      workspace,
      shortName: false,
      from: '192.0.2.1',
      via: 'test',
      requestId: 'test',
    });
    expect(both).toEqual({ kind: 'none' });
  },
  principal: async () => {
    expect(await fresh.hub.access.principal(stranger.principal.workspace, fresh.admin.principal.id)).toBeUndefined();
  },
  users: async () => {
    const ids = (await fresh.hub.access.users(stranger.principal)).map((user) => user.id);
    for (const one of [fresh.admin, fresh.power, fresh.member]) expect(ids).not.toContain(one.principal.id);
  },
  createUser: async () => {
    const made = await fresh.hub.access.createUser(stranger, {
      email: 'new@x.test',
      name: 'N',
      role: 'member',
      grants: {},
      password: 'a long password',
    });
    const ids = (await fresh.hub.access.users(fresh.admin.principal)).map((user) => user.id);
    expect('id' in made && ids.includes(made.id)).toBe(false);
  },
  changeUser: async () => {
    for (const one of [fresh.power, fresh.member])
      expect(await fresh.hub.access.changeUser(stranger, one.principal.id, { role: 'admin' })).toBeUndefined();
  },
  disableUser: async () => {
    for (const one of [fresh.power, fresh.member])
      expect(await fresh.hub.access.disableUser(stranger, one.principal.id)).toBe(false);
  },
  credentials: async () => {
    const clientIds = (await fresh.hub.access.credentials(stranger.principal)).map((one) => one.clientId);
    expect(clientIds.filter((one) => one.startsWith('kw_demo'))).toEqual([]);
  },
  createCredential: async () => {
    const made = await fresh.hub.access.createCredential(stranger, {
      kind: 'bearer',
      label: 'x',
      role: 'admin',
      grants: {},
    });
    expect((await fresh.hub.access.bearer(made.secret, 'native'))?.workspace).toBe(stranger.principal.workspace);
  },
  asserting: async () => {
    // Whose client it is is found by its id alone, as a caller has no workspace yet: it is the demo's own, whoever asks.
    const found = await fresh.hub.access.asserting('kw_demo_jwt', 'kw_demo_certificate');
    expect(found?.principal.workspace).toBe(demo);
  },
  revokeCredential: async () => {
    for (const { id } of await fresh.hub.access.credentials(fresh.admin.principal))
      expect(await fresh.hub.access.revokeCredential(stranger, id)).toBe(false);
    expect(await fresh.hub.access.bearer('kw_demo_admin', 'native')).toBeDefined();
  },
};

const aWebhook = { url: 'https://example.com/', description: '', types: [], events: [] };

const webhookProbes: Record<keyof Webhooks, Probe> = {
  create: async () => {
    await fresh.hub.webhooks.create(stranger, aWebhook);
    const theirs = (await fresh.hub.webhooks.list(fresh.admin)).map(({ id }) => id);
    expect(theirs).toEqual([secret.webhook]);
    const place = (await fresh.hub.webhooks.find(fresh.admin, secret.webhook))?.after ?? '';
    const behind = await fresh.hub.webhooks.create(stranger, { ...aWebhook, after: place });
    expect(behind).toMatchObject({ kind: 'invalid', member: 'after' });
  },
  list: async () => {
    expect((await fresh.hub.webhooks.list(stranger)).map(({ id }) => id)).not.toContain(secret.webhook);
  },
  find: async () => {
    expect(await fresh.hub.webhooks.find(stranger, secret.webhook)).toBeUndefined();
  },
  change: async () => {
    const changed = await fresh.hub.webhooks.change(stranger, secret.webhook, { state: 'paused' });
    expect(changed).toEqual({ kind: 'unknown_webhook' });
  },
  remove: async () => {
    expect(await fresh.hub.webhooks.remove(stranger, secret.webhook)).toBe(false);
  },
  deliveries: async () => {
    expect(await fresh.hub.webhooks.deliveries(stranger, secret.webhook, { state: null, limit: 10 })).toBeUndefined();
  },
  replay: async () => {
    for (const what of [{ after: '' }, { delivery: '1.0' }])
      expect(await fresh.hub.webhooks.replay(stranger, secret.webhook, what)).toEqual({ kind: 'unknown_webhook' });
  },
};

const renaming = { kind: 'upsert', type: 'claim', mode: 'update', fields: { name: 'x' } } as const;

const imported = { kind: 'records', type: 'contact', key: 'external_id', mode: 'update' } as const;
async function* oneRow() {
  yield [{ index: 0, line: 1, source: 'x', kind: 'row' as const, fields: { external_id: 'secret', name: 'x' } }];
}

const planProbes: Record<keyof Plans, Probe> = {
  write: async () => {
    for (const ref of refs)
      expect(await fresh.hub.plans.write(stranger, { ...renaming, ref })).toMatchObject({ kind: 'rejected' });
  },
  applyWrite: async () => {
    const outcome = await fresh.hub.plans.applyWrite(
      stranger,
      { ...renaming, ref: key('secret'), type: 'contact' },
      secret.plan,
      'planned',
    );
    expect(outcome).toMatchObject({ kind: 'unknown_plan' });
  },
  revert: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.plans.revert(stranger, run)).toEqual({ kind: 'unknown_run' });
  },
  applyRevert: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.plans.applyRevert(stranger, run, secret.plan)).toEqual({ kind: 'unknown_run' });
  },
  revertImport: async () => {
    for (const id of importIds(stranger.principal.workspace))
      expect(await fresh.hub.plans.revertImport(stranger, id)).toEqual({ kind: 'unknown_import' });
  },
  applyImportRevert: async () => {
    for (const id of importIds(stranger.principal.workspace))
      expect(await fresh.hub.plans.applyImportRevert(stranger, id, secret.plan)).toEqual({ kind: 'unknown_import' });
  },
  replay: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.plans.replay(stranger, run, { kind: 'open' })).toEqual({ kind: 'unknown_run' });
  },
  applyReplay: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.plans.applyReplay(stranger, run, { kind: 'open' }, secret.plan)).toEqual({
        kind: 'unknown_run',
      });
  },
  import: async () => {
    const outcome = await fresh.hub.plans.import(stranger, imported, oneRow);
    if (outcome.kind !== 'planned') throw new Error(outcome.kind);
    expect(outcome.plan.counts).toMatchObject({ received: 1, created: 0, updated: 0 });
  },
  applyImport: async () => {
    const outcome = await fresh.hub.plans.applyImport(stranger, imported, oneRow, secret.plan);
    expect(outcome).toMatchObject({ kind: 'unknown_plan' });
  },
  set: async () => {
    const outcome = await fresh.hub.plans.set(stranger, 'myendpoint', setOf([]));
    if (outcome.kind !== 'planned') throw new Error(outcome.kind);
    expect(outcome.plan.counts).toMatchObject({ received: 0, deleted: 0 });
  },
  applySet: async () => {
    const outcome = await fresh.hub.plans.applySet(stranger, 'myendpoint', setOf([]), secret.plan);
    expect(outcome).toMatchObject({ kind: 'unknown_plan' });
  },
  find: async () => {
    expect(await fresh.hub.plans.find(stranger, secret.plan)).toBeUndefined();
  },
  items: async () => {
    const outcome = await fresh.hub.plans.items(stranger, secret.plan, { limit: 10 });
    expect(outcome).toMatchObject({ kind: 'unknown_plan' });
  },
  ofRun: async () => {
    for (const run of [secret.run.id, String(secret.run.number)])
      expect(await fresh.hub.plans.ofRun(stranger, 'myendpoint', run)).toBeUndefined();
  },
};

const jobProbes: Record<keyof Jobs, Probe> = {
  begin: async () => {
    const begun = await fresh.hub.jobs.begin({ ...stranger, via: 'test' }, { key: 'secret', tasks: 1 });
    expect(begun.kind).toBe('begun');
    expect(begun.job).not.toBe(secret.job);
  },
  end: () => fresh.hub.jobs.end(stranger, secret.job, { results: ['stolen'], about: [] }),
  find: async () => {
    expect(await fresh.hub.jobs.find(stranger, secret.job)).toBeUndefined();
  },
  list: async () => {
    const own = (await fresh.hub.jobs.list({ ...stranger, via: 'test' }, 1000)).map(({ number }) => number);
    expect(own).not.toContain(secret.job);
  },
};

describe('a stranger with another workspace\u2019s ids, keys, numbers and cursors', () => {
  it('has tried every call that there is', () => {
    expect(Object.keys(probes).sort()).toEqual(Object.keys(fresh.hub).sort());
    expect(Object.keys(webhookProbes).sort()).toEqual(Object.keys(fresh.hub.webhooks).sort());
    expect(Object.keys(jobProbes).sort()).toEqual(Object.keys(fresh.hub.jobs).sort());
    expect(Object.keys(planProbes).sort()).toEqual(Object.keys(fresh.hub.plans).sort());
    expect(Object.keys(accessProbes).sort()).toEqual(Object.keys(fresh.hub.access).sort());
  });

  const calls = [
    ...Object.entries(probes),
    ...Object.entries(webhookProbes).map(([name, probe]) => [`webhooks.${name}`, probe] as const),
    ...Object.entries(jobProbes).map(([name, probe]) => [`jobs.${name}`, probe] as const),
    ...Object.entries(planProbes).map(([name, probe]) => [`plans.${name}`, probe] as const),
    ...Object.entries(accessProbes).map(([name, probe]) => [`access.${name}`, probe] as const),
  ];
  const tried = calls.flatMap(([name, probe]) => (typeof probe === 'function' ? [[name, probe] as const] : []));
  it.each(tried)('finds nothing and changes nothing with %s', async (_name, probe) => {
    const before = await stored();
    await probe();
    expect(await stored()).toEqual(before);
  });
});
