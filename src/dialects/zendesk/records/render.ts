/** A record as the vendor shows it. */
import { ulidOf } from '../../../model/ids.ts';
import type { RecordView } from '../../../model/record.ts';
import { type Call, timestamp } from '../call.ts';
import { deletedValue } from '../options.ts';
import type { CustomObject } from '../schema/view.ts';
import { toVendor } from './values.ts';

const recordId = (record: RecordView): string => ulidOf('record', record.workspace, record.number);

export const recordUrl = (call: Pick<Call, 'api'>, object: CustomObject, record: RecordView): string =>
  `${call.api}/custom_objects/${object.key}/records/${recordId(record)}.json`;

type RenderedRecord = Readonly<Record<string, unknown>> & { readonly photo: null };

/** Every member is always there, null when unset: typed clients fail on one that is missing. */
export function renderRecord(
  call: Pick<Call, 'api' | 'options'>,
  object: CustomObject,
  record: RecordView,
): RenderedRecord {
  return {
    url: recordUrl(call, object, record),
    id: recordId(record),
    custom_object_key: object.key,
    name: record.fields[object.name.field.key] ?? null,
    external_id: externalIdText(record.fields[object.externalId.field.key]),
    custom_object_fields: customFields(call.options, object, record),
    photo: null,
    created_by_user_id: String(record.createdBy),
    updated_by_user_id: String(record.updatedBy),
    created_at: timestamp(record.createdAt),
    updated_at: timestamp(record.updatedAt),
  };
}

function customFields(
  options: Call['options'],
  object: CustomObject,
  record: RecordView,
): Readonly<Record<string, unknown>> {
  const values = object.fields.map((field) => [field.key, toVendor(field, record, options)] as const);
  const shown = options.unsetFields === 'null' ? values : values.filter(([, value]) => value !== null);
  return Object.fromEntries(shown);
}

/** What is told of a record that is gone: when, by whom, and nothing of what it was. */
export function renderDeleted(
  call: Pick<Call, 'api' | 'caller'>,
  object: CustomObject,
  number: number,
  { at, principal }: { readonly at: string; readonly principal: { readonly id: number } },
): unknown {
  const id = ulidOf('record', call.caller.principal.workspace, number);
  return {
    url: `${call.api}/custom_objects/${object.key}/records/${id}.json`,
    id,
    custom_object_key: object.key,
    name: deletedValue,
    external_id: deletedValue,
    custom_object_fields: Object.fromEntries(object.fields.map(({ key }) => [key, deletedValue])),
    created_by_user_id: String(principal.id),
    updated_by_user_id: String(principal.id),
    created_at: timestamp(new Date(at)),
    updated_at: timestamp(new Date(at)),
  };
}

/** A whole number may stand in for external_id: to the vendor's clients it is text all the same. */
const externalIdText = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);
