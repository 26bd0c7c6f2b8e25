/**
 * What the vendor's public pages leave open, in one place: a correction is made here and nowhere else.
 * README.md lists which of these are published and which are assumed.
 */
export type OrigamiOptions = {
  /** Where the same routes are served: the vendor's two base paths, and the bare origin. */
  readonly bases: readonly string[];
  readonly tokenSeconds: number;
  /** A user who asks again gets the same token until so long before it ends. */
  readonly renewBeforeSeconds: number;
  /** How far the date of a signed request may be from our clock, either way (the future is assumed). */
  readonly signatureWindowSeconds: number;
  /** A GET that is signed must not have a content type; whether one that has is denied. */
  readonly denySignedGetWithContentType: boolean;
  /** Whether a Relationship that no link of the pair has makes a further link. Else it becomes that of the link that is there. */
  readonly relationshipNamesLink: boolean;
  /** For a `PUT` whose primary key no record has: a business error, or what reading it answers. */
  readonly updateOfNothingStatus: 500 | 404;
  readonly maxBodyBytes: number;
  readonly maxUrlCharacters: number;
  readonly maxPageSize: number;
  readonly maxBulkRecords: number;
};

export const defaultOptions: OrigamiOptions = {
  bases: ['/OrigamiApi', '/OrigamiApi-v2', ''],
  tokenSeconds: 30 * 60,
  renewBeforeSeconds: 15 * 60,
  signatureWindowSeconds: 120,
  denySignedGetWithContentType: true,
  relationshipNamesLink: true,
  updateOfNothingStatus: 500,
  maxBodyBytes: 10 * 1024 * 1024,
  maxUrlCharacters: 10_000,
  maxPageSize: 100,
  maxBulkRecords: 25,
};

/** Every text that a client can be answered. The vendor publishes `parentNotFound`, `inserted` and `updated`; the rest are ours. */
export const texts = {
  unable: (reason: string): string => `Unable to execute. ${reason}`,
  inserted: (what: string, id: number): string => `Inserted ${what} with id ${id} successfully.`,
  updated: (what: string, id: number): string => `Updated ${what} with id ${id} successfully.`,
  removed: (what: string, id: number): string => `Removed ${what} with id ${id} successfully.`,
  deleted: (what: string, id: number): string => `Deleted ${what} with id ${id} successfully.`,
  noLinkToRemove: 'No link was found to remove.',

  parentNotFound: 'Unable to identify the parent record based on the information provided.',
  childNotFound: 'Unable to identify the child record based on the information provided.',
  childDomainInvalid: 'The child domain must be Contact or File.',
  domainUnknown: (domain: string): string => `The domain '${domain}' does not exist.`,
  domainMissing: 'A parent domain or a child domain is required.',
  notLinkable: (parent: string, child: string): string => `The domain '${parent}' cannot have ${child} links.`,
  matchFieldInvalid: (field: string, domain: string): string =>
    `The match field '${field}' is not valid for the domain '${domain}'.`,
  relationshipUnknown: (relationship: string): string => `The relationship '${relationship}' does not exist.`,
  columnInvalid: (column: string): string => `The column '${column}' is not valid.`,
  pageInvalid: (most: number): string => `The page must be 1 or more, and the page size 1 to ${most}.`,
  notPermitted: (action: string, domain: string): string =>
    `You do not have permission to ${action} the domain '${domain}'.`,

  fieldUnknown: (field: string, domain: string): string =>
    `The field '${field}' does not exist on the domain '${domain}'.`,
  valueInvalid: (field: string, expected: string): string => `The field '${field}' must be ${expected}.`,
  valueTooLong: (field: string, limit: number): string => `The field '${field}' takes at most ${limit} characters.`,
  codeUnknown: (field: string, codes: readonly string[]): string =>
    `The field '${field}' must be one of the codes ${codes.join(', ')}.`,
  patternMismatch: (field: string, pattern: string): string => `The field '${field}' must match ${pattern}.`,
  valueRequired: (field: string): string => `The field '${field}' is required.`,
  valueTaken: (field: string, value: string, id: number): string =>
    `The field '${field}' must be unique: the record with id ${id} has the value '${value}'.`,
  associationUnknown: (field: string): string => `The field '${field}' refers to a record that does not exist.`,
  fieldReadOnly: (field: string, owner: string): string => `The field '${field}' can only be changed by ${owner}.`,
  domainReadOnly: (domain: string, owner: string): string => `The domain '${domain}' can only be changed by ${owner}.`,
  matchFieldsMissing: 'At least one match field is required.',
  matchAmbiguous: (domain: string): string => `The match fields find more than one ${domain}.`,
  tooManyRecords: (most: number): string => `A call takes at most ${most} records, and none was processed.`,
  filterInvalid: (reason: string): string => `The filter is not valid: ${reason}`,
  fieldNotCoded: (field: string, domain: string): string =>
    `The field '${field}' of the domain '${domain}' has no codes.`,
  matchValueMissing: (field: string): string => `The match field '${field}' must be in the body with a value.`,
  recordNotFound: (domain: string, id: string): string => `The ${domain} with id ${id} does not exist.`,

  unauthorised: 'Authorization has been denied for this request.',
  invalidRequest: 'The request is invalid.',
  unknownPath: 'No HTTP resource was found that matches the request URI.',
  methodNotAllowed: (method: string): string => `The requested resource does not support http method '${method}'.`,
  unsupportedMediaType: (type: string): string => `The media type '${type}' is not supported for this resource.`,
  packedBody: 'The request body must be sent as it is, not packed, and without Content-Encoding.',
  bodyTooLarge: (limit: number): string => `The request body must not exceed ${limit} bytes.`,
  urlTooLong: (limit: number): string => `The request URL must not exceed ${limit} characters.`,
  rateLimited: 'Too many requests. Try again later.',
  busy: 'The service is busy and nothing was written. Try again later.',
  internal: 'An error has occurred.',
  pong: 'Pong',
} as const;
