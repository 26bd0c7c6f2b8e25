/**
 * What the vendor does not publish and this dialect had to choose, in one place. README.md lists each with its reason;
 * everything not here is either the vendor's own wording or follows from it.
 */
export const dialectName = 'relatics';

/** How long an access token lasts: the habit of the OpenID Connect server that the vendor's token address belongs to. */
export const accessTokenSeconds = 300;

/** Characters (UTF-16 code units) of an external id. The vendor's own limit, kept here beside the others. */
export const maxExternalIdLength = 450;

/** Bytes of a complete set, which is read as it arrives, of one element in it, and of a token request. */
export const maxSetBytes = 4 * 1024 * 1024 * 1024;
export const maxElementBytes = 8 * 1024 * 1024;
export const maxTokenRequestBytes = 16 * 1024;

/** How long a sender waits for the counts of a set that must queue behind another one. Then it is told that the set will be processed. */
export const queuedWaitMs = 60_000;

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
