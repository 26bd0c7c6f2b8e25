import { beforeAll, describe, expect, it } from 'vitest';
import { setOf } from '../../../../test/set-of.ts';
import type { SetElement } from '../../../model/commands.ts';
import { demoServer, reasons } from '../test-client.ts';

const element = (key: string, fields: Record<string, unknown>): SetElement => ({
  key,
  path: `Elements[${key}]`,
  members: Object.entries(fields).map(([name, value]) => ({ kind: 'field', name, field: name, value })),
});

describe('the runs of an interface', async () => {
  const { call, hub } = await demoServer();
  beforeAll(async () => {
    const principal = await hub.access.client('kw_demo_client', 'kw_demo_client_secret');
    if (principal === undefined) throw new Error('The demo has no client.');
    const caller = { principal, via: 'test', requestId: 'test' };
    await hub.sync(caller, 'myendpoint', setOf([element('E-1', { name: 'one' }), element('E-2', { name: 'two' })]));
    await hub.sync(caller, 'myendpoint', setOf([element('E-1', { name: 'one' }), element('E-2', { length: 'long' })]));
  });

  it('lists runs newest first, each with a balance', async () => {
    const { body } = await call('GET', '/v1/interfaces/myendpoint/runs');
    expect(body.items.map(({ counts, issues }: { counts: object; issues: number }) => [counts, issues])).toMatchObject([
      [{ received: 2, created: 0, updated: 0, unchanged: 2, deleted: 0 }, 1], // only the member was refused
      [{ received: 2, created: 2, deleted: 0 }, 0],
    ]);
    expect((await call('GET', '/v1/interfaces/myendpoint/runs?limit=1')).body.items).toEqual([body.items[0]]);
    for (const run of body.items) {
      for (const name of [run.id, run.number]) {
        expect((await call('GET', `/v1/interfaces/myendpoint/runs/${name}`)).body).toEqual(run);
      }
    }
  });

  it('lists the issues of a run', async () => {
    const { body: runs } = await call('GET', '/v1/interfaces/myendpoint/runs');
    const [last, first] = runs.items;
    const { body } = await call('GET', `/v1/interfaces/myendpoint/runs/${last.number}/issues`);
    expect(body.items).toEqual([
      expect.objectContaining({ code: 'invalid_value', key: 'E-2', member: 'length', value: 'long' }),
    ]);
    expect((await call('GET', `/v1/interfaces/myendpoint/runs/${first.id}/issues`)).body).toEqual({
      items: [],
      next: null,
    });
  });

  describe('a complete set as rows', () => {
    const send = (body: unknown, headers: Record<string, string> = {}, endpoint = 'myendpoint') =>
      call('POST', `/v1/interfaces/${endpoint}/runs`, { body, headers });
    const rows = [
      { external_id: 'R-1', name: 'one', length: 1.5, contacts: ['2001'] },
      { external_id: 'R-2', name: 'two' },
    ];
    const counted = async (answer: ReturnType<typeof send>) => {
      const { status, body } = await answer;
      expect(status, JSON.stringify(body)).toBe(200);
      return Object.fromEntries(Object.entries(body.counts).filter(([, count]) => count !== 0));
    };

    it('is applied in any of the three formats, and changes nothing when it is sent again in another', async () => {
      expect(await counted(send(rows))).toMatchObject({ received: 2, created: 2 });
      const ndjson = rows.map((row) => JSON.stringify(row)).join('\n');
      const csv = 'external_id,name,length,contacts\nR-1,one,1.5,2001\nR-2,two,,\n';
      for (const [type, body] of [
        ['application/json', JSON.stringify(rows)],
        ['application/x-ndjson', ndjson],
        ['text/csv', csv],
      ] as const)
        for (const _twice of [1, 2])
          expect(await counted(send(body, { 'content-type': type }))).toEqual({ received: 2, unchanged: 2 });
      expect(await counted(send([rows[1]]))).toEqual({ received: 1, unchanged: 1, deleted: 1 });
    });

    it('answers with the run as it can be read afterwards', async () => {
      const { body } = await send(rows);
      expect(body).toMatchObject({ interface: 'myendpoint', state: 'applied', held: null, failure: null });
      expect((await call('GET', `/v1/interfaces/myendpoint/runs/${body.id}`)).body).toEqual(body);
    });

    it.each([
      ['[{"external_id":"R-9"},{"name":"x"}]', '[1]'],
      ['[{"external_id":"R-9"},5]', '[1]'],
      ['[{"external_id":"R-9"},{]', null],
      ['[{"external_id":"R-9"},{"external_id":"R-8"', null],
      ['[{"external_id":"R-9","contacts":[{}]}]', '[0].contacts'],
      [`[{"external_id":"${'x'.repeat(513)}"}]`, '[0]'],
    ])('is refused whole when it is none: %s', async (body, path) => {
      await send(rows);
      const answer = await send(body, { 'content-type': 'application/json' });
      expect([answer.status, answer.body.path ?? null]).toEqual([400, path]);
      expect(await counted(send(rows))).toEqual({ received: 2, unchanged: 2 });
      const { body: runs } = await call('GET', '/v1/interfaces/myendpoint/runs?limit=2');
      expect(runs.items[1]).toMatchObject({ state: 'failed', failure: expect.any(String) });
    });

    it('is of a part only, when its address says so', async () => {
      const to = (query: string, body: unknown) => call('POST', `/v1/interfaces/myendpoint/runs?${query}`, { body });
      await send([
        { external_id: 'S-1', length: 1 },
        { external_id: 'S-2', length: 2 },
      ]);
      const { body } = await to('scope[length]=1', []);
      expect(body).toMatchObject({ state: 'applied', scope: { length: '1' }, counts: { received: 0, deleted: 1 } });
      const outside = await to('scope[length]=1&scope%5Bcontacts%5D=2001', [{ external_id: 'S-2', length: 2 }]);
      expect(outside.body).toMatchObject({ state: 'partial', counts: { received: 1, rejected: 1, deleted: 0 } });
      const issues = await call('GET', `/v1/interfaces/myendpoint/runs/${outside.body.id}/issues`);
      expect(issues.body.items).toMatchObject([{ code: 'out_of_scope', key: 'S-2', member: 'length' }]);
      const reasonsOf = async (query: string) => reasons(await to(query, []));
      expect(await reasonsOf('scope[colour]=red')).toEqual([['scope_not_possible', 'query.scope[colour]']]);
      expect(await reasonsOf('scope[contacts]=external_id:%00')).toEqual([
        ['scope_not_possible', 'query.scope[contacts]'],
      ]);
      expect(await reasonsOf('scope[length]=1&scope[length]=2')).toEqual([
        ['parameter_invalid', 'query.scope[length]'],
      ]);
      expect(await reasonsOf('scope=1')).toEqual([['unknown_parameter', 'query.scope']]);
      const { body: runs } = await call('GET', '/v1/interfaces/myendpoint/runs?limit=3');
      expect(runs.items[0]).toMatchObject({ state: 'failed', failure: expect.stringContaining('contacts') });
    });

    it('is for those who may call the interface, and for an interface that is there', async () => {
      expect(reasons(await call('POST', '/v1/interfaces/myendpoint/runs', { body: [], as: 'kw_demo_member' }))).toEqual(
        [['interface_closed', 'path.endpoint']],
      );
      expect(reasons(await send([], {}, 'nowhere'))).toEqual([['unknown_interface', 'path.endpoint']]);
    });

    it('tells which grants are missing, where the interface names no keys', async () => {
      const open = { endpoint: 'open', name: 'Open', type: 'element' };
      expect((await call('POST', '/v1/interfaces', { body: open })).status).toBe(201);
      const run = (await call('POST', '/v1/interfaces/open/runs', { body: [{ external_id: 'O-1' }] })).body;
      const grants = { element: ['read', 'create', 'edit'] };
      const { body: made } = await call('POST', '/v1/keys', { body: { label: 'no delete', role: 'member', grants } });
      const missing = (path: string) => ({
        status: 403,
        body: { code: 'grant_missing', violations: [{ action: 'delete', type: 'element', path }] },
      });
      for (const query of ['', '?plan=true', '?plan_id=00000000-0000-4000-8000-000000000000'])
        expect(await call('POST', `/v1/interfaces/open/runs${query}`, { body: [], as: made.secret })).toMatchObject(
          missing('path.endpoint'),
        );
      expect(await call('POST', `/v1/runs/${run.id}/replay`, { as: made.secret })).toMatchObject(missing('path.run'));
      await call('DELETE', '/v1/interfaces/open?allow_loss=true');
    });
  });

  it('says which of the two is unknown', async () => {
    expect(reasons(await call('GET', '/v1/interfaces/nowhere/runs'))).toEqual([['unknown_interface', 'path.endpoint']]);
    for (const address of ['nowhere/runs/1', 'nowhere/runs/1/issues']) {
      expect(reasons(await call('GET', `/v1/interfaces/${address}`))).toEqual([['unknown_interface', 'path.endpoint']]);
    }
    for (const run of ['999999', 'last', '00000000-0000-4000-8000-000000000000', '%00']) {
      expect(reasons(await call('GET', `/v1/interfaces/myendpoint/runs/${run}`))).toEqual([
        ['unknown_run', 'path.run'],
      ]);
      expect((await call('GET', `/v1/interfaces/myendpoint/runs/${run}/issues`)).status).toBe(404);
    }
  });
});
