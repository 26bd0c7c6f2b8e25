import type { VendorType } from './schema/view.ts';

/**
 * Everything about this dialect that may be set, and every point where the vendor's documentation leaves room: what is
 * assumed has its default here and nowhere else.
 */
export type ZendeskOptions = {
  /** Basic with `<email>:<password>`. The vendor is withdrawing it, so it is off. */
  readonly passwordLogin: boolean;
  /** Requests per workspace and minute on this server. null announces a limit in the headers, but enforces none. */
  readonly rateLimit: number | null;
  /** The same of the incremental export. */
  readonly exportRateLimit: number | null;
  /** The incremental export begins so long ago at least. */
  readonly exportStartsBeforeSeconds: number;
  /** Status of an upsert that created its record. Only 200 is documented, and strict clients take no other on PATCH. */
  readonly createdByUpsertStatus: 200 | 201;
  /** How a date is shown: as midnight UTC with offset, or as the bare day. */
  readonly dates: 'datetime' | 'day';
  /** What a key in `custom_object_fields` does that the object has no field for. */
  readonly unknownFieldKeys: 'ignore' | 'refuse';
  /** How a field without a value is shown in `custom_object_fields`. */
  readonly unsetFields: 'null' | 'omit';
  /** What a page larger than the largest is. */
  readonly overlongPages: 'refuse' | 'cut';
  /** What another `key`, `type` or target of a field does, once it is made. */
  readonly fixedFieldMembers: 'refuse' | 'ignore';
  /** What a name does where names are numbered. */
  readonly numberedNames: 'refuse' | 'ignore';
  /** Statuses of refusals of which only the rule is stated. */
  readonly statuses: {
    /** Both identifiers of a record in one query, none, or an empty one. */
    readonly identifiers: 400 | 422;
    /** By name, while names are not unique. */
    readonly nameNotUnique: 400 | 422;
    /** One more object, field or lookup than there may be. */
    readonly limitExceeded: 403 | 422;
    readonly recordTooLarge: 400 | 413 | 422;
  };
  /** The search that finds everything, as an empty one does. */
  readonly searchForAll: string;
  readonly limits: {
    readonly objects: number;
    readonly fieldsPerObject: number;
    readonly lookupsPerObject: number;
    readonly optionsPerField: number;
    /** Shown by `limits/record_limit`; not enforced. */
    readonly records: number;
    /** Bytes of the members that one request gives for one record. */
    readonly recordBytes: number;
    readonly jobItems: number;
    /** At work at once, of an account and on this server. */
    readonly jobs: number;
  };
};

export const defaultOptions: ZendeskOptions = {
  passwordLogin: false,
  rateLimit: null,
  exportRateLimit: null,
  exportStartsBeforeSeconds: 60,
  createdByUpsertStatus: 200,
  dates: 'datetime',
  unknownFieldKeys: 'ignore',
  unsetFields: 'null',
  overlongPages: 'refuse',
  fixedFieldMembers: 'refuse',
  numberedNames: 'refuse',
  statuses: { identifiers: 400, nameNotUnique: 422, limitExceeded: 422, recordTooLarge: 422 },
  searchForAll: '*',
  limits: {
    objects: 50,
    fieldsPerObject: 100,
    lookupsPerObject: 10,
    optionsPerField: 2000,
    records: 50_000_000,
    recordBytes: 32 * 1024,
    jobItems: 100,
    jobs: 30,
  },
};

/** The limit that the headers name while none is enforced. */
export const announcedRateLimit = 700;

/** `page[size]`: the default, and the most that may be asked for. */
export const pageSize = { default: 100, largest: 100 } as const;

/** How long tokens of `/oauth/tokens` hold. */
export const oauth = { accessSeconds: 2 * 86_400, refreshSeconds: 30 * 86_400 } as const;

/** When a user was made, which is not known. */
export const unknownTime = '1970-01-01T00:00:00Z';

/** `per_page` of the incremental export. */
export const exportPage = { default: 1000, largest: 1000 } as const;

/** What stands for the values of a deleted record in the incremental export. */
export const deletedValue = '[DELETED]';

/** What `job_type` says. */
export const jobTypes = {
  create: 'Bulk Create Custom Object Records',
  update: 'Bulk Update Custom Object Records',
  delete: 'Bulk Delete Custom Object Records',
  delete_by_external_id: 'Bulk Delete Custom Object Records By External Id',
  create_or_update_by_external_id: 'Bulk Create Or Update Custom Object Records By External Id',
  create_or_update_by_name: 'Bulk Create Or Update Custom Object Records By Name',
  unknown: 'Bulk Custom Object Records',
} as const;

/** How long the results of a job can be looked at. */
export const jobsKeptSeconds = 86_400;

/** A job without results is one that failed once it is older than any can be at work. */
export const longestJobSeconds = 300;

/** Digits after the point of a decimal field that is made here: the vendor states none, so all that a value can have. */
export const decimalScale = 15;

/** Stands for the user who made an object outside of this dialect: the vendor's number for its own system. */
export const systemUserId = '-1';

/** Kinds of record that the vendor has and this server does not: their ids are kept as digits, and nothing checks them. */
export const foreignTargets: ReadonlySet<string> = new Set(['zen:user', 'zen:ticket', 'zen:organization']);

/** Comparisons that the filter of one search may have. */
export const mostComparisons = 100;

export type VendorOperator =
  | '$eq'
  | '$noteq'
  | '$gt'
  | '$gte'
  | '$lt'
  | '$lte'
  | '$contains'
  | '$notcontains'
  | '$in'
  | '$notin'
  | '$exists';
export type FilteredKind = VendorType | 'time' | 'user' | 'external_id' | 'name';

const equality = ['$eq', '$noteq', '$in', '$notin', '$exists'] as const;
const order = ['$gt', '$gte', '$lt', '$lte'] as const;
const within = ['$contains', '$notcontains'] as const;

/** Which operators a search's filter takes for what: the vendor names the operators, and few of the pairs. */
export const operatorsOf: Readonly<Record<FilteredKind, readonly VendorOperator[]>> = {
  time: [...order],
  user: ['$eq', '$noteq', '$in', '$notin'],
  external_id: equality,
  name: [...equality, ...within],
  text: [...equality, ...within],
  textarea: [...equality, ...within],
  regexp: [...equality, ...within],
  integer: [...equality, ...order],
  decimal: [...equality, ...order],
  date: [...equality, ...order],
  checkbox: equality,
  dropdown: equality,
  lookup: equality,
  multiselect: [...within, '$exists'],
};
