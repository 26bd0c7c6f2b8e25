import { changeKinds } from '../../../model/record.ts';
import { type Static, Type } from '../../json-schema.ts';
import { Id, listOf, mapOf, nullableText, refOrNull, refTo, strict, Time } from './common.ts';
import { LinkListShape } from './link.ts';
import { PointerShape } from './pointer.ts';
import { StaleShape, StampShape, stampMembers } from './stamp.ts';

/** A pointer of the engine is shown as its GUID, so every value is plain JSON. */
export type ShownValue = string | number | boolean | readonly string[] | null;
const Value = Type.Unsafe<ShownValue>({
  type: ['string', 'number', 'boolean', 'array', 'null'],
  items: { type: 'string' },
  description:
    'Text, number or boolean; `YYYY-MM-DD` for a date; ISO 8601 UTC for a datetime; a list of values for multi_enum; the GUID of the other record for a lookup; null when unset.',
});

const AliasNote = Type.Optional(
  Type.Object(
    {
      field: Type.String(),
      value: Type.String(),
      current: nullableText('What the field holds now.'),
    },
    { description: 'Only where the request named the record by a former key.' },
  ),
);

const recordMembers = {
  id: Id,
  number: Type.Integer({ description: 'Unique among the records of the workspace.' }),
  type: Type.String({ description: 'Key of the record type.' }),
  version: Type.Integer({ description: 'Goes up with each change; the ETag.' }),
  created_at: Time,
  updated_at: Time,
  fields: mapOf(Value, {
    description: 'Every field of the record type; none in the answer to a write by somebody who may not read it.',
  }),
};

export const RecordShape = Type.Object(
  { ...recordMembers, resolved_by_alias: AliasNote },
  { $id: 'Record', description: 'A record.' },
);
export const ListedRecordShape = Type.Object(
  { ...recordMembers, links: Type.Optional(refTo(LinkListShape)) },
  { $id: 'ListedRecord', description: 'A record; with `include=links` the first of its links too.' },
);

export const RecordWriteShape = Type.Object(
  {
    fields: mapOf(Type.Unknown(), {
      description:
        'Values by field key. A field that is left out stays as it is; null clears it. A lookup takes a reference: a GUID, a number, or `field:value`.',
    }),
    ...stampMembers,
  },
  { $id: 'RecordWrite', ...strict },
);

const staleText =
  'What was left out, as it is older than what is stored. With the outcome `stale` that is all of it; `record` is null when it was deleted since.';

export const WriteAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['created', 'updated', 'unchanged', 'revived', 'stale']),
    record: refOrNull(RecordShape),
    changed: Type.Optional(Type.Array(Type.String(), { description: 'With `updated`: the fields that changed.' })),
    stale: Type.Optional(Type.Array(refTo(StaleShape), { description: staleText })),
    resolved_by_alias: AliasNote,
  },
  { $id: 'WriteAnswer' },
);

export const DeleteAnswerShape = Type.Object(
  {
    outcome: Type.Enum(['deleted', 'unchanged', 'stale'], {
      description:
        'With a stamp only: `unchanged` when it was deleted before, or never there, `stale` when it was deleted or written later.',
    }),
    record: refTo(PointerShape),
    stale: Type.Optional(Type.Array(refTo(StaleShape))),
    cleared: Type.Optional(
      Type.Array(Type.String(), {
        description: 'With `stale`: fields that were cleared, as nobody has written them since.',
      }),
    ),
  },
  { $id: 'DeleteAnswer' },
);

export const LinkChangeShape = Type.Object(
  { link: Type.String(), number: Type.Integer(), left: refTo(PointerShape), right: refTo(PointerShape) },
  { $id: 'LinkChange' },
);

export const MergedShape = Type.Object(
  { from: refTo(PointerShape), into: refTo(PointerShape) },
  { $id: 'Merged', description: 'The duplicate, and the record that it went into.' },
);

export const ChangeShape = Type.Object(
  {
    kind: Type.Enum([...changeKinds]),
    at: Time,
    principal: Type.Object({ id: Type.Integer(), name: Type.String() }),
    via: Type.String({ description: 'The API it came through.', examples: ['native', 'zendesk'] }),
    request_id: Type.String(),
    version: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'The record’s version after it; null for a link.',
    }),
    before: mapOf(Type.Unknown(), {
      description: 'Only what changed, by field key; for a link its role and attributes.',
    }),
    after: mapOf(Type.Unknown()),
    link: refOrNull(LinkChangeShape),
    merged: refOrNull(MergedShape),
    stamp: refOrNull(StampShape),
    forced: Type.Array(Type.String(), {
      description:
        'What was written with `force=true` though another owns it: fields by key, or the link. Mostly empty.',
    }),
  },
  { $id: 'Change', description: 'One change of a record or of one of its links.' },
);

export const RecordListShape = listOf(refTo(ListedRecordShape), 'RecordList');
export const ChangeListShape = Type.Object(
  {
    ...listOf(refTo(ChangeShape), 'ChangeList').properties,
    not_kept: Type.Boolean({ description: 'There were older changes, which are not kept any more.' }),
  },
  { $id: 'ChangeList' },
);

export type ShownRecord = Static<typeof RecordShape>;
export type ListedRecord = Static<typeof ListedRecordShape>;
export type RecordList = Static<typeof RecordListShape>;
export type ShownChange = Static<typeof ChangeShape>;
export type ChangeList = Static<typeof ChangeListShape>;
export type WriteAnswer = Static<typeof WriteAnswerShape>;
export type DeleteAnswer = Static<typeof DeleteAnswerShape>;
