/** An interface as it is set up: shown, made and changed. */

import { setFormats } from '../../../model/schema.ts';
import { type Static, Type } from '../../json-schema.ts';
import { listOf, refOrNull, refTo, strict } from './common.ts';
import { RunShape, timeOrNull } from './interface.ts';
import {
  DeletePolicyShape,
  DuplicatesShape,
  GuardShape,
  MarkFieldShape,
  OverdueShape,
  OwnerShape,
  ScopeShape,
} from './schema-document.ts';

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
    delete_policy: DeletePolicyShape,
    mark_field: MarkFieldShape,
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
  delete_policy: Optional(DeletePolicyShape),
  mark_field: Optional(MarkFieldShape),
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

export const ListedInterfaceShape = Type.Object(
  {
    ...InterfaceShape.properties,
    last_run: refOrNull(RunShape),
    overdue_since: timeOrNull(
      'Since when a complete set should have been applied, by `overdue_after`; null when none is missing.',
    ),
  },
  {
    $id: 'ListedInterface',
    description: 'An interface, and how it is doing. `last_run` is null without the right to read its records.',
  },
);

export const InterfaceListShape = listOf(refTo(ListedInterfaceShape), 'InterfaceList');

export type ListedInterface = Static<typeof ListedInterfaceShape>;
export type ShownInterface = Static<typeof InterfaceShape>;
export type InterfaceList = Static<typeof InterfaceListShape>;
export type NewInterface = Static<typeof NewInterfaceShape>;
export type InterfaceChange = Static<typeof InterfaceChangeShape>;

export const interfaceSettingsComponents = [
  WritesShape,
  InterfaceShape,
  NewInterfaceShape,
  InterfaceChangeShape,
  ListedInterfaceShape,
  InterfaceListShape,
];
