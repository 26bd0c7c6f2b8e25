/** Opens the hub for one command and closes it again. */
import type { Config } from '../config.ts';
import type { Hub } from '../engine/hub.ts';
import { openPostgres } from './postgres.ts';

const log = (): void => {};

export async function withHub<T>(config: Config, work: (hub: Hub) => Promise<T>): Promise<T> {
  // The engine is loaded only by commands that need it, and while PostgreSQL starts.
  const [postgres, { openInstallation }] = await Promise.all([
    openPostgres(config, { share: true, log }),
    import('./installation.ts'),
  ]);
  const installation = await openInstallation(config, postgres, { maxConnections: 2, log });
  try {
    return await work(installation.hub);
  } finally {
    await installation.close();
  }
}
