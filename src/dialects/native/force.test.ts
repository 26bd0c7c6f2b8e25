// Issue 4, point 7: whoever has the grant may write what another owns. It stays its owner's, and every trace of the write says so.
import { beforeAll, describe, expect, it } from 'vitest';
import { demoServer, type Json, reasons } from './test-client.ts';

/** Valves are of the interface alone, but for `ours`; parts are made by people, with a weight that an interface knows. */
const types = {
  valve: {
    owner: 'external',
    fields: {
      ours: { type: 'text' },
      pressure: { type: 'integer', owner: 'external' },
      tag: { type: 'text', unique: true, owner: 'interface:valves' },
      keeper: { type: 'lookup', to: 'contact', inverse: 'kept_valves', owner: 'external' },
    },
  },
  part: { fields: { ours: { type: 'text' }, weight: { type: 'integer', owner: 'external' } } },
};
const links = { 'valve.contacts': { to: 'contact', inverse: 'valves', owner: 'external' } };
const interfaces = { valves: { name: 'Valves', type: 'valve' } };

describe('a write with force', async () => {
  const { call } = await demoServer();
  let forcer = '';
  let editor = '';
  const makeKey = async (...actions: string[]): Promise<string> =>
    (await call('POST', '/v1/keys', { body: { label: actions.join(), grants: { '*': actions } } })).body.secret;
  beforeAll(async () => {
    const { body: schema } = await call('GET', '/v1/schema');
    const amended = {
      ...schema,
      types: { ...schema.types, ...types },
      links: { ...schema.links, ...links },
      interfaces: { ...schema.interfaces, ...interfaces },
    };
    expect((await call('PUT', '/v1/schema', { body: amended })).body).toMatchObject({ applied: true });
    forcer = await makeKey('read', 'create', 'edit', 'delete', 'attach:*', 'force');
    editor = await makeKey('read', 'create', 'edit', 'delete', 'attach:*');
  });

  let round = 0;
  const freshValve = async (element: object = {}): Promise<{ id: string; path: string; sent: object }> => {
    round += 1;
    const id = `V-${round}`;
    const sent = { external_id: id, pressure: 5, ...element };
    expect((await send(sent)).counts).toMatchObject({ created: 1 });
    return { id, path: `/v1/records/valve/external_id:${id}`, sent };
  };
  /** The complete set: valves that it has not are deleted. */
  const send = async (...body: object[]): Promise<Json> =>
    (await call('POST', '/v1/interfaces/valves/runs', { body })).body;
  const patch = (path: string, fields: object, { as = forcer, query = '?force=true', ...more } = {}) =>
    call('PATCH', `${path}${query}`, { as, body: { fields, ...more } });
  const read = async (path: string): Promise<Json> => (await call('GET', path)).body;
  const lastChange = async (path: string): Promise<Json> => (await read(`${path}/history`)).items[0];

  it('is for holders of the grant, even where nothing needs it', async () => {
    const { path } = await freshValve();
    const refused = await patch(path, { ours: 'mine' }, { as: editor });
    expect(refused).toMatchObject({ status: 403, body: { code: 'grant_missing' } });
    expect(refused.body.violations).toMatchObject([{ action: 'force', type: 'valve' }]);
    expect((await patch(path, { ours: 'mine' }, { as: editor, query: '' })).status).toBe(200);
    const alone = await makeKey('force', 'read');
    expect((await patch(path, { ours: 'x' }, { as: alone })).body.violations).toMatchObject([{ action: 'edit' }]);
  });

  it('is refused nothing to administrators and power users, whose role holds every grant, but must still be asked for', async () => {
    const { path } = await freshValve();
    for (const as of ['admin', 'power']) {
      expect(reasons(await patch(path, { pressure: 9 }, { as, query: '' }))).toEqual([
        ['owned_elsewhere', 'fields.pressure'],
      ]);
      expect((await patch(path, { pressure: as.length }, { as })).status).toBe(200);
    }
  });

  it('writes what another owns, and leaves it the other’s', async () => {
    const { path } = await freshValve();
    const refused = await patch(path, { pressure: 7 }, { query: '' });
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'owned_elsewhere', remedy: expect.stringContaining('force=true') },
    });
    const done = await patch(path, { ours: 'mine', pressure: 7, tag: `T${round}`, keeper: 106 });
    expect(done.body).toMatchObject({ outcome: 'updated', changed: ['ours', 'pressure', 'tag', 'keeper'] });
    expect(reasons(await patch(path, { pressure: 8 }, { query: '' }))).toEqual([
      ['owned_elsewhere', 'fields.pressure'],
    ]);
  });

  it('is told by the history, by why and by the feed: what gave way, and nothing else', async () => {
    const { path } = await freshValve();
    const { next } = await read('/v1/changes?limit=1');
    await patch(path, { ours: 'mine', pressure: 7, keeper: 106 });
    const [linked, updated] = (await read(`${path}/history`)).items;
    expect(updated).toMatchObject({ kind: 'updated', forced: expect.arrayContaining(['keeper', 'pressure']) });
    expect(updated.forced).toHaveLength(2);
    expect(linked).toMatchObject({ kind: 'linked', forced: ['valve.keeper'] });
    expect((await read(`${path}/why/pressure`)).forced).toBe(true);
    expect((await read(`${path}/why/keeper`)).forced).toBe(true);
    expect(await read(`${path}/why/ours`)).toMatchObject({ forced: false, value: 'mine' });
    const feed = (await read(`/v1/changes?after=${next}`)).items;
    expect(feed.map(({ forced }: Json) => forced.toSorted())).toEqual([['keeper', 'pressure'], ['valve.keeper']]);
    await patch(path, { ours: 'again', pressure: 7 });
    expect(await lastChange(path)).toMatchObject({ after: { ours: 'again' }, forced: [] });
  });

  it('holds until the owner sends the element again, though it is as before', async () => {
    const { path, sent } = await freshValve();
    expect((await send(sent)).counts).toMatchObject({ unchanged: 1 });
    await patch(path, { pressure: 7 });
    expect((await send(sent)).counts).toMatchObject({ updated: 1 });
    expect((await read(path)).fields.pressure).toBe(5);
    expect(await read(`${path}/why/pressure`)).toMatchObject({ interface: 'valves', forced: false });
  });

  it('is left alone by a set that does not name the field', async () => {
    const { id, path } = await freshValve();
    await patch(path, { pressure: 7 });
    expect((await send({ external_id: id })).counts).toMatchObject({ unchanged: 1 });
    expect((await read(path)).fields.pressure).toBe(7);
  });

  it('makes a record with such a value, but none of a type that another makes', async () => {
    const path = '/v1/records/part/external_id:P-1';
    expect(await patch(path, { ours: 'x', weight: 1 })).toMatchObject({ status: 201 });
    expect(await lastChange(path)).toMatchObject({ kind: 'created', forced: ['weight'] });
    const body = { fields: { weight: 2 } };
    expect((await call('POST', '/v1/records/part?force=true', { as: forcer, body })).status).toBe(201);
    expect(reasons(await patch('/v1/records/valve/external_id:none', { ours: 'x' }))).toEqual([
      ['type_owned_elsewhere', 'path.type'],
    ]);
  });

  it('is not for deletes and merges', async () => {
    const { path } = await freshValve();
    expect(reasons(await call('DELETE', `${path}?force=true`))).toEqual([['unknown_parameter', 'query.force']]);
    expect(reasons(await call('DELETE', path))).toEqual([['type_owned_elsewhere', 'path.type']]);
    const merge = await call('POST', `${path}/merge?force=true`, { body: { from: 'external_id:other' } });
    expect(reasons(merge)).toEqual([['unknown_parameter', 'query.force']]);
  });

  it('beats no other rule: values, keys, versions', async () => {
    await send({ external_id: 'A', tag: 'A' }, { external_id: 'B', tag: 'B' });
    const path = '/v1/records/valve/external_id:B';
    expect(reasons(await patch(path, { pressure: 'high' }))).toEqual([['value_invalid', 'fields.pressure']]);
    expect(reasons(await patch(path, { tag: 'A' }))).toEqual([['key_taken', 'fields.tag']]);
    const stale = await call('PATCH', `${path}?force=true`, {
      body: { fields: { pressure: 6 } },
      headers: { 'if-match': '"99"' },
    });
    expect(stale.status).toBe(412);
  });

  it('does not make an old write new: what is older than what is stored is stale, as ever', async () => {
    const { path } = await freshValve();
    expect((await patch(path, { pressure: 7 }, { as_of: '2026-03-02T00:00:00Z' } as object)).body.outcome).toBe(
      'updated',
    );
    const late = await patch(path, { pressure: 8 }, { as_of: '2026-03-01T00:00:00Z' } as object);
    expect(late.body).toMatchObject({ outcome: 'stale', record: { fields: { pressure: 7 } } });
    expect((await patch(path, { pressure: 9 })).body.outcome).toBe('updated');
    expect((await patch(path, { pressure: 10 }, { as_of: '2026-03-03T00:00:00Z' } as object)).body.outcome).toBe(
      'stale',
    );
  });

  describe('of a link', () => {
    const link = (
      path: string,
      { as = forcer, query = '?force=true', to = '106', name = 'contacts', body = {} } = {},
    ) => call('PUT', `${path}/links/${name}/${to}${query}`, { as, body });
    const unlink = (path: string, { as = forcer, query = '?force=true', to = '106', name = 'contacts' } = {}) =>
      call('DELETE', `${path}/links/${name}/${to}${query}`, { as });

    it('makes, changes and removes it, and is told by its history', async () => {
      const { path } = await freshValve();
      expect(reasons(await link(path, { query: '' }))).toEqual([['owned_elsewhere', 'path.link']]);
      expect((await link(path)).status).toBe(201);
      expect(await lastChange(path)).toMatchObject({ kind: 'linked', forced: ['valve.contacts'] });
      expect((await link(path, { body: { attributes: { a: 1 } } })).body.outcome).toBe('updated');
      expect(await lastChange(path)).toMatchObject({ kind: 'relinked', forced: ['valve.contacts'] });
      expect(reasons(await unlink(path, { query: '' }))).toEqual([['owned_elsewhere', 'path.link']]);
      expect((await unlink(path)).body.outcome).toBe('unlinked');
      expect(await lastChange(path)).toMatchObject({ kind: 'unlinked', forced: ['valve.contacts'] });
    });

    it('needs the grant on the left-hand type, from whichever side it is named', async () => {
      const { id, path } = await freshValve();
      for (const write of [link, unlink]) {
        const refused = await write(path, { as: editor });
        expect(refused.body).toMatchObject({ status: 403, violations: [{ action: 'force', type: 'valve' }] });
      }
      const back = `/v1/records/contact/106/links/valves/external_id:${id}?force=true`;
      const refused = await call('PUT', back, { as: editor, body: {} });
      expect(refused.body).toMatchObject({ status: 403, violations: [{ action: 'force', type: 'valve' }] });
      expect((await call('PUT', back, { as: forcer, body: {} })).status).toBe(201);
    });

    it('that a lookup field shows is told as that field too', async () => {
      const { path } = await freshValve();
      expect((await link(path, { name: 'keeper' })).status).toBe(201);
      const changes = (await read(`${path}/history`)).items.slice(0, 2);
      expect(changes.map(({ forced }: Json) => forced).toSorted()).toEqual([['keeper'], ['valve.keeper']]);
      expect((await read(`${path}/why/keeper`)).forced).toBe(true);
    });

    it('with a stamp gives way to what is newer', async () => {
      const { path } = await freshValve();
      expect((await link(path, { body: { as_of: '2026-03-02T00:00:00Z' } })).status).toBe(201);
      expect((await unlink(path, { query: '?force=true&as_of=2026-03-01T00:00:00Z' })).body.outcome).toBe('stale');
      expect((await unlink(path, { query: '?force=true&as_of=2026-03-03T00:00:00Z' })).body.outcome).toBe('unlinked');
      expect(await lastChange(path)).toMatchObject({ kind: 'unlinked', forced: ['valve.contacts'] });
    });

    it('holds until the owner sends the relation again', async () => {
      const { path, sent } = await freshValve({ contacts: [] });
      await link(path);
      await send(sent);
      expect((await read(`${path}/links/contacts`)).items).toEqual([]);
    });

    it('does not wait for its records', async () => {
      const { path } = await freshValve();
      const deferred = await link(path, { to: 'external_id:nobody', body: { onMissing: 'defer' } });
      expect(reasons(deferred)).toEqual([['member_invalid', 'onMissing']]);
      expect((await link(path, { to: 'external_id:nobody' })).status).toBe(404);
    });
  });

  describe('of an import', () => {
    const importRows = (address: string, body: object[], as = forcer) => call('POST', address, { as, body });

    it('needs the grant before a row is read', async () => {
      const rows = [{ external_id: 'I-0', ours: 'x' }];
      const refused = await importRows('/v1/records/part/import?force=true', rows, editor);
      expect(refused.body).toMatchObject({ status: 403, violations: [{ action: 'force', type: 'part' }] });
      expect((await importRows('/v1/links/valve.contacts/import?force=true', [], editor)).status).toBe(403);
    });

    it('writes every row so, and marks those that gave way alone', async () => {
      const rows = Array.from({ length: 20 }, (_, index) => ({
        external_id: `I-${index}`,
        ours: 'x',
        ...(index % 2 === 0 && { weight: index }),
      }));
      const { body } = await importRows('/v1/records/part/import?force=true', rows);
      expect(body.counts).toMatchObject({ created: 20, rejected: 0 });
      expect((await lastChange('/v1/records/part/external_id:I-4')).forced).toEqual(['weight']);
      expect((await lastChange('/v1/records/part/external_id:I-5')).forced).toEqual([]);
      expect(
        (await importRows('/v1/records/part/import', [{ external_id: 'I-4', weight: 1 }])).body.counts,
      ).toMatchObject({ rejected: 1 });
    });

    it('makes and removes links, and lets none of them wait', async () => {
      const { id, path } = await freshValve();
      const row = { left: `external_id:${id}`, right: 106 };
      const address = '/v1/links/valve.contacts/import?force=true';
      expect((await importRows(address, [row])).body.counts).toMatchObject({ created: 1 });
      expect((await importRows(address, [{ ...row, action: 'unlink' }])).body.counts).toMatchObject({ updated: 1 });
      expect(await lastChange(path)).toMatchObject({ kind: 'unlinked', forced: ['valve.contacts'] });
      const { body } = await importRows(address, [{ ...row, right: 'external_id:nobody', onMissing: 'defer' }]);
      expect(body.rejected[0].violations).toMatchObject([{ code: 'row_unreadable' }]);
      expect(reasons(await importRows(`${address}&onMissing=defer`, []))).toEqual([
        ['parameter_invalid', 'query.onMissing'],
      ]);
    });
  });

  it('can be planned; the plan is applied with force only', async () => {
    const { path } = await freshValve();
    const planned = await patch(path, { pressure: 7 }, { query: '?force=true&plan=true' });
    expect(planned.body.items).toMatchObject([
      { action: 'update', fields: [{ field: 'pressure', before: 5, after: 7 }] },
    ]);
    expect(planned.body.items[0].forced).toEqual(['pressure']);
    const linked = await call('PUT', `${path}/links/contacts/106?force=true&plan=true`, { as: forcer, body: {} });
    expect(linked.body.items).toMatchObject([{ action: 'link', forced: ['valve.contacts'] }]);
    const { plan_id: id } = planned.body;
    expect((await read(path)).fields.pressure).toBe(5);
    const unforced = await patch(path, { pressure: 7 }, { query: `?plan_id=${id}` });
    expect(unforced.body).toMatchObject({ code: 'plan_stale', violations: [{ reason: 'other_call' }] });
    expect((await patch(path, { pressure: 7 }, { query: `?force=true&plan_id=${id}` })).body.outcome).toBe('updated');
  });
});
