import { type Static, Type } from '../../json-schema.ts';
import { Time } from './common.ts';

export const RecordCountsShape = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        type: Type.String({ description: 'Key of the record type.' }),
        records: Type.Integer({ description: 'Those that are not deleted.' }),
        at_least: Type.Boolean({ description: 'There are more, which were not counted.' }),
      }),
    ),
    counted_at: Time,
  },
  { $id: 'RecordCounts' },
);

export type RecordCounts = Static<typeof RecordCountsShape>;
