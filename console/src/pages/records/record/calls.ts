/** How to read and write one record through each API, by the best key that it has there. */
import type { RecordType } from '../../../api/catalogue.ts';
import type { ShownRecord } from '../../../api/types.ts';

type Calls = { readonly api: string; readonly read: string; readonly write: string | undefined };

const token = '<api key>';
/** Whatever a key holds, the shell takes it as it is. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function curl(address: string, header: string, method?: string, body?: object): string {
  const parts = [
    method === undefined ? 'curl -g' : `curl -g -X ${method}`,
    `-H ${quoted(header)}`,
    ...(body === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(body))}`]),
    quoted(`${window.location.origin}${address}`),
  ];
  return parts.join(' \\\n  ');
}

const e = encodeURIComponent;
const pascalCase = (key: string): string =>
  key
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
const camelCase = (key: string): string => pascalCase(key).replace(/^./, (first) => first.toLowerCase());
const pluralOf = (key: string): string =>
  /[^aeiou]y$/i.test(key) ? `${key.slice(0, -1)}ies` : /(s|x|z|ch|sh)$/i.test(key) ? `${key}es` : `${key}s`;

/** Writing is by a key, which makes the record where it is not there; without one there is no call that does. */
export function callsFor(type: RecordType, record: ShownRecord): Calls[] {
  const keyed = type.fields.filter(({ key, unique }) => unique && record.fields[key] !== null);
  const [key] = keyed;
  const value = String(record.fields[key?.key ?? ''] ?? '');
  const external = record.fields.external_id;
  const name = record.fields.name ?? '';
  return [
    native(type, record, key === undefined ? undefined : `${key.key}:${value}`, name),
    ...(key === undefined ? [] : [sugar(type, key.names.sugarcrm ?? key.key, value, name)]),
    origami(type, record, key === undefined ? undefined : [key.names.origami ?? pascalCase(key.key), value], name),
    netsuite(type, record, typeof external === 'string' ? external : undefined, name),
    ...(typeof external === 'string' ? [zendesk(type, external, name)] : []),
  ];
}

type Value = ShownRecord['fields'][string] | undefined;

function native({ key }: RecordType, { id }: ShownRecord, ref: string | undefined, name: Value): Calls {
  const auth = `Authorization: Bearer ${token}`;
  const address = `/v1/records/${e(key)}/${e(ref ?? id)}`;
  return { api: 'Native', read: curl(address, auth), write: curl(address, auth, 'PATCH', { fields: { name } }) };
}

function sugar(type: RecordType, field: string, value: string, name: Value): Calls {
  const module = type.names.sugarcrm ?? pascalCase(pluralOf(type.key));
  const address = `/rest/v11_10/integrate/${e(module)}/${e(field)}/${e(value)}`;
  const auth = `OAuth-Token: ${token}`;
  return { api: 'SugarCRM', read: curl(address, auth), write: curl(address, auth, 'PATCH', { name }) };
}

function origami(type: RecordType, record: ShownRecord, key: [string, string] | undefined, name: Value): Calls {
  const domain = `/OrigamiApi/api/${e(type.names.origami ?? pascalCase(type.key))}`;
  const auth = `Token: ${token}`;
  const body = key && { [key[0]]: key[1], Name: name };
  return {
    api: 'Origami',
    read: curl(`${domain}/${record.number}`, auth),
    write: key && curl(`${domain}/Upsert?matchFields=${e(key[0])}`, auth, 'POST', body),
  };
}

function netsuite(type: RecordType, record: ShownRecord, external: string | undefined, name: Value): Calls {
  const isScriptId = /^cust(om(record|transaction|list)|body|col|entity|event|item|record)_/.test(type.key);
  const vendor = type.names.netsuite ?? (isScriptId ? type.key : camelCase(type.key));
  const base = `/services/rest/record/v1/${e(vendor)}`;
  const auth = `Authorization: Bearer ${token}`;
  const own = type.fields.find(({ key }) => key === 'name')?.names.netsuite ?? 'name';
  return {
    api: 'NetSuite',
    read: curl(`${base}/${external === undefined ? record.number : `eid:${e(external)}`}`, auth),
    write: external === undefined ? undefined : curl(`${base}/eid:${e(external)}`, auth, 'PUT', { [own]: name }),
  };
}

function zendesk(type: RecordType, external: string, name: Value): Calls {
  const base = `/api/v2/custom_objects/${e(type.names.zendesk ?? type.key)}/records`;
  const auth = `Authorization: Bearer ${token}`;
  return {
    api: 'Zendesk',
    read: curl(`${base}?filter[external_ids]=${e(external)}`, auth),
    write: curl(`${base}?external_id=${e(external)}`, auth, 'PATCH', { custom_object_record: { name } }),
  };
}
