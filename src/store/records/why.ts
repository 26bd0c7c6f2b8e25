/** Who wrote a value, and who was refused it. */
import type { ShownStamp } from '../../model/stamp.ts';
import type { LinkRow } from '../links/links.ts';
import { int4Array, int8Array, textArray, timestampArray } from '../postgres/arrays.ts';
import type { Sender, Transaction } from '../postgres/database.ts';

export type WriteRow = {
  readonly wrote: boolean;
  /** Though another owned the field. */
  readonly forced: boolean;
  readonly principal_id: number;
  readonly principal_name: string;
  readonly via: string;
  readonly request: string;
  readonly run: number | null;
  readonly interface: number | null;
  readonly import: number | null;
  readonly place: number | null;
  readonly at: Date;
};

/** Of a change `c`: who made it, and what it came with. */
const writing =
  'c.principal_id, p.name as principal_name, c.via, c.request, c.run, r.interface, i.import, c.place, c.at';
const itsOrigin = `
  join principal p on p.principal_id = c.principal_id and p.workspace_id = $1
  left join run r on r.workspace_id = $1 and r.run = c.run
  left join lateral (
    select import from import where workspace_id = $1 and principal_id = c.principal_id and request = c.request limit 1
  ) i on true`;

/** The last change that wrote the field, or that made the record without it (`wrote` false). undefined: history is not kept that long. */
export async function readLastWrite(
  tx: Transaction,
  workspace: number,
  number: number,
  field: number,
): Promise<WriteRow | undefined> {
  const [row] = await tx.query<WriteRow>(
    {
      name: 'read_last_write',
      text: `
        select c.wrote, coalesce(c.forced @> $3::text::jsonb, false) as forced, ${writing}
        from (
          select *, coalesce(jsonb_exists(after, $3), false) as wrote from change
          where workspace_id = $1 and number = $2 and link_type is null
            and (coalesce(jsonb_exists(after, $3), false) or kind in ('created', 'revived'))
          order by batch desc, row desc limit 1
        ) c ${itsOrigin}`,
    },
    [workspace, number, String(field)],
  );
  return row;
}

export type LinkWriteRow = Omit<WriteRow, 'wrote'> & {
  readonly link_number: number;
  readonly stamp: ShownStamp | null;
};

/**
 * The last change of each of the links of a record, as far as history is kept. Each is looked for by its other record, which has fewer
 * links as a rule.
 */
export const readLastLinkWrites = (
  tx: Transaction,
  workspace: number,
  links: readonly LinkRow[],
  side: 'left' | 'right',
): Promise<LinkWriteRow[]> =>
  tx.query<LinkWriteRow>(
    {
      name: `read_last_link_writes_${side}`,
      text: `
        select c.link_number, c.stamp, c.forced is not null as forced, ${writing}
        from unnest($2::bigint[], $3::bigint[]) l (other, link_number) cross join lateral (
          select * from change
          where workspace_id = $1 and ${side === 'left' ? 'other_number' : 'number'} = l.other and link_number = l.link_number
            and kind in ('linked', 'relinked')
          order by batch desc, row desc limit 1
        ) c ${itsOrigin}`,
    },
    [
      workspace,
      int8Array(links.map((link) => (side === 'left' ? link.right_number : link.left_number))),
      int8Array(links.map((link) => link.number)),
    ],
  );

/** The last change that took a link of the record away; undefined when none did, as far as history is kept. */
export async function readLastUnlinking(
  tx: Transaction,
  workspace: number,
  number: number,
  linkType: number,
  side: 'left' | 'right',
): Promise<LinkWriteRow | undefined> {
  const [row] = await tx.query<LinkWriteRow>(
    {
      name: `read_last_unlinking_${side}`,
      text: `
        select c.link_number, c.stamp, c.forced is not null as forced, ${writing}
        from (
          select * from change
          where workspace_id = $1 and ${side === 'left' ? 'number' : 'other_number'} = $2 and link_type = $3 and kind = 'unlinked'
          order by batch desc, row desc limit 1
        ) c ${itsOrigin}`,
    },
    [workspace, number, linkType],
  );
  return row;
}

export type RefusedRow = Omit<WriteRow, 'wrote' | 'forced' | 'import'> & {
  /** As an interface sent it; null for a single write, whose values are not kept. */
  readonly value: string | null;
  readonly times: number;
};

/** Newest first, at most `limit`: what runs left out, and single writes that were refused, since then. */
export const readRefused = (
  tx: Transaction,
  workspace: number,
  query: { number: number; member: number; names: readonly string[]; since: Date; limit: number },
): Promise<RefusedRow[]> =>
  tx.query<RefusedRow>(
    {
      name: 'read_refused',
      text: `
        select f.*, p.name as principal_name from (
          (select r.principal_id, r.via, r.request, i.run, r.interface, i.place, i.at, i.value, 1::bigint as times
           from (
             select * from issue
             where workspace_id = $1 and number = $2 and code = 'not_owned' and member = any($4::text[]) and at >= $5
             order by run desc, row desc limit $6
           ) i join run r on r.workspace_id = $1 and r.run = i.run)
          union all
          (select principal_id, via, request, null, null, null, at, null, times from refusal
           where workspace_id = $1 and number = $2 and member = $3 and at >= $5 order by at desc limit $6)
        ) f
        join principal p on p.principal_id = f.principal_id and p.workspace_id = $1
        order by f.at desc limit $6`,
    },
    [workspace, query.number, query.member, query.names, query.since, query.limit],
  );

export type RefusalRow = {
  readonly number: number;
  readonly member: number;
  readonly principal_id: number;
  readonly via: string;
  readonly request: string;
  readonly at: Date;
  readonly times: number;
};

/** At most one for each record, member and principal, in this order. */
export function putRefusals(tx: Sender, workspace: number, refusals: readonly RefusalRow[]): void {
  tx.send(
    {
      name: 'put_refusals',
      text: `
        insert into refusal (workspace_id, number, member, principal_id, via, request, at, times)
        select $1, n.* from unnest($2::bigint[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[], $8::bigint[]) n
        on conflict (workspace_id, number, member, principal_id) do update
          set via = excluded.via, request = excluded.request, at = excluded.at, times = refusal.times + excluded.times`,
    },
    [
      workspace,
      int8Array(refusals.map((refusal) => refusal.number)),
      int4Array(refusals.map((refusal) => refusal.member)),
      int8Array(refusals.map((refusal) => refusal.principal_id)),
      textArray(refusals.map((refusal) => refusal.via)),
      textArray(refusals.map((refusal) => refusal.request)),
      timestampArray(refusals.map((refusal) => refusal.at)),
      int8Array(refusals.map((refusal) => refusal.times)),
    ],
  );
}
