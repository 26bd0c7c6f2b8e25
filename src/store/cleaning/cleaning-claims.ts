/** Which server cleans which workspace: one at a time. */
import type { Sender, Transaction } from '../postgres/database.ts';

export type CleaningClaim = { readonly by: string; readonly until: Date };

/** The workspace that has waited longest for being cleaned, and on which nobody is at work; 0 for what belongs to none. */
export async function claimCleaning(tx: Transaction, now: Date, claim: CleaningClaim): Promise<number | undefined> {
  const [row] = await tx.query<{ workspace_id: number }>(
    {
      name: 'claim_cleaning',
      text: `
        update cleaning set claimed_by = $2, claimed_until = $3 where workspace_id = (
          select workspace_id from cleaning
          where due_at <= $1 and (claimed_until is null or claimed_until < $1)
          order by due_at limit 1 for update skip locked)
        returning workspace_id`,
    },
    [now, claim.by, claim.until],
  );
  return row?.workspace_id;
}

/** @returns false when somebody else is at work on it. */
export async function claimCleaningOf(
  tx: Transaction,
  workspace: number,
  now: Date,
  claim: CleaningClaim,
): Promise<boolean> {
  const rows = await tx.query(
    `update cleaning set claimed_by = $3, claimed_until = $4
     where workspace_id = $1 and (claimed_until is null or claimed_until < $2 or claimed_by = $3) returning 1`,
    [workspace, now, claim.by, claim.until],
  );
  return rows.length > 0;
}

/** Whoever is free next takes it up. */
export function cleanSoon(tx: Sender, workspace: number, at: Date): void {
  tx.send('update cleaning set due_at = least(due_at, $2) where workspace_id = $1', [workspace, at]);
}

export async function endCleaning(tx: Transaction, workspace: number, by: string, dueAt: Date): Promise<void> {
  await tx.query(
    'update cleaning set claimed_by = null, claimed_until = null, due_at = $3 where workspace_id = $1 and claimed_by = $2',
    [workspace, by, dueAt],
  );
}
