// A database of a server that dies when all of a transaction is written and nothing is committed. What only reads goes on.
import type { Database, Transaction } from '../src/store/postgres/database.ts';

export type Death = { isToDie: boolean; deaths: number };

export const dying = (database: Database, death: Death): Database => ({
  ...database,
  inWorkspace: (workspace, work) =>
    database.inWorkspace(workspace, async (tx) => {
      let writes = false;
      const watched: Transaction = {
        query: (statement, values) => tx.query(statement, values),
        page: (statement, values, limit) => tx.page(statement, values, limit),
        read: (statement, values, take) => tx.read(statement, values, take),
        attempt: (part) => tx.attempt(part),
        send: (statement, values) => void watched.perform(statement, values),
        perform(statement, values) {
          writes ||= typeof statement !== 'string' || /^(insert|update|delete)/.test(statement.trim());
          return tx.perform(statement, values);
        },
      };
      const result = await work(watched);
      if (!death.isToDie || !writes) return result;
      death.deaths++;
      throw new Error('killed');
    }),
});
