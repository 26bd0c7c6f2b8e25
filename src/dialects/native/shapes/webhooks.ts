import { eventNames } from '../../../engine/webhooks/events.ts';
import { eventKinds } from '../../../model/events.ts';
import { changeKinds } from '../../../model/record.ts';
import { type Static, Type } from '../../json-schema.ts';
import { listOf, nullableText, refOrNull, refTo, strict, Time } from './common.ts';
import { PointerShape } from './pointer.ts';
import { LinkChangeShape } from './record.ts';

const { Optional } = Type;
const timeOrNull = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description });
const Url = Type.String({ minLength: 1, maxLength: 2000, description: 'Where events are posted to.' });
const Description = Type.String({ maxLength: 200 });
const Types = Type.Array(Type.String(), {
  maxItems: 200,
  description: 'Record types; a link is of both of its ends. Empty: all.',
});
const Events = Type.Array(Type.String(), { maxItems: 20, description: `Empty: all. ${eventNames.join(', ')}.` });

export const WebhookShape = Type.Object(
  {
    id: Type.Integer(),
    url: Url,
    description: Description,
    types: Types,
    events: Events,
    state: Type.Enum(['active', 'paused', 'disabled']),
    reason: nullableText('Why it was disabled.'),
    after: Type.String({ description: 'All up to this place in the change feed is delivered.' }),
    failures: Type.Integer({ description: 'Attempts that failed since the last one that did not.' }),
    failing_since: timeOrNull('Of the first of them.'),
    next_attempt_at: timeOrNull('Nothing is sent before that.'),
    created_at: Time,
  },
  { $id: 'Webhook', description: 'An address that is told of changes.' },
);

const after = Type.String({ description: 'A place in the change feed; empty: the oldest change that is kept.' });

export const NewWebhookShape = Type.Object(
  {
    url: Url,
    description: Optional(Description),
    types: Optional(Types),
    events: Optional(Events),
    after: Optional(after),
  },
  { $id: 'NewWebhook', ...strict },
);

export const WebhookChangeShape = Type.Object(
  {
    url: Optional(Url),
    description: Optional(Description),
    types: Optional(Types),
    events: Optional(Events),
    state: Optional(Type.Enum(['active', 'paused'])),
  },
  { $id: 'WebhookChange', ...strict },
);

export const MadeWebhookShape = Type.Object(
  {
    webhook: refTo(WebhookShape),
    secret: Type.String({ description: 'Shown this once: what its signatures are made with.' }),
  },
  { $id: 'MadeWebhook' },
);

export const ReplayShape = Type.Object(
  { after: Optional(after), delivery: Optional(Type.String({ description: 'Id of one delivery.' })) },
  { $id: 'Replay', description: 'One of the two.', ...strict },
);

export const deliveryStates = ['delivered', 'failing', 'waiting'] as const;

export const DeliveredChangeShape = Type.Object(
  {
    kind: Type.Enum([...changeKinds, ...eventKinds]),
    type: Type.String({
      description: 'Record type; of a link that of its left-hand record, of an event that of its interface.',
    }),
    record: refOrNull(PointerShape),
    link: refOrNull(LinkChangeShape),
    interface: nullableText('The endpoint that an event is of.'),
    run: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'Number of the run that it is of, or was made by.',
    }),
    changed: Type.Array(Type.String(), {
      description: 'Fields that changed, by key; of a link `role` or `attributes`.',
    }),
  },
  { $id: 'DeliveredChange', description: 'What a delivery tells of, without its values.' },
);

export const DeliveryShape = Type.Object(
  {
    id: Type.String({ description: 'Of the delivery, and of the event in it.' }),
    event: Type.String(),
    state: Type.Enum([...deliveryStates]),
    attempts: Type.Integer(),
    status: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Of the last answer.' }),
    answer: nullableText('How the last answer began.'),
    failure: nullableText('Why the last attempt failed.'),
    attempted_at: timeOrNull('When it was tried last.'),
    change: refOrNull(DeliveredChangeShape),
  },
  { $id: 'Delivery', description: 'What became of one event.' },
);

export const WebhookListShape = listOf(refTo(WebhookShape), 'WebhookList');
export const DeliveryListShape = listOf(refTo(DeliveryShape), 'DeliveryList');
export type EventName = (typeof eventNames)[number];
export type ShownWebhook = Static<typeof WebhookShape>;
export type NewWebhook = Static<typeof NewWebhookShape>;
export type WebhookChange = Static<typeof WebhookChangeShape>;
export type MadeWebhook = Static<typeof MadeWebhookShape>;
export type Replay = Static<typeof ReplayShape>;
export type ShownDelivery = Static<typeof DeliveryShape>;
export type WebhookList = Static<typeof WebhookListShape>;
export type DeliveryList = Static<typeof DeliveryListShape>;
