/** One record as clients name it: by its object, and its id or external id. */
import type { Catalogue } from '../../model/catalogue.ts';
import { ulidOf } from '../../model/ids.ts';
import type { RecordView } from '../../model/record.ts';
import { apiKey, named, type SampleCalls } from '../sample-call.ts';
import { customObjects } from './schema/view.ts';

const headers = { Authorization: `Bearer ${apiKey}` };

export function samples(catalogue: Catalogue, { type, workspace, number, fields }: RecordView): SampleCalls {
  const object = [...customObjects(catalogue).values()].find((one) => one.type.key === type);
  if (object === undefined) return { read: null, write: null };
  const records = `/api/v2/custom_objects/${encodeURIComponent(object.key)}/records`;
  const external = fields[object.externalId.field.key] ?? null;
  if (external === null)
    return { read: { method: 'GET', path: `${records}/${ulidOf('record', workspace, number)}`, headers }, write: null };
  const id = encodeURIComponent(String(external));
  return {
    read: { method: 'GET', path: `${records}?filter[external_ids]=${id}`, headers },
    write: {
      method: 'PATCH',
      path: `${records}?external_id=${id}`,
      headers,
      body: { custom_object_record: named('name', fields.name) },
    },
  };
}
