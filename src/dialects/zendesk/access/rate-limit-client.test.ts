/** node-zendesk, as it comes from npm, asks more often than it may. */
import { createClient } from 'node-zendesk';
import { afterAll, expect, it } from 'vitest';
import { freshServer } from '../../../../test/fresh-server.ts';
import { zendeskDialect } from '../index.ts';
import { defaultOptions } from '../options.ts';
import { beginMinute } from '../test-client.ts';

const dialect = zendeskDialect({ ...defaultOptions, rateLimit: 3 });
const server = await freshServer({
  dialects: [{ ...dialect, name: 'native', paths: [], register: () => {} }, dialect],
});
afterAll(() => server.close());

// biome-ignore lint/suspicious/noExplicitAny: the client types what it reads as modules of node
type Read = any;

it('takes an answer beyond the rate limit for what it is, and no other', async () => {
  const client = createClient({
    ...{ username: 'admin@keyway.test', token: 'kw_demo_admin' },
    ...{ endpointUri: `${server.url}/api/v2`, throwOriginalException: true },
  });
  const limited: Read[] = [];
  beginMinute();
  for (let n = 0; n < 8; n++) {
    const { response, result } = (await client.tickets.request('GET', ['custom_objects'] as Read)) as Read;
    if (result?.statusCode === 429) limited.push(response);
    else expect(result.custom_objects).toBeInstanceOf(Array);
  }
  expect(limited.length).toBeGreaterThan(0);
  expect(Number(limited[0].headers.get('retry-after'))).toBeGreaterThan(0);
});
