/**
 * The points that the vendor's public documents leave open, with the answer that Keyway gives. Each is said once, here, so that
 * an observation of a live account can overturn it in one place. README.md lists them for users.
 */
export const assumed = {
  /** How far a request's `oauth_timestamp` may lie from the server's clock, either way. */
  timestampWindowSeconds: 300,
  /** Longer nonces are refused; the vendor's own clients send 11 to 32 characters. */
  longestNonce: 256,
  /** Realm of a challenge to a caller whose account is not known. */
  realmOfStrangers: 'KEYWAY',
  /** Lifetime of an access token, and the most that an assertion may be good for. */
  accessTokenSeconds: 3600,
  longestAssertionSeconds: 3600,
  /** How far a client's clock may lie from the server's, either way. */
  assertionSkewSeconds: 60,
  /** Assertions are for the token address as we are reached, or as the vendor has it for the account. Others that are let pass: */
  moreAudiences: [] as readonly string[],
  noPermission: { status: 403, code: 'INSUFFICIENT_PERMISSION' },
  /** An attachment type that cannot be attached, or a target that cannot take it. */
  impossiblePairCode: 'INVALID_REQUEST',
  /** `PUT /customer/107`: upsert is by external id only. */
  putByInternalIdCode: 'INVALID_REQUEST',
  duplicateDetail: 'This record already exists',
  /** Record types the vendor's record service has no routes for, although they can be attached. */
  attachOnlyTypes: new Set(['file']),
  /** The role list that `contactRole` shows, and that roles of attached contacts come from. */
  contactRoleList: 'contact_role',
  /** What can become what. The vendor's metadata has the pairs of an account; orders and estimates are from its guide's examples. */
  transformations: new Map<string, readonly string[]>([
    ['customer', ['cashSale', 'customerPayment', 'estimate', 'invoice', 'opportunity', 'salesOrder', 'vendor']],
    ['opportunity', ['cashSale', 'estimate', 'invoice', 'salesOrder']],
    ['job', ['cashSale', 'estimate', 'invoice', 'salesOrder']],
    ['employee', ['expenseReport', 'timeBill']],
    ['estimate', ['cashSale', 'invoice', 'salesOrder']],
    ['salesOrder', ['cashSale', 'invoice', 'itemFulfillment', 'returnAuthorization']],
  ]),
  /** Other spellings of operators in `q` that the vendor's pages and clients use. */
  operatorAliases: new Map([
    ['ENDWITH', 'END_WITH'],
    ['CONTAINS', 'CONTAIN'],
  ]),
  /** A job that has not ended after so long was at work when its server died. */
  longestJobSeconds: 600,
  /** Entries of the response header that reports accepted faults, and characters of each. */
  mostWarnings: 20,
  longestWarning: 100,
} as const;
