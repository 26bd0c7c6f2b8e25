/** Makes the database that the doubles of a version begin with: the demo data, and a copy of it to serve. */
import { loadDemo } from '../demo.ts';
import type { EmbeddedPostgres } from '../store/embedded/embedded.ts';
import { Copies } from '../store/postgres/copies.ts';
import { migrate } from '../store/postgres/migrate.ts';
import { hubOpener } from './open-hub.ts';

/** @param postgres with nothing in it; it is stopped in the end. */
export async function makeDatabase(postgres: EmbeddedPostgres): Promise<void> {
  try {
    const copies = await Copies.open(postgres.connection);
    const demo = await copies.makeFirst();
    await migrate({ ...postgres.connection, database: demo });
    const hub = hubOpener(postgres, [])(demo);
    await loadDemo(hub).finally(() => hub.close());
    await copies.disconnect(demo);
    const at = new Date();
    await copies.keep('demo', '', demo, at);
    await copies.keep('current', '', await copies.make(demo), at);
    await copies.close();
  } finally {
    await postgres.stop();
  }
}
