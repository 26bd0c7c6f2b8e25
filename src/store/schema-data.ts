/** What a schema change does to data: counting what would be lost, and taking it away. */
import type { Transaction } from './postgres/database.ts';
import { removeEntries } from './records/field-index.ts';

export async function countRecordsOfType(tx: Transaction, workspace: number, type: number): Promise<number> {
  return count(tx, 'select count(*) as count from record where workspace_id = $1 and type = $2', [workspace, type]);
}

export async function countFieldValues(
  tx: Transaction,
  workspace: number,
  type: number,
  field: number,
): Promise<number> {
  return count(
    tx,
    `select count(*) as count from record
     where workspace_id = $1 and type = $2 and deleted_at is null
       and case when $3 = '1' then external_id is not null else jsonb_exists(data, $3) end`,
    [workspace, type, String(field)],
  );
}

/** Records whose enum or multi_enum field holds one of the values. */
export async function countOptionValues(
  tx: Transaction,
  workspace: number,
  place: { type: number; field: number },
  values: readonly string[],
): Promise<number> {
  return count(
    tx,
    `select count(*) as count from record
     where workspace_id = $1 and type = $2 and deleted_at is null
       and (data ->> $3 = any($4::text[]) or (jsonb_typeof(data -> $3) = 'array' and jsonb_exists_any(data -> $3, $4::text[])))`,
    [workspace, place.type, String(place.field), values],
  );
}

/** Live records that share a value of the field with another one: `example` is one such value. */
export async function findCollisions(
  tx: Transaction,
  workspace: number,
  place: { type: number; field: number },
): Promise<{ values: number; example: string | null }> {
  const [row] = await tx.query<{ values: number; example: string | null }>(
    `select count(*) as values, min(value) as example from (
       select data ->> $3 as value from record
       where workspace_id = $1 and type = $2 and deleted_at is null and jsonb_exists(data, $3)
       group by 1 having count(*) > 1
     ) d`,
    [workspace, place.type, String(place.field)],
  );
  return row ?? { values: 0, example: null };
}

/** Values that no key can have: empty, or too long for an index entry. */
export const countUnfitKeys = (
  tx: Transaction,
  workspace: number,
  place: { type: number; field: number },
  limits: { characters: number; bytes: number },
): Promise<number> =>
  count(
    tx,
    `select count(*) as count from record
     where workspace_id = $1 and type = $2 and deleted_at is null and jsonb_exists(data, $3)
       and (data ->> $3 = '' or char_length(data ->> $3) > $4 or octet_length(data ->> $3) > $5)`,
    [workspace, place.type, String(place.field), limits.characters, limits.bytes],
  );

export async function countLinksOfType(tx: Transaction, workspace: number, linkType: number): Promise<number> {
  return count(tx, 'select count(*) as count from link where workspace_id = $1 and link_type = $2', [
    workspace,
    linkType,
  ]);
}

export async function countLinksWithRoles(
  tx: Transaction,
  workspace: number,
  linkType: number,
  roles: readonly number[],
): Promise<number> {
  return count(
    tx,
    'select count(*) as count from link where workspace_id = $1 and link_type = $2 and role = any($3::int[])',
    [workspace, linkType, roles],
  );
}

export async function removeType(tx: Transaction, workspace: number, type: number): Promise<void> {
  await tx.query('delete from record_key where workspace_id = $1 and type = $2', [workspace, type]);
  await tx.query('delete from record_alias where workspace_id = $1 and type = $2', [workspace, type]);
  await tx.query('delete from field_index where workspace_id = $1 and type = $2', [workspace, type]);
  await tx.query('delete from numbering where workspace_id = $1 and type = $2', [workspace, type]);
  for (const table of ['interface_record', 'held_delete', 'leaver', 'refusal', 'record_merge']) {
    await tx.query(
      `delete from ${table} t using record r
       where t.workspace_id = $1 and r.workspace_id = $1 and r.number = t.number and r.type = $2`,
      [workspace, type],
    );
  }
  await tx.query('delete from record where workspace_id = $1 and type = $2', [workspace, type]);
}

