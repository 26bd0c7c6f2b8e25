/** What an interface leaves behind that is removed, or takes sets of these records no more. */
import type { Transaction } from '../postgres/database.ts';

export async function countHeld(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
): Promise<{ runs: number; deletes: number }> {
  const [row] = await tx.query<{ runs: number; deletes: number }>(
    `select count(*) as runs, coalesce(sum(held_deletes), 0)::bigint as deletes
     from run where workspace_id = $1 and interface = $2 and state = 'held'`,
    [workspace, interfaceId],
  );
  return row ?? { runs: 0, deletes: 0 };
}

/** Sets that were accepted and are not begun: they can be applied no more. */
export async function countQueued(tx: Transaction, workspace: number, interfaceId: number): Promise<number> {
  const [row] = await tx.query<{ runs: number }>(
    `select count(*) as runs from run where workspace_id = $1 and interface = $2 and state in ('received', 'queued') and state = 'queued'`,
    [workspace, interfaceId],
  );
  return row?.runs ?? 0;
}

/** Its records stay and are nobody's; what its runs hold is cancelled, what they kept goes, and none of them can be reverted. */
export async function letGoOfInterface(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  at: Date,
): Promise<void> {
  await tx.query(
    `with ended as (
       update run set held_end = 'cancelled', held_end_at = $3,
         state = case when held_whole is null then 'partial' else 'failed' end,
         failure = case when held_whole is null then failure else 'Its interface was removed, or took such sets no more, while it was held: nothing of it was applied.' end,
         counts = case when held_whole is null then counts
           else counts || jsonb_build_object('held', 0, 'rejected', counts -> 'received') end
       where workspace_id = $1 and interface = $2 and state = 'held' returning run),
     forgotten as (delete from queued_part using ended where queued_part.workspace_id = $1 and queued_part.run = ended.run)
     delete from held_delete using ended where held_delete.workspace_id = $1 and held_delete.run = ended.run`,
    [workspace, interfaceId, at],
  );
  await tx.query('delete from interface_record where workspace_id = $1 and interface = $2', [workspace, interfaceId]);
  await tx.query(
    `delete from leaver using run
     where leaver.workspace_id = $1 and run.workspace_id = $1 and run.interface = $2 and leaver.run = run.run`,
    [workspace, interfaceId],
  );
  await tx.query(
    `delete from run_element using run
     where run_element.workspace_id = $1 and run.workspace_id = $1 and run.interface = $2 and run_element.run = run.run`,
    [workspace, interfaceId],
  );
  // A run that is at work holds it, and waits for the schema: it ends, and the row says nothing more.
  await tx.query(
    `delete from interface_lock where workspace_id = $1 and interface = any(array(
       select interface from interface_lock where workspace_id = $1 and interface = $2 for update skip locked))`,
    [workspace, interfaceId],
  );
}
