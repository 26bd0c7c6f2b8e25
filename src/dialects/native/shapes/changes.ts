import { eventKinds } from '../../../model/events.ts';
import { changeKinds } from '../../../model/record.ts';
import { type Static, Type } from '../../json-schema.ts';
import { mapOf, nullableText, queryOf, refOrNull, refTo, Time } from './common.ts';
import { PointerShape } from './pointer.ts';
import { LinkChangeShape } from './record.ts';

export const FeedItemShape = Type.Object(
  {
    cursor: Type.String({ description: 'Its place: what follows it is `after=` this.' }),
    commit: Type.Integer({ description: 'Commits are numbered in the order in which they became visible.' }),
    row: Type.Integer({ description: 'Its place in the commit, from 0.' }),
    kind: Type.Enum([...changeKinds, ...eventKinds]),
    at: Time,
    type: Type.String({
      description: 'Record type; of a link that of its left-hand record, of an event that of its interface.',
    }),
    record: refOrNull(PointerShape),
    link: refOrNull(LinkChangeShape),
    interface: nullableText('The endpoint that an event is of; null for a change of a record or link.'),
    version: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'The record’s version after it; null for a link.',
    }),
    before: mapOf(Type.Unknown(), {
      description: 'Only what changed, by field key; for a link its role and attributes.',
    }),
    after: mapOf(Type.Unknown()),
    principal: Type.Object({ id: Type.Integer(), name: Type.String() }),
    via: Type.String({ description: 'The API that it came through.', examples: ['native', 'zendesk'] }),
    request_id: Type.String(),
    run: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'Number of the run of a complete set that made it; null when none did.',
    }),
    forced: Type.Array(Type.String(), {
      description:
        'What was written with `force=true` though another owns it: fields by key, or the link. Mostly empty.',
    }),
  },
  { $id: 'FeedItem', description: 'One change, in the order of the commits.' },
);

export const FeedPageShape = Type.Object(
  {
    items: Type.Array(refTo(FeedItemShape)),
    next: Type.String({ description: 'Send it as `after` to go on; keep it even when there are no items.' }),
    more: Type.Boolean({ description: 'There is more at once.' }),
  },
  { $id: 'FeedPage' },
);

const numbered = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description }));
const listed = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

const time = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, description, examples: ['2026-11-30T00:00:00Z'] }));

export const FeedQueryShape = queryOf({
  after: Type.Optional(
    Type.String({
      description: '`next` of the answer before; empty: from the beginning of what is kept; left out: from now on.',
    }),
  ),
  order: Type.Enum(['oldest', 'newest'], {
    default: 'oldest',
    description:
      '`newest`: what happened last comes first, for people who look; `after` goes on to what is older, and nothing is waited for.',
  }),
  wait: Type.Integer({
    minimum: 0,
    maximum: 60,
    default: 0,
    description: 'Seconds to wait for a change when there is none.',
  }),
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Items in an answer.' }),
  type: listed('Record types, parted by commas. A link is of the types of both of its ends.'),
  kind: listed(
    `Kinds of change, parted by commas: ${changeKinds.join(', ')}; and events of runs and interfaces, which come only where they are named: ${eventKinds.join(', ')}.`,
  ),
  principal: numbered('Id of the user or key that made the change, as in `principal.id` of an item.'),
  run: numbered('Number of the run of a complete set that made it.'),
  since: time('With `order=newest`: those that were committed at this time or later.'),
  until: time('With `order=newest`: those that were committed before this time.'),
  cause: listed(
    'What made the change: APIs by name as `native` or `zendesk`, and `run` for complete sets, parted by commas. With `-` before the first: all but those, as `-native` for a reader that writes through the native API itself.',
  ),
});

export type FeedItem = Static<typeof FeedItemShape>;
export type FeedPageAnswer = Static<typeof FeedPageShape>;
export type FeedQuery = Static<typeof FeedQueryShape>;
