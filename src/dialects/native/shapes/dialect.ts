import { type Static, Type } from '../../json-schema.ts';
import { mapOf, refOrNull, refTo } from './common.ts';

const name = Type.String({ description: 'As `via` of a change has it.', examples: ['zendesk'] });
const title = Type.String({ description: 'As people call it.', examples: ['Zendesk'] });

export const DialectShape = Type.Object(
  { name, title },
  { $id: 'Dialect', description: 'An API that this server speaks.' },
);

export const SampleCallShape = Type.Object(
  {
    method: Type.Enum(['GET', 'POST', 'PUT', 'PATCH']),
    path: Type.String({ description: 'With its query; below the server’s address.' }),
    headers: mapOf(Type.String(), { description: '`<api key>` stands where the key is to be put in.' }),
    body: Type.Unsafe<object | null>({
      type: ['object', 'array', 'null'],
      description: 'As JSON, or as a form where `Content-Type` says so.',
    }),
  },
  { $id: 'SampleCall' },
);

export const SampleCallsShape = Type.Object(
  { name, title, read: refOrNull(SampleCallShape), write: refOrNull(SampleCallShape) },
  {
    $id: 'SampleCalls',
    description:
      'How a client of one API reads a record, and makes or changes it by a key: null where the record has none that this API could name it by.',
  },
);

export const DialectListShape = Type.Object({ items: Type.Array(refTo(DialectShape)) }, { $id: 'DialectList' });
export const SampleCallsListShape = Type.Object(
  { items: Type.Array(refTo(SampleCallsShape)) },
  { $id: 'SampleCallsList' },
);

export const InterfaceCallsListShape = Type.Object(
  {
    items: Type.Array(
      Type.Object({
        name,
        title,
        address: Type.String({ description: 'Below the server’s address.' }),
        calls: Type.Array(refTo(SampleCallShape), {
          description: 'In their order: one before the last is for a token, which `$token` stands for.',
        }),
      }),
    ),
  },
  { $id: 'InterfaceCallsList' },
);

export const dialectComponents = [
  InterfaceCallsListShape,
  DialectShape,
  DialectListShape,
  SampleCallShape,
  SampleCallsShape,
  SampleCallsListShape,
];

export type DialectList = Static<typeof DialectListShape>;
export type ShownSampleCall = Static<typeof SampleCallShape>;
export type InterfaceCallsList = Static<typeof InterfaceCallsListShape>;
export type SampleCallsList = Static<typeof SampleCallsListShape>;
