/** How an interface is called here: a token first, then the set, or what is provided. */
import type { Catalogue, Interface } from '../../model/catalogue.ts';
import { exampleFields } from '../example-values.ts';
import type { InterfaceCalls, SampleCall } from '../sample-call.ts';
import { escapeJsonName } from './bodies/names.ts';
import { typeNames } from './bodies/shape.ts';
import { dialectName } from './options.ts';

/** Sets of people are sent by people. */
export function interfaceCalls(catalogue: Catalogue, on: Interface): InterfaceCalls | null {
  const type = catalogue.types.get(on.type);
  if (type === undefined || (on.direction === 'synchronising' && on.initiator === 'upload')) return null;
  const direction = on.direction === 'providing' ? 'providing' : 'synchronizing';
  const workspace = catalogue.workspaceGuid;
  const address = `/api/v1/workspaces/${workspace}/interfaces/${direction}/${encodeURIComponent(on.endpoint)}`;
  const token: SampleCall = {
    method: 'POST',
    path: `/auth/realms/${workspace}/protocol/openid-connect/token`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: {
      grant_type: 'client_credentials',
      client_id: on.apiKeys[0] ?? '<client id>',
      client_secret: '<client secret>',
    },
  };
  const headers = { Authorization: 'Bearer $token' };
  if (on.direction === 'providing') return { address, calls: [token, { method: 'GET', path: address, headers }] };
  const values = exampleFields(type, on).map(({ field, value }) => [
    escapeJsonName(field.names[dialectName] ?? field.label),
    value,
  ]);
  const body = { [escapeJsonName(typeNames(type).plural)]: [{ '@externalid': 'E-1', ...Object.fromEntries(values) }] };
  const send: SampleCall = {
    method: 'POST',
    path: address,
    headers: { ...headers, 'Content-Type': 'application/json' },
    body,
  };
  return { address, calls: [token, send] };
}
