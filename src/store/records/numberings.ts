/** The next numbers of fields that number their records. */
import type { Sender, Transaction } from '../postgres/database.ts';

export type NumberingRow = { readonly type: number; readonly field: number; readonly next: number };

/** Locked until the transaction ends: a number that it draws and does not keep is the next one again. `next` is the first there may be. */
export function lockNumberings(
  tx: Transaction,
  workspace: number,
  rows: readonly NumberingRow[],
): Promise<NumberingRow[]> {
  return tx.query<NumberingRow>(
    {
      name: 'lock_numberings',
      text: `
        insert into numbering as n (workspace_id, type, field, next)
        select $1, w.* from unnest($2::int[], $3::int[], $4::bigint[]) w (type, field, next) order by w.type, w.field
        on conflict (workspace_id, type, field) do update set next = greatest(n.next, excluded.next)
        returning n.type, n.field, n.next`,
    },
    [workspace, rows.map((row) => row.type), rows.map((row) => row.field), rows.map((row) => row.next)],
  );
}

/** Of numberings that this transaction has locked. */
export function updateNumberings(tx: Sender, workspace: number, rows: readonly NumberingRow[]): void {
  tx.send(
    {
      name: 'update_numberings',
      text: `
        update numbering n set next = w.next from unnest($2::int[], $3::int[], $4::bigint[]) w (type, field, next)
        where n.workspace_id = $1 and n.type = w.type and n.field = w.field returning n.field`,
    },
    [workspace, rows.map((row) => row.type), rows.map((row) => row.field), rows.map((row) => row.next)],
  );
}

/** undefined: none was drawn yet. */
export async function readNumbering(
  tx: Transaction,
  workspace: number,
  place: { readonly type: number; readonly field: number },
): Promise<number | undefined> {
  const [row] = await tx.query<Pick<NumberingRow, 'next'>>(
    'select next from numbering where workspace_id = $1 and type = $2 and field = $3',
    [workspace, place.type, place.field],
  );
  return row?.next;
}
