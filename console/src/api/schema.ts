/** The schema: types, fields, link types, interfaces; and the plan of changing it. */
import { queryOptions, useMutation } from '@tanstack/react-query';
import { call, get } from './client.ts';
import type { Schema, SchemaAnswer } from './types.ts';

export const schemaQuery = queryOptions({
  queryKey: ['schema'],
  queryFn: ({ signal }) => get<Schema>('/v1/schema', {}, signal),
  staleTime: 60_000,
});

/** What would change, and what would be lost. Nothing is written. */
export const usePlanSchema = () =>
  useMutation({
    mutationFn: (body: Schema) => call<SchemaAnswer>('PUT', '/v1/schema', { query: { plan: true }, body }),
  });
