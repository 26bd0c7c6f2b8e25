/** What records are called, of which only the id or number is known. */
import { queryOptions, useQueries } from '@tanstack/react-query';
import { type Catalogue, useCatalogue } from './catalogue.ts';
import { get, path } from './client.ts';
import { titleOf } from './records.ts';
import { may } from './rights.ts';
import { useMe } from './session.ts';
import type { RecordList } from './types.ts';

const namesQuery = (catalogue: Catalogue, type: string, ids: readonly string[]) =>
  queryOptions({
    queryKey: ['records', type, 'names', ids],
    queryFn: async ({ signal }) => {
      const asked = { 'filter[id][in]': ids.join(','), limit: ids.length };
      const { items } = await get<RecordList>(path`/v1/records/${type}`, asked, signal);
      return items.map((record) => [record.id, titleOf(catalogue.get(type), record)] as const);
    },
    staleTime: 60_000,
  });

export type Wanted = { readonly type: string; readonly ids: readonly string[] };

/** By id; those that one may not read, or that are not known yet, are not in it. */
export function useNames(wanted: readonly Wanted[]): ReadonlyMap<string, string> {
  const catalogue = useCatalogue();
  const me = useMe();
  const asked = wanted.filter(({ type, ids }) => ids.length > 0 && may(me, 'read', type));
  return useQueries({
    queries: asked.map(({ type, ids }) => namesQuery(catalogue, type, [...new Set(ids)])),
    combine: combined,
  });
}

const combined = (
  answers: readonly { data: readonly (readonly [string, string])[] | undefined }[],
): ReadonlyMap<string, string> => new Map(answers.flatMap(({ data }) => data ?? []));
