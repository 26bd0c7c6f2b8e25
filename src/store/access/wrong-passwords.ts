/** How many wrong passwords were tried for a user name lately. */
import type { Transaction } from '../postgres/database.ts';

export async function findWrongPasswords(
  tx: Transaction,
  nameHash: Buffer,
): Promise<{ readonly count: number; readonly last_at: Date } | undefined> {
  const [row] = await tx.query<{ count: number; last_at: Date }>(
    { name: 'find_wrong_passwords', text: 'select count, last_at from wrong_password where name_hash = $1' },
    [nameHash],
  );
  return row;
}

/** Begins at one again when the last was before `since`. @returns how many they are now. */
export async function countWrongPassword(tx: Transaction, nameHash: Buffer, at: Date, since: Date): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `insert into wrong_password as w (name_hash, count, last_at) values ($1, 1, $2)
     on conflict (name_hash) do update
     set count = case when w.last_at < $3 then 1 else w.count + 1 end, last_at = excluded.last_at
     returning count`,
    [nameHash, at, since],
  );
  return row?.count ?? 0;
}

export async function deleteWrongPasswords(tx: Transaction, nameHash: Buffer): Promise<void> {
  await tx.query({ name: 'delete_wrong_passwords', text: 'delete from wrong_password where name_hash = $1' }, [
    nameHash,
  ]);
}

/** Removes what counts no more, at most so many. @returns whether there may be more. */
export async function sweepWrongPasswords(tx: Transaction, before: Date, most: number): Promise<boolean> {
  const rows = await tx.query(
    `delete from wrong_password where name_hash = any(array(
       select name_hash from wrong_password where last_at < $1 order by last_at limit $2)) returning 1`,
    [before, most],
  );
  return rows.length === most;
}
