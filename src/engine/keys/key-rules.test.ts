/** Key rules: whoever claims a key and whoever looks for one means the same, whatever the spelling; and what happens when a rule changes. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { setOf } from '../../../test/set-of.ts';
import { amend, itemsOf, key, merged, query, recordOf, refusals } from '../../../test/steps.ts';
import type { ImportCommand, ImportRow, SetElement } from '../../model/commands.ts';
import { type KeyRuleStep, keyForm } from '../../model/key-rule.ts';
import { byKey, byNumber } from '../../model/ref.ts';
import type { SchemaDocument } from '../../model/schema.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
});
afterAll(() => fresh.close());

const all: KeyRuleStep[] = ['trim', 'fold', 'nfc'];

/** A record type with a rule, and its own: external_id, sync_key and code are match fields. */
const typeWith =
  (type: string, key_rule: KeyRuleStep[] | undefined) =>
  (current: SchemaDocument): SchemaDocument => {
    const rule = key_rule === undefined ? {} : { key_rule };
    const fields = {
      external_id: { type: 'text', unique: true, ...rule },
      sync_key: { type: 'text', unique: true, ...rule },
      code: { type: 'text', unique: true, ...rule },
      note: { type: 'text' },
    } as const;
    return merged(current, {
      types: { [type]: { fields } },
      links: { [`${type}.contacts`]: { to: 'contact', inverse: `${type}_ones` } },
    });
  };

const put = (type: string, id: string, fields: Record<string, unknown> = {}, hub = fresh.hub) =>
  hub.upsert(fresh.admin, { type, ref: key(id), mode: 'upsert', fields, keepAliases: true });
const find = (type: string, id: string, field = 'external_id') => fresh.hub.find(fresh.admin, type, byKey(field, id));
const apply = (type: string, rule: KeyRuleStep[]) =>
  fresh.hub.applySchema(fresh.admin, typeWith(type, rule), { allowLoss: false });
const element = (id: string, note: string): SetElement => ({
  key: id,
  path: `/${id}`,
  members: [{ kind: 'field', name: 'note', field: 'note', value: note }],
});

