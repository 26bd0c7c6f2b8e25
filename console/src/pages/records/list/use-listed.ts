import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RecordType } from '../../../api/catalogue.ts';
import { findQuery, foundQuery, type ListQuery, recordsQuery } from '../../../api/records.ts';
import { keyIn, listQueryOf } from './asked.ts';

/** The records that pass the filters; where a key is looked for, those of them that it finds: by any field, former keys too. */
export function useListed(type: RecordType, search: URLSearchParams) {
  const key = keyIn(search);
  const { data, error } = useQuery(foundQuery(type, key));
  const found = key.trim() === '' ? undefined : data;
  const listed: ListQuery = {
    ...listQueryOf(search),
    ...(found && { 'filter[id][in]': found.map(({ id }) => id).join(',') }),
  };
  const query = useInfiniteQuery({
    ...recordsQuery(type.key, listed),
    enabled: key.trim() === '' || (found !== undefined && found.length > 0),
  });
  return { found, listed, query, error: error ?? query.error };
}

/** Asks for the same before the schema is there. */
export function usePrefetchListed(type: string, search: URLSearchParams): void {
  const queries = useQueryClient();
  const key = keyIn(search);
  const [sought, list] = [findQuery(key), recordsQuery(type, listQueryOf(search))];
  const isUnasked = (queryKey: readonly unknown[]): boolean => queries.getQueryState(queryKey) === undefined;
  if (key.trim() === '') {
    if (isUnasked(list.queryKey)) void queries.prefetchInfiniteQuery(list);
  } else if (isUnasked(sought.queryKey)) void queries.prefetchQuery(sought);
}