export async function removeField(tx: Transaction, workspace: number, type: number, field: number): Promise<void> {
  await removeKeys(tx, workspace, type, field);
  await removeEntries(tx, workspace, type, field);
  await tx.query('delete from numbering where workspace_id = $1 and type = $2 and field = $3', [
    workspace,
    type,
    field,
  ]);
  await tx.query(
    'update record set data = data - $3 where workspace_id = $1 and type = $2 and jsonb_exists(data, $3)',
    [workspace, type, String(field)],
  );
}

export async function removeKeys(tx: Transaction, workspace: number, type: number, field: number): Promise<void> {
  const place = [workspace, type, field];
  await tx.query('delete from record_key where workspace_id = $1 and type = $2 and field = $3', place);
  await tx.query('delete from record_alias where workspace_id = $1 and type = $2 and field = $3', place);
}

/** Makes the values of a field keys; the caller has found that they do not collide. */
export async function addKeys(tx: Transaction, workspace: number, type: number, field: number): Promise<void> {
  await tx.query(
    `insert into record_key (workspace_id, type, field, value, number)
     select $1, $2, $3::int, data ->> $3::text, number from record
     where workspace_id = $1 and type = $2 and deleted_at is null and jsonb_exists(data, $3::text)
     order by 4 returning number`,
    [workspace, type, String(field)],
  );
}

/** Clears an enum value, or takes it out of a multi_enum one. */
export async function removeOptionValues(
  tx: Transaction,
  workspace: number,
  place: { type: number; field: number },
  values: readonly string[],
): Promise<void> {
  const parameters = [workspace, place.type, String(place.field), values];
  await tx.query(
    `update record set data = data - $3
     where workspace_id = $1 and type = $2 and jsonb_typeof(data -> $3) = 'string' and data ->> $3 = any($4::text[])`,
    parameters,
  );
  await tx.query(
    `update record set data = jsonb_set(data, array[$3], (data -> $3) - $4::text[])
     where workspace_id = $1 and type = $2 and jsonb_typeof(data -> $3) = 'array' and jsonb_exists_any(data -> $3, $4::text[])`,
    parameters,
  );
  // A list without values is no value.
  await tx.query(
    `update record set data = data - $3 where workspace_id = $1 and type = $2 and data -> $3 = '[]'::jsonb`,
    parameters.slice(0, 3),
  );
}

export async function removeLinksOfType(tx: Transaction, workspace: number, linkType: number): Promise<void> {
  for (const table of ['link', 'link_stamp', 'pending_link'])
    await tx.query(`delete from ${table} where workspace_id = $1 and link_type = $2`, [workspace, linkType]);
}

type WaitingBy = { readonly field: number; readonly lefts: readonly number[]; readonly rights: readonly number[] };

const waitingByField = `workspace_id = $1 and ((link_type = any($3::int[]) and left_field = $2)
  or (link_type = any($4::int[]) and right_field = $2))`;

/** Links that wait for a record by a key of the field, on the left of some link types or on the right of others. */
export const countPendingByField = (
  tx: Transaction,
  workspace: number,
  { field, lefts, rights }: WaitingBy,
  now: Date,
): Promise<number> =>
  count(tx, `select count(*) as count from pending_link where ${waitingByField} and expires_at > $5`, [
    workspace,
    field,
    lefts,
    rights,
    now,
  ]);

export async function removePendingByField(
  tx: Transaction,
  workspace: number,
  { field, lefts, rights }: WaitingBy,
): Promise<void> {
  await tx.query(`delete from pending_link where ${waitingByField}`, [workspace, field, lefts, rights]);
}

export const countPendingOfTypes = (
  tx: Transaction,
  workspace: number,
  linkTypes: readonly number[],
  now: Date,
): Promise<number> =>
  count(
    tx,
    `select count(*) as count from pending_link
     where workspace_id = $1 and link_type = any($2::int[]) and expires_at > $3`,
    [workspace, linkTypes, now],
  );

export const countPendingWithRoles = (
  tx: Transaction,
  workspace: number,
  linkType: number,
  roles: readonly number[],
  now: Date,
): Promise<number> =>
  count(
    tx,
    `select count(*) as count from pending_link
     where workspace_id = $1 and link_type = $2 and role = any($3::int[]) and expires_at > $4`,
    [workspace, linkType, roles, now],
  );

async function count(tx: Transaction, sql: string, values: readonly unknown[]): Promise<number> {
  const [row] = await tx.query<{ count: number }>(sql, values);
  return row?.count ?? 0;
}
