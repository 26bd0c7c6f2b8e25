import { type Static, Type } from '../../json-schema.ts';
import { refTo, strict } from './common.ts';
import { OwnerShape, SchemaAnswerShape } from './schema-document.ts';

export const TransferShape = Type.Object(
  {
    type: Type.String({ description: 'Key of the record type.' }),
    field: Type.Optional(Type.String({ description: 'The field whose owner changes.' })),
    link: Type.Optional(Type.String({ description: 'The link whose owner changes, as the record type calls it.' })),
    owner: OwnerShape,
  },
  {
    $id: 'Transfer',
    ...strict,
    description: 'With neither `field` nor `link`: who creates and deletes the records of the type.',
  },
);

export const TransferAnswerShape = Type.Object(
  {
    path: Type.String({ description: 'Where it stands in the schema document.' }),
    before: OwnerShape,
    after: OwnerShape,
    holding: Type.Integer({ description: 'Records that hold a value of it; for a link, links; for a type, records.' }),
    gains: Type.Array(Type.String(), { description: 'Endpoints of the interfaces that may write it from then on.' }),
    loses: Type.Array(Type.String(), { description: 'Endpoints of the interfaces that may no longer.' }),
    schema: refTo(SchemaAnswerShape),
  },
  { $id: 'TransferAnswer' },
);

export type TransferWrite = Static<typeof TransferShape>;
export type TransferAnswer = Static<typeof TransferAnswerShape>;
