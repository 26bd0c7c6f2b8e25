import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDouble, freshDouble } from '../../test/fresh-double.ts';
import { served } from '../../test/scenarios/served.ts';
import { clock } from '../model/clock.ts';

let double: FreshDouble;
beforeAll(async () => {
  double = await freshDouble();
});
afterAll(() => double.close());
afterEach(() => setClock({ now: null }));

const setClock = (body: unknown) => double.call('PUT', '/v1/double/clock', body);
const advance = (by: string | number) => setClock({ advance: by });

describe('the clock of a double', () => {
  it('goes on from where it is set, and is the machine’s again with null or a reset', async () => {
    expect((await setClock({ now: '2031-05-01T12:00:00Z' })).body.now).toMatch(/^2031-05-01T12:00:00/);
    expect((await advance('2d')).body.now).toMatch(/^2031-05-03T12:00:0/);
    expect((await advance(60)).body.now).toMatch(/^2031-05-03T12:01:0/);
    const { body: record } = await double.call('PATCH', '/v1/records/contact/external_id:C-1', {
      fields: { name: 'x' },
    });
    expect(record.record?.updated_at ?? record.updated_at).toMatch(/^2031-05-03T12:01/);
    expect((await setClock({ now: null })).body.ahead_ms).toBe(0);
    await advance('1h');
    await double.call('POST', '/v1/double/reset');
    expect((await double.call('GET', '/v1/double/clock')).body.ahead_ms).toBe(0);
  });

  it('is kept with the folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyway-double-clock-'));
    const now = async (): Promise<string> => {
      const kept = await freshDouble(folder);
      const { body } = await kept.call('GET', '/v1/double/clock');
      await kept.call('PUT', '/v1/double/clock', { now: body.ahead_ms === 0 ? '2031-05-01T12:00:00Z' : null });
      await kept.close();
      clock.set(null); // as another process finds it
      return body.now;
    };
    try {
      expect(await now()).not.toMatch(/^2031/);
      expect(await now()).toMatch(/^2031-05-01T12:/);
      expect(await now()).not.toMatch(/^2031/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.each([
    {},
    { now: 'tomorrow' },
    { now: '2031-05-01T12:00:00Z', advance: '1h' },
    { advance: 'soon' },
    { advance: -5 },
    { advance: 1.5 },
    { now: '1969-01-01T00:00:00Z' },
    { now: 7 },
    { until: '1h' },
  ])('is not set to %j', async (body) => {
    expect((await setClock(body)).body).toMatchObject({ status: 422, code: 'invalid_request' });
    expect((await double.call('GET', '/v1/double/clock')).body.ahead_ms).toBe(0);
  });

  it('says what it is set by', async () => {
    for (const body of [{}, { now: '2031-05-01T12:00:00Z', advance: '1h' }]) {
      expect((await setClock(body)).body.detail).toBe('Say either `now` or `advance`.');
    }
  });

  it.runIf(served('sugarcrm'))(
    'ends the sessions of vendors, and lets clients sign with a time of their own',
    async () => {
      const login = {
        grant_type: 'password',
        username: 'admin@keyway.test',
        password: 'keyway-demo',
        client_id: 'sugar',
      };
      const { body: session } = await double.call('POST', '/rest/v11_10/oauth2/token', login);
      const read = async () =>
        (
          await double.call('GET', '/rest/v11_10/Contacts', undefined, {
            authorization: `Bearer ${session.access_token}`,
          })
        ).status;
      expect(await read()).toBe(200);
      await advance(session.expires_in - 60);
      expect(await read()).toBe(200);
      await advance(61);
      expect(await read()).toBe(401);
      const refresh = { grant_type: 'refresh_token', refresh_token: session.refresh_token, client_id: 'sugar' };
      expect((await double.call('POST', '/rest/v11_10/oauth2/token', refresh)).status).toBe(200);
    },
  );

  it.runIf(served('zendesk'))('brings an incremental export to what happened since', async () => {
    await setClock({ now: '2035-01-01T00:00:00Z' });
    const since = Date.parse('2035-01-01T00:00:00Z') / 1000;
    await double.call('PATCH', '/api/v2/custom_objects/building_component/records?external_id=BEAM-1', {
      custom_object_record: { name: 'Beam' },
    });
    const path = '/api/v2/incremental/custom_objects/building_component/cursor?start_time=';
    expect((await double.call('GET', `${path}${since}`)).status).toBe(400); // too young to be complete
    await advance('5m');
    const { body } = await double.call('GET', `${path}${since}`);
    expect(body.custom_object_records.map(({ external_id: key }: { external_id: string }) => key)).toEqual(['BEAM-1']);
  });

  it('lets what a set holds expire, and its interface be overdue', async () => {
    const { body: schema } = await double.call('GET', '/v1/schema');
    expect(Object.keys(schema.interfaces)).toContain('myendpoint');
    await double.call('PATCH', '/v1/interfaces/myendpoint', { guard: { deletes: 0 }, overdue_after: '2d' });
    const rows = (...keys: string[]) => keys.map((key) => ({ external_id: key, name: key }));
    await double.call('POST', '/v1/interfaces/myendpoint/runs?wait=20', rows('P-1', 'P-2'));
    const { body: run } = await double.call('POST', '/v1/interfaces/myendpoint/runs?wait=20', rows('P-1'));
    expect(run.state).toBe('held');
    const listed = async () =>
      (await double.call('GET', '/v1/interfaces')).body.items.find(
        ({ endpoint }: { endpoint: string }) => endpoint === 'myendpoint',
      );
    expect((await listed()).overdue_since).toBe(null);
    await advance('60d');
    expect((await listed()).overdue_since).not.toBe(null);
    const approved = await double.call('POST', `/v1/runs/${run.id}/approve`, { deletes: 1 });
    expect(approved.body.code).toBe('held_expired');
  });
});
