/** Opens the hub for one command and closes it again. */
import type { Config } from '../config.ts';
import type { Hub } from '../engine/hub.ts';
import { openInstallation } from './installation.ts';

export async function withHub<T>(config: Config, work: (hub: Hub) => Promise<T>): Promise<T> {
  const installation = await openInstallation(config, { share: true, maxConnections: 2, log: () => {} });
  try {
    return await work(installation.hub);
  } finally {
    await installation.close();
  }
}
