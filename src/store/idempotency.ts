/** What requests with an Idempotency-Key were answered. */
import type { Transaction } from './postgres/database.ts';

export type IdempotencyRow = {
  readonly principal_id: number;
  readonly key: string;
  /** Of all that the request asked; empty while its body has not come to its end. */
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
        select $1, n.*, $6 from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) n`,
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

/** A key, and whose it is. */
export type IdempotencyKey = Pick<IdempotencyRow, 'principal_id' | 'key'>;

export async function findIdempotency(
  tx: Transaction,
  workspace: number,
  { principal_id, key }: IdempotencyKey,
): Promise<IdempotencyRow | undefined> {
  const [row] = await readIdempotency(tx, workspace, [{ principal: principal_id, key }]);
  return row;
}

/**
 * Notes what is begun under a key, before all of the request is known: without a fingerprint. `instead`: of what is known to have come to
 * nothing. @returns false when somebody else was faster.
 */
export async function noteBegun(
  tx: Transaction,
  workspace: number,
  { principal_id, key, outcome }: IdempotencyKey & Pick<IdempotencyRow, 'outcome'>,
  instead: IdempotencyRow | undefined,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into idempotency (workspace_id, principal_id, key, fingerprint, outcome, at) values ($1, $2, $3, '', $4, $5)
     on conflict (workspace_id, principal_id, key) do update set fingerprint = '', outcome = excluded.outcome, at = excluded.at
       where (idempotency.fingerprint, idempotency.outcome) = ($6, $7)
     returning key`,
    [workspace, principal_id, key, outcome, at, instead?.fingerprint ?? null, instead?.outcome ?? null],
  );
  return rows.length === 1;
}

/** What was begun came to its end: now all of the request is known. */
export function noteEnded(
  tx: Transaction,
  workspace: number,
  { principal_id, key, fingerprint, outcome }: IdempotencyRow,
): void {
  tx.send(
    `update idempotency set fingerprint = $4
     where workspace_id = $1 and principal_id = $2 and key = $3 and fingerprint = '' and outcome = $5`,
    [workspace, principal_id, key, fingerprint, outcome],
  );
}

/** It came to nothing: the key is free for any other request. */
export function forgetBegun(
  tx: Transaction,
  workspace: number,
  { principal_id, key, outcome }: IdempotencyKey & Pick<IdempotencyRow, 'outcome'>,
): void {
  tx.send(
    `delete from idempotency
     where workspace_id = $1 and principal_id = $2 and key = $3 and fingerprint = '' and outcome = $4`,
    [workspace, principal_id, key, outcome],
  );
}

/** For whoever answers the request while this transaction lasts: others with the key wait. */
export async function holdIdempotency(
  tx: Transaction,
  workspace: number,
  { principal_id, key }: IdempotencyKey,
): Promise<IdempotencyRow | undefined> {
  const [row] = await tx.query<IdempotencyRow>(
    `select principal_id, key, fingerprint, outcome from idempotency
     where workspace_id = $1 and principal_id = $2 and key = $3 for update`,
    [workspace, principal_id, key],
  );
  return row;
}

export async function keepAnswer(tx: Transaction, workspace: number, row: IdempotencyRow, at: Date): Promise<void> {
  await tx.query(
    `update idempotency set fingerprint = $4, outcome = $5, at = $6 where workspace_id = $1 and principal_id = $2 and key = $3`,
    [workspace, row.principal_id, row.key, row.fingerprint, row.outcome, at],
  );
}
