import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../fresh-database.ts';
import { testSecretKey } from '../fresh-hub.ts';
import { startServer } from '../server-process.ts';

describe('the first start on an empty database', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  it('may be two at once: one sets up the demo, both serve it, and each record is there once', async () => {
    const args = ['--demo', '--database-url', database.url];
    const environment = { KEYWAY_SECRET_KEY: testSecretKey };
    const servers = await Promise.all([startServer(args, environment), startServer(args, environment)]);
    const headers = { authorization: 'Bearer kw_demo_admin' };
    for (const { url } of servers) {
      const answer = await fetch(`${url}/v1/records/contact`, { headers });
      const { items } = (await answer.json()) as { items: { number: number }[] };
      expect(items.map((item) => item.number)).toEqual([106, 2001]);
    }
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('sets the secret key: a server with another one does not start', async () => {
    const args = ['--database-url', database.url];
    const other = startServer(args, { KEYWAY_SECRET_KEY: `${testSecretKey}, but another one` });
    await expect(other).rejects.toThrow('The secret key is not the one that this database was set up with');
  });
});
