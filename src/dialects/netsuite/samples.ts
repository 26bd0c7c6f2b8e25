/** One record as clients of the record service name it: by `eid:`, or by its number. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { RecordView } from '../../model/record.ts';
import { apiKey, named, type SampleCalls } from '../sample-call.ts';
import { recordsPath } from './call.ts';
import { namesOf } from './names.ts';

const headers = { Authorization: `Bearer ${apiKey}` };

export function samples(catalogue: Catalogue, { type: key, number, fields }: RecordView): SampleCalls {
  const type = namesOf(catalogue).typesByKey.get(key);
  if (type === undefined) return { read: null, write: null };
  const pathOf = (id: string): string => `${recordsPath}/${encodeURIComponent(type.name)}/${id}`;
  const external = fields[type.externalKey] ?? null;
  if (external === null) return { read: { method: 'GET', path: pathOf(String(number)), headers }, write: null };
  const path = pathOf(`eid:${encodeURIComponent(String(external))}`);
  return {
    read: { method: 'GET', path, headers },
    write: { method: 'PUT', path, headers, body: named(type.nameOf('name'), fields.name) },
  };
}
