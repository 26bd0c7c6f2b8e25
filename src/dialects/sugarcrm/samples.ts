/** One record as clients name it: by its module, and a key of theirs or its id. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { RecordView } from '../../model/record.ts';
import { apiKey, named, type SampleCalls } from '../sample-call.ts';
import { type Member, modulesOf } from './metadata/modules.ts';

const base = '/rest/v11_10';
const headers = { 'OAuth-Token': apiKey };

export function samples(catalogue: Catalogue, { type, id, fields }: RecordView): SampleCalls {
  const { name: module, members, defaultKey } = modulesOf(catalogue).ofType(type);
  const keys = members.filter(({ field, shows }) => field.unique && shows === 'value' && fields[field.key] !== null);
  const key = keys.find(({ field }) => field.key === defaultKey) ?? keys[0];
  if (key === undefined) return { read: { method: 'GET', path: `${base}/${e(module)}/${id}`, headers }, write: null };
  const path = `${base}/integrate/${e(module)}/${e(key.name)}/${e(String(fields[key.field.key]))}`;
  return {
    read: { method: 'GET', path, headers },
    write: { method: 'PATCH', path, headers, body: named(nameIn(members), fields.name) },
  };
}

const e = encodeURIComponent;

const nameIn = (members: readonly Member[]): string =>
  members.find(({ field }) => field.key === 'name')?.name ?? 'name';
