/** The schema document and its plans. The document's members are those of model/schema.ts: reading and writing assigns one type to the other. */

import { keyRuleSteps } from '../../../model/key-rule.ts';
import { keptThings, type RetentionDocument, retentionRules } from '../../../model/retention.ts';
import {
  cardinalities,
  deletePolicies,
  duplicateRules,
  fieldTypes,
  type Owner,
  setFormats,
} from '../../../model/schema.ts';
import { type Static, Type } from '../../json-schema.ts';
import { mapOf, nullableText, strict } from './common.ts';

const Names = mapOf(Type.String(), {
  description: 'A dialect’s own spelling where the rule does not give it: `{"origami": "PolNo"}`.',
});
const Extra = mapOf(Type.Unknown(), { description: 'What a dialect keeps with it, by dialect name.' });
export const OwnerShape = Type.Unsafe<Owner>({
  type: 'string',
  pattern: '^(internal|external|interface:.+)$',
  description: 'Who may change it: `internal`, `external` (any interface) or `interface:<endpoint>`.',
});
const { Optional, String: Text, Boolean: Flag, Integer } = Type;

const FieldShape = Type.Object(
  {
    type: Type.Enum([...fieldTypes]),
    label: Optional(Text()),
    description: Optional(Text()),
    required: Optional(Flag()),
    unique: Optional(Flag({ description: 'Makes it a match field.' })),
    key_rule: Optional(
      Type.Array(Type.Enum([...keyRuleSteps]), {
        description: 'When two spellings are the same key; exactly unless said. Match fields of text.',
      }),
    ),
    default: Optional(Type.Unknown()),
    max_length: Optional(Integer({ description: 'Characters; text, textarea and regexp.' })),
    scale: Optional(Integer({ description: 'Digits after the point; decimal.' })),
    numbered: Optional(
      Type.Object(
        { prefix: Optional(Text()), padding: Optional(Integer()), first: Optional(Integer()) },
        { ...strict, description: 'A record that is made without a value gets the next number; text.' },
      ),
    ),
    pattern: Optional(Text({ description: 'RE2, matches the whole value; regexp.' })),
    options: Optional(Type.Array(Type.Object({ value: Text(), label: Optional(Text()) }, strict))),
    to: Optional(Text({ description: 'The record type that a lookup points at.' })),
    inverse: Optional(Text({ description: 'What that type calls the way back.' })),
    owner: Optional(OwnerShape),
    filterable: Optional(
      Flag({
        description:
          'Lists are filtered and sorted by it through an index, however many records there are. Any type but lookup.',
      }),
    ),
    names: Optional(Names),
    extra: Optional(Extra),
  },
  strict,
);

const RecordTypeShape = Type.Object(
  {
    label: Optional(Text()),
    plural: Optional(Text()),
    description: Optional(Text()),
    owner: Optional(OwnerShape),
    on_return: Optional(Type.Enum(['revive', 'new'])),
    keep_aliases: Optional(Type.Boolean()),
    fields: Optional(mapOf(FieldShape)),
    names: Optional(Names),
    extra: Optional(Extra),
  },
  strict,
);

const LinkTypeShape = Type.Object(
  {
    to: Text(),
    inverse: Optional(Text()),
    label: Optional(Text()),
    cardinality: Optional(Type.Enum([...cardinalities])),
    once_per: Optional(Type.Enum(['pair', 'role'])),
    roles: Optional(Text({ description: 'Name of a role list.' })),
    owner: Optional(OwnerShape),
    names: Optional(Names),
  },
  strict,
);

const RoleShape = Type.Object({ number: Optional(Integer()), external_id: Optional(Text()), name: Text() }, strict);

const orNull = (type: 'integer' | 'number', options: { maximum?: number; description: string }) =>
  Type.Unsafe<number | null>({ type: [type, 'null'], minimum: 0, ...options });

/** What a complete set may delete without being asked. */
export const GuardShape = Type.Object(
  {
    deletes: Optional(
      orNull('integer', { description: 'More deletes are held; 500 unless said, null for any number.' }),
    ),
    percent: Optional(
      orNull('number', { maximum: 100, description: 'So much of the interface’s records may go; null for all.' }),
    ),
    empty_set: Optional(
      Type.Enum(['apply', 'hold'], { description: 'Whether a set without elements may delete; `apply` unless said.' }),
    ),
    on_trip: Optional(
      Type.Enum(['hold_deletes', 'hold_run'], {
        description:
          'What is held then: the deletes, or the whole set, of which nothing is applied; `hold_deletes` unless said.',
      }),
    ),
  },
  { ...strict, description: 'Deletes beyond it are held until somebody approves them.' },
);

