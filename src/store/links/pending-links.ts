/** Links that wait for their records. */
import { hash } from 'node:crypto';
import type { PendingReason, PendingState } from '../../model/pending.ts';
import { byteaArray, int4Array, int8Array, jsonbArray, textArray, timestampArray } from '../postgres/arrays.ts';
import { type Transaction, waitLongerForLocks } from '../postgres/database.ts';
import { jsonText } from '../postgres/rows.ts';
import type { Key } from '../records/records.ts';
import type { LinkStampRow } from './link-stamps.ts';

/**
 * A side of a pending link: the value of a match field, in the form that its rule makes of it, or a record's number where `field` is 0.
 * `spelling`: as it was sent, where that is another.
 */
export type PendingSide = { readonly field: number; readonly value: string; readonly spelling: string | null };
export const numberField = 0;

export type PendingRow = {
  readonly number: number;
  readonly link_type: number;
  readonly slot: number;
  readonly left_field: number;
  readonly left_value: string;
  readonly left_spelling: string | null;
  readonly right_field: number;
  readonly right_value: string;
  readonly right_spelling: string | null;
  readonly role: number | null;
  readonly attributes: Readonly<Record<string, unknown>> | null;
  readonly principal_id: number;
  readonly principal_name: string;
  readonly via: string;
  readonly request: string;
  readonly asked_at: Date;
  readonly expires_at: Date;
  readonly refusal: readonly PendingReason[] | null;
  /** It is a removal that waits; in every role where its slot is -1. */
  readonly removes: boolean;
  /** null: it says not how old it is. */
  readonly stamp: LinkStampRow['stamp'] | null;
};

const columns = `l.number, l.link_type, l.slot, l.left_field, l.left_value, l.left_spelling, l.right_field, l.right_value, l.right_spelling, l.role, l.attributes,
  l.principal_id, p.name as principal_name, l.via, l.request, l.asked_at, l.expires_at, l.refusal, l.removes, l.stamp`;
const itsPrincipal = 'cross join lateral (select name from principal where principal_id = l.principal_id offset 0) p';

export type PendingPair = { readonly link_type: number; readonly left: PendingSide; readonly right: PendingSide };

const pairOf = ({ left, right }: PendingPair): Buffer =>
  hash('sha256', JSON.stringify([left.field, left.value, right.field, right.value]), 'buffer');

export const pairOfRow = (row: PendingRow): PendingPair => ({
  link_type: row.link_type,
  left: { field: row.left_field, value: row.left_value, spelling: row.left_spelling },
  right: { field: row.right_field, value: row.right_value, spelling: row.right_spelling },
});

/** Those of these pairs, in every role, locked until the transaction ends. (Ordered, they would be looked for by the index of the numbers.) */
export const lockPendingOfPairs = (
  tx: Transaction,
  workspace: number,
  pairs: readonly PendingPair[],
): Promise<PendingRow[]> =>
  tx.query<PendingRow>(
    {
      name: 'lock_pending_of_pairs',
      text: `
        select ${columns} from unnest($2::int[], $3::bytea[]) w (link_type, pair) cross join lateral (
          select * from pending_link where workspace_id = $1 and link_type = w.link_type and pair = w.pair
          for update) l ${itsPrincipal}`,
    },
    [workspace, int4Array(pairs.map((pair) => pair.link_type)), byteaArray(pairs.map(pairOf))],
  );

export type AwaitedKey = Omit<PendingSide, 'spelling'> & { readonly link_type: number };

/** Those that wait for one of these keys on the left or on the right, locked in the order in which they were asked for. */
export const lockPendingOfKeys = (
  tx: Transaction,
  workspace: number,
  { lefts, rights }: { lefts: readonly AwaitedKey[]; rights: readonly AwaitedKey[] },
  now: Date,
): Promise<PendingRow[]> =>
  tx.query<PendingRow>(
    {
      name: 'lock_pending_of_keys',
      text: `
        with wanted as materialized (
          select l.number from unnest($2::int[], $3::int[], $4::text[]) w (link_type, field, value) cross join lateral (
            select number from pending_link
            where workspace_id = $1 and link_type = w.link_type and left_field = w.field and left_value = w.value offset 0) l
          union
          select l.number from unnest($5::int[], $6::int[], $7::text[]) w (link_type, field, value) cross join lateral (
            select number from pending_link
            where workspace_id = $1 and link_type = w.link_type and right_field = w.field and right_value = w.value offset 0) l)
        select ${columns} from (select number from wanted order by number) w cross join lateral (
          select * from pending_link
          where workspace_id = $1 and number = w.number and refusal is null and expires_at > $8 for update) l ${itsPrincipal}`,
    },
    [workspace, ...keyArrays(lefts), ...keyArrays(rights), now],
  );

