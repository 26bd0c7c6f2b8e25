/**
 * Every public error code of the native API: its status, title, cause and what to do about it. Codes are stable and never
 * reused. `docs/errors.md` and the page `/docs/errors` are made from this table.
 */
import type { ViolationCode } from '../../model/outcomes.ts';

type ProblemKind = { readonly status: number; readonly title: string; readonly cause: string; readonly remedy: string };

const requestProblems = {
  malformed_body: {
    status: 400,
    title: 'Body not readable',
    cause: 'The body is not JSON (or, for a schema, not YAML).',
    remedy: 'Mend the body at the place that the detail names.',
  },
  set_malformed: {
    status: 400,
    title: 'No complete set',
    cause: 'A row cannot be read, or has no key, so that nobody can tell which records are missing from the set.',
    remedy: 'Mend the row that `path` names, counted from 0, and send the whole set again.',
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
  idempotency_key_unsupported: {
    status: 400,
    title: 'Idempotency-Key not supported here',
    cause:
      'The request has an Idempotency-Key, which goes with writes of records and links only. It would have been ignored.',
    remedy:
      'Leave it out. An import can be repeated as it is, since rows are written by their keys, and goes on by its id.',
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
  role_required: {
    status: 403,
    title: 'Workspace role too low',
    cause: 'The operation is for the workspace roles in `allowed` only.',
    remedy: 'Use a key with such a role, or ask an administrator.',
  },
  interface_closed: {
    status: 403,
    title: 'Interface of other keys',
    cause: 'The interface is open to the API keys that it names, to administrators and to power users.',
    remedy: 'Use one of its keys, or have this one added to the interface in the schema.',
  },
  unknown_path: {
    status: 404,
    title: 'No such address',
    cause: 'The native API has nothing under this path.',
    remedy: 'See `/v1/openapi.json` or `/docs` for what there is.',
  },
  unknown_interface: {
    status: 404,
    title: 'No such interface',
    cause: 'The workspace has no interface with this endpoint.',
    remedy: 'See `GET /v1/interfaces` for the endpoints that there are.',
  },
  unknown_run: {
    status: 404,
    title: 'No such run',
    cause: 'The interface has no run with this number or id.',
    remedy: 'See `GET /v1/interfaces/{endpoint}/runs` for its runs.',
  },
  run_not_held: {
    status: 409,
    title: 'Nothing is held',
    cause: 'The run holds no deletes, or no longer: they were approved or cancelled, or a newer set took their place.',
    remedy: 'See `GET /v1/interfaces/{endpoint}/runs` for the newest run, and what it holds.',
  },
  run_not_revertible: {
    status: 409,
    title: 'Run cannot be reverted',
    cause: 'The run changed nothing, holds deletes, was reverted already, or is a revert itself.',
    remedy: 'See the state of the run. Deletes that are held can be approved or cancelled first.',
  },
  held_expired: {
    status: 409,
    title: 'Held too long',
    cause: 'Nobody approved the held deletes in time.',
    remedy: 'Send the complete set again: what is to be deleted is found anew.',
  },
  held_differs: {
    status: 409,
    title: 'Another number is held',
    cause: 'An approval is for just the number of deletes that the run shows as held.',
    remedy: 'Look at `GET /v1/runs/{run}/held` again, and send the number that the run shows.',
  },
  unknown_pending_link: {
    status: 404,
    title: 'No such pending link',
    cause: 'No link waits under this number, or it was joined, taken back or forgotten meanwhile.',
    remedy: 'See `GET /v1/links/pending` for those that wait.',
  },
  unknown_import: {
    status: 404,
    title: 'No such import',
    cause: 'The workspace has no import with this number or id; or it has, and somebody else made it.',
    remedy: 'See `GET /v1/imports` for the imports that there are.',
  },
  import_mismatch: {
    status: 409,
    title: 'Another import',
    cause:
      'The import that is to go on was begun with another record type, link type, key or mode, named in `begun_with`.',
    remedy:
      'Send the rest to the address, key and mode that it was begun with, or leave `import` out to begin a new one.',
  },
  import_offset_beyond: {
    status: 409,
    title: 'Rows would be left out',
    cause:
      'The body is said to begin beyond the rows that are done, so that the rows between them would never be written.',
    remedy:
      'Send a body that begins at `rows_done` of the import or before, with its `offset`; or the whole body without one.',
  },
  import_taken_over: {
    status: 409,
    title: 'Import goes on elsewhere',
    cause: 'While this body was read, another request went on with the same import. This one wrote nothing after that.',
    remedy: 'Wait for the other request, or go on with the import again.',
  },
  unknown_key: {
    status: 404,
    title: 'No such key',
    cause: 'The workspace has no key in force with this id.',
    remedy: 'See `GET /v1/keys` for the keys that there are.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed here',
    cause: 'The path exists, but not for this HTTP method.',
    remedy: 'Use one of the methods that the header Allow names.',
  },
  email_taken: {
    status: 409,
    title: 'E-mail address in use',
    cause: 'Another user of the workspace has this e-mail address.',
    remedy: 'Use another address, or the user that has it.',
  },
  changes_not_kept: {
    status: 410,
    title: 'Changes no longer kept',
    cause:
      'The place in the change feed is so old that changes behind it have been cleaned away: going on from it would miss them.',
    remedy:
      'Read the place where the feed stands now with `GET /v1/changes`, then all records anew, as an export, and go on from that place; or send an empty `after=` for the oldest change that is kept.',
  },
  unknown_webhook: {
    status: 404,
    title: 'No such webhook',
    cause: 'The workspace has no webhook with this id.',
    remedy: 'See `GET /v1/webhooks` for the webhooks that there are.',
  },
  unknown_delivery: {
    status: 404,
    title: 'No such delivery',
    cause: 'The webhook has no delivery with this id, or no longer: deliveries are remembered for a week.',
    remedy: 'See `GET /v1/webhooks/{webhook}/deliveries`, or replay everything behind a place in the feed.',
  },
  webhook_invalid: {
    status: 422,
    title: 'Webhook not possible',
    cause:
      'Its address may not be reached, it names a record type or an event that there is not, or what to replay is not said.',
    remedy:
      'Mend the member that `path` names. Addresses that are not public need a server that was started with `--webhooks-allow-private`.',
  },
  too_many_readers: {
    status: 429,
    title: 'Too many readers',
    cause: 'The key, or the server, has as many readers of changes open as it may.',
    remedy: 'Close one, or try again after the seconds that the header Retry-After names.',
  },
  schema_loss_refused: {
    status: 409,
    title: 'Schema change would lose data',
    cause: 'The new schema leaves out types, fields or links that hold data. Nothing was changed.',
    remedy: 'Keep what the violations list in the document, or send `allow_loss=true` to lose it.',
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
  grant_on_unknown_type: {
    status: 422,
    title: 'Grant on an unknown record type',
    cause: 'The grants name a record type that the schema does not have, so they would grant nothing.',
    remedy: 'Use keys of record types, or `*` for all of them.',
  },
  row_unreadable: {
    status: 422,
    title: 'Row not readable',
    cause: 'A row of an import is not JSON, or not an object. Other rows are not touched by it.',
    remedy: 'Mend the row at the line that is named, and send it again.',
  },
  schema_invalid: {
    status: 422,
    title: 'Schema not valid',
    cause: 'The schema document contradicts itself, or is not possible from the present one. Nothing was changed.',
    remedy: 'Mend the places that the violations name; `plan=true` checks a document without applying it.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    cause: 'Something failed on our side that should not.',
    remedy: 'Try again; if it stays, give `request_id` to whoever runs the server: the log has the details.',
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

/** What the engine can refuse: complete by type, so that a new violation cannot be left without a status. */
const engineProblems: Record<ViolationCode, ProblemKind> = {
  not_a_match_field: {
    status: 400,
    title: 'Not a match field',
    cause: 'The reference names a field that is not unique, so it cannot name a record.',
    remedy: 'Use a unique field of the record type, its `external_id` or `sync_key`, or the id or number.',
  },
  unknown_record_type: {
    status: 404,
    title: 'No such record type',
    cause: 'The schema of the workspace has no record type of this name.',
    remedy: 'See `GET /v1/schema` for the record types that there are.',
  },
  unknown_link: {
    status: 404,
    title: 'No such link type',
    cause: 'The record type has no link of this name, neither its own nor as the inverse of another type’s.',
    remedy: 'See `links` in `GET /v1/schema` for the names on both sides.',
  },
  record_not_found: {
    status: 404,
    title: 'No such record',
    cause: 'No record of this type in the workspace has this id, number or key. Deleted records count as absent.',
    remedy: 'Check the reference, or write the record first: `PATCH` with a `field:value` reference makes it.',
  },
  grant_missing: {
    status: 403,
    title: 'Grant missing',
    cause: 'The key lacks the grant that the operation needs on this record type.',
    remedy: 'Ask an administrator for the grant that `action` and `type` name.',
  },
  version_mismatch: {
    status: 412,
    title: 'Record has changed',
    cause: 'The record has another version than If-Match demands: somebody changed it after you read it.',
    remedy: 'Read the record again, decide again, and send the new ETag.',
  },
  record_exists: {
    status: 409,
    title: 'Record exists',
    cause: 'A record with this key exists already, and `mode=create` demands that it does not.',
    remedy: 'Send `mode=upsert` or `mode=update` to write to the record that `holder` names.',
  },
  key_taken: {
    status: 409,
    title: 'Key in use',
    cause: 'Another record of this type has this value in a unique field.',
    remedy: 'Write to the record that `holder` names, or choose another value.',
  },
  owned_elsewhere: {
    status: 409,
    title: 'Field owned elsewhere',
    cause:
      'The field belongs to the owner named in `owner`; nobody else changes it. Nothing of the request was written.',
    remedy: 'Leave the field out, change it through its owner, or change the owner in the schema.',
  },
  type_owned_elsewhere: {
    status: 409,
    title: 'Record type owned elsewhere',
    cause: 'Only the owner named in `owner` creates and deletes records of this type.',
    remedy: 'Send the record through its owner’s interface, or change the owner in the schema.',
  },
  unknown_field: {
    status: 422,
    title: 'No such field',
    cause: 'The record type has no field of this name.',
    remedy: 'See the record type in `GET /v1/schema` for its fields.',
  },
  value_invalid: {
    status: 422,
    title: 'Value not valid',
    cause: 'The field cannot hold this value. Nothing is converted silently, and no digit is dropped.',
    remedy: 'Send what `expected` describes, or `null` to clear the field.',
  },
  value_too_long: {
    status: 422,
    title: 'Value too long',
    cause: 'The text has more characters than the field holds.',
    remedy: 'Shorten it to `limit` characters, or raise `max_length` in the schema.',
  },
  value_not_an_option: {
    status: 422,
    title: 'Not one of the options',
    cause: 'The field takes only the values that its options list.',
    remedy: 'Send one of `allowed`, or add the option to the schema.',
  },
  pattern_mismatch: {
    status: 422,
    title: 'Value does not match',
    cause: 'The value does not match the pattern of the field.',
    remedy: 'Send a value that matches `pattern` from beginning to end.',
  },
  required_missing: {
    status: 422,
    title: 'Required field missing',
    cause: 'A field that every record of this type must have would be empty.',
    remedy: 'Send a value for the field.',
  },
  lookup_target_not_found: {
    status: 422,
    title: 'Record to point at not found',
    cause: 'The lookup names a record that does not exist in the workspace.',
    remedy: 'Write the other record first, or correct the reference.',
  },
  key_mismatch: {
    status: 422,
    title: 'Two values for one key',
    cause: 'The body gives the match field another value than the address does.',
    remedy:
      'Leave the field out of the body, or give both the same value. To change a key, name the record by id or number.',
  },
  unknown_role: {
    status: 422,
    title: 'No such role',
    cause: 'The link type has no role with this number, external id or name.',
    remedy: 'Send one of `allowed`, or add the role to the schema.',
  },
  link_to_self: {
    status: 422,
    title: 'Link to itself',
    cause: 'Both references name the same record.',
    remedy: 'Name two different records.',
  },
};

export const problems = { ...requestProblems, ...engineProblems };
export type ProblemCode = keyof typeof problems;

/** Where the violations of one request have several statuses, the answer has the first of these that is among them. */
export const statusOrder: readonly number[] = [400, 401, 404, 403, 412, 409, 422];
