/** The links of one record. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { LinkEnd, RecordType } from './catalogue.ts';
import { call, get, path } from './client.ts';
import { useRecordMutation } from './records.ts';
import type { LinkAnswer, LinkList, ShownLink, ShownRecord, UnlinkAnswer } from './types.ts';

const firstPage = null as string | null;

export const linksQuery = (type: string, ref: string) =>
  infiniteQueryOptions({
    queryKey: ['records', type, 'one', ref, 'links'],
    queryFn: ({ signal, pageParam }) =>
      get<LinkList>(
        path`/v1/records/${type}/${ref}/links`,
        { limit: 100, ...(pageParam !== null && { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: firstPage,
    getNextPageParam: ({ next }) => next,
  });

/** The first of them, for a picture. */
export const neighboursQuery = (type: string, id: string) =>
  queryOptions({
    queryKey: ['records', type, 'one', id, 'neighbours'],
    queryFn: ({ signal }) => get<LinkList>(path`/v1/records/${type}/${id}/links`, { limit: 50 }, signal),
  });

type Ends = Pick<ShownLink, 'link' | 'left' | 'right'>;

/** A link as one of its records sees it. */
export type SeenLink<One extends Ends = ShownLink> = {
  readonly link: One;
  readonly end: LinkEnd;
  readonly other: ShownLink['left'];
};

export function seenFrom<One extends Ends>(
  type: RecordType,
  record: Pick<ShownRecord, 'id'>,
  links: readonly One[],
): SeenLink<One>[] {
  return links.flatMap((link) => {
    const side = link.left.id === record.id ? 'left' : 'right';
    const end = type.links.find((one) => one.key === link.link && one.side === side);
    return end === undefined ? [] : [{ link, end, other: side === 'left' ? link.right : link.left }];
  });
}

type Pair = { readonly end: LinkEnd; readonly other: string };

const addressOf = ({ type, id }: ShownRecord, { end, other }: Pair): string =>
  path`/v1/records/${type}/${id}/links/${end.name}/${other}`;

/** What another owns is written with force, by those who may. */
const forceFor = ({ end }: Pair): { force?: 'true' } => (end.owner === 'internal' ? {} : { force: 'true' });

export const useLink = (record: ShownRecord) =>
  useRecordMutation(({ role, ...pair }: Pair & { readonly role: string | null }) =>
    call<LinkAnswer>('PUT', addressOf(record, pair), { query: forceFor(pair), body: role === null ? {} : { role } }),
  );

/** Where a pair may be linked once per role, the old one says which link is meant. */
export const useChangeRole = (record: ShownRecord) =>
  useRecordMutation(({ before, after, ...pair }: Pair & { before: string | null; after: string | null }) =>
    call<LinkAnswer>('PUT', addressOf(record, pair), {
      body: pair.end.oncePer === 'pair' ? { role: after } : { role: before, newRole: after },
    }),
  );

/** Makes the link when the other record comes, which has this key. @param other `external_id:A-17`. */
export const useLinkLater = (record: ShownRecord) =>
  useRecordMutation(({ role, ...pair }: Pair & { readonly role: string | null }) =>
    call('PUT', addressOf(record, pair), { body: { onMissing: 'defer', ...(role !== null && { role }) } }),
  );

export const useUnlink = (record: ShownRecord) =>
  useRecordMutation(({ role, ...pair }: Pair & { readonly role: string | null }) =>
    // An empty role means the link without one: it must not be left out.
    call<UnlinkAnswer>(
      'DELETE',
      `${addressOf(record, pair)}?${new URLSearchParams({ role: role ?? '', ...forceFor(pair) })}`,
    ),
  );
