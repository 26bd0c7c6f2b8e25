/** What a dialect asks of the engine. Names (types, fields, links) are keys of the schema, never a vendor's spelling. */
import type { Catalogue, Interface, RecordType } from './catalogue.ts';
import type { PackedElements } from './packed.ts';
import type { Ref } from './ref.ts';
import type { SetFormat } from './schema.ts';
import type { Stamp } from './stamp.ts';

/** A value to write. A lookup takes a Ref; null clears; a field that is absent from the patch is left alone. */
export type FieldInput = unknown;

/** With it a field or link is written though another owns it, for callers with the grant. It beats no stamp. */
type Force = true;

export type UpsertCommand = {
  readonly type: string;
  /** What names the record. null: a new record without a key (mode must be `create`). */
  readonly ref: Ref | null;
  readonly mode: 'upsert' | 'create' | 'update';
  readonly fields: Readonly<Record<string, FieldInput>>;
  /** The version that the caller read; any other is refused. */
  readonly ifVersion?: number;
  /** Whether required fields are enforced (default true). A vendor whose API does not enforce them says false. */
  readonly enforceRequired?: boolean;
  /** Whether keys that it changes go on finding the record, where its type keeps them; a vendor's APIs free them at once. */
  readonly keepAliases?: boolean;
  /** How old the write is: only what is newer than what is stored counts. */
  readonly stamp?: Stamp;
  readonly force?: Force;
  /** Demo data only: the number that the new record shall have. */
  readonly number?: number;
};

/**
 * `records`: rows are upserted by the match field `key`, whose value each row has among its fields. `links`: each row links two records,
 * or removes their links; `link` is the link type's key, `claim.contacts`, and a row names a side by the match field that is given
 * for it, or by a ref where that is null.
 */
export type ImportCommand =
  | {
      readonly kind: 'records';
      readonly type: string;
      readonly key: string;
      readonly mode: UpsertCommand['mode'];
      /** Of every row that does not say it for itself. */
      readonly stamp?: Stamp;
      readonly force?: Force;
      /** How the numbers of the body are written, where not with a point: whoever goes on with it has to say the same. */
      readonly decimal?: 'comma';
    }
  | {
      readonly kind: 'links';
      readonly link: string;
      readonly leftKey: string | null;
      readonly rightKey: string | null;
      /** Links whose records are not there wait for them. */
      readonly onMissing?: 'defer';
      readonly stamp?: Stamp;
      readonly force?: Force;
    };

/** `index` from 0, `line` from 1: where the row stands in the body. `source` is its text there. */
export type ImportRow = { readonly index: number; readonly line: number; readonly source: string } & (
  | { readonly kind: 'row'; readonly fields: Readonly<Record<string, FieldInput>>; readonly stamp?: Stamp | undefined }
  | ({ readonly kind: 'link' } & LinkRowInput)
  | { readonly kind: 'unreadable'; readonly message: string }
);

export type LinkRowInput = {
  readonly left: Ref;
  readonly right: Ref;
  readonly action: 'link' | 'unlink';
  readonly role?: RoleRef | null;
  readonly newRole?: RoleRef | null;
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Instead of what the import says. */
  readonly onMissing?: 'error' | 'defer';
  readonly stamp?: Stamp | undefined;
};

/** Goes on with an import that was cut short. The body begins at its row `offset`. */
export type ImportResume = { readonly import: string; readonly offset: number };

export type DeleteCommand = {
  readonly type: string;
  readonly ref: Ref;
  readonly ifVersion?: number;
  readonly stamp?: Stamp;
};

/** How a role is named: by its number, external id or name (names ignore case), or by any of them in this order. */
export type RoleRef = { readonly by: 'number' | 'external_id' | 'name' | 'any'; readonly value: string };

/** Links `from` to `to`. `link` is the name that from's record type has for it: a link type's name, or its inverse name. */
export type LinkCommand = {
  readonly from: { readonly type: string; readonly ref: Ref };
  readonly link: string;
  readonly to: { readonly ref: Ref };
  /**
   * Once per pair: the role to set; absent keeps the one there is, null clears it.
   * Once per role: the link that is meant (null: the one without role), and the role of a new link unless `newRole` is given.
   */
  readonly role?: RoleRef | null;
  /** The role that the link shall have afterwards. */
  readonly newRole?: RoleRef | null;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly force?: Force;
  /** Demo data only. */
  readonly number?: number;
};

export type UnlinkCommand = {
  readonly from: { readonly type: string; readonly ref: Ref };
  readonly link: string;
  readonly to: { readonly ref: Ref };
  /** Only the link with this role (null: the one without). Absent: see `which`. */
  readonly role?: RoleRef | null;
  /** When several links match: every one, or only that with the lowest number. */
  readonly which: 'all' | 'first';
  readonly force?: Force;
};

/** A link that says how old it is says all of it: without role or attributes, it has none. */
export type DatedLink = LinkCommand & { readonly stamp?: Stamp };
export type DatedUnlink = UnlinkCommand & { readonly stamp?: Stamp };

export const filterOperators = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'starts',
  'ends',
  'contains',
  'null',
] as const;
export type FilterOperator = (typeof filterOperators)[number];

/** `field` is a field key, or one of id, number, created_at, updated_at, created_by, updated_by, version, which are `record.id` and so on
 *  where a field may have the same name. `in` takes a list, `null` takes a boolean. */
