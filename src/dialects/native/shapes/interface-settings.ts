/** An interface as it is set up: shown, made and changed. */
import Type, { type Static } from 'typebox';
import { setFormats } from '../../../model/schema.ts';
import { listOf, refTo, strict } from './common.ts';
import { DuplicatesShape, GuardShape, OverdueShape, OwnerShape, ScopeShape } from './schema-document.ts';

const { Optional } = Type;

const ownedMembers = Type.Array(Type.Object({ name: Type.String(), owner: OwnerShape }));

const WritesShape = Type.Object(
  {
    records: Type.Boolean({ description: 'Whether its sets create and delete records.' }),
    fields: ownedMembers,
    relations: ownedMembers,
  },
  {
    $id: 'InterfaceWrites',
    description:
      'What its sets may write, by the owners that the schema gives to each: any interface, or just this one.',
  },
);

const direction = Type.Enum(['synchronising', 'providing']);
const initiator = Type.Enum(['external_application', 'upload']);
const formats = Type.Array(Type.Enum([...setFormats]));
const key = Type.String({ description: 'The match field that names an element.' });
const apiKeys = Type.Array(Type.String(), {
  description: 'Client ids of the keys that may call it; any with rights when empty.',
});

export const InterfaceShape = Type.Object(
  {
    endpoint: Type.String(),
    name: Type.String(),
    type: Type.String({ description: 'The record type that it keeps.' }),
    direction,
    setup: Type.Enum(['custom']),
    initiator,
    key,
    formats,
    duplicates: DuplicatesShape,
    scope: ScopeShape,
    api_keys: apiKeys,
    guard: Type.Required(GuardShape),
    overdue_after: OverdueShape,
    writes: refTo(WritesShape),
  },
  { $id: 'Interface' },
);

/** What can be said of an interface when it is made, and changed later. */
const settings = {
  initiator: Optional(initiator),
  key: Optional(key),
  formats: Optional(formats),
  duplicates: Optional(DuplicatesShape),
  scope: Optional(ScopeShape),
  api_keys: Optional(apiKeys),
  guard: Optional(GuardShape),
  overdue_after: Optional(OverdueShape),
};

export const NewInterfaceShape = Type.Object(
  {
    endpoint: Type.String({ description: 'Its name in addresses: letters, digits, underscores and hyphens.' }),
    name: Type.String(),
    type: Type.String({ description: 'The record type that it keeps.' }),
    direction: Optional(direction),
    ...settings,
  },
  { $id: 'NewInterface', description: 'What is left out has its default, as in the schema document.', ...strict },
);

export const InterfaceChangeShape = Type.Object(
  { name: Optional(Type.String()), ...settings },
  { $id: 'InterfaceChange', description: 'What is left out stays as it is, also within the guard.', ...strict },
);

export const InterfaceListShape = listOf(refTo(InterfaceShape), 'InterfaceList');

export type ShownInterface = Static<typeof InterfaceShape>;
export type InterfaceList = Static<typeof InterfaceListShape>;
export type NewInterface = Static<typeof NewInterfaceShape>;
export type InterfaceChange = Static<typeof InterfaceChangeShape>;

export const interfaceSettingsComponents = [
  WritesShape,
  InterfaceShape,
  NewInterfaceShape,
  InterfaceChangeShape,
  InterfaceListShape,
];
