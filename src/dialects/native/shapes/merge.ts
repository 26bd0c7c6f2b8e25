import { type MergePolicy, mergePolicies } from '../../../model/merge.ts';
import { type Static, Type } from '../../json-schema.ts';
import { nullableText, refOrNull, refTo, strict } from './common.ts';
import { PointerShape } from './pointer.ts';
import { RecordShape, type ShownValue } from './record.ts';

export const MergeWriteShape = Type.Object(
  {
    from: Type.String({ description: 'Names the duplicate: its id, its number, or `field:value`.' }),
    fields: Type.Optional(
      Type.Unsafe<MergePolicy>({
        enum: [...mergePolicies],
        description:
          'Whose value stays where both have one; what only the duplicate has is taken. `keep`: the survivor’s fields stay as they are. `survivor` unless said.',
      }),
    ),
  },
  { $id: 'MergeWrite', ...strict },
);

const Value = Type.Unsafe<ShownValue>({
  type: ['string', 'number', 'boolean', 'array', 'null'],
  items: { type: 'string' },
});

export const MergeAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['merged', 'planned']),
    record: refTo(RecordShape),
    duplicate: refTo(PointerShape),
    counts: Type.Object({
      set: Type.Integer(),
      leave: Type.Integer(),
      alias: Type.Integer(),
      move: Type.Integer(),
      join: Type.Integer(),
      drop: Type.Integer(),
    }),
    items: Type.Array(
      Type.Object({
        action: Type.Enum(['set', 'leave', 'alias', 'move', 'join', 'drop'], {
          description:
            '`set`: the survivor takes the value. `leave`: it does not, as somebody else owns the field. `alias`: the key goes on finding the survivor. `move`: the link is the survivor’s. `join`: it had the same already. `drop`: the link goes, for the `reason`.',
        }),
        field: nullableText('Key of the field; null for a link.'),
        before: Value,
        after: Value,
        link: nullableText('Key of the link type; null for a field.'),
        other: refOrNull(PointerShape),
        role: nullableText('Of the link.'),
        reason: nullableText(
          '`cardinality`: the survivor’s own link keeps the place. `owner`: somebody else owns it. `self`: it linked the two. `kept`: the policy is `keep`.',
        ),
      }),
    ),
  },
  { $id: 'MergeAnswer' },
);

export type MergeWrite = Static<typeof MergeWriteShape>;
export type MergeAnswer = Static<typeof MergeAnswerShape>;
