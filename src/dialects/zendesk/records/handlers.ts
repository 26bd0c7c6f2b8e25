/** Records: create, show, change, delete, upsert. */
import { clock } from '../../../model/clock.ts';
import { ulidPattern } from '../../../model/ids.ts';
import type { RecordView } from '../../../model/record.ts';
import { byId, byKey, type Ref } from '../../../model/ref.ts';
import { type Answer, type Call, objectOf, timestamp } from '../call.ts';
import { notFound } from '../errors.ts';
import { type CustomObject, customObjects } from '../schema/view.ts';
import { parseIdentifier, parseRecord, type RecordInput, withIdentifier, withoutName } from './parse.ts';
import { refusalOf } from './refuse.ts';
import { recordUrl, renderRecord } from './render.ts';

export async function createRecord(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const parsed = parseRecord(call, object, customObjects(call.catalogue));
  const input = parsed.nameGiven || isNumbered(object) ? parsed : withoutName(parsed, object);
  const { record, outcome } = await write(call, object, input, { ref: null, mode: 'create' });
  return { ...shown(call, object, record, outcome), status: 201, location: recordUrl(call, object, record) };
}

export async function showRecord(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const outcome = await call.hub.find(call.caller, object.type.key, refOf(call));
  if (outcome.kind === 'rejected') throw refusalOf(object, outcome.violations);
  return shown(call, object, outcome.record, outcome.kind);
}

export async function updateRecord(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const ref = refOf(call);
  const input = parseRecord(call, object, customObjects(call.catalogue));
  const { record, outcome } = await write(call, object, input, { ref, mode: 'update' });
  return shown(call, object, record, outcome);
}

/**
 * `PATCH …/records?external_id=…` or `?name=…`: changes the record that has the identifier, or creates it. The engine makes one record
 * of any number of simultaneous calls with one new identifier; all are answered alike.
 */
export async function upsertRecord(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const identifier = parseIdentifier(call, object);
  const input = withIdentifier(parseRecord(call, object, customObjects(call.catalogue)), identifier);
  const ref = byKey(identifier.field.field.key, identifier.value);
  const isNamed = input.nameGiven || identifier.by === 'name' || isNumbered(object);
  const { record, outcome } = isNamed
    ? await write(call, object, input, { ref, mode: 'upsert' })
    : await writeUnnamed(call, object, input, ref);
  const wasMade = outcome === 'created' || outcome === 'revived';
  return {
    ...shown(call, object, record, outcome),
    status: wasMade ? call.options.createdByUpsertStatus : 200,
  };
}

/** Names are drawn when records are made. */
const isNumbered = (object: CustomObject): boolean => object.name.field.numbered !== null;

export async function deleteRecord(call: Call): Promise<Answer> {
  return remove(call, objectOf(call), refOf(call));
}

export async function deleteRecordByIdentifier(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const { field, value } = parseIdentifier(call, object);
  return remove(call, object, byKey(field.field.key, value));
}

export async function countRecords(call: Call): Promise<Answer> {
  const object = objectOf(call);
  const type = object.type.key;
  // The engine counts nothing for those who may not read; a list says so.
  const readable = await call.hub.list(call.caller, { type, filters: [], sort: [], limit: 1 });
  if (readable.kind === 'rejected') throw refusalOf(object, readable.violations);
  const value = await call.hub.count(call.caller, type);
  return { status: 200, outcome: 'counted', body: { count: { value, refreshed_at: timestamp(clock.now()) } } };
}

/** The vendor's ids are ULIDs, in capitals; the engine's other spellings of an id find nothing here. */
function refOf(call: Call): Ref {
  const id = call.params.record ?? '';
  if (!ulidPattern.test(id) || id !== id.toUpperCase()) throw notFound();
  return byId(id);
}

const shown = (call: Call, object: CustomObject, record: RecordView, outcome: string): Answer => ({
  status: 200,
  outcome,
  record,
  body: { custom_object_record: renderRecord(call, object, record) },
});

type Written = { readonly record: RecordView; readonly outcome: string };

async function write(
  call: Call,
  object: CustomObject,
  input: RecordInput,
  target: { ref: Ref | null; mode: 'create' | 'update' | 'upsert' },
): Promise<Written> {
  const outcome = await call.hub.upsert(call.caller, { type: object.type.key, fields: input.fields, ...target });
  if (outcome.kind === 'rejected') throw refusalOf(object, outcome.violations, input.findings);
  return { record: outcome.record, outcome: outcome.kind };
}

/**
 * A record needs a name at this vendor even where its record type does not ask for one: without a name in the request only a record that
 * exists can be meant. One that does not exist is refused, by a second command, which names all else that is wrong, too.
 */
async function writeUnnamed(call: Call, object: CustomObject, input: RecordInput, ref: Ref): Promise<Written> {
  const outcome = await call.hub.upsert(call.caller, {
    type: object.type.key,
    fields: input.fields,
    ref,
    mode: 'update',
  });
  if (outcome.kind !== 'rejected') return { record: outcome.record, outcome: outcome.kind };
  const isMissing = outcome.violations.some(({ code }) => code === 'record_not_found');
  if (!isMissing) throw refusalOf(object, outcome.violations, input.findings);
  return write(call, object, withoutName(input, object), { ref, mode: 'upsert' });
}

async function remove(call: Call, object: CustomObject, ref: Ref): Promise<Answer> {
  const outcome = await call.hub.delete(call.caller, { type: object.type.key, ref });
  if (outcome.kind === 'rejected') throw refusalOf(object, outcome.violations);
  return { status: 204, outcome: outcome.kind, record: outcome.record };
}
