/** Sessions that dialects open, and nonces of signed requests. Tokens are stored as their SHA-256 only. */
import type { Transaction } from '../postgres/database.ts';
import type { PrincipalRow } from './principals.ts';

export type SessionRow = {
  readonly session_id: number;
  readonly workspace_id: number;
  readonly principal_id: number;
  readonly via: string;
  readonly client: string;
  readonly platform: string;
  readonly access_expires_at: Date;
  readonly refresh_expires_at: Date | null;
};

const columns =
  's.session_id, s.workspace_id, s.principal_id, s.via, s.client, s.platform, s.access_expires_at, s.refresh_expires_at';
const principalColumns = 'p.kind, p.name, p.email, p.role, p.grants, p.password_hash, p.disabled_at';

export async function insertSession(
  tx: Transaction,
  session: Omit<SessionRow, 'session_id'> & { access_hash: Buffer; refresh_hash: Buffer | null },
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into session (workspace_id, principal_id, via, client, platform, access_hash, refresh_hash, access_expires_at,
       refresh_expires_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      session.workspace_id,
      session.principal_id,
      session.via,
      session.client,
      session.platform,
      session.access_hash,
      session.refresh_hash,
      session.access_expires_at,
      session.refresh_expires_at,
      at,
    ],
  );
}

export async function deleteSessionsOf(
  tx: Transaction,
  session: { principal_id: number; via: string; platform: string },
): Promise<void> {
  await tx.query('delete from session where principal_id = $1 and via = $2 and platform = $3', [
    session.principal_id,
    session.via,
    session.platform,
  ]);
}

export async function findSession(
  tx: Transaction,
  accessHash: Buffer,
  via: string,
  at: Date,
): Promise<(SessionRow & PrincipalRow) | undefined> {
  const [row] = await tx.query<SessionRow & PrincipalRow>(
    {
      name: 'find_session',
      text: `select ${columns}, ${principalColumns} from session s join principal p on p.principal_id = s.principal_id
             where s.access_hash = $1 and s.via = $2 and s.access_expires_at > $3 and p.disabled_at is null`,
    },
    [accessHash, via, at],
  );
  return row;
}

/**
 * Takes the session of a refresh token out: of two callers with the same token, one gets it. Whose it is stays as it is until the transaction
 * ends: a new password, which ends all sessions, ends the one that takes its place too.
 */
export async function takeSession(
  tx: Transaction,
  refreshHash: Buffer,
  via: string,
  at: Date,
): Promise<(SessionRow & PrincipalRow) | undefined> {
  const [row] = await tx.query<SessionRow & PrincipalRow>(
    `with held as materialized (
       select p.* from session s join principal p on p.principal_id = s.principal_id
       where s.refresh_hash = $1 and s.via = $2 and p.disabled_at is null for share of p)
     delete from session s using held p
     where s.refresh_hash = $1 and s.via = $2 and p.principal_id = s.principal_id and s.refresh_expires_at > $3
     returning ${columns}, ${principalColumns}`,
    [refreshHash, via, at],
  );
  return row;
}

export async function deleteSession(tx: Transaction, accessHash: Buffer, via: string): Promise<void> {
  await tx.query('delete from session where access_hash = $1 and via = $2', [accessHash, via]);
}

/** @returns false when the nonce was there already. */
export async function insertNonce(
  tx: Transaction,
  credential: number,
  nonce: string,
  expiresAt: Date,
): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'insert_nonce',
      text: 'insert into nonce (credential_id, nonce, expires_at) values ($1, $2, $3) on conflict do nothing returning 1',
    },
    [credential, nonce, expiresAt],
  );
  return rows.length > 0;
}

/** Removes what has expired, at most so many of each. @returns whether there may be more. */
export async function sweepSessions(tx: Transaction, at: Date, most: number): Promise<boolean> {
  const nonces = await tx.query(
    {
      name: 'sweep_nonces',
      text: `delete from nonce where ctid = any(array(
               select ctid from nonce where expires_at < $1 order by expires_at limit $2)) returning 1`,
    },
    [at, most],
  );
  const sessions = await tx.query(
    {
      name: 'sweep_sessions',
      text: `delete from session where ctid = any(array(
               select ctid from session where coalesce(refresh_expires_at, access_expires_at) < $1
               order by coalesce(refresh_expires_at, access_expires_at) limit $2 for update skip locked)) returning 1`,
    },
    [at, most],
  );
  return nonces.length === most || sessions.length === most;
}
