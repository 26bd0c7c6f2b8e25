// A field that becomes filterable gets an index of the records that there are, while others write; one that is so no more loses it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { amend, itemsOf, key, merged, query, recordOf } from '../../../test/steps.ts';
import type { ListQuery } from '../../model/commands.ts';
import type { FieldDocument } from '../../model/schema.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { holdForIndex } from '../../store/records/field-index.ts';

let fresh: FreshHub;
let database: Database;
beforeAll(async () => {
  fresh = await freshHub();
  database = openDatabase({ connection: { connectionString: fresh.databaseUrl } });
});
afterAll(async () => {
  await database.close();
  await fresh.close();
});

const have = (type: string, fields: Record<string, FieldDocument>, allowLoss = false) =>
  amend(
    fresh.hub,
    fresh.admin,
    (current) => ({ ...current, types: { ...current.types, [type]: { fields } } }),
    allowLoss,
  );
const fieldOf = async (type: string, field: string) =>
  (await fresh.hub.catalogue(fresh.admin.principal.workspace)).types.get(type)?.fieldsByKey.get(field);
const write = async (type: string, name: string, fields: Record<string, unknown>) =>
  recordOf(await fresh.hub.upsert(fresh.admin, { type, ref: key(name), mode: 'upsert', fields }));
const keysOf = async (query: Partial<ListQuery> & { type: string }) =>
  itemsOf(await fresh.hub.list(fresh.admin, { filters: [], sort: [], limit: 1000, ...query })).map(
    ({ fields }) => fields.external_id,
  );

/** Values of a field as the index has them, in its order, by record. */
const indexOf = async (type: string, field: string): Promise<string[]> => {
  const id = (await fresh.hub.catalogue(fresh.admin.principal.workspace)).types.get(type)?.id;
  const rows = await query<{ number: number; value: string }>(
    fresh.databaseUrl,
    `select case when number_value = 'infinity' then 'unset' when text_value = '' then number_value::text else text_value end as value
     from field_index where type = $1 and field = $2 order by number_value, text_value, number`,
    [id, (await fieldOf(type, field))?.id],
  );
  return rows.map(({ value }) => value);
};

