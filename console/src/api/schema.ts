/** The schema: types, fields, link types, interfaces. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';
import type { Schema } from './types.ts';

export const schemaQuery = queryOptions({
  queryKey: ['schema'],
  queryFn: ({ signal }) => get<Schema>('/v1/schema', {}, signal),
  staleTime: 60_000,
});
