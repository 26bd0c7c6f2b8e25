/** Interfaces that are to be told of when no complete set was applied for too long. */
import type { Sender, Transaction } from '../postgres/database.ts';

export type OverdueRow = { readonly interface: number; readonly since: Date; readonly due_at: Date };

/** A set was applied: the time begins anew. */
export function noteApplied(tx: Sender, workspace: number, interfaceId: number, at: Date, afterMs: number): void {
  tx.send(
    'update overdue_watch set since = $3, due_at = $4, told_at = null where workspace_id = $1 and interface = $2',
    [workspace, interfaceId, at, new Date(at.getTime() + afterMs)],
  );
}

/** Watches the interface from its last complete set on, or from `at` when it had none; or goes on watching it with another patience. */
export function watchInterface(tx: Sender, workspace: number, interfaceId: number, at: Date, afterMs: number): void {
  tx.send(
    `insert into overdue_watch (workspace_id, interface, since, due_at)
     select $1, $2, s.since, s.since + $4::bigint * interval '1 ms' from (
       select coalesce((
         select finished_at from run
         where workspace_id = $1 and interface = $2 and reverts is null and replays is null and state in ('applied', 'partial', 'held', 'reverted')
         order by run desc limit 1), $3::timestamptz) as since) s
     on conflict (workspace_id, interface) do update
       set due_at = overdue_watch.since + $4::bigint * interval '1 ms',
         told_at = case when overdue_watch.since + $4::bigint * interval '1 ms' > $3 then null else overdue_watch.told_at end`,
    [workspace, interfaceId, at, afterMs],
  );
}

export function unwatchInterface(tx: Sender, workspace: number, interfaceId: number): void {
  tx.send('delete from overdue_watch where workspace_id = $1 and interface = $2', [workspace, interfaceId]);
}

export const readWatched = (tx: Transaction, workspace: number): Promise<OverdueRow[]> =>
  tx.query<OverdueRow>('select interface, since, due_at from overdue_watch where workspace_id = $1', [workspace]);

/** Those of which nobody was told yet. */
export const readUntold = (
  tx: Transaction,
  at: Date,
): Promise<{ readonly workspace_id: number; readonly interface: number }[]> =>
  tx.query(
    'select workspace_id, interface from overdue_watch where told_at is null and due_at < $1 order by due_at limit 1000',
    [at],
  );

/** undefined: somebody else was faster, or a set was applied meanwhile. */
export async function markTold(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  at: Date,
): Promise<OverdueRow | undefined> {
  const [row] = await tx.query<OverdueRow>(
    `update overdue_watch set told_at = $3 where workspace_id = $1 and interface = $2 and told_at is null and due_at < $3
     returning interface, since, due_at`,
    [workspace, interfaceId, at],
  );
  return row;
}
