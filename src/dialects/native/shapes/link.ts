import { type Static, Type } from '../../json-schema.ts';
import { Id, listOf, mapOf, nullableText, refOrNull, refTo, strict, Time } from './common.ts';
import { deferMembers, PendingLinkShape } from './pending-link.ts';
import { PointerShape } from './pointer.ts';
import { StaleShape, stampMembers } from './stamp.ts';

export const LinkShape = Type.Object(
  {
    id: Id,
    number: Type.Integer({ description: 'Unique among the links of the workspace.' }),
    link: Type.String({ description: 'The link type’s key.', examples: ['policy.contacts'] }),
    role: nullableText('Name of the role of the right record; null without one.'),
    role_number: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
    role_external_id: nullableText('The role’s key elsewhere.'),
    left: refTo(PointerShape),
    right: refTo(PointerShape),
    attributes: mapOf(Type.Unknown()),
    created_at: Time,
    updated_at: Time,
  },
  { $id: 'Link', description: 'A link between two records.' },
);

export const LinkListShape = listOf(refTo(LinkShape), 'LinkList');

const RoleTextShape = (description: string) =>
  Type.Optional(Type.Unsafe<RoleText>({ type: ['string', 'number', 'null'], description }));

export const LinkWriteShape = Type.Object(
  {
    role: RoleTextShape(
      'Number, external id or name of a role. Once per pair: the role to set; absent keeps it, null clears it. Once per role: which link is meant.',
    ),
    newRole: RoleTextShape('The role that the link shall have afterwards.'),
    attributes: Type.Optional(
      mapOf(Type.Unknown(), { description: 'Text, numbers, booleans or null by name; those left out stay.' }),
    ),
    ...deferMembers,
    ...stampMembers,
  },
  { $id: 'LinkWrite', description: 'May be left out: links the two without role.', ...strict },
);
export type RoleText = string | number | null;
export type LinkWrite = Static<typeof LinkWriteShape>;

export const LinkAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['created', 'updated', 'unchanged', 'stale']),
    link: refOrNull(LinkShape),
    replaced: Type.Array(refTo(LinkShape), {
      description: 'Links that had to go, because a side takes one link only.',
    }),
    stale: Type.Optional(
      Type.Array(refTo(StaleShape), {
        description: 'With the outcome `stale`, where `link` is null: what it is older than.',
      }),
    ),
  },
  { $id: 'LinkAnswer' },
);

export const UnlinkAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['unlinked', 'unchanged', 'stale']),
    stale: Type.Optional(Type.Array(refTo(StaleShape))),
    removed: Type.Array(refTo(LinkShape), { description: 'Empty when the two were not linked.' }),
    withdrawn: Type.Optional(
      Type.Array(refTo(PendingLinkShape), { description: 'Where records are missing: links that waited for them.' }),
    ),
  },
  { $id: 'UnlinkAnswer' },
);

export type ShownLink = Static<typeof LinkShape>;
export type LinkList = Static<typeof LinkListShape>;
export type LinkAnswer = Static<typeof LinkAnswerShape>;
export type UnlinkAnswer = Static<typeof UnlinkAnswerShape>;
