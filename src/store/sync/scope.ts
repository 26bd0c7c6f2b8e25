/** Which records a set that is not of everything may delete. */
import { int8Array } from '../postgres/arrays.ts';
import type { Transaction } from '../postgres/database.ts';

/** A field has the value, or the record is linked to the other one. Ids are of the schema. */
export type ScopeCondition =
  | { readonly kind: 'field'; readonly field: number; readonly value: unknown }
  | { readonly kind: 'link'; readonly linkType: number; readonly side: 'left' | 'right'; readonly other: number };

/** Those of the records that are there, and meet every condition. */
export async function readInScope(
  tx: Transaction,
  workspace: number,
  numbers: readonly number[],
  conditions: readonly ScopeCondition[],
): Promise<number[]> {
  const values: unknown[] = [workspace, int8Array(numbers)];
  const place = (value: unknown): string => `$${values.push(value)}`;
  const texts = conditions.map((condition) => {
    if (condition.kind === 'field')
      return `r.data -> '${Math.trunc(condition.field)}' = ${place(JSON.stringify(condition.value))}::jsonb`;
    const [own, other] = condition.side === 'left' ? ['left', 'right'] : ['right', 'left'];
    return `exists (select from link l where l.workspace_id = $1 and l.link_type = ${Math.trunc(condition.linkType)}
      and l.${own}_number = r.number and l.${other}_number = ${place(condition.other)}::bigint)`;
  });
  const rows = await tx.query<{ number: number }>(
    `select n.number from unnest($2::bigint[]) n (number) cross join lateral (
       select number, data from record where workspace_id = $1 and number = n.number and deleted_at is null offset 0) r
     where ${texts.join(' and ')} order by n.number`,
    values,
  );
  return rows.map(({ number }) => number);
}
