/**
 * The schema of one workspace at one version, compiled for use: every default filled in, every name resolved, small
 * integers assigned. Made by engine/schema, read by everything. Plain data with a few look-up functions.
 */
import type { Duration } from './duration.ts';
import type { WorkspaceId } from './ids.ts';
import type { KeyRule } from './key-rule.ts';
import type { Cardinality, EnumOption, FieldType, Owner, SchemaDocument, SetFormat } from './schema.ts';

/** The system fields that every record type has; their ids are fixed. */
const fixedIds = { external_id: 1, sync_key: 2, name: 3 } as const;
/** Without prototype, so that no other name is in it: a field may be called `constructor`. */
export const systemFieldIds: typeof fixedIds = Object.assign(Object.create(null), fixedIds);
export const firstFieldId = 10;

export type Field = {
  readonly id: number;
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** Unique, and so usable as match field. */
  readonly unique: boolean;
  /** When two spellings of it are the same key. */
  readonly keyRule: KeyRule;
  readonly default: unknown;
  readonly maxLength: number | null;
  readonly scale: number | null;
  /** A record that is made without a value gets the next number. */
  readonly numbered: Numbered | null;
  readonly pattern: string | null;
  readonly options: readonly EnumOption[];
  /** lookup only. */
  readonly link: LinkType | null;
  readonly owner: Owner;
  /** Its values are kept in an index as well, by which lists are filtered and sorted. */
  readonly filterable: boolean;
  /** That index has all records: until it is filled, lists do without. */
  readonly indexed: boolean;
  /** external_id, sync_key or name. */
  readonly system: boolean;
  readonly names: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, unknown>>;
};

export type LookupField = Field & { readonly link: LinkType };

type Numbered = { readonly prefix: string; readonly padding: number; readonly first: number };
export type NumberedField = Field & { readonly numbered: Numbered };

export type Role = { readonly number: number; readonly externalId: string | null; readonly name: string };

export type LinkType = {
  readonly id: number;
  /** `claim.contacts` */
  readonly key: string;
  /** `contacts` */
  readonly name: string;
  readonly label: string;
  readonly left: string;
  readonly right: string;
  readonly inverse: string;
  readonly cardinality: Cardinality;
  readonly oncePer: 'pair' | 'role';
  readonly roleList: string | null;
  readonly roles: readonly Role[];
  readonly owner: Owner;
  /** Key of the left type's lookup field that shows this link, if it is one. */
  readonly lookupField: string | null;
  readonly names: Readonly<Record<string, string>>;
};

/** A link type seen from one of its two record types. */
export type LinkEnd = {
  readonly link: LinkType;
  /** Where the record type that has this end stands. */
  readonly side: 'left' | 'right';
  /** The link's name on the left, its inverse name on the right. */
  readonly name: string;
  /** The record type at the other end. */
  readonly other: string;
  /** At most one record at the other end. */
  readonly single: boolean;
};

export type RecordType = {
  readonly id: number;
  readonly key: string;
  readonly label: string;
  readonly plural: string;
  readonly description: string;
  readonly owner: Owner;
  readonly onReturn: 'revive' | 'new';
  /** Whether a key that is changed goes on finding its record. */
  readonly keepAliases: boolean;
  /** Whether any of its records has or had a former key: until then nobody looks for one. */
  readonly aliased: boolean;
  /** In document order, the system fields first. */
  readonly fields: readonly Field[];
  readonly fieldsByKey: ReadonlyMap<string, Field>;
  readonly fieldsById: ReadonlyMap<number, Field>;
  /** The unique ones, external_id first. */
  readonly matchFields: readonly Field[];
  readonly lookups: readonly LookupField[];
  readonly filterable: readonly Field[];
  readonly numbered: readonly NumberedField[];
  readonly linkEnds: ReadonlyMap<string, LinkEnd>;
  readonly names: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type Interface = {
  readonly id: number;
  readonly endpoint: string;
  readonly name: string;
  readonly type: string;
  readonly direction: 'synchronising' | 'providing';
  readonly setup: 'custom';
  readonly initiator: 'external_application' | 'upload';
  readonly key: string;
  readonly formats: readonly SetFormat[];
  readonly duplicates: 'first' | 'last' | 'refuse';
  /** What becomes of a record that a set leaves out. */
  readonly deletePolicy: 'delete' | 'unlink' | 'keep';
  /** The field that says of a record that stays that it was left out; null unless records are kept. */
  readonly markField: string | null;
  /** Empty: its sets are everything of their type that is its own. */
  readonly scope: Readonly<Record<string, string | number | boolean>>;
  readonly apiKeys: readonly string[];
  readonly guard: Guard;
  /** As it is written in the schema; null: it is never overdue. */
  readonly overdueAfter: Duration | null;
};

/** What a complete set may delete without being asked; null is no limit. */
export type Guard = {
  readonly deletes: number | null;
  readonly percent: number | null;
  readonly emptySet: 'apply' | 'hold';
  readonly onTrip: 'hold_deletes' | 'hold_run';
};

export type Catalogue = {
  readonly workspace: WorkspaceId;
  readonly workspaceGuid: string;
  readonly workspaceName: string;
  readonly version: number;
  /** As last applied. */
  readonly document: SchemaDocument;
  readonly types: ReadonlyMap<string, RecordType>;
  readonly typesById: ReadonlyMap<number, RecordType>;
  /** Whether any field of any type numbers its records. */
  readonly hasNumbered: boolean;
  /** By `claim.contacts`. */
  readonly links: ReadonlyMap<string, LinkType>;
  readonly linksById: ReadonlyMap<number, LinkType>;
  readonly interfaces: ReadonlyMap<string, Interface>;
  /** The ids of the synchronising interfaces of each record type that has any. */
  readonly synchronisedBy: ReadonlyMap<string, readonly number[]>;
};
