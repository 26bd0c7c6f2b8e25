/** What single operations refuse: sets and their runs, imports, webhooks, the feed, keys, users, the schema. */
import type { ProblemKind } from './kind.ts';

export const operationProblems = {
  set_malformed: {
    status: 400,
    title: 'No complete set',
    cause: 'A row cannot be read, or has no key, so that nobody can tell which records are missing from the set.',
    remedy:
      'Mend what the detail says, in the row that `path` names if it names one (counted from 0), and send the whole set again.',
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
  unknown_interface: {
    status: 404,
    title: 'No such interface',
    cause: 'The workspace has no interface with this endpoint.',
    remedy: 'See `GET /v1/interfaces` for the endpoints that there are.',
  },
  interface_exists: {
    status: 409,
    title: 'Interface exists already',
    cause: 'The workspace has an interface with this endpoint.',
    remedy: 'Choose another endpoint, or change the settings of that one with `PATCH`.',
  },
  format_not_taken: {
    status: 415,
    title: 'Format not taken by this interface',
    cause: 'The interface takes complete sets in other formats only; `allowed` names them.',
    remedy: 'Send the set in one of these, or have this one added to the `formats` of the interface.',
  },
  scope_not_possible: {
    status: 422,
    title: 'Scope not possible',
    cause:
      'The set is said to be everything of a field or relation that the record type does not have, of a value that it cannot have, of a record that there is not, or of what its interface is not of.',
    remedy: 'Name a field with one value, or a relation with the record that it leads to. Nothing was written.',
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
  run_not_replayable: {
    status: 409,
    title: 'Nothing to replay',
    cause:
      'Nothing of the run is in force, it is a replay itself, its elements are resolved or not kept any more, or a newer set was applied.',
    remedy: 'See the elements of the run. What a person has mended is sent in the body, as it shall be now.',
  },
  unknown_element: {
    status: 404,
    title: 'No such element',
    cause: 'The run has no element at this place that is kept: it was unchanged, or it is too old.',
    remedy: 'See `GET /v1/runs/{run}/elements` for those that are kept.',
  },
  held_expired: {
    status: 409,
    title: 'Held too long',
    cause: 'Nobody approved the held deletes in time.',
    remedy: 'Send the complete set again: what is to be deleted is found anew.',
  },
  held_changed: {
    status: 409,
    title: 'Held set would do something else',
    cause:
      'The set was held as a whole, and records of its elements, or such as it would delete, were changed or linked since: it would not come to what was shown.',
    remedy: 'Send the complete set again, and look at what the new run holds.',
  },
  sets_held: {
    status: 409,
    title: 'Sets are held that may hold the record',
    cause: 'A complete set that its interface holds as a whole keeps its elements until somebody decides on it.',
    remedy: 'Approve or cancel the runs that are named, and erase the record then.',
  },
  held_differs: {
    status: 409,
    title: 'More would be deleted',
    cause: 'An approval is for as many deletes as it says, at most; `deletes` is how many it would be now.',
    remedy: 'Look at `GET /v1/runs/{run}/held` again, and send the number that the run shows.',
  },
  unknown_plan: {
    status: 404,
    title: 'No such plan',
    cause:
      'The workspace has no plan with this id, or no longer; or it has, and it is somebody else’s: who plans a write applies it, and members see their own plans only.',
    remedy: 'Make a plan with `?plan=true`, and apply it within 24 hours.',
  },
  plan_stale: {
    status: 409,
    title: 'Plan cannot be applied',
    cause:
      'It would be something else than what the plan showed. `reason`: `changed` (what it was made on, as `changes` says), `other_body` or `other_call` (it was made for another request), `expired`, or `applied` already. Nothing was written.',
    remedy: 'Look at what changed, and make a new plan with `?plan=true`.',
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
      'The import that is to go on was begun with another record type, link type, key, mode or decimal sign, named in `begun_with`.',
    remedy:
      'Send the rest to the address, key and mode that it was begun with, or leave `import` out to begin a new one.',
  },
  import_over: {
    status: 409,
    title: 'Import is over',
    cause: 'The import was taken back, or takes another one back: it does not go on.',
    remedy: 'Leave `import` out to begin a new one.',
  },
  import_not_revertible: {
    status: 409,
    title: 'Import cannot be reverted',
    cause: 'The import was reverted already, is a revert itself, or its changes are not kept any more.',
    remedy: 'See the state of the import. To have the rows of a reverted import again, import them again.',
  },
  changed_since: {
    status: 409,
    title: 'Changed since',
    cause: 'A revert left something alone, since somebody changed it after the import, or it cannot be as it was.',
    remedy: 'Look at the history of the record, and change it by hand if it should be otherwise.',
  },
  import_planned: {
    status: 409,
    title: 'Import by a plan',
    cause: 'The import that is to go on was to do just what a plan says, in one piece. It did all of it, or nothing.',
    remedy: 'See its `state`: where it failed, make a new plan and apply that.',
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
    cause:
      'While this body was read, another request went on with the same import, or took it back. This one wrote nothing after that.',
    remedy:
      'See `GET /v1/imports/{import}` for which it was. Wait for the other request, or go on with the import again; one that was taken back does not go on.',
  },
  unknown_key: {
    status: 404,
    title: 'No such key',
    cause: 'The workspace has no key in force with this id.',
    remedy: 'See `GET /v1/keys` for the keys that there are.',
  },
  unknown_user: {
    status: 404,
    title: 'No such user',
    cause: 'The workspace has no user with this id, or it is disabled.',
    remedy: 'See `GET /v1/users` for the users that there are.',
  },
  own_access: {
    status: 409,
    title: 'One’s own access',
    cause:
      'Administrators neither disable themselves nor take their own role away: nobody might be left who can give it back.',
    remedy: 'Have another administrator do it.',
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
  cleaning_at_work: {
    status: 409,
    title: 'Cleaning already',
    cause: 'A server is taking away what is too old in this workspace just now.',
    remedy: 'Nothing, or ask again later.',
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
  grant_on_unknown_type: {
    status: 422,
    title: 'Grant on an unknown record type',
    cause: 'The grants name a record type that the schema does not have, so they would grant nothing.',
    remedy: 'Use keys of record types, or `*` for all of them.',
  },
  row_unreadable: {
    status: 422,
    title: 'Row not readable',
    cause: 'A row of an import is not JSON, has a member twice, or is not an object. Other rows are not touched by it.',
    remedy: 'Mend the row at the line that is named, and send it again.',
  },
  schema_invalid: {
    status: 422,
    title: 'Schema not valid',
    cause: 'The schema document contradicts itself, or is not possible from the present one. Nothing was changed.',
    remedy: 'Mend the places that the violations name; `plan=true` checks a document without applying it.',
  },
} satisfies Record<string, ProblemKind>;