export type Filter = {
  readonly field: string;
  readonly op: FilterOperator;
  readonly value: unknown;
  /** Text that differs in case alone is the same, where it is compared whole, or by its beginning or end. */
  readonly ignoreCase?: true;
};
/** A word of one of the fields, which are of text, begins with one of these words; case is no matter. */
export type WordSearch = { readonly words: readonly string[]; readonly fields: readonly string[] };
/** Filters and searches put together; `not` also passes what has no value to compare. */
export type Condition =
  | Filter
  | WordSearch
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  /** Some live record at the other end of a link is so. The link has the name that the record's type has for it. */
  | { readonly linked: string; readonly to: Condition };
/** `found`: by how many of the words a record has. */
export type Sort = { readonly descending: boolean } & ({ readonly field: string } | { readonly found: WordSearch });

export type ListQuery = {
  readonly type: string;
  /** All of them must hold. */
  readonly filters: readonly Condition[];
  /** Deleted records too, which have a `deletedAt`. */
  readonly deletedToo?: boolean;
  /** Ties are broken by number, in the direction of the last one; by number when empty. */
  readonly sort: readonly Sort[];
  /** 1 to 1,000. */
  readonly limit: number;
  /** For those who go on by `next`: a page of large records may have fewer than `limit`, as all of it is held in memory. */
  readonly mayBeShort?: boolean;
  /** How many to pass over first: read all the same, so that a cursor is better wherever there is one. */
  readonly skip?: number;
  /** As returned in `next` or `previous`; valid only with the same type, filters and sort. */
  readonly cursor?: string;
  /** How long it may take to find the page; no matter how long, unless said. */
  readonly patienceMs?: number;
};

export type CountQuery = Pick<ListQuery, 'type' | 'filters' | 'deletedToo'>;

/** Every record or link that passes the filters, in the order of an index; `limit` null: all of them. */
/** `spreadsheet`: CSV that is to be opened in one. */
export type ExportQuery = {
  readonly format: 'ndjson' | 'csv';
  readonly limit: number | null;
  readonly spreadsheet?: boolean;
} & (
  | { readonly kind: 'records'; readonly type: string; readonly filters: readonly Filter[] }
  | { readonly kind: 'links'; readonly link: string }
);

export type LinkListQuery = {
  readonly type: string;
  /** Absent: the links of every record of the type. */
  readonly ref?: Ref;
  /** A link name of the type; absent: all of them. */
  readonly link?: string;
  readonly limit: number;
  readonly cursor?: string;
};

/** An element as its sender wrote it, or its text. */
export type RawElement = Buffer | string;

/**
 * A complete set as it arrives. Whatever makes the body no set (it is malformed, or ends early) is thrown by `elements` or `read`, as
 * the error that its dialect answers with; nothing of the set is written then.
 */
export type SetSource = {
  /** Names all but the schema that decides how an element is read: equal bytes in the same format always mean the same. */
  readonly format: string;
  /** What its body is written in: an interface may not take it. */
  readonly body: SetFormat;
  /** What the set says to be everything of: the values of fields, and the records that links lead to. Absent: everything. */
  readonly scope?: Readonly<Record<string, string>>;
  /** As of when the set is complete. */
  readonly stamp?: Stamp | undefined;
  /** In order; ends only where the body was whole. */
  readonly elements: AsyncIterable<PackedElements>;
  /** `place` counts from 0. May be asked again for the same element, then by its text. */
  read(raw: RawElement, place: number): SetElement;
  /** The path of an element, as `read` says it. */
  pathOf(place: number): string;
};

/** What a set is read for: the schema as it is then. */
export type SetTarget = { readonly catalogue: Catalogue; readonly interface: Interface; readonly type: RecordType };

/** What is left of a set once its body is admitted. */
export type ElementSource = Omit<SetSource, 'body' | 'scope'>;

/** Reads the elements of a set whose body is not at hand any more. */
export type ElementReader = Pick<SetSource, 'read' | 'pathOf'>;

/**
 * Which elements of a run are applied again: all that it rejected and that are not resolved, or one, or those that somebody has mended, which
 * are told by their keys. `format`: as a SetSource names it.
 */
export type ReplayCommand =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'element';
      readonly place: number;
      readonly mended: { readonly format: string; readonly text: string } | null;
    }
  | { readonly kind: 'mended'; readonly format: string; readonly rows: readonly string[] };

/** How elements are read, by the format that a SetSource names. */
export type SetReaders = Readonly<Record<string, (target: SetTarget) => ElementReader>>;

/** One element of a complete set, its members already resolved to fields and relations of the interface's type. */
export type SetElement = {
  readonly key: string;
  /** Where it stands in the body, for issues: `Elements[3]`. */
  readonly path: string;
  readonly members: readonly SetMember[];
  /** How old the element is. */
  readonly stamp?: Stamp | undefined;
  /** What its sender would call a field that it has no member for; without it by the field's key. The same function for all elements. */
  readonly nameOf?: (field: string) => string;
};

/** `name` is the member as the sender calls it, after unescaping; `sentAs` as the body spells it, where that is another. */
export type SetMember = { readonly name: string; readonly sentAs?: string } & (
  | { readonly kind: 'field'; readonly field: string; readonly value: FieldInput }
  | { readonly kind: 'relation'; readonly link: string; readonly targets: readonly Ref[] }
  | { readonly kind: 'unknown'; readonly value: unknown }
);
