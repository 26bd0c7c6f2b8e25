// A server over a fresh hub with the demo data, listening on a free port, as `keyway serve --demo` would.
import type { FastifyBaseLogger } from 'fastify';
import type { Dialect } from '../src/dialects/contract.ts';
import type { Hub } from '../src/engine/hub.ts';
import { createServer, type HttpSettings } from '../src/http/server.ts';
import { dialects as allDialects } from './dialects.ts';
import { freshHub } from './fresh-hub.ts';

export type FreshServer = {
  /** `http://127.0.0.1:PORT` */
  url: string;
  hub: Hub;
  databaseUrl: string;
  close(): Promise<void>;
};

export async function freshServer(
  options: { dialects?: readonly Dialect[]; settings?: Partial<HttpSettings>; logger?: FastifyBaseLogger } = {},
): Promise<FreshServer> {
  const { hub, databaseUrl, close } = await freshHub();
  const { dialects = allDialects, logger } = options;
  const settings = { publicOrigin: null, trustProxy: false, bodyLimitBytes: 10 * 1024 * 1024, ...options.settings };
  const app = createServer({ hub, dialects, settings, ...(logger === undefined ? {} : { logger }) });
  const url = await app.listen({ host: '127.0.0.1', port: 0 }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    url,
    hub,
    databaseUrl,
    async close() {
      app.server.closeAllConnections(); // those that fetch keeps alive
      await app.close();
      await close();
    },
  };
}
