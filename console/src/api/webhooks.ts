/** Webhooks: addresses that are told of changes, and what became of what they were told. */
import { queryOptions } from '@tanstack/react-query';
import { call, get, path } from './client.ts';
import type {
  DeliveryList,
  MadeWebhook,
  NewWebhook,
  Replay,
  ShownWebhook,
  WebhookChange,
  WebhookList,
} from './types.ts';
import { useWrite } from './use-write.ts';

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: ({ signal }) => get<WebhookList>('/v1/webhooks', {}, signal),
  refetchInterval: 15_000,
});

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id],
    queryFn: ({ signal }) => get<ShownWebhook>(path`/v1/webhooks/${id}`, {}, signal),
    refetchInterval: 5_000,
  });

/** The last of them. @param state of these only; empty: of any. */
export const deliveriesQuery = (id: string, state: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'deliveries', state],
    queryFn: ({ signal }) => get<DeliveryList>(path`/v1/webhooks/${id}/deliveries`, { state, limit: 100 }, signal),
    refetchInterval: 5_000,
  });

export const useMakeWebhook = () => useWrite((body: NewWebhook) => call<MadeWebhook>('POST', '/v1/webhooks', { body }));

export const useChangeWebhook = (id: number) =>
  useWrite((body: WebhookChange) => call<ShownWebhook>('PATCH', path`/v1/webhooks/${id}`, { body }));

export const useReplayWebhook = (id: number) =>
  useWrite((body: Replay) => call<ShownWebhook>('POST', path`/v1/webhooks/${id}/replay`, { body }));

export const useRemoveWebhook = (id: number) => useWrite(() => call('DELETE', path`/v1/webhooks/${id}`));
