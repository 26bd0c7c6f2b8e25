import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import { amend, key, merged, query, recordOf } from '../../../../test/steps.ts';
import type { ImportRow } from '../../../model/commands.ts';
import type { KeyRuleStep } from '../../../model/key-rule.ts';
import type { Stamp } from '../../../model/stamp.ts';

type Change = { batch: number; row: number; place: number | null; kind: string; number: number; after: object | null };
type Stored = { number: number; external_id: string | null; data: Record<string, unknown>; version: number };

const externalId = '1';

/** Rows of one import, few enough for one chunk, are one batch: most of what it makes goes with its change rows by one statement. */
describe('a batch that makes records', () => {
  let fresh: FreshHub;
  beforeAll(async () => {
    fresh = await freshHub();
    const rule: KeyRuleStep[] = ['trim', 'fold'];
    const fields = {
      external_id: { type: 'text', unique: true, key_rule: rule },
      code: { type: 'text', unique: true },
      note: { type: 'text' },
      kind: { type: 'text', default: 'plain' },
      owner: { type: 'lookup', to: 'contact' },
    } as const;
    await amend(fresh.hub, fresh.admin, (current) => merged(current, { types: { made: { fields } } }));
    await fresh.hub.upsert(fresh.admin, { type: 'contact', ref: key('c'), mode: 'upsert', fields: {} });
  });
  afterAll(() => fresh.close());

  async function importRows(rows: readonly Record<string, unknown>[]): Promise<void> {
    const started = await fresh.hub.import(
      fresh.admin,
      { kind: 'records', type: 'made', key: 'external_id', mode: 'upsert' },
      async function* (from) {
        yield rows
          .map((fields, index): ImportRow => ({ kind: 'row', index, line: index + 1, source: '', fields }))
          .slice(from);
      },
    );
    if (started.kind !== 'importing') throw new Error(started.kind);
    for await (const _ of started.chunks);
  }

  const lastBatch = async (): Promise<Change[]> => {
    const changes = await query<Change>(
      fresh.databaseUrl,
      `select batch::float8, row::int, place::int, kind, number::float8, after from change
       where batch = (select max(batch) from change) order by row`,
    );
    return changes;
  };

  const stored = (): Promise<Stored[]> =>
    query<Stored>(fresh.databaseUrl, 'select number::float8, external_id, data, version::int from record');

  /** The values of a record as its change rows tell them, from the first to the last. */
  const toldOf = (changes: readonly Change[]): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(Object.assign({}, ...changes.map(({ after }) => after))).filter(([, value]) => value !== null),
    );

  it('stores them as their change rows say, and numbers these in the order of the body', async () => {
    const id = fc.constantFrom('A', 'a ', 'b', 'B', 'c', 'D');
    const row = fc.record(
      { id, note: fc.constantFrom('x', 'é "quoted" \\ text', null), code: fc.constantFrom(1, 2, 3, 4) },
      { requiredKeys: ['id'] },
    );
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
        const prefix = `r${round++}-`;
        const fieldsOf = ({ id, note, code }: (typeof rows)[number]) => ({
          external_id: `${prefix}${id}`,
          ...(note === undefined ? {} : { note }),
          ...(code === undefined ? {} : { code: `${prefix}${code}` }),
        });
        await importRows(rows.map(fieldsOf));
        const changes = await lastBatch();
        expect(changes.map(({ row: place }) => place)).toEqual(changes.map((_, index) => index));
        const places = changes.map(({ place }) => place ?? -1);
        expect(places).toEqual([...places].sort((a, b) => a - b));
        const [commit] = await query<{ changes: number }>(
          fresh.databaseUrl,
          `select (select changes from commit_counter where workspace_id = c.workspace_id) - c.changes_before as changes
           from commit c where batch = ${changes[0]?.batch}`,
        );
        expect(Number(commit?.changes)).toBe(changes.length);
        for (const record of await stored()) {
          const own = changes.filter(({ number }) => number === record.number);
          if (own.length === 0) continue;
          const told = toldOf(own);
          const sent = String(told[externalId]);
          const form = sent.trim().toLowerCase();
          const { [externalId]: _, ...others } = told;
          expect(record.external_id).toBe(form);
          expect(record.data).toEqual(sent === form ? others : told);
          expect(record.version).toBe(own.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('stores those with links and defaults as they were made, too', async () => {
    await importRows([
      { external_id: 'linked', owner: { by: 'key', field: 'external_id', value: 'c' } },
      { external_id: 'Plain', code: 'P' },
    ]);
    const read = async (id: string) => {
      const found = await fresh.hub.find(fresh.admin, 'made', key(id));
      return found.kind === 'found' ? found.record.fields : found;
    };
    expect(await read('linked')).toMatchObject({
      external_id: 'linked',
      kind: 'plain',
      owner: { number: expect.any(Number) },
    });
    expect(await read('PLAIN')).toMatchObject({ external_id: 'Plain', kind: 'plain', code: 'P', owner: null });
  });

  it('tells of a record whose tombstone somebody else left just before the same as when it is read', async () => {
    const at = (seconds: number): Stamp => ({ kind: 'as_of', at: (Date.now() + seconds * 1000) * 1000 });
    const ref = key('stone');
    const [, made] = await Promise.all([
      fresh.hub.delete(fresh.admin, { type: 'made', ref, stamp: at(-20) }),
      fresh.hub.upsert(fresh.power, { type: 'made', ref, mode: 'upsert', fields: {}, stamp: at(-10) }),
    ]);
    expect(made.kind).toBe('created');
    expect(recordOf(await fresh.hub.find(fresh.admin, 'made', ref))).toEqual(recordOf(made));
  });
});
