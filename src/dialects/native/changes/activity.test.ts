import { afterAll, describe, expect, it } from 'vitest';
import { query } from '../../../../test/steps.ts';
import { clock } from '../../../model/clock.ts';
import { type Answer, demoServer, reasons } from '../test-client.ts';

describe('how much was changed by the hour', async () => {
  const { call, databaseUrl } = await demoServer();
  afterAll(() => clock.set(null));
  const at = (time: string): void => clock.set(new Date(`2031-05-06T${time}Z`));
  const read = (more = ''): Promise<Answer> => call('GET', `/v1/activity?${more}`);
  const amounts = async (more?: string): Promise<number[]> =>
    (await read(more)).body.items.map(({ changes }: { changes: number }) => changes);
  const day = `from=2031-05-06T06:00:00Z&hours=6`;

  it('counts every change where it was made: single writes, links, imports, sets, merges, plans and what is taken back', async () => {
    at('06:00:00');
    await call('PATCH', '/v1/records/claim/claim_number:A-1', { body: { fields: { name: 'one' } } });
    await call('PATCH', '/v1/records/claim/claim_number:A-1', { body: { fields: { name: 'one' } } }); // unchanged
    await call('PUT', '/v1/records/claim/claim_number:A-1/links/contacts/2001', { body: {} });
    at('07:30:00');
    const rows = Array.from({ length: 700 }, (_, index) => ({ external_id: `A-${index}`, name: 'x' }));
    const { body: imported } = await call('POST', '/v1/records/contact/import', { body: rows });
    at('08:00:00');
    await call('POST', '/v1/interfaces/myendpoint/runs', { body: [{ external_id: 'E-1' }, { external_id: 'E-2' }] });
    await call('POST', `/v1/imports/${imported.import}/revert`);
    at('10:30:00');
    await call('PATCH', '/v1/records/claim/claim_number:A-2', { body: { fields: { name: 'two' } } });
    await call('POST', '/v1/records/claim/claim_number:A-1/merge', { body: { from: 'claim_number:A-2' } });
    const hours = await amounts(day);
    const stored = await query<{ hour: number; changes: number }>(
      databaseUrl,
      `select extract(hour from at at time zone 'UTC')::int as hour, count(*)::int as changes from change where at >= '2031-01-01' group by 1`,
    );
    const changesAt = (hour: number): number => stored.find((row) => row.hour === hour)?.changes ?? 0;
    expect(hours).toEqual([6, 7, 8, 9, 10, 11].map(changesAt));
    expect(hours).toMatchObject([
      2,
      700,
      expect.toSatisfy((count) => count > 700),
      0,
      expect.toSatisfy((count) => count > 1),
      0,
    ]);
  });

  it('begins where one says, and else with the hour that is under way as the last', async () => {
    at('10:45:00');
    const { body } = await read('hours=4');
    expect(body.items.map(({ from }: { from: string }) => from.slice(11, 16))).toEqual([
      '07:00',
      '08:00',
      '09:00',
      '10:00',
    ]);
    expect((await read()).body.items).toHaveLength(24);
    const eighth = (await amounts(day))[2];
    expect(await amounts('from=2031-05-06T05:45:00%2B00:00&hours=3')).toEqual([2, 700, eighth]);
    expect(await amounts('from=2031-05-06T11:30:00%2B05:30&hours=1')).toEqual([2]);
    expect(await amounts('from=2040-01-01T00:00:00Z&hours=2')).toEqual([0, 0]);
    expect(await amounts('from=1990-01-01T00:00:00Z&hours=2')).toEqual([0, 0]);
  });

  it('knows nothing of what is not kept any more', async () => {
    const before = await amounts(day);
    await query(
      databaseUrl,
      `with old as (delete from commit where at < '2031-05-06T08:00:00Z' returning batch)
       delete from change using old where change.batch = old.batch`,
    );
    expect(await amounts(day)).toEqual([0, 0, ...before.slice(2)]);
    await query(databaseUrl, 'delete from commit');
    expect(await amounts(day)).toEqual([0, 0, 0, 0, 0, 0]);
    await call('PATCH', '/v1/records/claim/claim_number:A-1', { body: { fields: { name: 'again' } } });
    expect(await amounts(day)).toEqual([0, 0, 0, 0, 1, 0]);
  });

  it('never counts less than nothing when a clock was set back', async () => {
    at('09:15:00');
    await call('PATCH', '/v1/records/claim/claim_number:A-1', { body: { fields: { name: 'earlier' } } });
    for (const changes of await amounts(day)) expect(changes).toBeGreaterThanOrEqual(0);
  });

  it('is for who sees all of the workspace', async () => {
    expect((await call('GET', '/v1/activity', { as: 'power' })).status).toBe(200);
    expect((await call('GET', '/v1/activity', { as: 'member' })).body.code).toBe('role_required');
    for (const wrong of ['hours=0', 'hours=169', 'hours=x'])
      expect(reasons(await read(wrong))).toEqual([['parameter_invalid', 'query.hours']]);
    for (const wrong of ['yesterday', '2026-13-01T00:00:00Z'])
      expect(reasons(await read(`from=${wrong}`))).toEqual([['parameter_invalid', 'query.from']]);
  });
});
