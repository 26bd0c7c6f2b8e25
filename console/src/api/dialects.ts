/** The APIs that this server speaks, and one record in the words of each. */
import { queryOptions } from '@tanstack/react-query';
import { get, path } from './client.ts';
import type { DialectList, SampleCallsList } from './types.ts';

export const dialectsQuery = queryOptions({
  queryKey: ['dialects'],
  queryFn: ({ signal }) => get<DialectList>('/v1/dialects', {}, signal),
  staleTime: Number.POSITIVE_INFINITY, // it changes when the server is started anew
});

export const sampleCallsQuery = (type: string, id: string) =>
  queryOptions({
    queryKey: ['records', type, 'one', id, 'calls'],
    queryFn: ({ signal }) => get<SampleCallsList>(path`/v1/records/${type}/${id}/calls`, {}, signal),
  });
