/** The keys of one match field, stored anew when its key rule changes. The transaction has locked the schema: nobody else writes. */
import { int8Array, textArray } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';
import type { MatchFieldPlace, Spelled } from './spellings.ts';

/** Keeps what was sent, and frees the column, for `claimExternalIds`. */
export function freeExternalIds(tx: Transaction, workspace: number, rows: readonly Spelled[]): void {
  tx.send(
    `update record set external_id = null, data = record.data || jsonb_build_object('1', n.spelling)
     from unnest($2::bigint[], $3::text[]) n (number, spelling)
     where record.workspace_id = $1 and record.number = n.number`,
    [workspace, int8Array(rows.map(({ number }) => number)), textArray(rows.map(({ spelling }) => spelling))],
  );
}

export function claimExternalIds(
  tx: Transaction,
  workspace: number,
  rows: readonly (Spelled & { readonly form: string })[],
): void {
  tx.send(
    `update record set external_id = n.form, data = case when n.form = n.spelling then record.data - '1' else record.data end
     from unnest($2::bigint[], $3::text[], $4::text[]) n (number, spelling, form)
     where record.workspace_id = $1 and record.number = n.number`,
    [
      workspace,
      int8Array(rows.map(({ number }) => number)),
      textArray(rows.map(({ spelling }) => spelling)),
      textArray(rows.map(({ form }) => form)),
    ],
  );
}

/** Of tombstones that lose their key: the value goes with it. */
export function dropSpellings(tx: Transaction, workspace: number, field: number, numbers: readonly number[]): void {
  tx.send('update record set data = data - $2::text where workspace_id = $1 and number = any($3::bigint[])', [
    workspace,
    String(field),
    int8Array(numbers),
  ]);
}

/** Former keys of the field, those beyond the value `after`. */
export const readFormerKeys = (
  tx: Transaction,
  workspace: number,
  { type, field }: MatchFieldPlace,
  { after, limit }: { after: string; limit: number },
): Promise<(Spelled & { readonly value: string })[]> =>
  tx.query(
    `select value, number, coalesce(spelling, value) as spelling from record_alias
     where workspace_id = $1 and type = $2 and field = $3 and value > $4 order by value limit $5`,
    [workspace, type, field, after, limit],
  );
