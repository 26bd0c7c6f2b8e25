/** `/v1/webhooks`: addresses that are told of changes. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { DeliveryView, WebhookInvalid, WebhookView } from '../../../engine/webhooks/webhooks.ts';
import type { Caller } from '../../../model/principal.ts';
import { isoTime } from '../../../model/time.ts';
import { signedIn } from '../access/credentials.ts';
import { refuseUnstorable } from '../parse.ts';
import { type ProblemError, problem } from '../problem-answer.ts';
import type {
  DeliveryList,
  MadeWebhook,
  NewWebhook,
  Replay,
  ShownDelivery,
  ShownWebhook,
  WebhookChange,
  WebhookList,
} from '../shapes/webhooks.ts';
import {
  type AtWebhook,
  changeWebhook,
  createWebhook,
  deleteWebhook,
  listDeliveries,
  listWebhooks,
  type OfDeliveries,
  readWebhook,
  replayWebhook,
} from './webhook-operations.ts';

export function webhookRoutes(app: FastifyInstance, hub: Hub): void {
  const { webhooks } = hub;

  app.get('/v1/webhooks', { schema: listWebhooks }, async (request): Promise<WebhookList> => {
    const all = await webhooks.list(configuring(request));
    return { items: all.map(renderWebhook), next: null };
  });

  app.post<{ Body: NewWebhook }>('/v1/webhooks', { schema: createWebhook }, async (request, reply) => {
    const caller = configuring(request);
    const { url, description = '', types = [], events = [], after } = request.body;
    const wish = { url, description, types, events, ...(after !== undefined && { after }) };
    const outcome = await webhooks.create(caller, wish);
    if (outcome.kind !== 'created') throw refusalOf(outcome);
    request.outcome = outcome.kind;
    const webhook = renderWebhook(outcome.webhook);
    reply.code(201).header('location', `${request.publicBase}/v1/webhooks/${webhook.id}`);
    return { webhook, secret: outcome.secret } satisfies MadeWebhook;
  });

  app.get<AtWebhook>('/v1/webhooks/:webhook', { schema: readWebhook }, async (request): Promise<ShownWebhook> => {
    const { webhook: id } = request.params;
    const found = await webhooks.find(configuring(request), id);
    if (found === undefined) throw unknownWebhook(id);
    return renderWebhook(found);
  });

  app.patch<AtWebhook & { Body: WebhookChange }>(
    '/v1/webhooks/:webhook',
    { schema: changeWebhook },
    async (request): Promise<ShownWebhook> => {
      const caller = configuring(request);
      const { webhook: id } = request.params;
      const outcome = await webhooks.change(caller, id, request.body);
      if (outcome.kind === 'unknown_webhook') throw unknownWebhook(id);
      if (outcome.kind === 'invalid') throw refusalOf(outcome);
      request.outcome = outcome.kind;
      return renderWebhook(outcome.webhook);
    },
  );

  app.delete<AtWebhook>('/v1/webhooks/:webhook', { schema: deleteWebhook }, async (request) => {
    const { webhook: id } = request.params;
    if (!(await webhooks.remove(configuring(request), id))) throw unknownWebhook(id);
    request.outcome = 'deleted';
    return { outcome: 'deleted', id };
  });

  app.get<AtWebhook & OfDeliveries>(
    '/v1/webhooks/:webhook/deliveries',
    { schema: listDeliveries },
    async (request): Promise<DeliveryList> => {
      const { webhook: id } = request.params;
      const { limit, state = null } = request.query;
      const found = await webhooks.deliveries(configuring(request), id, { state, limit });
      if (found === undefined) throw unknownWebhook(id);
      return { items: found.map(renderDelivery), next: null };
    },
  );

  app.post<AtWebhook & { Body: Replay }>(
    '/v1/webhooks/:webhook/replay',
    { schema: replayWebhook },
    async (request): Promise<ShownWebhook> => {
      const caller = configuring(request);
      const { webhook: id } = request.params;
      const outcome = await webhooks.replay(caller, id, request.body);
      if (outcome.kind === 'unknown_webhook') throw unknownWebhook(id);
      if (outcome.kind === 'unknown_delivery') {
        throw problem('unknown_delivery', 'delivery', `Webhook ${id} has no delivery ${request.body.delivery}.`);
      }
      if (outcome.kind !== 'replaying') throw refusalOf(outcome);
      request.outcome = outcome.kind;
      return renderWebhook(outcome.webhook);
    },
  );
}

function configuring(request: FastifyRequest): Caller {
  const caller = signedIn(request);
  if (request.body !== undefined) refuseUnstorable(request.body, null);
  return caller;
}

const unknownWebhook = (id: number): ProblemError =>
  problem('unknown_webhook', 'path.webhook', `There is no webhook ${id}.`);

function refusalOf(refused: WebhookInvalid | { readonly kind: 'no_longer_kept' }): ProblemError {
  return refused.kind === 'invalid'
    ? problem('webhook_invalid', refused.member, refused.message)
    : problem('changes_not_kept', 'after', 'Some of the changes behind this place are no longer kept.');
}

const timeOrNull = (at: Date | null): string | null => at && isoTime(at);

const renderWebhook = (webhook: WebhookView): ShownWebhook => ({
  id: webhook.id,
  url: webhook.url,
  description: webhook.description,
  types: [...webhook.types],
  events: [...webhook.events],
  state: webhook.state,
  reason: webhook.reason,
  after: webhook.after,
  failures: webhook.failures,
  failing_since: timeOrNull(webhook.failingSince),
  next_attempt_at: timeOrNull(webhook.nextAttemptAt),
  created_at: isoTime(webhook.createdAt),
});

const renderDelivery = (delivery: DeliveryView): ShownDelivery => ({
  id: delivery.id,
  event: delivery.event,
  state: delivery.state,
  attempts: delivery.attempts,
  status: delivery.status,
  answer: delivery.answer,
  failure: delivery.failure,
  attempted_at: timeOrNull(delivery.attempted_at),
  change: delivery.change && { ...delivery.change, changed: [...delivery.change.changed] },
});
