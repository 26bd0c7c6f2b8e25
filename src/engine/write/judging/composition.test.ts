import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../../test/fresh-hub.ts';
import type { RecordView } from '../../../model/record.ts';
import { byKey } from '../../../model/ref.ts';
import type { Hub } from '../../hub.ts';
import type { WriteCommand } from '../commands.ts';
import type { WriteOutcome } from '../run-batch.ts';

// Few keys, so that commands of one batch meet on the same records.
const key = fc.constantFrom('a', 'b', 'c');
/** By a key that never changes, or one that the batch gives and takes away. */
const claim = fc.oneof(
  key.map((id) => byKey('external_id', id)),
  fc.constantFrom('N-1', 'N-2').map((number) => byKey('claim_number', number)),
);
const text = fc.constantFrom('x', 'y', null);
const role = fc.constantFrom('Adjuster', 'Underwriter', undefined);

const command: fc.Arbitrary<WriteCommand> = fc.oneof(
  fc.record({ id: key, name: text, number: fc.constantFrom('N-1', 'N-2', null, undefined) }).map(
    ({ id, name, number }): WriteCommand => ({
      kind: 'upsert',
      type: 'claim',
      ref: byKey('external_id', id),
      mode: 'upsert',
      fields: { name, ...(number === undefined ? {} : { claim_number: number }) },
    }),
  ),
  fc.record({ id: key, mode: fc.constantFrom('upsert', 'create', 'update'), supplier: fc.option(key) }).map(
    ({ id, mode, supplier }): WriteCommand => ({
      kind: 'upsert',
      type: 'building_component',
      ref: byKey('name', id),
      mode: mode as 'upsert' | 'create' | 'update',
      fields: { supplier: supplier === null ? null : byKey('external_id', supplier) },
    }),
  ),
  key.map(
    (id): WriteCommand => ({
      kind: 'upsert',
      type: 'contact',
      ref: byKey('external_id', id),
      mode: 'upsert',
      fields: {},
    }),
  ),
  fc
    .record({ type: fc.constantFrom('claim', 'contact'), id: key })
    .map(({ type, id }): WriteCommand => ({ kind: 'delete', type, ref: byKey('external_id', id) })),
  fc.record({ from: claim, to: key, role, newRole: role }).map(
    ({ from, to, role: is, newRole: becomes }): WriteCommand => ({
      kind: 'link',
      from: { type: 'claim', ref: from },
      link: 'contacts',
      to: { ref: byKey('external_id', to) },
      ...(is === undefined ? {} : { role: { by: 'name', value: is } }),
      ...(becomes === undefined ? {} : { newRole: { by: 'name', value: becomes } }),
    }),
  ),
  fc.record({ from: claim, to: key, which: fc.constantFrom('all', 'first') }).map(
    ({ from, to, which }): WriteCommand => ({
      kind: 'unlink',
      from: { type: 'claim', ref: from },
      link: 'contacts',
      to: { ref: byKey('external_id', to) },
      which: which as 'all' | 'first',
    }),
  ),
);

