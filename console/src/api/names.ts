/** What records are called, of which only the id or number is known. */
import { type QueryClient, queryOptions, useQueries, useQueryClient } from '@tanstack/react-query';
import type { Catalogue } from './catalogue.ts';
import { get, path } from './client.ts';
import { titleOf } from './records.ts';
import { may } from './rights.ts';
import { useMe } from './session.ts';
import type { RecordList } from './types.ts';
import { useCatalogue } from './use-catalogue.ts';

type Named = readonly (readonly [id: string, name: string])[];

const namesOf = (type: string) => ['records', type, 'names'] as const;

const namesQuery = (queries: QueryClient, catalogue: Catalogue, type: string, ids: readonly string[]) =>
  queryOptions({
    queryKey: [...namesOf(type), ids],
    queryFn: async ({ signal }) => {
      const asked = { 'filter[id][in]': ids.join(','), limit: ids.length };
      const { items } = await get<RecordList>(path`/v1/records/${type}`, asked, signal);
      return items.map((record): Named[number] => [record.id, titleOf(catalogue.get(type), record)]);
    },
    staleTime: 60_000,
    // A list that has one more keeps the names of those that it had.
    placeholderData: () =>
      queries.getQueriesData<Named>({ queryKey: namesOf(type) }).flatMap(([, known]) => known ?? []),
  });

export type Wanted = { readonly type: string; readonly ids: readonly string[] };

/** By id; those that one may not read, or that are not known yet, are not in it. */
export function useNames(wanted: readonly Wanted[]): ReadonlyMap<string, string> {
  const catalogue = useCatalogue();
  const queries = useQueryClient();
  const me = useMe();
  const asked = wanted.filter(({ type, ids }) => ids.length > 0 && may(me, 'read', type));
  return useQueries({
    queries: asked.map(({ type, ids }) => namesQuery(queries, catalogue, type, [...new Set(ids)].toSorted())),
    combine: combined,
  });
}

const combined = (answers: readonly { data: Named | undefined }[]): ReadonlyMap<string, string> =>
  new Map(answers.flatMap(({ data }) => data ?? []));
