/**
 * What the vendor leaves to a deployment, or does not state: one place to change each. The README lists why each
 * default is what it is.
 */
export type SugarOptions = {
  /** `v<major>[_<minor>]` is served when the major is in this range; every other version is answered 301. */
  readonly majorVersions: { readonly lowest: number; readonly highest: number };
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  /** A password login ends the user's earlier session on the same platform. */
  readonly oneLoginPerPlatform: boolean;
  /** For a refresh token that is unknown, used or expired. */
  readonly failedRefreshStatus: 400 | 401;
  /** Of the address of a user that is made with a user name only. */
  readonly userMailDomain: string;
  /** Whether a write that leaves a required field empty is refused. */
  readonly enforceRequired: boolean;
  /** The vendor's column is believed to hold 100 characters; null: as many as the hub takes, 512. */
  readonly longestKey: number | null;
  /** Whether `fields` or `view` make an upsert answer with the record in the place of its id. */
  readonly recordOnUpsert: boolean;
  /** The member of a delete by key that has the record's id. */
  readonly deletedMember: 'record' | 'id';
  /** Answer a read by key as `{"record":{…}}` and not flat. */
  readonly wrapReadByKey: boolean;
  readonly defaultPageSize: number;
  /** A larger `max_num` is cut to this; 1,000 at most. */
  readonly largestPageSize: number;
  /** A count is answered as text, `"12"`, as some versions do. */
  readonly recordCountAsText: boolean;
  /** Filters take text in any case. Keys are compared exactly in any case. */
  readonly ignoreCaseInFilters: boolean;
  /** The text fields that `q` looks in, where a module has them. */
  readonly searchedFields: readonly string[];
  /** The name of a person is its first and last name together, where it has either. */
  readonly computePersonNames: boolean;
  /** Digits after the point in a decimal whose field declares none. */
  readonly defaultScale: number;
};

export const defaultOptions: SugarOptions = {
  majorVersions: { lowest: 10, highest: 11 },
  accessTokenSeconds: 3600,
  refreshTokenSeconds: 14 * 24 * 3600,
  oneLoginPerPlatform: true,
  failedRefreshStatus: 400,
  userMailDomain: 'users.invalid',
  enforceRequired: false,
  longestKey: null,
  recordOnUpsert: true,
  deletedMember: 'record',
  wrapReadByKey: false,
  defaultPageSize: 20,
  largestPageSize: 1000,
  recordCountAsText: false,
  ignoreCaseInFilters: true,
  searchedFields: ['name', 'first_name', 'last_name', 'email'],
  computePersonNames: true,
  defaultScale: 6,
};
