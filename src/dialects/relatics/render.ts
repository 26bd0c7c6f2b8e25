/** Answers of the two kinds of interface, in JSON and XML. Their shapes are ours: the vendor publishes none. */

import type { ListRejected, Rejected, Violation } from '../../model/outcomes.ts';
import type { RecordView } from '../../model/record.ts';
import type { RunState, RunView, SetFault, SyncOutcome } from '../../model/runs.ts';
import { count, wasOrWere } from '../../model/text.ts';
import { escapeJsonName, escapeXmlName } from './bodies/names.ts';
import type { TypeNames } from './bodies/shape.ts';
import { escapeXml } from './bodies/xml-text.ts';
import { RelaticsError } from './errors.ts';
import { isXml, type MediaType } from './negotiation.ts';
import type { RelaticsOptions } from './options.ts';

/** An element that came back to life counts as created: its sender had it deleted before. */
export function renderRun(run: RunView, mediaType: MediaType): string {
  const { counts } = run;
  const answer = {
    syncId: run.id,
    received: counts.received,
    created: counts.created + counts.revived,
    updated: counts.updated,
    deleted: counts.deleted,
    unchanged: counts.unchanged,
    ...(counts.unlinked && { unlinked: counts.unlinked }),
    ...(counts.kept && { kept: counts.kept }),
    issues: run.issues,
    ...(run.held && { heldDeletes: run.held.deletes, message: heldMessage(run.held) }),
    ...(notProcessed[run.state] && { message: notProcessed[run.state] }),
  };
  if (!isXml(mediaType)) return JSON.stringify(answer);
  const members = Object.entries(answer).map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`);
  return `<response>${members.join('')}</response>`;
}

/** The structure was right, and that is all that 200 says. */
const notProcessed: Partial<Record<RunState, string>> = {
  queued: 'Queued: another set of the interface is being processed. This one is kept, and will be processed after it.',
  superseded: 'Superseded: a newer set of the interface came before this one was processed, and takes its place.',
  failed: 'Failed: the set was not processed. See the run for the reason, and send it again.',
};

const heldMessage = ({ deletes, whole }: NonNullable<RunView['held']>): string =>
  whole
    ? `DeletesHeld: nothing was applied, since ${count(deletes, 'element')} that ${wasOrWere(deletes)} not supplied would be deleted, which is more than the interface allows. An administrator can approve the whole set.`
    : `DeletesHeld: all else was applied, but ${count(deletes, 'element')} that ${wasOrWere(deletes)} not supplied ${wasOrWere(deletes)} not deleted, since that is more than the interface allows. An administrator can approve it.`;

/** Why a set was not processed at all. */
export function syncRefusal(outcome: Exclude<SyncOutcome, { kind: 'done' }>): unknown {
  switch (outcome.kind) {
    case 'malformed':
      return malformed(outcome.faults);
    case 'unreadable':
      return outcome.cause;
    case 'stamp_ahead':
      return new RelaticsError('Conflict', outcome.message);
    case 'scope_refused':
      return new RelaticsError('Conflict', `The interface cannot tell what its sets are of: ${outcome.message}`);
    case 'format_refused':
      return new RelaticsError('UnsupportedMediaType', outcome.message);
    case 'forbidden':
      return new RelaticsError('Forbidden', outcome.message);
    case 'rejected':
      return new RelaticsError('Forbidden', outcome.violations[0].message);
    case 'unknown_interface':
      return new RelaticsError('NotFound', `There is no synchronising interface ${outcome.endpoint}.`);
  }
}

/** All faults are in the run that failed. */
function malformed([{ message, path }, ...others]: readonly [SetFault, ...SetFault[]]): RelaticsError {
  const more = others.map((fault) => ` ${fault.path ?? 'Further'}: ${fault.message}`).join('');
  return new RelaticsError('InvalidStructure', `${message}${more}`, path);
}

/** The name, or what else tells an element apart when it has none. */
const displayNameOf = ({ fields, number }: RecordView): string => String(fields.name ?? fields.external_id ?? number);

/** Id and display name of every element, a page at a time. */
export async function* renderProvided(
  pages: AsyncIterable<readonly RecordView[]>,
  mediaType: MediaType,
  names: TypeNames & { readonly members: RelaticsOptions['providedMembers'] },
): AsyncGenerator<string> {
  const xml = isXml(mediaType);
  const { id, displayName } = names.members;
  const tag = escapeXmlName(names.singular);
  const set = xml ? escapeXmlName(names.plural) : JSON.stringify(escapeJsonName(names.plural));
  const renderOne = (record: RecordView): string =>
    xml
      ? `<${tag} ${id}="${record.id}" ${displayName}="${escapeXml(displayNameOf(record))}"/>`
      : JSON.stringify({ [`@${id}`]: record.id, [`@${displayName}`]: displayNameOf(record) });
  yield xml ? `<elements><${set}>` : `{${set}:[`;
  let first = true;
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield (first || xml ? '' : ',') + page.map(renderOne).join(xml ? '' : ',');
    first = false;
  }
  yield xml ? `</${set}></elements>` : ']}';
}

/** Why the elements of a type cannot be listed. Refusals that a list of everything cannot meet are faults, not answers. */
export function listRefusal(outcome: Rejected | ListRejected): RelaticsError {
  if (outcome.kind === 'list_rejected') throw new Error(`list of an interface refused: ${outcome.message}`);
  return violationError(outcome.violations[0]);
}

function violationError(violation: Violation): RelaticsError {
  switch (violation.code) {
    case 'grant_missing':
      return new RelaticsError('Forbidden', violation.message);
    case 'unknown_record_type':
      return new RelaticsError('NotFound', violation.message);
    case 'unknown_field':
    case 'unknown_link':
    case 'not_a_match_field':
    case 'record_not_found':
    case 'record_exists':
    case 'owned_elsewhere':
    case 'type_owned_elsewhere':
    case 'value_invalid':
    case 'value_too_long':
    case 'value_not_an_option':
    case 'pattern_mismatch':
    case 'required_missing':
    case 'lookup_target_not_found':
    case 'key_taken':
    case 'key_mismatch':
    case 'version_mismatch':
    case 'unknown_role':
    case 'link_to_self':
    case 'stamp_ahead':
    case 'stamp_unfit':
    case 'stamp_kind_mismatch':
      throw new Error(`list of an interface refused: ${violation.message}`);
  }
}
