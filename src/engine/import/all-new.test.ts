import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import type { ImportCommand, ImportRow } from '../../model/commands.ts';
import type { ImportOutcome } from '../../model/imports.ts';
import { byKey } from '../../model/ref.ts';

/** Records are taken to be new once a chunk of nothing but new ones was judged, and their keys tell when one is not. */
describe('an import whose first chunks are all new', () => {
  let fresh: FreshHub;
  beforeAll(async () => {
    fresh = await freshHub();
  });
  afterAll(() => fresh.close());

  const importing = (over: Partial<ImportCommand & { kind: 'records' }> = {}): ImportCommand => ({
    kind: 'records',
    type: 'contact',
    key: 'external_id',
    mode: 'upsert',
    ...over,
  });

  async function run(command: ImportCommand, fields: readonly Record<string, unknown>[]): Promise<ImportOutcome[]> {
    const rows = fields.map(
      (one, index): ImportRow => ({ kind: 'row', index, line: index + 1, source: '', fields: one }),
    );
    const started = await fresh.hub.import(fresh.admin, command, async function* (from) {
      yield rows.slice(from);
    });
    if (started.kind !== 'importing') throw new Error(started.kind);
    const outcomes: ImportOutcome[] = [];
    for await (const chunk of started.chunks) outcomes.push(...chunk.outcomes);
    expect(outcomes.map(({ index }) => index)).toEqual(rows.map(({ index }) => index));
    return outcomes;
  }

  const rowsOf = (prefix: string, count = 5000) =>
    Array.from(
      { length: count },
      (_, n) => ({ external_id: `${prefix}-${n}`, name: `name ${n}` }) as Record<string, unknown>,
    );

  const kindsAt = (outcomes: readonly ImportOutcome[], ...places: number[]) => places.map((at) => outcomes[at]?.kind);
  const created = (outcomes: readonly ImportOutcome[]): number =>
    outcomes.filter(({ kind }) => kind === 'created').length;

  const upsert = (id: string, name: string) =>
    fresh.hub.upsert(fresh.admin, { type: 'contact', ref: byKey('external_id', id), mode: 'upsert', fields: { name } });

  it('changes, leaves and revives what is there in the chunks behind', async () => {
    await upsert('A-3500', 'old');
    await upsert('A-3501', 'name 3501');
    await upsert('A-4999', 'old');
    await fresh.hub.delete(fresh.admin, { type: 'contact', ref: byKey('external_id', 'A-4999') });
    const outcomes = await run(importing(), rowsOf('A'));
    expect(kindsAt(outcomes, 3500, 3501, 4999)).toEqual(['updated', 'unchanged', 'revived']);
    expect(created(outcomes)).toBe(4997);
  });

  it('makes a record once whose key comes again, in the same chunk or one behind', async () => {
    const rows = rowsOf('B');
    rows[3300] = { external_id: 'B-3000', name: 'in the same chunk' };
    rows[4400] = { external_id: 'B-3001', name: 'in the chunk behind' };
    const outcomes = await run(importing(), rows);
    expect(kindsAt(outcomes, 3300, 4400)).toEqual(['updated', 'updated']);
    expect(created(outcomes)).toBe(4998);
  });

  it('makes one record of one key in every row of many chunks', async () => {
    const rows = [{ external_id: 'E-0', nmae: 'a typing error' }, ...rowsOf('E', 6000)];
    const outcomes = await run(
      importing(),
      rows.map((row) => ({ ...row, external_id: 'E-0' })),
    );
    expect(created(outcomes)).toBe(1);
    expect(outcomes.filter(({ kind }) => kind === 'updated')).toHaveLength(5999);
  });

  it('refuses what mode=create finds there, and values of other unique fields that are taken', async () => {
    await upsert('C-3100', 'old');
    const creating = await run(importing({ mode: 'create' }), rowsOf('C'));
    expect(kindsAt(creating, 3100)).toEqual(['rejected']);
    expect(created(creating)).toBe(4999);

    const claims = Array.from({ length: 4000 }, (_, n) => ({ claim_number: `CLM-${n}`, external_id: `CL-${n}` }));
    await run(importing({ type: 'claim', key: 'claim_number' }), [{ claim_number: 'OTHER', external_id: 'CL-3210' }]);
    const taken = await run(importing({ type: 'claim', key: 'claim_number' }), claims);
    expect(taken[3210]).toMatchObject({ kind: 'rejected', violations: [{ code: 'key_taken', field: 'external_id' }] });
    expect(created(taken)).toBe(3999);
  });

  it('beside another of the same rows makes every record once', async () => {
    const both = await Promise.all([run(importing(), rowsOf('D')), run(importing(), rowsOf('D'))]);
    expect(both.map(created).reduce((sum, one) => sum + one)).toBe(5000);
  });
});
