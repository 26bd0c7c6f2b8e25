// The statements of every frequent or large call, executed with a million records stored: none reads through a table.

import { loadDialects } from '../src/dialects/contract.ts';
import { createHub } from '../src/engine/create-hub.ts';
import { createServer } from '../src/http/server.ts';
import { dialects } from '../src/main.ts';
import { openDatabase } from '../src/store/postgres/database.ts';
import { ensureContacts } from './bulk.ts';
import { type Figure, progress } from './figure.ts';
import { makeHotCalls, sendSets } from './plans/calls.ts';
import { type Explained, explainAll } from './plans/explain.ts';
import { recordStatements } from './plans/record.ts';
import { secretKey } from './server.ts';
import type { Stage } from './stage.ts';

/** The calls send 1,500 rows at most, and a statement may look up several rows for each. */
const mostRows = 10_000;

export async function plans(stage: Stage): Promise<Figure> {
  await ensureContacts(stage);
  progress('plans: listening to the statements');
  const recording = await recordStatements(() =>
    withServerInside(stage.databaseUrl, async (url) => {
      await makeHotCalls(url);
      await sendSets(url);
    }),
  );
  progress(`plans: explaining ${recording.statements.length} statements`);
  const explained = await explainAll(stage.databaseUrl, recording, { execute: true });
  const wrong = explained.filter(({ scans, touched = 0 }) => scans.length > 0 || touched > mostRows);
  if (wrong.length > 0)
    throw new Error(`These read through tables:\n${wrong.map((one) => described(one).join(': ')).join('\n')}`);
  const executed = explained.filter(({ touched }) => touched !== undefined);
  const most = Math.max(...executed.map(({ touched = 0 }) => touched));
  return {
    name: 'plans',
    value: most,
    unit: `rows gone through by the statement that touches most, of ${explained.length} (${executed.length} executed)`,
    limit: mostRows,
    beside: `with ${stage.size.records.toLocaleString('en')} records stored`,
    ratio: most / mostRows,
    target: { atMost: 1 },
    runs: [{ value: most, limit: mostRows }],
    further: Object.fromEntries(slowest(executed).map(described)),
  };
}

const described = ({ statement, scans, touched = 0, milliseconds = 0 }: Explained): [string, string] => [
  statement.name ?? statement.text.replaceAll(/\s+/g, ' ').trim().slice(0, 80),
  [...scans, `${touched} rows, ${milliseconds.toFixed(1)} ms`].join('; '),
];

const slowest = (explained: readonly Explained[]): Explained[] =>
  [...explained].sort((a, b) => (b.milliseconds ?? 0) - (a.milliseconds ?? 0)).slice(0, 5);

/** A server in this process, whose driver can be listened to. */
async function withServerInside(databaseUrl: string, work: (url: string) => Promise<void>): Promise<void> {
  const database = openDatabase({ connection: { connectionString: databaseUrl } });
  const hub = createHub({ database, secretKey });
  const settings = { publicOrigin: null, trustProxy: false, bodyLimitBytes: 10 * 1024 * 1024 };
  const app = createServer({ hub, dialects: await loadDialects(dialects), settings });
  try {
    await work(await app.listen({ host: '127.0.0.1', port: 0 }));
  } finally {
    app.server.closeAllConnections();
    await app.close();
    await hub.close();
  }
}
