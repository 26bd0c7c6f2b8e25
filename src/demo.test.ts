import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../test/fresh-database.ts';
import { testSecretKey } from '../test/fresh-hub.ts';
import { loadDemo } from './demo.ts';
import { createHub } from './engine/create-hub.ts';
import type { Hub } from './engine/hub.ts';
import { openDatabase } from './store/postgres/database.ts';
import { migrate } from './store/postgres/migrate.ts';

describe('loading the demo', () => {
  let database: FreshDatabase;
  let hub: Hub;
  beforeAll(async () => {
    database = await freshDatabase();
    const connection = { connectionString: database.url };
    await migrate(connection);
    hub = createHub({ database: openDatabase({ connection }), secretKey: testSecretKey });
  });
  afterAll(async () => {
    await hub.close();
    await database.drop();
  });

  it('is taken up where it ended, wherever it is cut short', async () => {
    for (let allowed = 0; allowed < 12; allowed++) {
      let calls = 0;
      const counted =
        <A extends unknown[], R>(call: (...args: A) => R) =>
        (...args: A): R => {
          if (calls++ >= allowed) throw new Error('killed');
          return call(...args);
        };
      const { addUser, addCredential } = hub.workspaces;
      const workspaces = { ...hub.workspaces, addUser: counted(addUser), addCredential: counted(addCredential) };
      const cut = { ...hub, workspaces, applySchema: counted(hub.applySchema), link: counted(hub.link) };
      await loadDemo(cut).catch((error: Error) => expect(error.message).toBe('killed'));
    }
    for (const role of ['admin', 'power', 'member']) {
      expect(await hub.access.bearer(`kw_demo_${role}`, 'native')).toMatchObject({
        role,
        email: `${role}@keyway.test`,
      });
    }
    const principal = await hub.access.bearer('kw_demo_admin', 'native');
    if (principal === undefined) throw new Error('no administrator');
    const caller = { principal, via: 'test', requestId: 'test' };
    const links = await hub.links(caller, { type: 'policy', limit: 10 });
    expect(links).toMatchObject({ items: [{ number: 101, role: { name: 'Adjuster' } }] });
    expect(await hub.count(caller, 'contact')).toBe(2);
  });
});
