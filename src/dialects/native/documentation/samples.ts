/** One record in this API's own words. */
import type { Catalogue } from '../../../model/catalogue.ts';
import type { RecordView } from '../../../model/record.ts';
import { apiKey, named, type SampleCalls } from '../../sample-call.ts';

export function samples(catalogue: Catalogue, { type, id, fields }: RecordView): SampleCalls {
  const headers = { Authorization: `Bearer ${apiKey}` };
  const key = catalogue.types.get(type)?.matchFields.find((field) => fields[field.key] !== null)?.key;
  const pathOf = (ref: string): string => `/v1/records/${type}/${encodeURIComponent(ref)}`;
  if (key === undefined) return { read: { method: 'GET', path: pathOf(id), headers }, write: null };
  const path = pathOf(`${key}:${fields[key]}`);
  return {
    read: { method: 'GET', path, headers },
    write: { method: 'PATCH', path, headers, body: { fields: named('name', fields.name) } },
  };
}
