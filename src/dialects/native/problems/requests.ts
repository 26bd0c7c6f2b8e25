/** What can be wrong with any request, whatever it asks, and with the server that shall answer it. */
import type { ProblemKind } from './kind.ts';

export const requestProblems = {
  malformed_body: {
    status: 400,
    title: 'Body not readable',
    cause: 'The body is not JSON (or, for a schema, not YAML), or an object in it has a member twice.',
    remedy: 'Mend the body at the place that the detail names.',
  },
  malformed_url: {
    status: 400,
    title: 'Address not readable',
    cause: 'The path holds a percent sign that is not followed by two hexadecimal digits, or bytes that are not UTF-8.',
    remedy: 'Percent-encode every reserved character of a key: `/` as `%2F`, `%` as `%25`, `#` as `%23`.',
  },
  unknown_parameter: {
    status: 400,
    title: 'Unknown query parameter',
    cause: 'The operation has no query parameter of this name, so it would have been ignored.',
    remedy: 'Use one of the parameters in `allowed`, or leave it out.',
  },
  parameter_invalid: {
    status: 400,
    title: 'Parameter not valid',
    cause: 'A parameter of the path or the query has another form than the operation declares, or is given twice.',
    remedy: 'Send the form that the message names.',
  },
  unknown_member: {
    status: 400,
    title: 'Unknown member in the body',
    cause: 'The body has a member that the operation does not know, so it would have been ignored.',
    remedy: 'Use the members in `allowed`. The values of a record belong under `fields`.',
  },
  member_missing: {
    status: 400,
    title: 'Member missing in the body',
    cause: 'The body lacks a member that the operation needs.',
    remedy: 'Add the member that `path` names.',
  },
  member_invalid: {
    status: 400,
    title: 'Member of the body not valid',
    cause:
      'A member of the body has another JSON type or form than the operation declares. Nothing is converted silently.',
    remedy: 'Send the form that the message names.',
  },
  ref_malformed: {
    status: 400,
    title: 'Reference not readable',
    cause: 'The text that should name a record is no reference.',
    remedy:
      'Name a record by its id (GUID or ULID), by its number (`5001` or `#5001`), or by `field:value`, percent-encoded in an address.',
  },
  if_match_malformed: {
    status: 400,
    title: 'If-Match not readable',
    cause: 'The header If-Match holds something else than one entity tag of this API.',
    remedy:
      'Send the ETag of the record as you read it, quotes included, as `"3"`. To demand that the record exists, send `mode=update`.',
  },
  idempotency_key_malformed: {
    status: 400,
    title: 'Idempotency-Key not readable',
    cause: 'The header Idempotency-Key is empty, too long, or has characters that are not printable.',
    remedy: 'Send 1 to 255 printable ASCII characters, a UUID for example.',
  },
  idempotency_key_busy: {
    status: 409,
    title: 'First request still under way',
    cause: 'A request with the same Idempotency-Key is being done, and was not over within a minute.',
    remedy: 'Send it again later: it is answered as the first one.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency-Key used already',
    cause: 'The same key came with another request before: another address, precondition or body.',
    remedy: 'Use a new key for each new request, and the same one only to repeat a request as it was.',
  },
  filter_invalid: {
    status: 400,
    title: 'Filter not possible',
    cause: 'A filter names an unknown field or operator, or compares with a value that the field cannot have.',
    remedy: 'Write `filter[field]=value` or `filter[field][operator]=value`, with a field of the record type.',
  },
  sort_invalid: {
    status: 400,
    title: 'Sort not possible',
    cause: 'The sort order names an unknown field, or one that has no order.',
    remedy: 'Write `sort=name,-updated_at` with fields of the record type.',
  },
  list_too_slow: {
    status: 422,
    title: 'List takes too long',
    cause:
      'No index answers these filters or this sort order, and going through all records of the type took longer than a list may.',
    remedy:
      'Make the field `filterable` in the schema, or filter by what leaves less: a match field, a lookup or a filterable field. An export has no limit.',
  },
  cursor_invalid: {
    status: 400,
    title: 'Cursor not valid',
    cause: 'The cursor is not one that this list gave out, or its type, filters or sort order have changed since.',
    remedy: 'Start again without `cursor`, and then send each `next` with the same filters and sort order.',
  },
  limit_invalid: {
    status: 400,
    title: 'Limit out of range',
    cause: 'The page size is outside of what the list allows.',
    remedy: 'Send a limit within the range that the message names.',
  },
  unauthenticated: {
    status: 401,
    title: 'Not signed in',
    cause: 'The request has no API key, or one that is unknown, revoked or of another workspace.',
    remedy: 'Send `Authorization: Bearer <api key>` with a key of this workspace.',
  },
  wrong_password: {
    status: 401,
    title: 'User name or password wrong',
    cause: 'There is no user with this name and this password; or several workspaces have one.',
    remedy: 'Try again. Where several workspaces have the user, sign in at `/w/{workspace}`, which says whose it is.',
  },
  sign_in_locked: {
    status: 429,
    title: 'Too many wrong passwords',
    cause: 'Ten wrong passwords in a row were tried for this user name.',
    remedy: 'Wait as long as the header Retry-After says. API keys and sessions that are open go on working.',
  },
  cross_site: {
    status: 403,
    title: 'Not from this site',
    cause: 'The request would be made with the session cookie, and comes from a page of another site.',
    remedy: 'Send an API key in the header Authorization: cookies are for the console alone.',
  },
  unknown_path: {
    status: 404,
    title: 'No such address',
    cause: 'The native API has nothing under this path.',
    remedy: 'See `/v1/openapi.json` or `/docs` for what there is.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed here',
    cause: 'The path exists, but not for this HTTP method.',
    remedy: 'Use one of the methods that the header Allow names.',
  },
  body_stalled: {
    status: 408,
    title: 'Body stalled',
    cause: 'For a while nothing of the body arrived, which is read while it comes: others wait for its place.',
    remedy: 'Have the whole body ready before it is sent, and send it again; an import goes on where it stopped.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    cause: 'The body is larger than the server takes at once.',
    remedy: 'Send less than the limit that the detail names.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Media type not supported',
    cause: 'The Content-Type of the body is not one that the operation reads.',
    remedy: 'Send `Content-Type: application/json` (for a schema `application/yaml` too).',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    cause: 'Something failed on our side that should not.',
    remedy: 'Try again; if it stays, give `request_id` to whoever runs the server: the log has the details.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    cause:
      'This client asks more often than it may, which only a test double says: see docs/test-double.md. Nothing was done.',
    remedy: 'Send the same request again after the seconds that the header Retry-After names.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    cause: 'More requests wait than the server takes in. Nothing was written.',
    remedy: 'Send the same request again after the seconds that the header Retry-After names.',
  },
  unavailable: {
    status: 503,
    title: 'Database not reachable',
    cause: 'The database did not answer. Nothing was acknowledged; a write may still have been stored.',
    remedy:
      'Send the same request again after the seconds that the header Retry-After names: repeating a write by key is safe.',
  },
} satisfies Record<string, ProblemKind>;
