/** How a double opens the hub over one of its databases. */
import { type Dialect, setReadersOf } from '../dialects/contract.ts';
import { createHub } from '../engine/create-hub.ts';
import type { EmbeddedPostgres } from '../store/embedded/embedded.ts';
import { openDatabase } from '../store/postgres/database.ts';
import type { OpenHub } from './served-hub.ts';

/** All that is sealed with it is made up, and the folder of a double may be copied to any machine. */
const secretKey = 'the secret key of every test double';

export const hubOpener =
  ({ connection }: EmbeddedPostgres, dialects: readonly Dialect[]): OpenHub =>
  (database) =>
    createHub({
      database: openDatabase({ connection: { ...connection, database }, onError: () => {} }),
      secretKey,
      webhooksAllowPrivate: true, // a test receives them beside the double
      setReaders: setReadersOf(dialects),
    });
