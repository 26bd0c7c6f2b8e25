/**
 * The schema as data: one document that holds a workspace's record types, fields, link types, role lists and interfaces.
 * This is what `keyway schema plan|apply|export` and `/v1/schema` read and write (YAML or JSON, names in snake_case).
 */
import type { Duration } from './duration.ts';
import type { KeyRuleStep } from './key-rule.ts';
import type { RetentionDocument } from './retention.ts';

export const fieldTypes = [
  'text',
  'textarea',
  'integer',
  'decimal',
  'boolean',
  'date',
  'datetime',
  'enum',
  'multi_enum',
  'regexp',
  'lookup',
] as const;
export type FieldType = (typeof fieldTypes)[number];

/** Who may change a field, a relation, or create and delete records: a person or API (`internal`), any interface
 *  (`external`), or one interface (`interface:<endpoint>`). */
export type Owner = 'internal' | 'external' | `interface:${string}`;

export type EnumOption = { value: string; label?: string };

/** `first`: numbers begin there, or go on there once they have come less far. */
export type NumberedDocument = { prefix?: string; padding?: number; first?: number };

export type FieldDocument = {
  type: FieldType;
  label?: string;
  description?: string;
  required?: boolean;
  /** At most one live record has each value; makes the field a match field. Text, regexp, integer only. */
  unique?: boolean;
  /** When two spellings are the same key; exactly unless said. Unique text and regexp only. */
  key_rule?: KeyRuleStep[];
  default?: unknown;
  /** Characters; text, textarea and regexp. */
  max_length?: number;
  /** Digits after the point; decimal only, 0 to 15. */
  scale?: number;
  /** A record that is made without a value gets the next number, behind a prefix, padded with zeros; text only, and not unique. */
  numbered?: NumberedDocument;
  /** RE2 syntax, must match the whole value; regexp only. */
  pattern?: string;
  /** enum and multi_enum. */
  options?: EnumOption[];
  /** lookup only: the record type it points at, and what that type calls the way back. */
  to?: string;
  inverse?: string;
  owner?: Owner;
  filterable?: boolean;
  /** A dialect's own spelling where the rule does not give it: `{ origami: 'PolNo' }`. */
  names?: Record<string, string>;
  /** What a dialect needs to keep with the field and the engine does not look at, by dialect name. */
  extra?: Record<string, unknown>;
};

export type RecordTypeDocument = {
  label?: string;
  plural?: string;
  description?: string;
  owner?: Owner;
  /** What an upsert by the key of a deleted record does: the same record again, empty (`revive`), or another one (`new`). */
  on_return?: 'revive' | 'new';
  /** Whether a key that is changed through the native API goes on finding its record; true unless said. */
  keep_aliases?: boolean;
  fields?: Record<string, FieldDocument>;
  names?: Record<string, string>;
  extra?: Record<string, unknown>;
};

export const cardinalities = ['one-to-one', 'one-to-many', 'many-to-one', 'many-to-many'] as const;
/** Left to right: `one-to-many` is one left record to many right ones, so each right record has one left record at most. */
export type Cardinality = (typeof cardinalities)[number];

/** A number is drawn when none is given. */
export type RoleDocument = { number?: number; external_id?: string; name: string };

export type LinkTypeDocument = {
  to: string;
  /** What the right-hand type calls the way back; by default the left type's plural. */
  inverse?: string;
  label?: string;
  cardinality?: Cardinality;
  /** Whether a pair is linked once (a role given again replaces the old one), or once per role. */
  once_per?: 'pair' | 'role';
  /** The name of a role list. */
  roles?: string;
  owner?: Owner;
  names?: Record<string, string>;
};

/** What the body of a complete set may be written in. */
export const setFormats = ['json', 'ndjson', 'csv', 'xml'] as const;
export type SetFormat = (typeof setFormats)[number];

export const deletePolicies = ['delete', 'unlink', 'keep'] as const;
export const duplicateRules = ['first', 'last', 'refuse'] as const;

export type InterfaceDocument = {
  name: string;
  type: string;
  direction?: 'synchronising' | 'providing';
  setup?: 'custom';
  initiator?: 'external_application' | 'upload';
  /** The match field that names an element; `external_id` unless said. */
  key?: string;
  /** Those that it takes; all of them unless said. */
  formats?: SetFormat[];
  /** Which of several elements of one set that are for the same record counts; `refuse`: none. `first` unless said. */
  duplicates?: (typeof duplicateRules)[number];
  /** What becomes of a record that a set leaves out: `delete` unless said. */
  delete_policy?: (typeof deletePolicies)[number];
  /** With `keep`: the boolean, date or datetime field that then says so. */
  mark_field?: string | null;
  /** Its sets are everything of this only: values by field, refs by link. */
  scope?: Record<string, string | number | boolean>;
  /** Client ids of the API keys that may call it; any key of the workspace with rights when empty. */
  api_keys?: string[];
  guard?: GuardDocument;
  /** When no complete set was applied for so long, the interface is overdue; never, unless said. */
  overdue_after?: Duration | null;
};

/** When a complete set deletes more than this, its deletes are held until somebody approves them. */
export type GuardDocument = {
  /** As many may be deleted; 500 unless said, null for any number. */
  deletes?: number | null;
  /** Of the records that the interface is responsible for; null, unless said, for any part of them. */
  percent?: number | null;
  /** Whether the deletes of a set without elements are held however few they are; `apply` unless said. */
  empty_set?: 'apply' | 'hold';
  /** Whether its deletes are held, or nothing of the set is applied; `hold_deletes` unless said. */
  on_trip?: 'hold_deletes' | 'hold_run';
};

export type SchemaDocument = {
  types?: Record<string, RecordTypeDocument>;
  /** By `left_type.link_name`. */
  links?: Record<string, LinkTypeDocument>;
  role_lists?: Record<string, RoleDocument[]>;
  /** By endpoint. */
  interfaces?: Record<string, InterfaceDocument>;
  /** How long things are kept, where it is not as long as usual. */
  retention?: RetentionDocument;
};
