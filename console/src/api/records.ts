/** Records: lists, one of them, and what is written. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import type { RecordType } from './catalogue.ts';
import { call, get, path } from './client.ts';
import type { DeleteAnswer, FoundRecords, RecordList, ShownRecord, WriteAnswer } from './types.ts';

export type Values = Readonly<Record<string, unknown>>;

/** As the API's own query string has it: filters and sort order. */
export type ListQuery = Readonly<Record<string, string>>;

const firstPage = null as string | null;
/** All pages of a list are asked for anew, one after the other: not of a long one whenever somebody comes back to it. */
const fewPages = 3;

export const recordsQuery = (type: string, asked: ListQuery) =>
  infiniteQueryOptions({
    queryKey: ['records', type, 'list', asked],
    queryFn: ({ signal, pageParam }) =>
      get<RecordList>(
        path`/v1/records/${type}`,
        { ...asked, limit: 100, ...(pageParam !== null && { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: firstPage,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    staleTime: ({ state: { data } }) => ((data?.pages.length ?? 0) > fewPages ? 300_000 : 5_000),
  });

export const recordQuery = (type: string, ref: string) =>
  queryOptions({
    queryKey: ['records', type, 'one', ref],
    queryFn: ({ signal }) => get<ShownRecord>(path`/v1/records/${type}/${ref}`, {}, signal),
  });

/** What a person calls it: its name, else a key, else its number. */
export function titleOf(type: RecordType | undefined, record: Pick<ShownRecord, 'number' | 'fields'>): string {
  const keys = type?.fields.filter(({ unique }) => unique).map(({ key }) => key) ?? [];
  const found = ['name', ...keys].map((key) => record.fields[key]).find((value) => value !== null && value !== '');
  return found === undefined ? `#${record.number}` : String(found);
}

/** More can not be asked for. */
export const longestSought = 2048;

/** Records of every type that a text names: as a number, an id, `field:value`, or the value of any match field, former ones too. */
export const findQuery = (text: string) =>
  queryOptions({
    queryKey: ['records', 'found', text.trim()],
    queryFn: async ({ signal }) => (await get<FoundRecords>('/v1/find', { key: text.trim() }, signal)).items,
    enabled: text.trim() !== '',
  });

/** Those of one type. */
export const foundQuery = (type: RecordType, text: string) =>
  queryOptions({
    ...findQuery(text),
    select: (found): ShownRecord[] => found.flatMap(({ record }) => (record.type === type.key ? [record] : [])),
  });

/** Whatever is written may change lists, links, histories and counts. */
export function useRecordMutation<Wanted, Answer>(mutationFn: (wanted: Wanted) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => queries.invalidateQueries({ queryKey: ['records'] }) });
}

/** @param force fields that another owns are written too, by those who may. */
type Write = { readonly fields: Values; readonly force: boolean };

const withForce = (force: boolean): { force?: true } => (force ? { force } : {});

export const useCreateRecord = (type: string) =>
  useRecordMutation(({ fields, force }: Write) =>
    call<WriteAnswer>('POST', path`/v1/records/${type}`, { query: withForce(force), body: { fields } }),
  );

/** Refused when somebody else has changed it since it was read. */
export const useEditRecord = ({ type, id, version }: ShownRecord) =>
  useRecordMutation(({ fields, force }: Write) =>
    call<WriteAnswer>('PATCH', path`/v1/records/${type}/${id}`, {
      query: { mode: 'update', ...withForce(force) },
      body: { fields },
      headers: { 'if-match': `"${version}"` },
    }),
  );

export function useDeleteRecord({ type, id, version }: ShownRecord) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call<DeleteAnswer>('DELETE', path`/v1/records/${type}/${id}`, { headers: { 'if-match': `"${version}"` } }),
    // Its own page is about to be left: asking for it again would only be told that it is gone.
    onSuccess: () => queries.invalidateQueries({ queryKey: ['records'], refetchType: 'none' }),
  });
}