describe('a key with a rule', () => {
  beforeAll(async () => {
    await amend(fresh.hub, fresh.admin, typeWith('ruled', all));
    const fields = {
      external_id: { type: 'text', unique: true, key_rule: all, owner: 'external' },
      note: { type: 'text', owner: 'external' },
    } as const;
    await amend(fresh.hub, fresh.admin, (current) =>
      merged(current, {
        types: { supplied: { owner: 'external', fields } },
        interfaces: { supplied: { name: 'Supplied', type: 'supplied' } },
      }),
    );
  });

  it('is found in every spelling, and shown as it was sent', async () => {
    const made = await put('ruled', ' Ä-1 ', { code: 'Straße' });
    expect(made.kind).toBe('created');
    const { number } = recordOf(made);
    for (const spelling of ['ä-1', 'A\u0308-1', ' Ä-1 ']) {
      const record = recordOf(await find('ruled', spelling));
      expect([record.number, record.fields.external_id]).toEqual([number, ' Ä-1 ']);
    }
    expect(recordOf(await find('ruled', 'STRASSE ', 'code'))).toMatchObject({ number, fields: { code: 'Straße' } });
  });

  it('is not changed by whoever only names the record in another spelling, also among its fields', async () => {
    await put('ruled', 'Same-1', { note: 'x' });
    expect((await put('ruled', 'SAME-1', { note: 'x' })).kind).toBe('unchanged');
    expect((await put('ruled', 'SAME-1', { external_id: 'SAME-1', note: 'x' })).kind).toBe('unchanged');
    expect(recordOf(await put('ruled', 'same-1', { note: 'y' })).fields).toMatchObject({
      external_id: 'Same-1',
      note: 'y',
    });
  });

  it('is respelt by whoever writes it as a field, without a former key', async () => {
    await put('ruled', 'Spell-1', { sync_key: 'Sync-1' });
    const outcome = await put('ruled', 'spell-1', { external_id: 'SPELL-1', sync_key: 'SYNC-1' });
    expect(outcome).toMatchObject({ kind: 'updated', changed: ['external_id', 'sync_key'] });
    expect(recordOf(await find('ruled', 'spell-1')).fields).toMatchObject({
      external_id: 'SPELL-1',
      sync_key: 'SYNC-1',
    });
    const [{ aliased } = { aliased: undefined }] = await query<{ aliased: string }>(
      fresh.databaseUrl,
      "select count(*)::int as aliased from record_alias where spelling ilike 'sp%' or value ilike 's%'",
    );
    expect(aliased).toBe(0);
  });

  it('belongs to one record in all its spellings', async () => {
    await put('ruled', 'Owner', { code: 'Code-1', sync_key: 'S-1' });
    expect(refusals(await put('ruled', 'Other', { code: ' CODE-1', sync_key: 's-1' }))).toEqual([
      'key_taken code',
      'key_taken sync_key',
    ]);
    const other = recordOf(await put('ruled', 'Other'));
    const claim = {
      type: 'ruled',
      ref: byNumber(other.number),
      mode: 'update',
      fields: { external_id: 'OWNER' },
    } as const;
    expect(refusals(await fresh.hub.upsert(fresh.admin, claim))).toEqual(['key_taken external_id']);
  });

  it('must leave something that an index can hold', async () => {
    expect(refusals(await put('ruled', '   '))).toEqual(['value_invalid external_id']);
    // Each is three bytes, and folds to five.
    expect((await put('ruled', 'ᾷ'.repeat(400))).kind).toBe('created');
    expect(refusals(await put('ruled', 'ᾷ'.repeat(500)))).toEqual(['value_too_long external_id']);
  });

  it('brings a deleted record back in another spelling', async () => {
    const { number } = recordOf(await put('ruled', 'Back-1'));
    await fresh.hub.delete(fresh.admin, { type: 'ruled', ref: key('BACK-1') });
    const back = await put('ruled', 'back-1');
    expect(back).toMatchObject({ kind: 'revived', record: { number, fields: { external_id: 'back-1' } } });
  });

  it('goes on finding its record, in every spelling, when it is renamed', async () => {
    const { number } = recordOf(await put('ruled', 'Old-1'));
    await put('ruled', 'Old-1', { external_id: 'New-1' });
    expect(recordOf(await find('ruled', ' OLD-1'))).toMatchObject({ number, fields: { external_id: 'New-1' } });
    expect(recordOf(await put('ruled', 'Claims', { external_id: 'claims' })).number).not.toBe(number);
  });

  it('is filtered for as it is looked up', async () => {
    const { number } = recordOf(await put('ruled', 'List-1', { code: 'L-1', note: 'listed' }));
    const list = async (field: string, op: 'eq' | 'ne' | 'in' | 'starts', value: unknown) => {
      const filters = [
        { field, op, value },
        { field: 'note', op: 'eq' as const, value: 'listed' },
      ];
      return itemsOf(
        await fresh.hub.list(fresh.admin, {
          type: 'ruled',
          filters,
          sort: [{ field: 'external_id', descending: false }],
          limit: 10,
        }),
      );
    };
    for (const [field, value] of [
      ['external_id', ' LIST-1'],
      ['code', 'l-1 '],
    ] as const) {
      expect((await list(field, 'eq', value)).map((one) => one.number)).toEqual([number]);
      expect((await list(field, 'in', ['x', value])).map((one) => one.number)).toEqual([number]);
      expect(await list(field, 'ne', value)).toEqual([]);
      expect(await list(field, 'ne', 'x')).toHaveLength(1);
    }
    expect(await list('external_id', 'starts', 'List')).toHaveLength(1);
    expect(await list('external_id', 'starts', 'list')).toEqual([]);
  });

  it('is one row of a batch and one element of a set, however often it is spelt', async () => {
    const command: ImportCommand = { kind: 'records', type: 'ruled', key: 'external_id', mode: 'upsert' };
    const rows = ['Row-1', 'ROW-1', ' row-1'].map((id, index) => ({
      kind: 'row' as const,
      ...{ index, line: index + 1, source: id, fields: { external_id: id, note: 'row' } },
    }));
    const kinds: string[] = [];
    const started = await fresh.hub.import(fresh.admin, command, piecesOf(rows));
    if (started.kind !== 'importing') throw new Error(started.kind);
    for await (const { outcomes } of started.chunks) kinds.push(...outcomes.map(({ kind }) => kind));
    expect(kinds).toEqual(['created', 'unchanged', 'unchanged']);

    const run = async (...elements: SetElement[]) => fresh.hub.sync(fresh.admin, 'supplied', setOf(elements));
    const first = await run(element('Set-1', 'a'), element('SET-1', 'b'), element('Set-2', 'a'));
    expect(first).toMatchObject({ run: { counts: { created: 2, superseded: 1 } } });
    const second = await run(element(' set-1', 'a'), element('Set-2', 'a'));
    expect(second).toMatchObject({ run: { counts: { unchanged: 2, deleted: 0 } } });
    expect(recordOf(await find('supplied', 'set-1')).fields).toMatchObject({ external_id: 'Set-1', note: 'a' });
  });

  it('is waited for by links in every spelling', async () => {
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key('waiting'), mode: 'upsert', fields: {} });
    const link = {
      from: { type: 'ruled', ref: key('Later-1') },
      link: 'contacts',
      to: { ref: key('waiting') },
      defer: { expiresAt: null },
    };
    expect((await fresh.hub.linkOrDefer(fresh.admin, link)).kind).toBe('deferred');
    const again = { ...link, from: { type: 'ruled', ref: key('LATER-1') } };
    expect((await fresh.hub.linkOrDefer(fresh.admin, again)).kind).toBe('waits');
    const waiting = async (ref: string) =>
      itemsOf(await fresh.hub.pendingLinks(fresh.admin, { waitsFor: key(ref) as never, limit: 10 }));
    expect(await waiting('LATER-1 ')).toMatchObject([{ left: { ref: { value: 'Later-1' } } }]);
    await put('ruled', ' later-1');
    expect(await waiting('LATER-1 ')).toEqual([]);
    expect(itemsOf(await fresh.hub.links(fresh.admin, { type: 'ruled', ref: key('LATER-1'), limit: 10 }))).toHaveLength(
      1,
    );
  });

  it('makes one record of 20 spellings at once, through two servers', async () => {
    const second = fresh.secondHub();
    const spell = (n: number): string => [...'race-key'].map((c, at) => ((n >> at) & 1 ? c.toUpperCase() : c)).join('');
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        put('ruled', spell(n * 11), { code: `${spell(n)} ` }, n % 2 ? second : fresh.hub),
      ),
    );
    expect(new Set(outcomes.map((outcome) => recordOf(outcome).number)).size).toBe(1);
    expect(outcomes.filter(({ kind }) => kind === 'created')).toHaveLength(1);
  });
});

