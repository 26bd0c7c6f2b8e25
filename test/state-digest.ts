// What a workspace holds, told so that two ways to the same state give the same text: records by their keys, links by the keys of their
// ends; without numbers, ids, versions and times, which tell how it came about.
import { createHash } from 'node:crypto';
import type pg from 'pg';

export type StateDigest = {
  readonly digest: string;
  readonly records: readonly string[];
  readonly links: readonly string[];
};

/** Of the records whose external id begins with `prefix`, which is left out of every text, and the links between them. */
export async function stateDigest(client: Pick<pg.Client, 'query'> | pg.Pool, prefix: string): Promise<StateDigest> {
  const { rows: records } = await client.query(
    `select type || ' ' || external_id || ' ' || data::text as text from record
     where deleted_at is null and external_id like $1 || '%'`,
    [prefix],
  );
  const { rows: links } = await client.query(
    `select concat_ws(' ', l.link_type, a.external_id, b.external_id, l.slot, l.role, l.attributes::text) as text
     from link l
       join record a on a.workspace_id = l.workspace_id and a.number = l.left_number
       join record b on b.workspace_id = l.workspace_id and b.number = l.right_number
     where a.external_id like $1 || '%'`,
    [prefix],
  );
  const inOrder = (rows: { text: string }[]): string[] => rows.map(({ text }) => text.replaceAll(prefix, '')).sort();
  const state = { records: inOrder(records), links: inOrder(links) };
  return { digest: createHash('sha256').update(JSON.stringify(state)).digest('hex'), ...state };
}
