/** One record as clients name it: by its domain, and its number or a match field. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { RecordView } from '../../model/record.ts';
import { apiKey, named, type SampleCalls } from '../sample-call.ts';
import { domainName, memberName } from './domains.ts';

const base = '/OrigamiApi/api';
const headers = { Token: apiKey };

export function samples(catalogue: Catalogue, { type: key, number, fields }: RecordView): SampleCalls {
  const type = catalogue.types.get(key);
  if (type === undefined) return { read: null, write: null };
  const domain = `${base}/${encodeURIComponent(domainName(type))}`;
  const read = { method: 'GET', path: `${domain}/${number}`, headers } as const;
  const match = type.matchFields.find((field) => fields[field.key] !== null);
  if (match === undefined) return { read, write: null };
  const name = type.fieldsByKey.get('name');
  const body = { [memberName(match)]: fields[match.key], ...(name && named(memberName(name), fields.name)) };
  const path = `${domain}/Upsert?matchFields=${encodeURIComponent(memberName(match))}`;
  return { read, write: { method: 'POST', path, headers, body } };
}