describe('a field of a type of few records', () => {
  const level = (more: object): Record<string, FieldDocument> => ({ level: { type: 'integer', ...more } });

  it('has its index with the schema change, and none when it is filterable no more', async () => {
    await have('tank', level({}));
    await write('tank', 'T1', { level: 5 });
    await write('tank', 'T2', {});
    await write('tank', 'T3', { level: -5 });
    await fresh.hub.delete(fresh.admin, { type: 'tank', ref: key('T3') });
    expect(await indexOf('tank', 'level')).toEqual([]);

    await have('tank', level({ filterable: true }));
    expect(await fieldOf('tank', 'level')).toMatchObject({ filterable: true, indexed: true });
    expect(await indexOf('tank', 'level')).toEqual(['5', 'unset']);

    await have('tank', level({}));
    expect(await fieldOf('tank', 'level')).toMatchObject({ filterable: false, indexed: false });
    expect(await indexOf('tank', 'level')).toEqual([]);
  });

  it('has its index by what the index has of each record, however large the records are', async () => {
    const fields = (more: object): Record<string, FieldDocument> => ({
      rest: { type: 'textarea' },
      text: { type: 'textarea', ...more },
    });
    await have('scroll', fields({}));
    const large = 'é'.repeat(100_000);
    await write('scroll', 'S1', { text: large, rest: large });
    await write('scroll', 'S2', { text: 'short', rest: large });
    await write('scroll', 'S3', { rest: large });
    const { workspace } = fresh.admin.principal;
    const type = (await fresh.hub.catalogue(workspace)).types.get('scroll');
    const asked = { type: type?.id ?? 0, fields: [type?.fieldsByKey.get('text')?.id ?? 0], after: 0, limit: 10 };
    const held = await database.inWorkspace(workspace, (tx) => holdForIndex(tx, workspace, asked));
    expect(held).toHaveLength(3);
    expect(JSON.stringify(held).length).toBeLessThan(1_000);
    await have('scroll', fields({ filterable: true }));
    expect(await indexOf('scroll', 'text')).toEqual(['short', 'é'.repeat(512), 'unset']);
    expect(await keysOf({ type: 'scroll', filters: [{ field: 'text', op: 'eq', value: large }] })).toEqual(['S1']);
  });

  it('loses it with the field, and a field of another type by that name begins anew', async () => {
    await have('tank', level({ filterable: true }));
    const was = await fieldOf('tank', 'level');
    await have('tank', { level: { type: 'text', filterable: true } }, true);
    const rows = await query(fresh.databaseUrl, 'select 1 from field_index where field = $1', [was?.id]);
    expect(rows).toEqual([]);
    expect(await indexOf('tank', 'level')).toEqual(['unset', 'unset']);
  });

  it('follows when options are removed, which clears the values of records', async () => {
    const withOptions = (...values: string[]): Record<string, FieldDocument> => {
      const options = values.map((value) => ({ value }));
      return {
        one: { type: 'enum', options, filterable: true },
        some: { type: 'multi_enum', options, filterable: true },
      };
    };
    await have('door', withOptions('open', 'shut', 'ajar'));
    await write('door', 'D1', { one: 'open', some: ['open', 'shut'] });
    await write('door', 'D2', { one: 'shut', some: ['shut'] });
    expect(await indexOf('door', 'some')).toEqual(['open', 'shut', 'shut']);
    await have('door', withOptions('open', 'ajar'), true);
    expect(await indexOf('door', 'one')).toEqual(['open', 'unset']);
    expect(await indexOf('door', 'some')).toEqual(['open', 'unset']);
    expect(await keysOf({ type: 'door', filters: [{ field: 'one', op: 'null', value: true }] })).toEqual(['D2']);
  });

  it('cannot be a lookup, which is found by its links', async () => {
    const plan = await fresh.hub.planSchema(fresh.admin, (current) =>
      merged(current, { types: { tank: { fields: { keeper: { type: 'lookup', to: 'contact', filterable: true } } } } }),
    );
    expect(plan).toMatchObject({ kind: 'invalid', problems: [{ path: 'types.tank.fields.keeper.filterable' }] });
  });
});

