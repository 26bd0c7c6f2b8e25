/** The elements of a run that is receiving: more than memory should hold, until the end of the body says that they may be judged. */
import { byteaArray, int8Array, textArray } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';

export type StagedElement = { readonly row: number; readonly source: string; readonly hash: Buffer };

export async function stageElements(
  tx: Transaction,
  workspace: number,
  run: number,
  elements: readonly StagedElement[],
): Promise<void> {
  await tx.query(
    {
      name: 'stage_elements',
      text: `
        insert into staging (workspace_id, run, row, source, hash)
        select $1, $2, n.* from unnest($3::bigint[], $4::text[], $5::bytea[]) n`,
    },
    [
      workspace,
      run,
      int8Array(elements.map((element) => element.row)),
      textArray(elements.map((element) => element.source)),
      byteaArray(elements.map((element) => element.hash)),
    ],
  );
}

/** In the order of the body. */
export const readStaged = (
  tx: Transaction,
  workspace: number,
  run: number,
  page: { after: number; limit: number },
): Promise<StagedElement[]> =>
  tx.query<StagedElement>(
    {
      name: 'read_staged',
      text: 'select row, source, hash from staging where workspace_id = $1 and run = $2 and row > $3 order by row limit $4',
    },
    [workspace, run, page.after, page.limit],
  );

export function deleteStaged(tx: Transaction, workspace: number, run: number): void {
  tx.send({ name: 'delete_staged', text: 'delete from staging where workspace_id = $1 and run = $2' }, [
    workspace,
    run,
  ]);
}