describe('a rule that changes', () => {
  const stored = (type: string) =>
    query(
      fresh.databaseUrl,
      `select r.number, r.external_id, r.data, k.value as code from record r
       join workspace_schema s on s.workspace_id = r.workspace_id and (s.ids -> 'types' -> $1 ->> 'id')::int = r.type
       left join record_key k on k.workspace_id = r.workspace_id and k.number = r.number and k.type = r.type and k.field > 3
       order by 1`,
      [type],
    );

  it('is refused while keys would become one, and says which records have them', async () => {
    await amend(fresh.hub, fresh.admin, typeWith('colliding', []));
    const numbers: number[] = [];
    for (const id of ['A-1', 'a-1', 'B-1', ' b-1', 'c-1']) numbers.push(recordOf(await put('colliding', id)).number);
    for (const outcome of [
      await fresh.hub.planSchema(fresh.admin, typeWith('colliding', ['fold'])),
      await apply('colliding', ['fold']),
    ]) {
      if (outcome.kind !== 'invalid') throw new Error(outcome.kind);
      expect(outcome.problems).toEqual([
        {
          path: 'types.colliding.fields.external_id',
          message: `colliding.external_id would be the key "a-1" of more than one record: ${numbers[0]} has "A-1", ${numbers[1]} has "a-1". Merge them, or change all but one.`,
        },
      ]);
    }
    expect(await fresh.hub.planSchema(fresh.admin, typeWith('colliding', ['trim', 'fold']))).toMatchObject({
      kind: 'invalid',
      problems: { length: 2 },
    });
    expect((await find('colliding', 'A-1')).kind).toBe('found');
    expect(refusals(await find('colliding', 'C-1'))).toEqual(['record_not_found']);
  });

  it('lists the first collisions and counts them all', async () => {
    await amend(fresh.hub, fresh.admin, typeWith('crowded', []));
    await Promise.all(Array.from({ length: 50 }, (_, n) => put('crowded', `${n % 2 ? 'k' : 'K'}-${n >> 1}`)));
    const outcome = await apply('crowded', ['fold']);
    if (outcome.kind !== 'invalid') throw new Error(outcome.kind);
    expect(outcome.problems).toHaveLength(21);
    expect(outcome.problems.at(-1)?.message).toContain('25 keys');
  });

  it('is refused while values would be no keys', async () => {
    await amend(fresh.hub, fresh.admin, typeWith('unfit', []));
    await put('unfit', '  ');
    expect(await apply('unfit', ['trim'])).toMatchObject({
      kind: 'invalid',
      problems: [{ message: expect.stringContaining('1 value of unfit.external_id cannot be keys') }],
    });
  });

  it('says what it takes, and goes with match fields of text only', async () => {
    const change = (field: object) => (current: SchemaDocument) =>
      merged(current, { types: { wrong: { fields: { code: field as never } } } });
    for (const [field, message] of [
      [{ type: 'text', unique: true, key_rule: ['lower'] }, 'A list of trim, fold, nfc, each once at most.'],
      [{ type: 'text', unique: true, key_rule: ['trim', 'trim'] }, 'A list of trim, fold, nfc, each once at most.'],
      [{ type: 'text', key_rule: ['trim'] }, 'Goes with unique fields only.'],
      [{ type: 'integer', unique: true, key_rule: ['trim'] }, 'Goes with text, regexp only.'],
    ] as const) {
      expect(await fresh.hub.planSchema(fresh.admin, change(field))).toMatchObject({
        kind: 'invalid',
        problems: [{ path: 'types.wrong.fields.code.key_rule', message }],
      });
    }
  });

  it('keeps tombstones from standing in the way of the living', async () => {
    await amend(fresh.hub, fresh.admin, typeWith('buried', []));
    const gone = recordOf(await put('buried', 'T-1', { code: 'T' })).number;
    await fresh.hub.delete(fresh.admin, { type: 'buried', ref: key('T-1') });
    const live = recordOf(await put('buried', 't-1', { code: 't' })).number;
    const older = recordOf(await put('buried', 'U-1')).number;
    const newer = recordOf(await put('buried', 'u-1')).number;
    for (const id of ['U-1', 'u-1']) await fresh.hub.delete(fresh.admin, { type: 'buried', ref: key(id) });
    expect((await apply('buried', ['fold'])).kind).toBe('applied');
    expect(recordOf(await find('buried', 'T-1'))).toMatchObject({
      number: live,
      fields: { external_id: 't-1', code: 't' },
    });
    expect(await put('buried', 'U-1')).toMatchObject({ kind: 'revived', record: { number: newer } });
    expect([gone, older]).not.toContain(newer);
  });

  it('gives a live record the key of a tombstone whose own spelling the rule leaves as it is', async () => {
    await amend(fresh.hub, fresh.admin, typeWith('risen', []));
    const live = recordOf(await put('risen', 'P-1', { code: 'P' })).number;
    await put('risen', 'p-1', { code: 'p' });
    await put('risen', 'q-1', { code: 'q' });
    for (const id of ['p-1', 'q-1']) await fresh.hub.delete(fresh.admin, { type: 'risen', ref: key(id) });
    expect((await apply('risen', ['fold'])).kind).toBe('applied');
    expect(recordOf(await find('risen', 'p-1'))).toMatchObject({
      number: live,
      fields: { external_id: 'P-1', code: 'P' },
    });
    expect(await put('risen', 'Q-1')).toMatchObject({ kind: 'revived' });
  });

  it('takes former keys and waiting links along', async () => {
    await amend(fresh.hub, fresh.admin, typeWith('followed', []));
    const { number } = recordOf(await put('followed', 'Was-1'));
    await put('followed', 'Was-1', { external_id: 'Is-1' });
    const link = { from: { type: 'followed', ref: key('Soon-1') }, link: 'contacts', to: { ref: key('followed') } };
    await fresh.hub.linkOrDefer(fresh.admin, { ...link, defer: { expiresAt: null } });
    expect((await apply('followed', ['fold'])).kind).toBe('applied');
    expect(recordOf(await find('followed', 'WAS-1')).number).toBe(number);
    const waiting = async (ref: string) =>
      itemsOf(await fresh.hub.pendingLinks(fresh.admin, { waitsFor: key(ref) as never, limit: 10 })).length;
    expect(await waiting('SOON-1')).toBe(1);
    expect((await apply('followed', [])).kind).toBe('applied');
    expect([await waiting('SOON-1'), await waiting('Soon-1')]).toEqual([0, 1]);
    expect(refusals(await find('followed', 'WAS-1'))).toEqual(['record_not_found']);
    expect(recordOf(await find('followed', 'Was-1')).number).toBe(number);
  });

  it('leaves the same behind as if it had been there from the beginning, and goes without a trace', async () => {
    const spellings = fc.string({
      unit: fc.constantFrom('a', 'A', 'ß', 'ss', ' ', 'é', 'e\u0301'),
      minLength: 1,
      maxLength: 3,
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(spellings, { minLength: 1, maxLength: 6, selector: (one) => keyForm(all, one) || ' ' }),
        fc.subarray(all, { minLength: 1 }),
        async (ids, rule) => {
          const keys = ids.filter((id) => keyForm(all, id) !== '');
          const [late, early] = [`late_${round}`, `early_${round++}`];
          await amend(fresh.hub, fresh.admin, typeWith(late, []));
          await amend(fresh.hub, fresh.admin, typeWith(early, rule));
          for (const [at, id] of keys.entries()) {
            const fields = { code: keys.at(-1 - at) };
            await put(late, id, fields);
            await put(early, id, fields);
          }
          const plain = await stored(late);
          expect((await apply(late, rule)).kind).toBe('applied');
          const shapes = async (type: string) =>
            (await stored(type)).map(({ external_id, data, code }) => ({
              external_id,
              code,
              data: Object.values(data).sort(),
            }));
          expect(await shapes(late)).toEqual(await shapes(early));
          expect((await apply(late, [])).kind).toBe('applied');
          expect(await stored(late)).toEqual(plain);
        },
      ),
      { numRuns: 12 },
    );
  });
});

const piecesOf = (rows: readonly ImportRow[]) =>
  async function* (): AsyncGenerator<readonly ImportRow[]> {
    yield rows;
  };
