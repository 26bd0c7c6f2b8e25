import { type Static, Type } from '../../json-schema.ts';
import { nullableText, refTo } from './common.ts';
import { RecordShape } from './record.ts';

export const RecordKeysShape = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        field: Type.String({ description: 'Key of a match field.' }),
        value: Type.String(),
        former: Type.Boolean({ description: 'It was the record’s, and still finds it.' }),
      }),
      { description: 'Those that it has, then former ones.' },
    ),
  },
  { $id: 'RecordKeys' },
);

export const FoundRecordsShape = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        record: refTo(RecordShape),
        field: nullableText('The match field that has the key; null: it is the record’s number or id.'),
        former: Type.Boolean({ description: 'It was the record’s, and still finds it.' }),
      }),
    ),
  },
  { $id: 'FoundRecords' },
);

export type RecordKeys = Static<typeof RecordKeysShape>;
export type FoundRecords = Static<typeof FoundRecordsShape>;
