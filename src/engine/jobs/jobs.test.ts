import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshHub, freshHub } from '../../../test/fresh-hub.ts';
import { key, query, recordOf } from '../../../test/steps.ts';
import type { Caller } from '../../model/principal.ts';

let fresh: FreshHub;
beforeAll(async () => {
  fresh = await freshHub();
});
afterAll(() => fresh.close());

describe('a job', () => {
  it('shows its results once it has ended, and what they were at first', async () => {
    const { hub, member } = fresh;
    const { kind, job } = await hub.jobs.begin(member, { key: null, tasks: 2 });
    expect(kind).toBe('begun');
    expect(await hub.jobs.find(member, job)).toEqual({
      number: job,
      tasks: 2,
      startedAt: expect.any(Date),
      endedAt: null,
      results: null,
    });
    await hub.jobs.end(member, job, { results: [{ status: 204 }, 'é "quoted"'], about: [7, 7] });
    await hub.jobs.end(member, job, { results: [], about: [] });
    expect(await hub.jobs.find(member, job)).toMatchObject({
      endedAt: expect.any(Date),
      results: [{ status: 204 }, 'é "quoted"'],
    });
  });

  it('is begun once for a key, by how many callers at once it may be', async () => {
    const { hub, admin } = fresh;
    const begun = await Promise.all(Array.from({ length: 20 }, () => hub.jobs.begin(admin, { key: 'K', tasks: 1 })));
    expect(begun.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
    expect(new Set(begun.map(({ job }) => job)).size).toBe(1);
    expect((await hub.jobs.begin({ ...admin, via: 'other' }, { key: 'K', tasks: 1 })).kind).toBe('begun');
  });

  it('is shown to who asked for it and to administrators, in the dialect that it came by', async () => {
    const { hub, admin, power, member } = fresh;
    const { job } = await hub.jobs.begin(member, { key: null, tasks: 1 });
    expect(await hub.jobs.find(power, job)).toBeUndefined();
    expect(await hub.jobs.find({ ...member, via: 'other' }, job)).toBeUndefined();
    expect(await hub.jobs.find(admin, job)).toBeDefined();
    expect(await hub.jobs.find(admin, job + 1_000)).toBeUndefined();
  });

  it('is listed to the same, newest first', async () => {
    const { hub, admin, power, member } = fresh;
    const via = 'listing';
    const begin = async (caller: Caller) => (await hub.jobs.begin({ ...caller, via }, { key: null, tasks: 1 })).job;
    const [first, second, third] = [await begin(member), await begin(power), await begin(member)];
    const list = async (caller: Caller, limit: number) =>
      (await hub.jobs.list({ ...caller, via }, limit)).map(({ number }) => number);
    expect(await list(member, 10)).toEqual([third, first]);
    expect(await list(admin, 10)).toEqual([third, second, first]);
    expect(await list(admin, 2)).toEqual([third, second]);
  });

  it('goes with the answers that are too old, and with a record that it tells of when that is erased', async () => {
    const { hub, admin, databaseUrl } = fresh;
    const job = async (results: unknown[], about: number[], jobKey: string | null = null): Promise<number> => {
      const begun = await hub.jobs.begin(admin, { key: jobKey, tasks: 1 });
      await hub.jobs.end(admin, begun.job, { results, about });
      return begun.job;
    };
    const written = await hub.upsert(admin, { type: 'contact', ref: key('erase-me'), mode: 'upsert', fields: {} });
    const { number } = recordOf(written);
    const telling = [
      await job([{ name: 'Mila' }], [number, 5001]),
      await job(['no record erase-me'], []),
      await job([], [], 'erase-me'),
    ];
    const other = await job([{ name: 'Other' }], [5001]);
    const outcome = await hub.erase(admin, { type: 'contact', ref: key('erase-me') }, { plan: false });
    expect(outcome).toMatchObject({ kind: 'erased', counts: { answers: 3 } });
    for (const gone of telling) expect(await hub.jobs.find(admin, gone)).toBeUndefined();
    expect(await hub.jobs.find(admin, other)).toBeDefined();
    await query(databaseUrl, `update job set started_at = started_at - interval '25 hours' where job = $1`, [other]);
    const young = await job([], []);
    expect(await hub.clean(admin, { plan: false })).toMatchObject({ kind: 'cleaned', counts: { answers: 1 } });
    expect(await hub.jobs.find(admin, other)).toBeUndefined();
    expect(await hub.jobs.find(admin, young)).toBeDefined();
  });
});
