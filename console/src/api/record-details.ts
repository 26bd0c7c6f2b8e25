/** What there is to know of one record besides its values: keys, history, why, and what a merge would do. */
import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query';
import { call, get, path } from './client.ts';
import { useRecordMutation } from './records.ts';
import type {
  ChangeList,
  MergeAnswer,
  MergeWrite,
  RecordKeys,
  ShownLinkWhy,
  ShownRecord,
  ShownWhy,
  ShownWhyLinks,
} from './types.ts';

const firstPage = null as string | null;

export const recordKeysQuery = (type: string, ref: string) =>
  queryOptions({
    queryKey: ['records', type, 'one', ref, 'keys'],
    queryFn: ({ signal }) => get<RecordKeys>(path`/v1/records/${type}/${ref}/keys`, {}, signal),
  });

export const historyQuery = (type: string, ref: string) =>
  infiniteQueryOptions({
    queryKey: ['records', type, 'one', ref, 'history'],
    queryFn: ({ signal, pageParam }) =>
      get<ChangeList>(
        path`/v1/records/${type}/${ref}/history`,
        { limit: 25, ...(pageParam !== null && { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: firstPage,
    getNextPageParam: ({ next }) => next,
  });

/** What one request changed of it, if that is among the newest changes. */
export const changesByRequestQuery = (type: string, ref: string, request: string) =>
  queryOptions({
    queryKey: ['records', type, 'one', ref, 'changes by', request],
    queryFn: async ({ signal }) => {
      const { items } = await get<ChangeList>(path`/v1/records/${type}/${ref}/history`, { limit: 100 }, signal);
      return items.filter((change) => change.request_id === request);
    },
  });

export type Why = ShownWhy | ShownLinkWhy;

/** @param link number of a link, where the name is that of a relation that takes many. */
export const whyQuery = (type: string, ref: string, name: string, link?: number) =>
  queryOptions({
    queryKey: ['records', type, 'one', ref, 'why', name, link ?? null],
    queryFn: async ({ signal }): Promise<Why> => {
      for (let cursor: string | null = ''; cursor !== null; ) {
        const address = path`/v1/records/${type}/${ref}/why/${name}`;
        const answer: ShownWhy | ShownWhyLinks = await get(address, { limit: 1000, cursor }, signal);
        if (!('links' in answer)) return answer;
        const found = answer.links.find((one) => one.link === link);
        if (found !== undefined) return found;
        cursor = answer.next;
      }
      throw new Error('This link is not there any more.');
    },
  });

const merge = ({ type, id, version }: ShownRecord, body: MergeWrite, plan: boolean): Promise<MergeAnswer> =>
  call('POST', path`/v1/records/${type}/${id}/merge`, {
    query: { plan },
    body,
    headers: { 'if-match': `"${version}"` }, // what is done is what was shown
  });

export const usePlanMerge = (record: ShownRecord) =>
  useMutation({ mutationFn: (body: MergeWrite) => merge(record, body, true) });

export const useMerge = (record: ShownRecord) => useRecordMutation((body: MergeWrite) => merge(record, body, false));