describe('a field of a type of many records', () => {
  const total = 12_000;
  const ofMany = (more: object): Record<string, FieldDocument> => ({
    place: { type: 'integer', ...more },
    word: { type: 'text', ...more },
  });

  async function haveMany(): Promise<void> {
    await have('many', ofMany({}));
    const id = (await fresh.hub.catalogue(fresh.admin.principal.workspace)).types.get('many')?.id;
    const [place, word] = [(await fieldOf('many', 'place'))?.id, (await fieldOf('many', 'word'))?.id];
    await query(
      fresh.databaseUrl,
      `insert into record (workspace_id, type, external_id, data, version, created_at, updated_at, created_by, updated_by)
       select $1, $2, 'm-' || n, jsonb_build_object($3::text, n % 100, $4::text, 'w' || n), 1, now(), now(), 1, 1
       from generate_series(1, $5::int) n`,
      [fresh.admin.principal.workspace, id, String(place), String(word), total],
    );
  }

  const filterOf = (value: number) => ({ type: 'many', filters: [{ field: 'place', op: 'eq' as const, value }] });

  it('is filled in the background, while others write, and asked for when it is whole', async () => {
    await haveMany();
    await have('many', ofMany({ filterable: true }));
    expect(await fieldOf('many', 'place')).toMatchObject({ filterable: true, indexed: false });
    // Lists do without it until then.
    expect(await keysOf(filterOf(7))).toHaveLength(total / 100);

    let isFilling = true;
    const writing = (async () => {
      let written = 0;
      for (; isFilling || written < 100; written++) {
        const name = `m-${1 + ((written * 997) % total)}`;
        if (written % 10 === 0) await fresh.hub.delete(fresh.admin, { type: 'many', ref: key(name) });
        else await write('many', name, { place: 1_000 + written, word: `changed ${written}` });
      }
      return written;
    })();
    const cleaner = fresh.secondHub().keepClean({ lookMs: 10, pauseMs: 1 });
    await expect.poll(async () => (await fieldOf('many', 'place'))?.indexed).toBe(true);
    isFilling = false;
    const written = await writing;
    await cleaner.stop();

    const [wrong] = await query<{ missing: number; stale: number }>(
      fresh.databaseUrl,
      `with wanted as (
         select r.number, f.field, case when f.is_number then (r.data ->> f.field::text)::float8 else 0 end as number_value,
           case when f.is_number then '' else r.data ->> f.field::text end as text_value
         from record r cross join (values ($2::int, true), ($3::int, false)) f (field, is_number)
         where r.type = $1 and r.deleted_at is null),
       had as (select number, field, number_value, text_value from field_index where type = $1)
       select (select count(*)::int from (select * from wanted except select * from had) w) as missing,
              (select count(*)::int from (select * from had except select * from wanted) h) as stale`,
      [
        (await fresh.hub.catalogue(fresh.admin.principal.workspace)).types.get('many')?.id,
        (await fieldOf('many', 'place'))?.id,
        (await fieldOf('many', 'word'))?.id,
      ],
    );
    expect(wrong).toEqual({ missing: 0, stale: 0 });
    expect(await keysOf({ type: 'many', filters: [{ field: 'place', op: 'gte', value: 1_000 }] })).not.toHaveLength(0);
    expect(written).toBeGreaterThan(99);
  });

  it('is asked by no server that does not know that it is gone', async () => {
    const second = fresh.secondHub();
    const listed = async () =>
      itemsOf(await second.list(fresh.admin, { filters: filterOf(7).filters, type: 'many', sort: [], limit: 1000 }))
        .length;
    const before = await listed();
    await have('many', ofMany({}));
    expect(await listed()).toBe(before);
  });

  it('is not waited for longer than the caller likes: the answer says which field, and what to do', async () => {
    const slow = (field: string) =>
      fresh.hub.list(fresh.admin, {
        type: 'many',
        filters: [{ field, op: 'contains', value: 'nowhere' }],
        sort: [{ field: 'name', descending: false }],
        limit: 10,
        patienceMs: 1,
      });
    const refused = await slow('word');
    expect(refused).toMatchObject({ kind: 'list_rejected', parameter: 'patience' });
    expect(refused).toHaveProperty(
      'message',
      expect.stringContaining('Make the field filterable in the schema: word, name.'),
    );
    await have('many', ofMany({ filterable: true }));
    expect(await slow('word')).toHaveProperty('message', expect.stringContaining('The index of word is being filled'));
    await have('many', ofMany({}));
  });

  it('is filled by whoever is asked to clean', async () => {
    await have('many', ofMany({ filterable: true }));
    expect(await fieldOf('many', 'word')).toMatchObject({ indexed: false });
    const { version } = await fresh.hub.catalogue(fresh.admin.principal.workspace);
    expect(await fresh.hub.clean(fresh.admin, { plan: false })).toMatchObject({ kind: 'cleaned', more: false });
    expect(await fieldOf('many', 'word')).toMatchObject({ indexed: true });
    // Whoever has read the schema before may change it still: nobody else has.
    const plan = (ifVersion: number) => fresh.hub.planSchema(fresh.admin, (current) => current, { ifVersion });
    expect(await plan(version)).toMatchObject({ kind: 'plan', changes: [], filling: [] });
    expect(await plan(version - 1)).toMatchObject({ kind: 'version_mismatch' });
  });
});
