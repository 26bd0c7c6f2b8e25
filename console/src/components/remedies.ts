/** What to do about a refusal, for somebody at a page: the API's own words are for whoever calls it. */
import type { Problem } from '../api/types.ts';

type Code = Problem['code'];
type Refused = Pick<Problem, 'code' | 'remedy' | 'request_id'>;

const again = 'Load the page again, and try once more. If it stays, tell whoever runs the server.';
const later = 'Try again in a moment.';
const gone = (where: string): string => `It was removed or renamed perhaps: ${where}.`;
const anew = 'Begin a new import with the whole file.';
const plan = 'See what it would do now, and do that.';

/** Where the API says the same to both, it is not said again here. */
const words: Readonly<Partial<Record<Code, string>>> = {
  // Of records, fields and links.
  not_a_match_field: 'Find it by a field that is unique, or by its number or id.',
  unknown_record_type: gone('Type elements has those that there are'),
  unknown_link: gone('load the page again'),
  record_not_found: 'It was deleted perhaps, or has another key: look for it by Find a record, above.',
  grant_missing: 'An administrator gives grants, in Users and grants.',
  version_mismatch: 'Somebody changed it meanwhile. Load the page again, look at what it is now, and change that.',
  record_exists: 'Choose another key, or change the record that has it.',
  key_taken: 'Choose another value, or change the record that has it.',
  owned_elsewhere: 'Let its owner send it, or transfer the ownership in the settings of the interface.',
  type_owned_elsewhere: 'Upload a set to its owner’s interface, or change the owner in the schema.',
  unknown_field: gone('the schema has the fields that there are'),
  value_invalid: 'Mend that, and try again.',
  value_too_long: 'Shorten it, or let the field take more in the schema.',
  value_not_an_option: 'Choose one of the options, or add it to the field in the schema.',
  pattern_mismatch: 'Type what matches the pattern of the field from beginning to end.',
  required_missing: 'Fill it in.',
  lookup_target_not_found: 'Make the other record first, or choose one that there is.',
  key_mismatch: again,
  unknown_role: 'Choose one of the roles, or add it in the schema.',
  stamp_ahead: 'Set the clock of the sender right.',
  stamp_unfit: 'Do as it says, or leave the stamp out.',
  stamp_kind_mismatch: 'Send a stamp of the other kind, or none.',
  link_to_self: 'Choose another record.',
  // Of sets and their runs.
  set_malformed: 'Mend that, and send the whole set again.',
  role_required: 'An administrator can give you another role, in Users and grants.',
  interface_closed: 'Let an administrator or power user send it, or change who may in the settings of the interface.',
  unknown_interface: gone('Application integration has those that there are'),
  interface_exists: 'Choose another endpoint, or change the settings of that interface on its own page.',
  format_not_taken: 'Choose a file of another format, or allow this one in the settings of the interface.',
  unknown_run: 'It is longer ago than runs are kept perhaps: Application integration leads to those that there are.',
  run_not_held: 'Somebody decided on it, or a newer set came: load the page again.',
  run_not_replayable: 'Edit the element, and replay it as it shall be now; or send the set again.',
  unknown_element: 'It was unchanged, or is longer ago than elements are kept. Send it with the next set.',
  held_differs: 'Load the page again, look at the list, and approve what it has now.',
  // Of plans and imports.
  unknown_plan: plan,
  plan_stale: plan,
  unknown_import: 'It is longer ago than imports are kept perhaps, or somebody else made it.',
  import_mismatch: anew,
  import_over: anew,
  import_planned: anew,
  import_offset_beyond: anew,
  import_taken_over: 'It goes on in another window. Wait for that, or begin a new import.',
  row_unreadable: 'Mend the line that is named, and send it again.',
  // Of lists.
  filter_invalid: 'Take the filter away, and choose it anew.',
  sort_invalid: 'Choose another order, by the heading of a column.',
  unknown_parameter: 'Take the filter away, and choose it anew.',
  parameter_invalid: 'The address is mistyped perhaps: go there by the menu.',
  cursor_invalid: 'Load the page again.',
  limit_invalid: again,
  list_too_slow:
    'Filter by a key, a lookup or a filterable field, or make this one filterable in the schema. An export has no limit.',
  changes_not_kept: 'Choose a later time.',
  too_many_readers: later,
  // Of access, webhooks and the schema.
  wrong_password: 'Try again. Whoever is a user of several workspaces signs in at /w/{workspace}.',
  sign_in_locked: 'Wait so long, or ask an administrator. Where you are signed in, you stay so.',
  unauthenticated: 'Sign in again.',
  cross_site: 'Go to the console by its own address, and try again there.',
  unknown_key: 'It was revoked meanwhile: load the page again.',
  unknown_user: 'The user was disabled meanwhile: load the page again.',
  unknown_webhook: gone('load the page again'),
  unknown_delivery: 'It is longer ago than the week that deliveries are remembered.',
  unknown_pending_link: 'It was made or withdrawn meanwhile: load the page again.',
  webhook_invalid: 'Mend that. Addresses within the own network must have been allowed where the server is started.',
  schema_loss_refused: 'Keep what is named, or say that it may be lost.',
  grant_on_unknown_type: gone('load the page again'),
  schema_invalid: 'Mend what is named, and look again.',
  // Of requests, which the console makes: it is at fault, or what lies between.
  malformed_body: 'Mend it at that place, and send it again.',
  body_stalled: 'Send it again; an import goes on where it stopped.',
  body_too_large: 'Send less at once.',
  unsupported_media_type: 'Choose a file of another format.',
  malformed_url: again,
  unknown_member: again,
  member_missing: again,
  member_invalid: 'Mend that, and try again.',
  ref_malformed: 'Name a record by its key, its number or its id.',
  if_match_malformed: again,
  idempotency_key_malformed: again,
  idempotency_key_busy: later,
  idempotency_key_reused: again,
  unknown_path: again,
  method_not_allowed: again,
  rate_limited: later,
  overloaded: later,
  unavailable: 'Try again in a moment: repeating what was done does nothing twice.',
};

export const remedyOf = ({ code, remedy, request_id }: Refused): string =>
  code === 'internal'
    ? `Try again. If it stays, tell whoever runs the server: the log has the details under ${request_id}.`
    : (words[code] ?? remedy);
