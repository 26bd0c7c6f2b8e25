/** What `/v1/webhooks` takes and answers. */
import { type Static, Type } from '../../json-schema.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { limitParameter, queryOf, refTo } from '../shapes/common.ts';
import {
  DeliveryListShape,
  deliveryStates,
  MadeWebhookShape,
  NewWebhookShape,
  ReplayShape,
  WebhookChangeShape,
  WebhookListShape,
  WebhookShape,
} from '../shapes/webhooks.ts';

const WebhookPath = Type.Object({ webhook: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const DeliveriesQuery = queryOf({
  limit: limitParameter,
  state: Type.Optional(Type.Enum([...deliveryStates])),
});
export type AtWebhook = { Params: Static<typeof WebhookPath> };
export type OfDeliveries = { Querystring: Static<typeof DeliveriesQuery> };

const common = { tag: 'Webhooks', access: 'power' } as const;

export const listWebhooks = describeOperation({
  ...common,
  id: 'listWebhooks',
  summary: 'List the webhooks',
  answers: { 200: { description: 'All of them.', schema: refTo(WebhookListShape) } },
});

export const createWebhook = describeOperation({
  ...common,
  id: 'createWebhook',
  summary: 'Make a webhook',
  description:
    'Each change is posted to its address, in the order of the commits, as a CloudEvent that is signed by Standard Webhooks. It begins with what comes next, or behind `after`.',
  body: refTo(NewWebhookShape),
  answers: {
    201: { description: 'Made. The secret is shown this once.', schema: refTo(MadeWebhookShape), location: true },
  },
  problems: [410, 422],
});

export const readWebhook = describeOperation({
  ...common,
  id: 'readWebhook',
  summary: 'Read a webhook: how far it is, and whether it fails',
  params: WebhookPath,
  answers: { 200: { description: 'The webhook.', schema: refTo(WebhookShape) } },
  problems: [404],
});

export const changeWebhook = describeOperation({
  ...common,
  id: 'changeWebhook',
  summary: 'Change, pause or resume a webhook',
  description: 'One that was disabled goes on from where it was when its state is set to active.',
  params: WebhookPath,
  body: refTo(WebhookChangeShape),
  answers: { 200: { description: 'Changed.', schema: refTo(WebhookShape) } },
  problems: [404, 422],
});

export const deleteWebhook = describeOperation({
  ...common,
  id: 'deleteWebhook',
  summary: 'Remove a webhook and its deliveries',
  params: WebhookPath,
  answers: {
    200: {
      description: 'Removed.',
      schema: Type.Object({ outcome: Type.Enum(['deleted']), id: Type.Integer() }),
    },
  },
  problems: [404],
});

export const listDeliveries = describeOperation({
  ...common,
  id: 'listDeliveries',
  summary: 'List deliveries of a webhook, the last ones first',
  params: WebhookPath,
  query: DeliveriesQuery,
  answers: { 200: { description: 'The last deliveries.', schema: refTo(DeliveryListShape) } },
  problems: [404],
});

export const replayWebhook = describeOperation({
  ...common,
  id: 'replayWebhook',
  summary: 'Deliver again: one delivery, or everything behind a place in the feed',
  params: WebhookPath,
  body: refTo(ReplayShape),
  answers: { 200: { description: 'It will be delivered.', schema: refTo(WebhookShape) } },
  problems: [404, 410, 422],
});
