import { beforeAll, describe, expect, it } from 'vitest';
import { setOf } from '../../../test/set-of.ts';
import type { SetElement } from '../../model/commands.ts';
import { demoServer, reasons } from './test-client.ts';

const element = (key: string, fields: Record<string, unknown>): SetElement => ({
  key,
  path: `Elements[${key}]`,
  members: Object.entries(fields).map(([name, value]) => ({ kind: 'field', name, field: name, value })),
});

describe('interfaces and their runs', async () => {
  const { call, hub } = await demoServer();
  beforeAll(async () => {
    const principal = await hub.access.client('kw_demo_client', 'kw_demo_client_secret');
    if (principal === undefined) throw new Error('The demo has no client.');
    const caller = { principal, via: 'test', requestId: 'test' };
    await hub.sync(caller, 'myendpoint', setOf([element('E-1', { name: 'one' }), element('E-2', { name: 'two' })]));
    await hub.sync(caller, 'myendpoint', setOf([element('E-1', { name: 'one' }), element('E-2', { length: 'long' })]));
  });

  it('lists the interfaces as the schema has them, defaults filled in', async () => {
    const { body } = await call('GET', '/v1/interfaces');
    expect(body).toEqual({
      items: [
        {
          endpoint: 'myendpoint',
          name: 'My interface',
          type: 'element',
          direction: 'synchronising',
          setup: 'custom',
          initiator: 'external_application',
          key: 'external_id',
          api_keys: ['kw_demo_client'],
        },
      ],
      next: null,
    });
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
