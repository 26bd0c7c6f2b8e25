// A test double in this process, listening on a free port, as `keyway serve --double` would.
import { openDoubleDatabase } from '../src/double/database.ts';
import { openDouble } from '../src/double/open-double.ts';
import { createServer } from '../src/http/server.ts';
import { dialects } from './dialects.ts';

export type FreshDouble = {
  url: string;
  /** Calls it, as the administrator of the demo unless the headers say otherwise. A body is sent as JSON, text as it is. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<DoubleAnswer>;
  close(): Promise<void>;
};
// biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for
export type DoubleAnswer = { status: number; headers: Headers; body: any };

export async function freshDouble(dir: string | null = null): Promise<FreshDouble> {
  const double = await openDouble({
    database: await openDoubleDatabase(dir, () => {}),
    dialects,
    work: (hub) => {
      const worker = hub.workOnRuns({ onError: () => {} });
      return { stop: () => worker.stop() };
    },
  });
  const settings = { publicOrigin: null, trustProxy: false, bodyLimitBytes: 10 * 1024 * 1024 };
  const app = createServer({ hub: double.hub, dialects: double.dialects, settings });
  double.attach(app);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    async call(method, path, body, headers = {}) {
      const isText = typeof body === 'string';
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: 'Bearer kw_demo_admin',
          ...(body === undefined ? {} : { 'content-type': isText ? 'application/yaml' : 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      const isJson = /json/.test(answer.headers.get('content-type') ?? '');
      return { status: answer.status, headers: answer.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
    },
    async close() {
      app.server.closeAllConnections();
      await app.close();
      await double.close();
    },
  };
}
