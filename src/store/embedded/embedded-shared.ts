// The embedded database for a command that runs beside a server, or without one.
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  addressIn,
  EmbeddedError,
  type EmbeddedOptions,
  type EmbeddedPostgres,
  readLockFile,
  startEmbedded,
} from './embedded.ts';

const waitMs = 15_000;

/** Joins the database of the Keyway that runs on the folder, or starts it where none does. `shared` tells which.
 *  To stop a joined database is only to leave it. */
export async function shareEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres & { shared: boolean }> {
  for (let waitedMs = 0; ; waitedMs += 100) {
    try {
      return { ...(await startEmbedded(options)), shared: false };
    } catch (error) {
      const taken = error instanceof EmbeddedError && error.code === 'data_dir_in_use';
      if (!taken || waitedMs >= waitMs) throw error;
    }
    const lockFile = await readLockFile(join(resolve(options.dataDir), 'postgres-18'));
    if (lockFile?.status === 'ready') {
      const never = new Promise<void>(() => {}); // its end is the server's business; here the connection will fail
      return {
        ...addressIn(lockFile.socketFolder),
        pid: lockFile.pid,
        ended: never,
        stop: async () => {},
        shared: true,
      };
    }
    await sleep(100); // it is only starting, or stopping
  }
}
