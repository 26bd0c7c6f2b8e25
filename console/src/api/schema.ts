/** The schema: types, fields, link types, interfaces; and changing it, its plan first. */
import { queryOptions, useMutation } from '@tanstack/react-query';
import { call, get } from './client.ts';
import type { Schema, SchemaAnswer } from './types.ts';
import { useWrite } from './use-write.ts';

export const yamlType = 'application/yaml';

export const schemaQuery = queryOptions({
  queryKey: ['schema'],
  queryFn: ({ signal }) => get<Schema>('/v1/schema', {}, signal),
  staleTime: 60_000,
});

/** The same as text, as it is edited and exported. */
export const schemaTextQuery = queryOptions({
  queryKey: ['schema', 'text'],
  queryFn: ({ signal }) => call<string>('GET', '/v1/schema', { headers: { accept: yamlType }, signal }),
});

const sent = (document: Schema | string) =>
  typeof document === 'string' ? { file: { content: document, type: yamlType } } : { body: document };

/** What would change, and what would be lost. Nothing is written. */
export const usePlanSchema = () =>
  useMutation({
    mutationFn: (document: Schema | string) =>
      call<SchemaAnswer>('PUT', '/v1/schema', { query: { plan: true }, ...sent(document) }),
  });

export const useApplySchema = () =>
  useWrite(({ document, allowLoss }: { readonly document: Schema | string; readonly allowLoss: boolean }) =>
    call<SchemaAnswer>('PUT', '/v1/schema', { query: { allow_loss: allowLoss }, ...sent(document) }),
  );
