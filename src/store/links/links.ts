/** Links between records. `slot` is the role where a pair is linked once per role, else 0. */
import { int4Array, int8Array } from '../postgres/arrays.ts';
import type { Sender, Transaction } from '../postgres/database.ts';
import { type Columns, givenRows, jsonText, statementOf } from '../postgres/rows.ts';

export type LinkRow = {
  readonly number: number;
  readonly link_type: number;
  readonly left_number: number;
  readonly right_number: number;
  readonly slot: number;
  readonly role: number | null;
  readonly attributes: Readonly<Record<string, unknown>> | null;
  readonly one_left: number | null;
  readonly one_right: number | null;
  readonly created_at: Date;
  readonly updated_at: Date;
};

const columns =
  'l.number, l.link_type, l.left_number, l.right_number, l.slot, l.role, l.attributes, l.one_left, l.one_right, l.created_at, l.updated_at';

/**
 * A look-up for each row of what stands before it: OFFSET 0 keeps the planner from turning it around (see records.ts), and the order,
 * which is that of the index to use, from taking any other when its statistics are old.
 */
const each = (condition: string, order: string): string =>
  `cross join lateral (select * from link where workspace_id = $1 and ${condition} order by ${order} offset 0) l`;

export type WantedLinks = {
  readonly pairs: readonly { linkType: number; left: number; right: number }[];
  /** The one link of a side that may have only one. */
  readonly oneLefts: readonly { linkType: number; number: number }[];
  readonly oneRights: readonly { linkType: number; number: number }[];
  /** Every link of these records. */
  readonly records: readonly number[];
};

type Way = {
  readonly name: string;
  /** @param at the number of its first parameter. */
  readonly sql: (at: number) => string;
  readonly parameters: (wanted: WantedLinks) => readonly Buffer[];
  readonly isWanted: (wanted: WantedLinks) => boolean;
};

const waysToLinks: readonly Way[] = [
  {
    name: 'pair',
    sql: (at) => `
      select ${columns} from unnest($${at}::int[], $${at + 1}::bigint[], $${at + 2}::bigint[]) w (link_type, left_number, right_number)
        ${each('link_type = w.link_type and left_number = w.left_number and right_number = w.right_number', 'link_type, left_number, right_number, slot')}`,
    parameters: ({ pairs }) => [
      int4Array(pairs.map((pair) => pair.linkType)),
      int8Array(pairs.map((pair) => pair.left)),
      int8Array(pairs.map((pair) => pair.right)),
    ],
    isWanted: ({ pairs }) => pairs.length > 0,
  },
  {
    name: 'one_left',
    sql: (at) => `
      select ${columns} from unnest($${at}::int[], $${at + 1}::bigint[]) w (link_type, number)
        ${each('link_type = w.link_type and one_left = w.number', 'link_type, one_left')}`,
    parameters: ({ oneLefts }) => [
      int4Array(oneLefts.map((one) => one.linkType)),
      int8Array(oneLefts.map((one) => one.number)),
    ],
    isWanted: ({ oneLefts }) => oneLefts.length > 0,
  },
  {
    name: 'one_right',
    sql: (at) => `
      select ${columns} from unnest($${at}::int[], $${at + 1}::bigint[]) w (link_type, number)
        ${each('link_type = w.link_type and one_right = w.number', 'link_type, one_right')}`,
    parameters: ({ oneRights }) => [
      int4Array(oneRights.map((one) => one.linkType)),
      int8Array(oneRights.map((one) => one.number)),
    ],
    isWanted: ({ oneRights }) => oneRights.length > 0,
  },
  {
    name: 'record',
    sql: (at) => `
      select ${columns} from unnest($${at}::bigint[]) w (number) ${each('left_number = w.number', 'left_number, link_type, number')}
      union
      select ${columns} from unnest($${at}::bigint[]) w (number) ${each('right_number = w.number', 'right_number, link_type, number')}`,
    parameters: ({ records }) => [int8Array(records)],
    isWanted: ({ records }) => records.length > 0,
  },
];

/**
 * The links that are wanted, each once. The caller has locked their records, so that nobody else changes them. A statement for just
 * those ways by which something is wanted: starting a plan up costs more than most look-ups.
 */
export async function readLinks(tx: Transaction, workspace: number, wanted: WantedLinks): Promise<LinkRow[]> {
  const ways = waysToLinks.filter((way) => way.isWanted(wanted));
  if (ways.length === 0) return [];
  const parameters: unknown[] = [workspace];
  const selects = ways.map((way) => {
    const sql = way.sql(parameters.length + 1);
    parameters.push(...way.parameters(wanted));
    return sql;
  });
  const name = `read_links_by_${ways.map((way) => way.name).join('_')}`;
  return tx.query<LinkRow>({ name, text: `${selects.join('\n      union')}\n      order by 1` }, parameters);
}

/** The lookups of many records: for each left number and link type at most one row. */
export async function readLookups(
  tx: Transaction,
  workspace: number,
  numbers: readonly number[],
  linkTypes: readonly number[],
): Promise<{ left_number: number; link_type: number; right_number: number }[]> {
  return tx.query(
    {
      name: 'read_lookups',
      text: `
        select l.left_number, l.link_type, l.right_number
        from unnest($3::int[]) t (link_type) cross join unnest($2::bigint[]) r (number)
          ${each('link_type = t.link_type and one_left = r.number', 'link_type, one_left')}`,
    },
    [workspace, int8Array(numbers), int4Array(linkTypes)],
  );
}

