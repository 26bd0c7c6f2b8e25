/** The items of a job, one after the other: each as the call for one record would be, and none stops the rest. */
import { ulidOf } from '../../../model/ids.ts';
import { isObject } from '../../../model/json.ts';
import { type Answer, type Call, own } from '../call.ts';
import { invalidAttribute, Refusal } from '../errors.ts';
import {
  createRecord,
  deleteRecord,
  deleteRecordByIdentifier,
  updateRecord,
  upsertRecord,
} from '../records/handlers.ts';

export const jobActions = [
  'create',
  'update',
  'delete',
  'delete_by_external_id',
  'create_or_update_by_external_id',
  'create_or_update_by_name',
] as const;
export type JobAction = (typeof jobActions)[number];

/** What is told of an item. `about`: the number of its record. */
type Done = { readonly result: Readonly<Record<string, unknown>>; readonly about?: number };

export async function perform(call: Call, action: JobAction, items: readonly unknown[]): Promise<Done[]> {
  const done: Done[] = [];
  for (const [index, item] of items.entries()) {
    try {
      const answer = await performItem(call, action, item);
      done.push(succeeded(call, index, action, item, answer));
    } catch (error) {
      done.push({ result: { index, ...failed(call, error), ...namesOf(action, item) } });
    }
  }
  return done;
}

async function performItem(call: Call, action: JobAction, item: unknown): Promise<Answer> {
  const one = (query: Record<string, string>, id?: string): Call => ({
    ...call,
    query,
    params: id === undefined ? call.params : { ...call.params, record: id },
    body: { custom_object_record: item },
  });
  switch (action) {
    case 'create':
      recordItem(item);
      return createRecord(one({}));
    case 'update':
      return updateRecord(one({}, textOf(recordItem(item), 'id')));
    case 'create_or_update_by_external_id':
      return upsertRecord(one({ external_id: textOf(recordItem(item), 'external_id') }));
    case 'create_or_update_by_name':
      return upsertRecord(one({ name: textOf(recordItem(item), 'name') }));
    case 'delete':
      return deleteRecord(one({}, keyItem(item)));
    case 'delete_by_external_id':
      return deleteRecordByIdentifier(one({ external_id: keyItem(item) }));
  }
}

function recordItem(item: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(item)) throw invalidAttribute('job.items', 'expected an object for each record');
  return item;
}

function textOf(item: Readonly<Record<string, unknown>>, member: string): string {
  const value = own(item, member);
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') throw invalidAttribute(`job.items.${member}`, 'it is missing');
  return value;
}

function keyItem(item: unknown): string {
  if (typeof item === 'number') return String(item);
  if (typeof item !== 'string' || item === '') throw invalidAttribute('job.items', 'expected the key of a record');
  return item;
}

function succeeded(call: Call, index: number, action: JobAction, item: unknown, { outcome, record }: Answer): Done {
  const [done, status] = wordsOf(outcome);
  if (record === undefined) throw new Error(`The answer to ${action} names no record`);
  const id = ulidOf('record', call.caller.principal.workspace, record.number);
  const key = action === 'delete_by_external_id' ? { external_id: item } : {};
  return { result: { index, id, action: done, status, success: true, ...key }, about: record.number };
}

function wordsOf(outcome: string): [action: string, status: string] {
  switch (outcome) {
    case 'created':
    case 'revived':
      return ['create', 'Created'];
    case 'deleted':
      return ['delete', 'Deleted'];
    default:
      return ['update', 'Updated'];
  }
}

/** The action that failed, as far as can be told. */
const plainAction = (action: JobAction): string => action.replace(/_(by|or)_.*/, '');

/** By what the item names its record: so that a client knows which one failed. */
function namesOf(action: JobAction, item: unknown): Record<string, unknown> {
  const names = isObject(item)
    ? { id: own(item, 'id'), external_id: own(item, 'external_id') }
    : action === 'delete'
      ? { id: item }
      : { external_id: item };
  const texts = Object.entries(names).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return { action: plainAction(action), success: false, ...Object.fromEntries(texts) };
}

function failed(call: Call, error: unknown): { error: string; details: string } {
  if (!(error instanceof Refusal)) {
    call.log.error({ err: error }, 'an item of a job failed');
    return { error: 'InternalError', details: 'Internal error' };
  }
  const body = isObject(error.body) ? error.body : {};
  const { error: code, description, details } = body;
  if (isObject(code)) return { error: String(code.title), details: String(code.message) };
  const said = isObject(details) ? Object.values(details).flat() : [];
  const texts = said.flatMap((one) => (isObject(one) && typeof one.description === 'string' ? [one.description] : []));
  return { error: String(code), details: texts.length === 0 ? String(description ?? '') : texts.join(', ') };
}
