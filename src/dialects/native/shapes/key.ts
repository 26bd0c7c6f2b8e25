import Type, { type Static } from 'typebox';

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

export type RecordKeys = Static<typeof RecordKeysShape>;
