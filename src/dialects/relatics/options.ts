import type { TokenError } from './token.ts';

/**
 * What the vendor does not publish and this dialect had to choose, in one place: a choice that may be another in some installation is a
 * member here, the rest are the constants below. README.md lists each with its reason; everything not here is either the vendor's own
 * wording or follows from it.
 */
export type RelaticsOptions = {
  /** How long an access token lasts: by default as the OpenID Connect server has it that the vendor's token address belongs to. */
  readonly accessTokenSeconds: number;
  /** Whether the realm's address takes the client by HTTP Basic too. The older address does in any case. */
  readonly clientByBasic: boolean;
  /** At the realm's address: for a client that is unknown or revoked, or whose secret is wrong. */
  readonly wrongClient: TokenError;
  /** The same at the older address, in the words that its clients look for. */
  readonly wrongClientAtOlderAddress: TokenError;
  readonly unknownRealm: TokenError;
  /** How a body is read that has no `Content-Type`, or one that says nothing (`undeclaredBodyTypes`): as `Accept` says, or as JSON. */
  readonly undeclaredBodies: 'as_accepted' | 'json';
  /** What `""` and an empty XML element do to a property. */
  readonly emptyText: 'clear' | 'skip';
  /** Whether a property or relation may be called by its key in the schema, where no label is spelt so. */
  readonly membersByKey: boolean;
  /** What a providing interface calls the two things that it says of an element; JSON puts an `@` before each. */
  readonly providedMembers: { readonly id: string; readonly displayName: string };
  /** How long a sender waits for the counts of a set that must queue behind another one. Then it is told that the set will be processed. */
  readonly queuedWaitMs: number;
};

export const defaultOptions: RelaticsOptions = {
  accessTokenSeconds: 300,
  clientByBasic: true,
  wrongClient: {
    status: 401,
    body: { error: 'unauthorized_client', error_description: 'Invalid client or Invalid client credentials' },
  },
  wrongClientAtOlderAddress: {
    status: 401,
    body: { error: 'invalid_client', error_description: 'Client not found.' },
  },
  unknownRealm: { status: 404, body: { error: 'Realm does not exist' } },
  undeclaredBodies: 'as_accepted',
  emptyText: 'clear',
  membersByKey: true,
  providedMembers: { id: 'id', displayName: 'displayname' },
  queuedWaitMs: 60_000,
};

export const dialectName = 'relatics';

/** Characters (UTF-16 code units) of an external id. The vendor's own limit, kept here beside the others. */
export const maxExternalIdLength = 450;

/** Bytes of a complete set, which is read as it arrives, of one element in it, and of a token request. */
export const maxSetBytes = 4 * 1024 * 1024 * 1024;
export const maxElementBytes = 8 * 1024 * 1024;
export const maxTokenRequestBytes = 16 * 1024;

/** How deep a body may nest. The format itself needs five levels; the rest is for values that the engine then refuses by name. */
export const maxDepth = 32;

/**
 * Content types that HTTP libraries put on a body when their user sets none (curl, fetch, axios, urllib, .NET). The vendor's page
 * asks only for `Authorization` and `Accept`, so these say nothing about the body: it is then read as `Accept` says.
 */
export const undeclaredBodyTypes: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'text/plain',
  'application/octet-stream',
]);

/** Texts that stand for a boolean in XML, and in JSON when quoted. */
export const booleanTexts: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
  ['1', true],
  ['0', false],
]);
