/** What `/v1/records` takes and answers. */
import { type Static, Type } from '../../json-schema.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { forceParameter } from '../force.ts';
import { csv, ndjson } from '../imports/import-operations.ts';
import { PageQuery, queryOf, refParameter, refTo, typeParameter } from '../shapes/common.ts';
import { orPlan, PlanShape, planParameters } from '../shapes/plan.ts';
import {
  ChangeListShape,
  DeleteAnswerShape,
  RecordListShape,
  RecordShape,
  RecordWriteShape,
  WriteAnswerShape,
} from '../shapes/record.ts';
import { stampMembers } from '../shapes/stamp.ts';
import { ListQueryShape } from './filters.ts';

const TypePath = Type.Object({ type: typeParameter });
export const RecordPath = Type.Object({ type: typeParameter, ref: refParameter });
export const ModeQuery = queryOf({
  mode: Type.Unsafe<'upsert' | 'create' | 'update'>({
    enum: ['upsert', 'create', 'update'],
    default: 'upsert',
    description: '`create` refuses a record that exists, `update` one that does not.',
  }),
  ...planParameters,
  ...forceParameter,
});
export const WriteQuery = queryOf({ ...planParameters, ...forceParameter });
export const DeleteQuery = queryOf({ ...planParameters, ...stampMembers });
export const IfMatch = Type.Object({
  'If-Match': Type.Optional(Type.String({ description: 'The ETag as read: refuses when it has changed since.' })),
});

export type AtType = { Params: Static<typeof TypePath> };
export type AtRecord = { Params: Static<typeof RecordPath> };
export type RecordBody = { Body: Static<typeof RecordWriteShape> };

export const listRecords = describeOperation({
  id: 'listRecords',
  tag: 'Records',
  summary: 'List records of a type',
  description:
    'Pages stay in step while records come and go: nothing is listed twice, and nothing that stays is left out. With `Accept: application/x-ndjson` or `text/csv`, or the same as `format`, all records that pass the filters are exported, as the flat rows that an import takes, by number; `limit` is then how many at most. Filters and sort orders by match fields, lookups and `filterable` fields are answered by an index; others go through the records of the type, for ten seconds at most.',
  access: ['read'],
  params: TypePath,
  query: ListQueryShape,
  media: ['application/json', ndjson, csv],
  answers: { 200: { description: 'A page of records.', schema: refTo(RecordListShape) } },
  problems: [404, 422],
});

export const createRecord = describeOperation({
  id: 'createRecord',
  tag: 'Records',
  summary: 'Make a new record',
  description:
    'Every call makes another record, unless a match field among its values is taken. To be able to repeat a write safely, use PATCH with a key.',
  access: ['create'],
  params: TypePath,
  query: WriteQuery,
  body: refTo(RecordWriteShape),
  answers: {
    200: { description: 'Planned.', schema: refTo(PlanShape) },
    201: { description: 'Made.', schema: refTo(WriteAnswerShape), etag: true, location: true },
  },
  problems: [404, 409, 422],
});

export const readRecord = describeOperation({
  id: 'readRecord',
  tag: 'Records',
  summary: 'Read a record',
  access: ['read'],
  params: RecordPath,
  answers: { 200: { description: 'The record.', schema: refTo(RecordShape), etag: true } },
  problems: [404],
});

export const upsertRecord = describeOperation({
  id: 'upsertRecord',
  tag: 'Records',
  summary: 'Create or change a record by any of its keys',
  description: 'Repeating it changes nothing. A field that is left out stays as it is; null clears it.',
  access: ['create', 'edit'],
  params: RecordPath,
  query: ModeQuery,
  headers: IfMatch,
  body: refTo(RecordWriteShape),
  answers: {
    200: { description: 'Changed, unchanged, revived or planned.', schema: orPlan(WriteAnswerShape), etag: true },
    201: { description: 'Made.', schema: refTo(WriteAnswerShape), etag: true, location: true },
  },
  problems: [404, 409, 412, 422],
});

export const deleteRecord = describeOperation({
  id: 'deleteRecord',
  tag: 'Records',
  summary: 'Delete a record',
  description: 'Its links go with it. Its history stays, and its key may come back.',
  access: ['delete'],
  params: RecordPath,
  query: DeleteQuery,
  headers: IfMatch,
  answers: { 200: { description: 'Deleted, or planned.', schema: orPlan(DeleteAnswerShape) } },
  problems: [404, 409, 412, 422],
});

export const readHistory = describeOperation({
  id: 'readHistory',
  tag: 'Records',
  summary: 'Every change of a record and its links, newest first',
  access: ['read'],
  params: RecordPath,
  query: PageQuery,
  answers: { 200: { description: 'A page of changes.', schema: refTo(ChangeListShape) } },
  problems: [404],
});
