import type { GrantAction } from '../../../model/principal.ts';
import { type Static, Type } from '../../json-schema.ts';
import { cursorParameter, limitParameter, listOf, mapOf, nullableText, queryOf, refTo } from './common.ts';

export const RightsShape = Type.Object(
  {
    principal: Type.Object({
      id: Type.Integer(),
      kind: Type.Enum(['user', 'key']),
      name: Type.String(),
      email: nullableText('Users only.'),
      role: Type.Enum(['admin', 'power', 'member']),
    }),
    types: mapOf(Type.Array(Type.String()), {
      description:
        'By record type, what it may do with it: `read`, `create`, `edit`, `delete`, `force`, and `attach:` with each type that can be linked on the right.',
    }),
    interfaces: Type.Array(Type.String(), {
      description:
        'The endpoints that it may send complete sets to: they create, edit, link and delete what their interface owns.',
    }),
  },
  { $id: 'Rights', description: 'What somebody may do, by role, grants and interfaces.' },
);

export const RightsListShape = listOf(refTo(RightsShape), 'RightsList');

export const GrantsQueryShape = queryOf({
  limit: limitParameter,
  cursor: cursorParameter,
  type: Type.Optional(Type.String({ minLength: 1, description: 'Only what they may do with this record type.' })),
  action: Type.Optional(
    Type.Unsafe<GrantAction>({
      type: 'string',
      pattern: '^(read|create|edit|delete|force|attach:[a-z][a-z0-9_]*)$',
      description: 'Only those who may do this, with `type` or with any: `delete`, or `attach:contact`.',
    }),
  ),
  principal: Type.Optional(
    Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Only this user or key.' }),
  ),
});

export type ShownRights = Static<typeof RightsShape>;
export type RightsList = Static<typeof RightsListShape>;
export type AskedGrants = Static<typeof GrantsQueryShape>;

export const grantsComponents = [RightsShape, RightsListShape];