const keyArrays = (keys: readonly AwaitedKey[]): Buffer[] => [
  int4Array(keys.map((key) => key.link_type)),
  int4Array(keys.map((key) => key.field)),
  textArray(keys.map((key) => key.value)),
];

export async function drawPendingNumbers(tx: Transaction, count: number): Promise<number[]> {
  const rows = await tx.query<{ number: number }>(
    {
      name: 'draw_pending_numbers',
      text: "select nextval('pending_link_number') as number from generate_series(1, $1::int)",
    },
    [count],
  );
  return rows.map(({ number }) => number);
}

/**
 * Makes sure that nobody else makes a record with one of these keys until the transaction ends: whoever tries waits, by the very indexes
 * that keep a key to one record, and then sees what this transaction wrote. Fails with a unique violation when somebody came first.
 */
export function reserveKeys(tx: Transaction, workspace: number, keys: readonly Key[]): void {
  const external = keys.filter((key) => key.field === 1);
  const others = keys.filter((key) => key.field !== 1);
  if (external.length > 0) {
    const [types, values] = [
      int4Array(external.map(({ type }) => type)),
      textArray(external.map(({ value }) => value)),
    ];
    tx.send(
      {
        name: 'reserve_external_ids',
        text: `insert into record (workspace_id, type, external_id, data, version, created_at, updated_at, created_by, updated_by)
       select $1, n.type, n.value, '{}', 0, $4, $4, 0, 0 from unnest($2::int[], $3::text[]) n (type, value)`,
      },
      [workspace, types, values, new Date(0)],
    );
    tx.send(
      {
        name: 'free_external_ids',
        text: `delete from record where workspace_id = $1 and ctid = any(array(
         select r.ctid from unnest($2::int[], $3::text[]) d (type, value) cross join lateral (
           select ctid from record where workspace_id = $1 and type = d.type and external_id = d.value offset 0) r))`,
      },
      [workspace, types, values],
    );
  }
  if (others.length > 0) {
    const arrays = [
      int4Array(others.map((key) => key.type)),
      int4Array(others.map((key) => key.field)),
      textArray(others.map((key) => key.value)),
    ];
    tx.send(
      {
        name: 'reserve_record_keys',
        text: `insert into record_key (workspace_id, type, field, value, number)
       select $1, n.*, 0 from unnest($2::int[], $3::int[], $4::text[]) n`,
      },
      [workspace, ...arrays],
    );
    tx.send(
      {
        name: 'free_record_keys',
        text: `delete from record_key where workspace_id = $1 and ctid = any(array(
         select k.ctid from unnest($2::int[], $3::int[], $4::text[]) d (type, field, value) cross join lateral (
           select ctid from record_key where workspace_id = $1 and type = d.type and field = d.field and value = d.value offset 0) k))`,
      },
      [workspace, ...arrays],
    );
  }
}

