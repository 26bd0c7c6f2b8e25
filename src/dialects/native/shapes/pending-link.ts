import { type Static, Type } from '../../json-schema.ts';
import { listOf, mapOf, nullableText, refOrNull, refTo, Time } from './common.ts';
import { StampShape } from './stamp.ts';

/** Of a write that may wait for its records. */
export const deferMembers = {
  onMissing: Type.Optional(
    Type.Unsafe<'error' | 'defer'>({
      enum: ['error', 'defer'],
      description:
        'What becomes of a link whose records are not there: `error` (unless said) refuses it, `defer` has it wait for them. Only keys can be waited for.',
    }),
  ),
  expires_at: Type.Optional(
    Type.String({ description: 'With `defer`: until when it waits. 30 days unless said.', format: 'date-time' }),
  ),
  expires_in: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 315_360_000, description: 'The same in seconds from now.' }),
  ),
};
export const DeferMembers = Type.Object(deferMembers);

const PendingEndShape = Type.Object(
  {
    type: Type.String({ description: 'The record type.' }),
    ref: Type.String({
      description: 'The record, as the link was asked for.',
      examples: ['external_id:CRM-1'],
    }),
    missing: Type.Boolean({ description: 'Whether there is no such record yet.' }),
  },
  { $id: 'PendingEnd', description: 'A side of a link that waits.' },
);

export const PendingLinkShape = Type.Object(
  {
    number: Type.Integer({ description: 'By which it is taken back.' }),
    link: Type.String({ description: 'The link type’s key.', examples: ['claim.contacts'] }),
    left: refTo(PendingEndShape),
    right: refTo(PendingEndShape),
    role: nullableText('Name of the role that the link shall have; null without one.'),
    role_number: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
    attributes: mapOf(Type.Unknown()),
    removes: Type.Boolean({ description: 'Whether it is a removal that waits, and no link.' }),
    stamp: refOrNull(StampShape),
    state: Type.Enum(['waiting', 'refused', 'expired'], {
      description:
        '`refused`: the records are there, and it was not joined; `reasons` say why. `expired`: its time is over; it is shown for a week.',
    }),
    reasons: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
    principal: Type.Object({ id: Type.Integer(), name: Type.String() }, { description: 'Who asked for it.' }),
    via: Type.String({ description: 'The API that it was asked for through.' }),
    request_id: Type.String(),
    asked_at: Time,
    expires_at: Time,
  },
  { $id: 'PendingLink', description: 'A link that waits for its records.' },
);

export const PendingLinkListShape = listOf(refTo(PendingLinkShape), 'PendingLinkList');

export const DeferredAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['deferred', 'unchanged'], { description: '`unchanged`: it waits already, just so.' }),
    link: refTo(PendingLinkShape),
  },
  { $id: 'DeferredAnswer' },
);

export const ForgottenAnswerShape = Type.Object({ outcome: Type.Enum(['removed']) }, { $id: 'ForgottenAnswer' });

export const pendingComponents = [
  PendingEndShape,
  PendingLinkShape,
  PendingLinkListShape,
  DeferredAnswerShape,
  ForgottenAnswerShape,
];

export type ShownPendingLink = Static<typeof PendingLinkShape>;
export type PendingLinkList = Static<typeof PendingLinkListShape>;
export type DeferredAnswer = Static<typeof DeferredAnswerShape>;
export type ForgottenAnswer = Static<typeof ForgottenAnswerShape>;
