/** The records that a run left out, and that stay all the same: what takes the run back makes them its interface's again. */
import { int8Array } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';

export function noteLeavers(tx: Transaction, workspace: number, run: number, numbers: readonly number[]): void {
  tx.send(
    {
      name: 'note_leavers',
      text: `
        insert into leaver (workspace_id, run, number) select $1, $2, n.number from unnest($3::bigint[]) n (number)
        on conflict do nothing`,
    },
    [workspace, run, int8Array(numbers)],
  );
}

/** Those that would be the interface's again, by number. */
export async function readLeavers(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  { run, after, limit }: { readonly run: number; readonly after: number; readonly limit: number },
): Promise<{ number: number; version: number }[]> {
  return tx.query(
    `select r.number, r.version
     from leaver l join record r on r.workspace_id = l.workspace_id and r.number = l.number and r.deleted_at is null
     where l.workspace_id = $1 and l.run = $3 and l.number > $4
       and not exists (
         select from interface_record i where i.workspace_id = $1 and i.interface = $2 and i.number = l.number)
     order by l.number limit $5`,
    [workspace, interfaceId, run, after, limit],
  );
}

export async function rejoinLeavers(
  tx: Transaction,
  workspace: number,
  interfaceId: number,
  run: number,
): Promise<void> {
  await tx.query(
    `insert into interface_record (workspace_id, interface, number)
     select $1, $2, l.number from leaver l cross join lateral (
       select from record where workspace_id = $1 and number = l.number and deleted_at is null offset 0) r
     where l.workspace_id = $1 and l.run = $3
     on conflict do nothing`,
    [workspace, interfaceId, run],
  );
  await tx.query('delete from leaver where workspace_id = $1 and run = $2', [workspace, run]);
}
