import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../test/fresh-hub.ts';
import { byId, byKey, byNumber } from '../model/ref.ts';

describe('upsert by key', () => {
  let fresh: FreshHub;
  beforeAll(async () => {
    fresh = await freshHub();
  });
  afterAll(() => fresh.close());

  const upsert = (key: string, fields: Record<string, unknown> = {}) =>
    fresh.hub.upsert(fresh.admin, { type: 'contact', ref: byKey('external_id', key), mode: 'upsert', fields });

  it('creates, then reports unchanged, then updates only what was sent', async () => {
    const created = await upsert('A-1', { name: 'Ada', email: 'ada@example.test' });
    expect(created).toMatchObject({
      kind: 'created',
      record: { version: 1, fields: { external_id: 'A-1', name: 'Ada' } },
    });
    expect(await upsert('A-1', { name: 'Ada' })).toMatchObject({ kind: 'unchanged', record: { version: 1 } });
    expect(await upsert('A-1', { phone: '1' })).toMatchObject({
      kind: 'updated',
      changed: ['phone'],
      record: { version: 2, fields: { name: 'Ada', email: 'ada@example.test', phone: '1' } },
    });
  });

  it('leaves an absent field alone and clears one that is null', async () => {
    await upsert('A-2', { name: 'Bo', phone: '2' });
    expect(await upsert('A-2', { phone: null })).toMatchObject({
      kind: 'updated',
      record: { fields: { name: 'Bo', phone: null } },
    });
    expect(await upsert('A-2', { phone: null })).toMatchObject({ kind: 'unchanged' });
  });

  it('finds the record by number and by id too', async () => {
    const made = await upsert('A-3', { name: 'Cy' });
    if (made.kind !== 'created') throw new Error(made.kind);
    const { number, id } = made.record;
    expect(await fresh.hub.find(fresh.admin, 'contact', byNumber(number))).toMatchObject({
      kind: 'found',
      record: { id },
    });
    expect(await fresh.hub.find(fresh.admin, 'contact', byId(id))).toMatchObject({ kind: 'found', record: { number } });
  });

  it('names every violation at once, and changes nothing', async () => {
    const outcome = await fresh.hub.upsert(fresh.admin, {
      type: 'claim',
      ref: byKey('external_id', 'V-1'),
      mode: 'upsert',
      fields: { status: 'opn', loss_date: '2026-02-30', incurred: 1.234, claim_number: 'CLM-2026-001' },
    });
    expect(outcome).toMatchObject({ kind: 'rejected' });
    if (outcome.kind !== 'rejected') return;
    expect(outcome.violations.map((one) => one.code).sort()).toEqual([
      'key_taken',
      'value_invalid',
      'value_invalid',
      'value_not_an_option',
    ]);
    expect(outcome.violations.find((one) => one.code === 'value_not_an_option')).toMatchObject({ nearest: 'open' });
    expect(await fresh.hub.find(fresh.admin, 'claim', byKey('external_id', 'V-1'))).toMatchObject({ kind: 'rejected' });
  });
});