/** Links of one record, by number. @param query.lefts the link types of which its left end is looked for, `rights` its right one. */
export async function listLinks(
  tx: Transaction,
  workspace: number,
  query: { number: number; lefts: readonly number[]; rights: readonly number[]; after: number; limit: number },
): Promise<LinkRow[]> {
  return tx.query<LinkRow>(
    {
      name: 'list_links',
      text: `
        select ${columns} from link l
        where l.workspace_id = $1 and l.left_number = $2 and l.link_type = any($3::int[]) and l.number > $5
        union
        select ${columns} from link l
        where l.workspace_id = $1 and l.right_number = $2 and l.link_type = any($4::int[]) and l.number > $5
        order by 1 limit $6`,
    },
    [workspace, query.number, query.lefts, query.rights, query.after, query.limit],
  );
}

/** Every link of these types, by number. Reads all of them to sort: for small types, and for people. */
export async function listLinksOfTypes(
  tx: Transaction,
  workspace: number,
  query: { lefts: readonly number[]; rights: readonly number[]; after: number; limit: number },
): Promise<LinkRow[]> {
  return tx.query<LinkRow>(
    `select ${columns} from link l
     where l.workspace_id = $1 and l.link_type = any($2::int[]) and l.number > $3
     order by l.number limit $4`,
    [workspace, [...query.lefts, ...query.rights], query.after, query.limit],
  );
}

/** @returns the numbers of those that were still there. */
export async function deleteLinks(tx: Transaction, workspace: number, links: readonly LinkRow[]): Promise<number[]> {
  const rows = await tx.query<{ number: number }>(
    {
      name: 'delete_links',
      text: `
        delete from link using (
          select l.place from unnest($2::int[], $3::bigint[], $4::bigint[], $5::int[]) d (link_type, left_number, right_number, slot)
            cross join lateral (
              select ctid as place from link where workspace_id = $1 and link_type = d.link_type and left_number = d.left_number
                and right_number = d.right_number and slot = d.slot offset 0) l
          offset 0) gone
        where link.ctid = gone.place and link.workspace_id = $1
        returning number`,
    },
    [
      workspace,
      int4Array(links.map((link) => link.link_type)),
      int8Array(links.map((link) => link.left_number)),
      int8Array(links.map((link) => link.right_number)),
      int4Array(links.map((link) => link.slot)),
    ],
  );
  return rows.map((row) => row.number);
}

const changedColumns: Columns<{ readonly before: LinkRow; readonly after: LinkRow }> = {
  link_type: { type: 'int', of: ({ after }) => after.link_type },
  left_number: { type: 'bigint', of: ({ after }) => after.left_number },
  right_number: { type: 'bigint', of: ({ after }) => after.right_number },
  old_slot: { type: 'int', of: ({ before }) => before.slot },
  slot: { type: 'int', of: ({ after }) => after.slot },
  role: { type: 'int', of: ({ after }) => after.role },
  attributes: { type: 'jsonb', of: ({ after }) => jsonText(after.attributes) },
  updated_at: { type: 'timestamptz', of: ({ after }) => after.updated_at },
};

/** Changes role, slot and attributes of links that are there, and that nobody else changes as the caller has locked their records. */
export function updateLinks(
  tx: Sender,
  workspace: number,
  links: readonly { before: LinkRow; after: LinkRow }[],
): void {
  const given = givenRows(links, changedColumns, 2);
  const statement = statementOf(
    `update_links_${given.shape}`,
    () => `
      update link set slot = n.slot, role = n.role, attributes = n.attributes, updated_at = n.updated_at
      from (
        select l.place, c.slot, c.role, c.attributes, c.updated_at from ${given.sql()} c cross join lateral (
          select ctid as place from link where workspace_id = $1 and link_type = c.link_type and left_number = c.left_number
            and right_number = c.right_number and slot = c.old_slot offset 0) l
        offset 0
      ) n
      where link.ctid = n.place and link.workspace_id = $1`,
  );
  tx.send(statement, [workspace, ...given.parameters]);
}

const newColumns: Columns<LinkRow> = {
  number: { type: 'bigint', of: (link) => link.number },
  link_type: { type: 'int', of: (link) => link.link_type },
  left_number: { type: 'bigint', of: (link) => link.left_number },
  right_number: { type: 'bigint', of: (link) => link.right_number },
  slot: { type: 'int', of: (link) => link.slot },
  role: { type: 'int', of: (link) => link.role },
  attributes: { type: 'jsonb', of: (link) => jsonText(link.attributes) },
  one_left: { type: 'bigint', of: (link) => link.one_left },
  one_right: { type: 'bigint', of: (link) => link.one_right },
  created_at: { type: 'timestamptz', of: (link) => link.created_at },
  updated_at: { type: 'timestamptz', of: (link) => link.updated_at },
};

export function insertLinks(tx: Sender, workspace: number, links: readonly LinkRow[]): void {
  const given = givenRows(links, newColumns, 2);
  const statement = statementOf(`insert_links_${given.shape}`, () => {
    const names = Object.keys(newColumns).join(', ');
    return `insert into link (workspace_id, ${names}) select $1, ${names} from ${given.sql()} n`;
  });
  tx.send(statement, [workspace, ...given.parameters]);
}
