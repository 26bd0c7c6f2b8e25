/** Records: lists, one of them, and what is written. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import type { RecordType } from './catalogue.ts';
import { ApiProblem, call, get, path } from './client.ts';
import type { DeleteAnswer, RecordList, ShownRecord, WriteAnswer } from './types.ts';

export type Values = Readonly<Record<string, unknown>>;

/** As the API's own query string has it: filters and sort order. */
export type ListQuery = Readonly<Record<string, string>>;

const firstPage = null as string | null;

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

/** The records that a text names, as an id, a number, `field:value`, or the value of any match field, former ones too. */
async function findByKey(type: RecordType, text: string, signal?: AbortSignal): Promise<ShownRecord[]> {
  const wanted = text.trim();
  if (wanted === '') return [];
  const keys = type.fields.filter(({ unique }) => unique).map(({ key }) => key);
  const isRef = /^#?\d+$/.test(wanted) || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(wanted);
  const isKeyed = keys.some((key) => wanted.startsWith(`${key}:`));
  const refs = [...(isRef || isKeyed ? [wanted] : []), ...keys.map((key) => `${key}:${wanted}`)];
  const found = await Promise.all(refs.map((ref) => findOne(type.key, ref, signal)));
  const byId = new Map(found.flatMap((record) => (record === undefined ? [] : [[record.id, record] as const])));
  return [...byId.values()];
}

/** undefined: there is none, or it cannot be one (text that seeks a number). */
async function findOne(type: string, ref: string, signal?: AbortSignal): Promise<ShownRecord | undefined> {
  try {
    return await get<ShownRecord>(path`/v1/records/${type}/${ref}`, {}, signal);
  } catch (fault) {
    if (fault instanceof ApiProblem && [400, 404, 422].includes(fault.problem.status)) return undefined;
    throw fault;
  }
}

export const foundQuery = (type: RecordType, text: string) =>
  queryOptions({
    queryKey: ['records', type.key, 'found', text],
    queryFn: ({ signal }) => findByKey(type, text, signal),
    enabled: text.trim() !== '',
  });

/** Whatever is written may change lists, links, histories and counts. */
export function useRecordMutation<Wanted, Answer>(mutationFn: (wanted: Wanted) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => queries.invalidateQueries({ queryKey: ['records'] }) });
}

export const useCreateRecord = (type: string) =>
  useRecordMutation((fields: Values) => call<WriteAnswer>('POST', path`/v1/records/${type}`, { body: { fields } }));

/** Refused when somebody else has changed it since it was read. */
export const useEditRecord = ({ type, id, version }: ShownRecord) =>
  useRecordMutation((fields: Values) =>
    call<WriteAnswer>('PATCH', path`/v1/records/${type}/${id}`, {
      query: { mode: 'update' },
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
