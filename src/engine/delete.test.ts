import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { amend, changeRows, codesOf, itemsOf, key, merged, query, recordOf } from '../../test/steps.ts';
import { byId, byKey, byNumber, type Ref } from '../model/ref.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
  const fields = {
    code: { type: 'text', unique: true },
    note: { type: 'text' },
    size: { type: 'integer', default: 3 },
  } as const;
  const codes = { ...fields, serial: { type: 'integer', unique: true } } as const;
  await amend(fresh.hub, fresh.admin, (current) =>
    merged(current, {
      types: { lasting: { fields: codes }, fleeting: { on_return: 'new', fields: codes } },
      links: { 'lasting.contacts': { to: 'contact', inverse: 'lastings' } },
    }),
  );
  await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key('ada'), mode: 'create', fields: {} });
});
afterAll(() => fresh.close());

let round = 0;
let id = '';
beforeEach(() => {
  round += 1;
  id = `k-${round}`;
});

type Mode = 'upsert' | 'create' | 'update';
const write = (ref: Ref | null, fields: Record<string, unknown> = {}, type = 'lasting', mode: Mode = 'upsert') =>
  fresh.hub.upsert(fresh.admin, { type, ref, mode, fields });
const remove = (ref: Ref, type = 'lasting', ifVersion?: number) =>
  fresh.hub.delete(fresh.admin, { type, ref, ...(ifVersion === undefined ? {} : { ifVersion }) });
const find = (ref: Ref, type = 'lasting') => fresh.hub.find(fresh.admin, type, ref);
const link = (from: Ref) =>
  fresh.hub.link(fresh.admin, { from: { type: 'lasting', ref: from }, link: 'contacts', to: { ref: key('ada') } });

describe('a deleted record', () => {
  it('is found by no name that it had, listed nowhere and counted no more', async () => {
    const made = recordOf(await write(key(id), { code: id, serial: round, sync_key: id }));
    const before = await fresh.hub.count(fresh.admin, 'lasting');
    expect(await remove(key(id))).toMatchObject({ kind: 'deleted', record: { number: made.number, id: made.id } });
    const names = [
      key(id),
      byKey('code', id),
      byKey('serial', String(round)),
      byKey('sync_key', id),
      byNumber(made.number),
      byId(made.id),
    ];
    for (const ref of names) expect(codesOf(await find(ref))).toEqual(['record_not_found']);
    expect(await fresh.hub.count(fresh.admin, 'lasting')).toBe(before - 1);
    const listed = await fresh.hub.list(fresh.admin, { type: 'lasting', filters: [], sort: [], limit: 1000 });
    expect(itemsOf(listed).map((one) => one.number)).not.toContain(made.number);
  });

  it('cannot be deleted, updated or linked', async () => {
    const made = recordOf(await write(key(id)));
    await remove(key(id));
    for (const ref of [key(id), byNumber(made.number), byId(made.id)]) {
      expect(codesOf(await remove(ref))).toEqual(['record_not_found']);
      expect(codesOf(await write(ref, { note: 'x' }, 'lasting', 'update'))).toEqual(['record_not_found']);
      expect(codesOf(await link(ref))).toEqual(['record_not_found']);
    }
  });

  it('is not brought back by its number or id', async () => {
    const made = recordOf(await write(key(id)));
    await remove(key(id));
    for (const ref of [byNumber(made.number), byId(made.id)])
      expect(codesOf(await write(ref, { note: 'x' }))).toEqual(['record_not_found']);
  });

  it('has its links no more, at either end, and they do not come back with it', async () => {
    await write(key(id));
    await link(key(id));
    const of = async () =>
      itemsOf(await fresh.hub.links(fresh.admin, { type: 'contact', ref: key('ada'), link: 'lastings', limit: 100 }))
        .length;
    const before = await of();
    await remove(key(id));
    expect(await of()).toBe(before - 1);
    expect(await write(key(id))).toMatchObject({ kind: 'revived' });
    expect(await of()).toBe(before - 1);
  });

  it('takes the links to it from lookups of others, whose versions rise', async () => {
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key(id), mode: 'create', fields: {} });
    const component = { type: 'building_component', ref: byKey('name', id), mode: 'upsert' as const };
    const made = recordOf(await fresh.hub.upsert(fresh.admin, { ...component, fields: { supplier: key(id) } }));
    expect(made.fields.supplier).not.toBeNull();
    await remove(key(id), 'contact');
    const now = recordOf(await find(byKey('name', id), 'building_component'));
    expect(now.fields.supplier).toBeNull();
    expect(now.version).toBe(made.version + 1);
  });

  it('keeps its values out of the row: what is deleted is not there to be read', async () => {
    const made = recordOf(await write(key(id), { note: 'secret' }));
    await remove(key(id));
    const [row] = await query<{ data: unknown }>(fresh.databaseUrl, 'select data from record where number = $1', [
      made.number,
    ]);
    expect(JSON.stringify(row?.data)).not.toContain('secret');
  });

  it('goes only in the version that was asked for', async () => {
    const made = recordOf(await write(key(id)));
    await write(key(id), { note: 'x' });
    const outcome = await remove(key(id), 'lasting', made.version);
    expect(outcome).toMatchObject({
      kind: 'rejected',
      violations: [{ code: 'version_mismatch', expected: 1, actual: 2 }],
    });
    expect(await find(key(id))).toMatchObject({ kind: 'found' });
    expect(await remove(key(id), 'lasting', 2)).toMatchObject({ kind: 'deleted' });
  });

  it('deleted by two at once is deleted by one of them', async () => {
    await write(key(id));
    const second = fresh.secondHub();
    const outcomes = await Promise.all(
      [fresh.hub, fresh.hub, second, second].map((hub) => hub.delete(fresh.admin, { type: 'lasting', ref: key(id) })),
    );
    expect(outcomes.flatMap(codesOf).sort()).toEqual([
      'deleted',
      'record_not_found',
      'record_not_found',
      'record_not_found',
    ]);
  });

  it('shows in its history as deleted, and goes on there when it is revived', async () => {
    await write(key(id), { note: 'x' });
    await remove(key(id));
    await write(key(id), { note: 'y' });
    const history = itemsOf(await fresh.hub.history(fresh.admin, { type: 'lasting', ref: key(id), limit: 10 }));
    expect(history.map((change) => [change.kind, change.version])).toEqual([
      ['revived', 3],
      ['deleted', 2],
      ['created', 1],
    ]);
  });
});

