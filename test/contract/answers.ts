/** How each vendor answers what the shared rules do, where several rules have the same answers. */
import { expect } from 'vitest';
import { type SurfaceName, surfaceNames } from './surfaces.ts';

/** Status, and what shows the outcome, or the error, in the body; `''`: no body. */
type Answer = readonly [status: number, shows: unknown];
/** In words: why the vendor has no such case. */
export type Cell = Answer | string;
export type Row = Readonly<Record<SurfaceName, Cell>>;

const anId = expect.any(String);
const aNumber = expect.any(Number);

/** A rule of one vendor alone. */
export const onlyOf = (name: SurfaceName, cell: Cell, others: string): Row =>
  Object.fromEntries(surfaceNames.map((one) => [one, one === name ? cell : others])) as Row;

/** NetSuite and Zendesk do not say whether a record is new. */
export const made: Row = {
  native: [201, { outcome: 'created', record: { version: 1 } }],
  sugarcrm: [201, { record: anId }],
  origami: [200, { IsSuccessful: true, RecordID: aNumber, Message: expect.stringMatching(/^Inserted Contact/) }],
  netsuite: [204, ''],
  zendesk: [200, { custom_object_record: { id: anId, name: 'Mila' } }],
  relatics: [200, { received: 1, created: 1, updated: 0, issues: 0 }],
};

export const changed: Row = {
  native: [200, { outcome: 'updated' }],
  sugarcrm: [200, { record: anId }],
  origami: [200, { IsSuccessful: true, RecordID: aNumber, Message: expect.stringMatching(/^Updated Contact/) }],
  netsuite: [204, ''],
  zendesk: [200, { custom_object_record: { id: anId } }],
  relatics: [200, { received: 1, created: 0, updated: 1, issues: 0 }],
};

/** An update that changes nothing is an update to all but those who say more. */
export const unchanged: Row = {
  ...changed,
  native: [200, { outcome: 'unchanged' }],
  relatics: [200, { received: 1, created: 0, updated: 0, unchanged: 1, issues: 0 }],
};

export const removed: Row = {
  native: [200, { outcome: 'deleted' }],
  sugarcrm: [200, { record: anId }],
  origami: [200, { IsSuccessful: true, Message: expect.stringMatching(/^Deleted Contact/) }],
  netsuite: [204, ''],
  zendesk: [204, ''],
  relatics: [200, { received: 0, deleted: 1 }],
};

export const absent: Row = {
  native: [404, { code: 'record_not_found' }],
  sugarcrm: [422, { error: 'invalid_parameter', error_message: expect.stringContaining('Could not find record with') }],
  origami: [404, expect.stringMatching(/^The Contact with id .* does not exist\.$/)],
  netsuite: [404, { 'o:errorDetails': [{ 'o:errorCode': 'NONEXISTENT_ID' }] }],
  zendesk: [404, { error: 'RecordNotFound', description: 'Not found' }],
  relatics: [200, { received: 0, deleted: 0 }],
};

/** Relatics applies what is right of an element, and reports the rest as an issue. */
export const wrong: Row = {
  native: [422, { code: 'value_invalid', path: 'fields.email' }],
  sugarcrm: [422, { error: 'invalid_parameter', error_message: expect.stringContaining('email') }],
  origami: [500, "Unable to execute. The field 'Email' must be text."],
  netsuite: [400, { 'o:errorDetails': [{ 'o:errorCode': 'INVALID_CONTENT', 'o:errorPath': 'email' }] }],
  zendesk: [422, { error: 'RecordInvalid', details: { email: [{ error: 'InvalidValue' }] } }],
  relatics: 'the rest of the element is applied: the next rule',
};

export const forbidden: Row = {
  native: [403, { code: 'grant_missing' }],
  sugarcrm: [403, { error: 'not_authorized' }],
  origami: [500, expect.stringMatching(/^Unable to execute\. You do not have permission to .* the domain 'C\w+'\.$/)],
  netsuite: [403, { 'o:errorDetails': [{ 'o:errorCode': 'INSUFFICIENT_PERMISSION' }] }],
  zendesk: [403, { error: { title: 'Forbidden' } }],
  relatics: [403, { error: { code: 'Forbidden' } }],
};

export const unauthorised: Row = {
  native: [401, { code: 'unauthenticated' }],
  sugarcrm: [401, { error: 'invalid_grant' }],
  origami: [401, 'Authorization has been denied for this request.'],
  netsuite: [401, { 'o:errorDetails': [{ 'o:errorCode': 'INVALID_LOGIN' }] }],
  zendesk: [401, { error: 'invalid_token' }],
  relatics: [401, { error: { code: 'Unauthorized' } }],
};

const ids = { record: anId, related_record: anId };
export const linkDone = (verb: string, IsSuccessful = true) => ({ IsSuccessful, Message: expect.stringMatching(verb) });
const lookup = { custom_object_record: { custom_object_fields: { supplier: anId } } };

export const linked: Row = {
  native: [201, { outcome: 'created' }],
  sugarcrm: [200, ids],
  origami: [200, linkDone('^Inserted link')],
  netsuite: [204, ''],
  zendesk: [200, lookup],
  relatics: [200, { updated: 1, issues: 0 }],
};

export const linkedAlready: Row = {
  ...linked,
  native: [200, { outcome: 'unchanged' }],
  origami: [200, linkDone('^Updated link')],
  relatics: [200, { unchanged: 1, issues: 0 }],
};

export const unlinked: Row = {
  native: [200, { outcome: 'unlinked' }],
  sugarcrm: [200, ids],
  origami: [200, linkDone('^Removed link')],
  netsuite: [204, ''],
  zendesk: [200, { custom_object_record: { custom_object_fields: { supplier: null } } }],
  relatics: [200, { updated: 1, issues: 0 }],
};
