/** Faults of the database in the words that the layers above know. */
import type { Database } from '../store/postgres/database.ts';
import { publicFault } from './write/attempt.ts';

export function rethrowPublic(fault: unknown): never {
  throw publicFault(fault);
}

export function withPublicFaults(database: Database): Database {
  const translated = <T>(result: Promise<T>): Promise<T> => result.catch(rethrowPublic);
  return {
    inWorkspace: (workspace, work) => translated(database.inWorkspace(workspace, work)),
    global: (work) => translated(database.global(work)),
    ping: () => translated(database.ping()),
    close: () => database.close(),
  };
}