describe('the key of a deleted record', () => {
  it('revives it where the type says so: same number and id, empty but for what is sent and the defaults', async () => {
    const made = recordOf(await write(key(id), { note: 'old', code: id, size: 9, serial: round }));
    await remove(key(id));
    const outcome = await write(key(id), { code: `${id}-new` });
    expect(outcome.kind).toBe('revived');
    const revived = recordOf(outcome);
    expect(revived).toMatchObject({ number: made.number, id: made.id });
    expect(revived.fields).toMatchObject({ external_id: id, note: null, code: `${id}-new`, serial: null, size: 3 });
    expect(revived.version).toBeGreaterThan(made.version);
  });

  it('revives it by any of its match fields, in mode create too', async () => {
    for (const [field, value] of [
      ['code', id],
      ['serial', String(round)],
      ['sync_key', id],
    ] as const) {
      const made = recordOf(await write(byKey(field, value), { note: 'old' }));
      await remove(byKey(field, value));
      const back = await write(byKey(field, value), {}, 'lasting', 'create');
      expect(back).toMatchObject({ kind: 'revived', record: { number: made.number, fields: { note: null } } });
      await remove(byKey(field, value));
    }
  });

  it('makes another record where the type says new', async () => {
    const made = recordOf(await write(key(id), { note: 'old', code: id }, 'fleeting'));
    await remove(key(id), 'fleeting');
    const outcome = await write(key(id), { code: id }, 'fleeting');
    expect(outcome).toMatchObject({ kind: 'created', record: { version: 1, fields: { note: null } } });
    expect(recordOf(outcome).number).not.toBe(made.number);
  });

  it('goes to a live record that sets it, in either kind of type, at once', async () => {
    for (const type of ['lasting', 'fleeting']) {
      const made = recordOf(await write(key(id), { code: id, serial: round }, type));
      await remove(key(id), type);
      const taker = await write(key(`${id}-taker`), { code: id, serial: round }, type);
      expect(taker).toMatchObject({ kind: 'created', record: { fields: { code: id, serial: round } } });
      expect(recordOf(taker).number).not.toBe(made.number);
      expect(recordOf(await find(byKey('code', id), type)).number).toBe(recordOf(taker).number);
      // The tombstone has lost that key only.
      expect((await write(key(id), {}, type)).kind).toBe(type === 'lasting' ? 'revived' : 'created');
      expect(await write(byKey('code', id), {}, type)).toMatchObject({
        kind: 'unchanged',
        record: { fields: { external_id: `${id}-taker` } },
      });
      await remove(key(id), type);
      await remove(key(`${id}-taker`), type);
    }
  });

  it('is free for an external id that is set as a value, too', async () => {
    await write(key(id));
    await remove(key(id));
    const other = recordOf(await write(byKey('code', id), { external_id: id }));
    expect(recordOf(await find(key(id))).number).toBe(other.number);
  });

  it('is settled within one batch as it would be one after the other', async () => {
    await write(key(id), { code: id });
    const [gone, taken, refused, back] = await Promise.all([
      remove(key(id)),
      write(key(`${id}-b`), { code: id }),
      write(key(`${id}-c`), { code: id }),
      write(key(id), { note: 'again' }),
    ]);
    expect(gone).toMatchObject({ kind: 'deleted' });
    expect(taken).toMatchObject({ kind: 'created' });
    expect(codesOf(refused)).toEqual(['key_taken']);
    expect(back).toMatchObject({ kind: 'revived', record: { fields: { code: null, note: 'again' } } });
  });

  it('can be deleted, taken and deleted again within one batch', async () => {
    await write(key(id), { code: id });
    const outcomes = await Promise.all([
      remove(key(id)),
      write(key(`${id}-b`), { code: id }),
      remove(byKey('code', id)),
      write(key(`${id}-c`), { code: id }),
      remove(key(`${id}-c`)),
      write(byKey('code', id), { note: 'last' }),
    ]);
    expect(outcomes.map((one) => one.kind)).toEqual(['deleted', 'created', 'deleted', 'created', 'deleted', 'revived']);
    expect(outcomes[5]).toMatchObject({ record: { fields: { external_id: null, code: id, note: 'last' } } });
    expect(recordOf(await find(byKey('code', id))).fields).toMatchObject({ note: 'last' });
  });

  it('is for one of many who take it, on two servers at once', async () => {
    await write(key(id), { code: id });
    await remove(key(id));
    const hubs = [fresh.hub, fresh.secondHub()];
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        hubs[index % 2]?.upsert(fresh.admin, {
          type: 'lasting',
          ref: key(`${id}-${index}`),
          mode: 'upsert',
          fields: { code: id },
        }),
      ),
    );
    expect(outcomes.flatMap((one) => (one ? codesOf(one) : [])).sort()).toEqual([
      'created',
      ...Array<string>(9).fill('key_taken'),
    ]);
  });

  it('revives once when many send it at once', async () => {
    const made = recordOf(await write(key(id)));
    await remove(key(id));
    const hubs = [fresh.hub, fresh.secondHub()];
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        hubs[index % 2]?.upsert(fresh.admin, { type: 'lasting', ref: key(id), mode: 'upsert', fields: { note: 'x' } }),
      ),
    );
    expect(outcomes.map((one) => one?.kind).sort()).toEqual(['revived', ...Array<string>(9).fill('unchanged')]);
    expect(new Set(outcomes.map((one) => one && recordOf(one).number))).toEqual(new Set([made.number]));
  });

  it('with a version that was read is refused: the record in that version is gone', async () => {
    const made = recordOf(await write(key(id)));
    await remove(key(id));
    const outcome = await fresh.hub.upsert(fresh.admin, {
      type: 'lasting',
      ref: key(id),
      mode: 'upsert',
      fields: {},
      ifVersion: made.version,
    });
    expect(codesOf(outcome)).toEqual(['version_mismatch']);
  });

  it('and a refused write leave no trace', async () => {
    await write(key(id), { code: id });
    await remove(key(id));
    const before = await changeRows(fresh.databaseUrl);
    expect(codesOf(await write(key(id), { size: 'many' }))).toEqual(['value_invalid']);
    expect(codesOf(await find(key(id)))).toEqual(['record_not_found']);
    expect(await changeRows(fresh.databaseUrl)).toBe(before);
  });
});

describe('changing the rule of a type', () => {
  it('from revive to new gives tombstones no chance to come back', async () => {
    const made = recordOf(await write(key(id)));
    await remove(key(id));
    const rule = (on_return: 'revive' | 'new') =>
      amend(fresh.hub, fresh.admin, (current) =>
        merged(current, { types: { lasting: { ...current.types?.lasting, on_return } } }),
      );
    await rule('new');
    const outcome = await write(key(id));
    await rule('revive');
    expect(outcome.kind).toBe('created');
    expect(recordOf(outcome).number).not.toBe(made.number);
  });
});
