/** What the last applied sets of an interface were as of, by what each was everything of. Whoever asks holds the interface's lock. */
import type { Stamp } from '../../model/stamp.ts';
import type { Transaction } from '../postgres/database.ts';

export type LastSets = Readonly<Record<string, Stamp>>;

export async function readLastSets(tx: Transaction, workspace: number, interfaceId: number): Promise<LastSets> {
  const [row] = await tx.query<{ last_sets: LastSets | null }>(
    'select last_sets from interface_lock where workspace_id = $1 and interface = $2',
    [workspace, interfaceId],
  );
  return row?.last_sets ?? {};
}

export function putLastSet(tx: Transaction, workspace: number, interfaceId: number, scope: string, stamp: Stamp): void {
  tx.send(
    `update interface_lock set last_sets = coalesce(last_sets, '{}') || jsonb_build_object($3::text, $4::jsonb)
     where workspace_id = $1 and interface = $2`,
    [workspace, interfaceId, scope, JSON.stringify(stamp)],
  );
}
