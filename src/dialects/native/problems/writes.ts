import type { ViolationCode } from '../../../model/outcomes.ts';
import type { ProblemKind } from './kind.ts';

/** What the engine can refuse: complete by type, so that a new violation cannot be left without a status. */
export const writeProblems: Record<ViolationCode, ProblemKind> = {
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
    title: 'It has changed',
    cause:
      'The record, or the schema, has another version than If-Match demands: somebody changed it after you read it.',
    remedy: 'Read it again, decide again, and send the new ETag.',
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
    remedy:
      'Let the owner send it, leave the field out, or have its ownership transferred: `POST /v1/ownership/transfer`, with `?plan=true` first to see what that does. Whoever has the grant `force` may send `force=true` to write it once, and leave it its owner’s.',
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
  stamp_ahead: {
    status: 422,
    title: 'Stamp ahead of time',
    cause:
      '`as_of` lies more than five minutes ahead of the server. It would make all that others write until then stale.',
    remedy: 'Set the clock of the sender, and send the time at which what it says was true.',
  },
  stamp_unfit: {
    status: 422,
    title: 'Cannot be ordered by a stamp',
    cause: 'What is asked of the link depends on what there is at that moment, which a stamp cannot order.',
    remedy: 'Do as `message` says, or leave the stamp out.',
  },
  stamp_kind_mismatch: {
    status: 409,
    title: 'Stamps of two kinds',
    cause: 'The record is written with the other kind of stamp. A time and a version cannot be compared.',
    remedy: 'Send the kind that `expected` names, or neither: then the write counts as of now.',
  },
  link_to_self: {
    status: 422,
    title: 'Link to itself',
    cause: 'Both references name the same record.',
    remedy: 'Name two different records.',
  },
};
