/** What requests with an Idempotency-Key were answered. */
import type { Transaction } from './database.ts';

export type IdempotencyRow = {
  readonly principal_id: number;
  readonly key: string;
  /** Of all that the request asked. */
  readonly fingerprint: string;
  /** JSON. */
  readonly outcome: string;
};

export async function readIdempotency(
  tx: Transaction,
  workspace: number,
  wanted: readonly { principal: number; key: string }[],
): Promise<IdempotencyRow[]> {
  return tx.query<IdempotencyRow>(
    {
      name: 'read_idempotency',
      text: `
        select i.principal_id, i.key, i.fingerprint, i.outcome
        from unnest($2::bigint[], $3::text[]) w (principal_id, key)
          join idempotency i on i.workspace_id = $1 and i.principal_id = w.principal_id and i.key = w.key`,
    },
    [workspace, wanted.map((one) => one.principal), wanted.map((one) => one.key)],
  );
}

/** Fails with a unique violation when another server answered the same key meanwhile. Give rows in key order. */
export function insertIdempotency(tx: Transaction, workspace: number, rows: readonly IdempotencyRow[], at: Date): void {
  tx.send(
    {
      name: 'insert_idempotency',
      text: `
        insert into idempotency (workspace_id, principal_id, key, fingerprint, outcome, at)
        select $1, n.*, $6 from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) n returning key`,
    },
    [
      workspace,
      rows.map((row) => row.principal_id),
      rows.map((row) => row.key),
      rows.map((row) => row.fingerprint),
      rows.map((row) => row.outcome),
      at,
    ],
  );
}