export const OverdueShape = Type.Unsafe<string | number | null>({
  type: ['string', 'integer', 'null'],
  description:
    'When no complete set was applied for so long, the interface is overdue: `26h`, `PT26H` or whole seconds; null for never.',
});

export const ScopeShape = Type.Unsafe<Record<string, string | number | boolean>>({
  type: 'object',
  additionalProperties: { type: ['string', 'number', 'boolean'] },
  description:
    'Its sets are everything of this only: values by field, references by relation. Nothing else is deleted, and no element may lie outside.',
});

export const DeletePolicyShape = Type.Enum([...deletePolicies], {
  description:
    'What becomes of a record that a set leaves out. `delete`: it is deleted. `unlink`: it stays, without the relations that the interface may write. `keep`: it stays, and `mark_field` says so. `delete` unless said.',
});
export const MarkFieldShape = nullableText(
  'With `keep`: a boolean, date or datetime field that the interface may write.',
);

export const DuplicatesShape = Type.Enum([...duplicateRules], {
  description:
    'Which of several elements of one set that are for the same record counts; `refuse`: none, and the record is left as it is. `first` unless said.',
});

const InterfaceShape = Type.Object(
  {
    name: Text(),
    type: Text(),
    direction: Optional(Type.Enum(['synchronising', 'providing'])),
    setup: Optional(Type.Enum(['custom'])),
    initiator: Optional(Type.Enum(['external_application', 'upload'])),
    key: Optional(Text({ description: 'The match field that names an element; `external_id` unless said.' })),
    formats: Optional(
      Type.Array(Type.Enum([...setFormats]), { description: 'Of its complete sets; all of them unless said.' }),
    ),
    duplicates: Optional(DuplicatesShape),
    scope: Optional(ScopeShape),
    delete_policy: Optional(DeletePolicyShape),
    mark_field: Optional(MarkFieldShape),
    api_keys: Optional(Type.Array(Text(), { description: 'Client ids of the keys that may call it.' })),
    guard: Optional(GuardShape),
    overdue_after: Optional(OverdueShape),
  },
  strict,
);

const RetentionShape = Type.Unsafe<RetentionDocument>({
  type: 'object',
  description: 'How long things are kept.',
  additionalProperties: false,
  properties: Object.fromEntries(
    keptThings.map((thing) => {
      const { of, unsaid, least } = retentionRules[thing];
      const description = `Of ${of}: an age as \`400d\`, at least ${least}, or \`forever\`; ${unsaid} unless said.`;
      return [thing, { type: ['string', 'integer'], description }];
    }),
  ),
});

export const SchemaDocumentShape = Type.Object(
  {
    types: Optional(mapOf(RecordTypeShape)),
    links: Optional(mapOf(LinkTypeShape, { description: 'By `left_type.link_name`.' })),
    role_lists: Optional(mapOf(Type.Array(RoleShape))),
    interfaces: Optional(mapOf(InterfaceShape, { description: 'By endpoint.' })),
    retention: Optional(RetentionShape),
  },
  { $id: 'SchemaDocument', description: 'The whole schema of a workspace as one document.', ...strict },
);

export type ShownDocument = Static<typeof SchemaDocumentShape>;

const ChangeShape = Type.Object({
  action: Type.Enum(['add', 'change', 'remove']),
  path: Text({ description: 'Into the document: `types.claim.fields.status`.' }),
  before: Type.Unknown(),
  after: Type.Unknown(),
  loss: nullableText('What would be lost; null when nothing.'),
});

export const SchemaAnswerShape = Type.Object(
  {
    version: Integer({ description: 'With a plan the present version; when applied the new one.' }),
    applied: Flag(),
    changes: Type.Array(ChangeShape),
    filling: Type.Array(Type.String(), {
      description:
        'Filterable fields, as `contact.email`, whose index is being filled in the background: until then lists go through all records.',
    }),
  },
  { $id: 'SchemaAnswer' },
);
export type SchemaAnswer = Static<typeof SchemaAnswerShape>;