/** One that waits in the same place is replaced, unless somebody else put a newer one there just now. */
export function putPendingLinks(tx: Transaction, workspace: number, rows: readonly PendingRow[]): void {
  tx.send(
    {
      name: 'put_pending_links',
      text: `
        insert into pending_link (workspace_id, link_type, pair, slot, number, left_field, left_value, right_field, right_value, role,
          attributes, principal_id, via, request, asked_at, expires_at, left_spelling, right_spelling, removes, stamp)
        select $1, n.* from unnest($2::int[], $3::bytea[], $4::int[], $5::bigint[], $6::int[], $7::text[], $8::int[], $9::text[],
          $10::int[], $11::jsonb[], $12::bigint[], $13::text[], $14::text[], $15::timestamptz[], $16::timestamptz[], $17::text[], $18::text[], $19::boolean[], $20::jsonb[]) n
        on conflict (workspace_id, link_type, pair, slot, removes) do update set number = excluded.number, role = excluded.role,
          attributes = excluded.attributes, principal_id = excluded.principal_id, via = excluded.via, request = excluded.request,
          asked_at = excluded.asked_at, expires_at = excluded.expires_at, refusal = null, left_spelling = excluded.left_spelling,
          right_spelling = excluded.right_spelling, stamp = excluded.stamp
        where pending_link.stamp is null or excluded.stamp is null
          or ((pending_link.stamp->>'at')::float8, pending_link.stamp->>'said' collate "C")
            <= ((excluded.stamp->>'at')::float8, excluded.stamp->>'said' collate "C")`,
    },
    [
      workspace,
      int4Array(rows.map((row) => row.link_type)),
      byteaArray(rows.map((row) => pairOf(pairOfRow(row)))),
      int4Array(rows.map((row) => row.slot)),
      int8Array(rows.map((row) => row.number)),
      int4Array(rows.map((row) => row.left_field)),
      textArray(rows.map((row) => row.left_value)),
      int4Array(rows.map((row) => row.right_field)),
      textArray(rows.map((row) => row.right_value)),
      int4Array(rows.map((row) => row.role)),
      jsonbArray(rows.map((row) => jsonText(row.attributes))),
      int8Array(rows.map((row) => row.principal_id)),
      textArray(rows.map((row) => row.via)),
      textArray(rows.map((row) => row.request)),
      timestampArray(rows.map((row) => row.asked_at)),
      timestampArray(rows.map((row) => row.expires_at)),
      textArray(rows.map((row) => row.left_spelling)),
      textArray(rows.map((row) => row.right_spelling)),
      rows.map((row) => row.removes),
      jsonbArray(rows.map((row) => jsonText(row.stamp))),
    ],
  );
}

/** `slot` null: in every role. `removes` null: links and removals. `onlyUndated`: what says not how old it is. */
export type PendingPlace = PendingPair & {
  readonly slot: number | null;
  readonly removes: boolean | null;
  readonly onlyUndated?: boolean;
};

export function removePendingAt(tx: Transaction, workspace: number, places: readonly PendingPlace[]): void {
  tx.send(
    {
      name: 'remove_pending_at',
      text: `
        delete from pending_link where workspace_id = $1 and ctid = any(array(
          select l.ctid from unnest($2::int[], $3::bytea[], $4::int[], $5::boolean[], $6::boolean[]) d (link_type, pair, slot, removes, only_undated) cross join lateral (
            select ctid, slot, removes, stamp from pending_link
            where workspace_id = $1 and link_type = d.link_type and pair = d.pair offset 0) l
          where (d.slot is null or l.slot = d.slot) and (d.removes is null or l.removes = d.removes)
            and (not d.only_undated or l.stamp is null)))`,
    },
    [
      workspace,
      int4Array(places.map((place) => place.link_type)),
      byteaArray(places.map(pairOf)),
      int4Array(places.map((place) => place.slot)),
      places.map((place) => place.removes),
      places.map((place) => place.onlyUndated ?? false),
    ],
  );
}

export function removePendingLinks(tx: Transaction, workspace: number, numbers: readonly number[]): void {
  tx.send(
    {
      name: 'remove_pending_links',
      text: 'delete from pending_link where workspace_id = $1 and number = any($2::bigint[])',
    },
    [workspace, int8Array(numbers)],
  );
}

export function refusePendingLink(
  tx: Transaction,
  workspace: number,
  number: number,
  refusal: readonly PendingReason[],
): void {
  tx.send('update pending_link set refusal = $3 where workspace_id = $1 and number = $2', [
    workspace,
    number,
    JSON.stringify(refusal),
  ]);
}

export async function findPendingLink(
  tx: Transaction,
  workspace: number,
  number: number,
): Promise<PendingRow | undefined> {
  const [row] = await tx.query<PendingRow>(
    `select ${columns} from pending_link l ${itsPrincipal} where l.workspace_id = $1 and l.number = $2`,
    [workspace, number],
  );
  return row;
}