describe('a batch of commands', () => {
  let fresh: FreshHub;
  beforeAll(async () => {
    fresh = await freshHub();
  });
  afterAll(() => fresh.close());

  const run = (hub: Hub, one: WriteCommand): Promise<WriteOutcome> => {
    if (one.kind === 'upsert') return hub.upsert(fresh.admin, one);
    if (one.kind === 'delete') return hub.delete(fresh.admin, one);
    return one.kind === 'link' ? hub.link(fresh.admin, one) : hub.unlink(fresh.admin, one);
  };

  /** Numbers, ids and times differ between two runs: what is left is what must not. */
  const essence = (outcome: WriteOutcome): unknown => {
    if (outcome.kind === 'rejected') return outcome.violations.map((violation) => violation.code);
    if ('record' in outcome && 'fields' in outcome.record)
      return [outcome.kind, outcome.record.version, shown(outcome.record)];
    if ('link' in outcome) return [outcome.kind, outcome.link.role?.name, outcome.replaced.length];
    return 'removed' in outcome ? outcome.removed.map((link) => link.role?.name) : outcome.kind;
  };
  const shown = (record: RecordView): unknown =>
    Object.entries(record.fields).map(([field, value]) => [
      field,
      typeof value === 'object' && value !== null ? 'pointer' : value,
    ]);

  async function state(prefix: string): Promise<unknown> {
    const everything: unknown[] = [];
    for (const type of ['claim', 'contact', 'building_component']) {
      const page = await fresh.hub.list(fresh.admin, { type, filters: [], sort: [], limit: 1000 });
      if (page.kind !== 'page') throw new Error(page.kind);
      for (const record of page.items) {
        const own = Object.values(record.fields).some((value) => typeof value === 'string' && value.startsWith(prefix));
        if (!own) continue;
        const ofRecord = await fresh.hub.links(fresh.admin, {
          type,
          ref: { by: 'number', number: record.number },
          limit: 1000,
        });
        const roles =
          ofRecord.kind === 'page' ? ofRecord.items.map((link) => [link.link, link.role?.name ?? null]).sort() : null;
        everything.push(JSON.stringify([type, record.version, shown(record), roles]).replaceAll(prefix, ''));
      }
    }
    return everything.sort();
  }

  it('ends as if each had been alone: same outcomes, same state, in any mixture', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), async (commands) => {
        round += 1;
        const prefixed = (prefix: string): WriteCommand[] =>
          JSON.parse(
            JSON.stringify(commands).replaceAll(/"(value|claim_number)":"([abc]|N-\d)"/g, `"$1":"${prefix}$2"`),
          ) as WriteCommand[];
        const alone: unknown[] = [];
        for (const one of prefixed(`s${round}-`)) alone.push(essence(await run(fresh.hub, one)));
        const together = await Promise.all(prefixed(`t${round}-`).map((one) => run(fresh.hub, one)));
        const plain = (value: unknown): string => JSON.stringify(value).replaceAll(/[st]\d+-/g, '');
        expect(plain(together.map(essence))).toEqual(plain(alone));
        expect(await state(`t${round}-`)).toEqual(await state(`s${round}-`));
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('finds the links of a record that its commands name by a key which it gives or moves itself', async () => {
    const upsert = (type: string, id: string, number?: string | null) =>
      run(fresh.hub, {
        kind: 'upsert',
        type,
        ref: byKey('external_id', id),
        mode: 'upsert',
        fields: number === undefined ? {} : { claim_number: number },
      });
    const unlink = (number: string) =>
      run(fresh.hub, {
        kind: 'unlink',
        from: { type: 'claim', ref: byKey('claim_number', number) },
        link: 'contacts',
        to: { ref: byKey('external_id', 'given-c') },
        which: 'all',
      });
    await Promise.all([upsert('contact', 'given-c'), upsert('claim', 'given-a', 'G-1'), upsert('claim', 'given-b')]);
    for (const id of ['given-a', 'given-b']) {
      await run(fresh.hub, {
        kind: 'link',
        from: { type: 'claim', ref: byKey('external_id', id) },
        link: 'contacts',
        to: { ref: byKey('external_id', 'given-c') },
      });
    }
    const [, , given, , , moved] = await Promise.all([
      upsert('contact', 'given-d'), // while it is written, the others come together
      upsert('claim', 'given-b', 'G-2'),
      unlink('G-2'),
      upsert('claim', 'given-a', null),
      upsert('claim', 'given-b', 'G-1'),
      unlink('G-1'),
    ]);
    expect([given, moved]).toMatchObject([{ removed: [{ left: {} }] }, { removed: [] }]);
    const left = await fresh.hub.links(fresh.admin, {
      type: 'contact',
      ref: byKey('external_id', 'given-c'),
      limit: 10,
    });
    expect(left).toMatchObject({ items: [{ left: { type: 'claim' } }] });
  });
});
