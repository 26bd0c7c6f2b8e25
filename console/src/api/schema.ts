/** The schema: types, fields, link types, interfaces; and changing it, its plan first. */
import { queryOptions, useMutation } from '@tanstack/react-query';
import { type Call, call, get, send } from './client.ts';
import type { SchemaBody, SchemaText } from './schema-body.ts';
import type { Schema, SchemaAnswer } from './types.ts';
import { useWrite } from './use-write.ts';

export const yamlType = 'application/yaml';

export const schemaQuery = queryOptions({
  queryKey: ['schema'],
  queryFn: ({ signal }) => get<Schema>('/v1/schema', {}, signal),
  staleTime: 60_000,
});

export const schemaTextQuery = queryOptions({
  queryKey: ['schema', 'text'],
  queryFn: async ({ signal }): Promise<SchemaText> => {
    const response = await send('GET', '/v1/schema', { headers: { accept: yamlType }, signal });
    return { text: await response.text(), etag: response.headers.get('etag') ?? '' };
  },
});

/** What would change, and what would be lost. Nothing is written. */
export const usePlanSchema = () =>
  useMutation({
    mutationFn: (document: Schema) =>
      call<SchemaAnswer>('PUT', '/v1/schema', { query: { plan: true }, body: document }),
  });

/** Refused when somebody has changed the schema since the text was read: what they added would be removed unseen. */
const putBody = ({ etag, ...file }: SchemaBody, query: Call['query']): Promise<SchemaAnswer> =>
  call('PUT', '/v1/schema', { ...(query && { query }), headers: { 'if-match': etag }, file });

export const usePlanBody = () => useMutation({ mutationFn: (body: SchemaBody) => putBody(body, { plan: true }) });

export const useApplyBody = () =>
  useWrite(({ allowLoss, ...body }: SchemaBody & { readonly allowLoss: boolean }) =>
    putBody(body, { allow_loss: allowLoss }),
  );