/** A key that is sought on a side of a link type, in the form of its field there. */
type SoughtKey = { readonly field: number; readonly value: string };
/** A link type with the keys that are sought on its sides; null: none can be there. */
export type SoughtType = {
  readonly link_type: number;
  readonly left: SoughtKey | null;
  readonly right: SoughtKey | null;
};

const stateSql: Readonly<Record<PendingState, string>> = {
  waiting: 'and l.expires_at > $7 and l.refusal is null',
  refused: 'and l.expires_at > $7 and l.refusal is not null',
  expired: 'and l.expires_at <= $7',
};

/** Of these link types, by number. `byKey`: only those that wait for the keys that are sought. */
export const listPendingLinks = (
  tx: Transaction,
  workspace: number,
  query: {
    types: readonly SoughtType[];
    byKey: boolean;
    state: PendingState | null;
    now: Date;
    after: number;
    limit: number;
  },
): Promise<PendingRow[]> =>
  tx.query<PendingRow>(
    `select ${columns} from unnest($2::int[], $3::int[], $4::int[], $9::text[], $10::text[])
       w (link_type, left_field, right_field, left_value, right_value) cross join lateral (
       select * from pending_link where workspace_id = $1 and link_type = w.link_type offset 0) l ${itsPrincipal}
     where l.number > $6 ${query.state === null ? 'and $7::timestamptz is not null' : stateSql[query.state]}
       and (not $5 or (l.left_field = w.left_field and l.left_value = w.left_value)
         or (l.right_field = w.right_field and l.right_value = w.right_value))
     order by l.number limit $8`,
    [
      workspace,
      query.types.map((type) => type.link_type),
      query.types.map(({ left }) => left?.field ?? null),
      query.types.map(({ right }) => right?.field ?? null),
      query.byKey,
      query.after,
      query.now,
      query.limit,
      query.types.map(({ left }) => left?.value ?? null),
      query.types.map(({ right }) => right?.value ?? null),
    ],
  );

/**
 * Makes every batch of the workspace look for pending links of these types. Waits for the batches at work, which do not: afterwards
 * there is none left that would make a record and look for nothing.
 */
export async function markPendingLinks(
  tx: Transaction,
  workspace: number,
  linkTypes: readonly number[],
): Promise<void> {
  waitLongerForLocks(tx, 10);
  await tx.query('select 1 from workspace_schema where workspace_id = $1 for update', [workspace]);
  await tx.query(
    `update workspace_schema set pending_links = array(select distinct unnest(pending_links || $2::int[]) order by 1)
     where workspace_id = $1`,
    [workspace, int4Array(linkTypes)],
  );
}

/** Removes some of those that ended before `endedBefore`, and the marks of types that have none left, unless batches are at work. */
export async function sweepPendingLinks(tx: Transaction, workspace: number, endedBefore: Date): Promise<void> {
  await tx.query(
    `delete from pending_link where workspace_id = $1 and ctid = any(array(
       select ctid from pending_link where workspace_id = $1 and expires_at < $2 limit 500 for update skip locked))`,
    [workspace, endedBefore],
  );
  const free = await tx.query(
    `select 1 from workspace_schema where workspace_id = $1 and pending_links <> '{}' for update skip locked`,
    [workspace],
  );
  if (free.length === 0) return;
  await tx.query(
    `update workspace_schema set pending_links = array(
       select t from unnest(pending_links) t
       where exists (select from pending_link where workspace_id = $1 and link_type = t))
     where workspace_id = $1`,
    [workspace],
  );
}

/** Links that wait, and that these requests asked for, behind the number `after`; locked until the transaction ends. */
export const lockLinksOfImport = (
  tx: Transaction,
  workspace: number,
  of: {
    readonly linkType: number;
    readonly principal: number;
    readonly requests: readonly string[];
    readonly since: Date;
  },
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<PendingRow[]> =>
  tx.query<PendingRow>(
    `select ${columns} from (
       select * from pending_link
       where workspace_id = $1 and link_type = $2 and principal_id = $3 and request = any($4::text[]) and asked_at >= $5
         and number > $6
       order by number limit $7 for update) l ${itsPrincipal}
     order by l.number`,
    [workspace, of.linkType, of.principal, of.requests, of.since, after, limit],
  );
