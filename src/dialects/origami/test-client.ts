/** A client of the vendor's API, and what it finds, for the tests. */
import { setOf } from '../../../test/set-of.ts';
import type { Hub } from '../../engine/hub.ts';
import type { Caller, Grants, Principal } from '../../model/principal.ts';

export type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown };
export type Client = {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
};

/** `body` goes out as JSON, text as it is. `credentials` are the headers that every request carries. */
export function clientOf(origin: () => string, credentials: Record<string, string>): Client {
  const send = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Answer> => {
    const request = { method, headers: { ...credentials, ...headers } };
    const response = await fetch(`${origin()}${path}`, body === undefined ? request : { ...request, body });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  const json = { 'content-type': 'application/json' };
  return {
    get: (path, headers = {}) => send('GET', path, headers),
    post: (path, body, headers = {}) =>
      send('POST', path, { ...json, ...headers }, typeof body === 'string' ? body : JSON.stringify(body)),
    put: (path, body) => send('PUT', path, json, JSON.stringify(body)),
    delete: (path) => send('DELETE', path, {}),
  };
}

/** A refusal of a business rule. */
export const unable = (reason: string) => ({ status: 500, body: `Unable to execute. ${reason}` });

/** Who has this key; the administrator of the demo workspace unless another is given. */
export async function ownerOf(hub: Hub, key = 'kw_demo_admin'): Promise<Principal> {
  const admin = await hub.access.bearer(key, 'origami');
  if (admin === undefined) throw new Error(`nobody has the key ${key}`);
  return admin;
}

/** The key of a member who may do just this. */
export async function bearerWith(hub: Hub, grants: Grants): Promise<string> {
  const key = { kind: 'bearer', label: 'test', role: 'member', grants } as const;
  const caller = { principal: await ownerOf(hub), via: 'origami', requestId: 'test' };
  return (await hub.access.createCredential(caller, key)).secret;
}

/** The number of an element that the demo's interface supplies; nobody else may change its links. */
export async function elementOf(hub: Hub, key: string): Promise<number> {
  const caller: Caller = { principal: await ownerOf(hub), via: 'relatics', requestId: 'test' };
  await hub.sync(caller, 'myendpoint', setOf([{ key, path: 'Elements[0]', members: [] }]));
  const found = await hub.find(caller, 'element', { by: 'key', field: 'external_id', value: key });
  if (found.kind !== 'found') throw new Error(`no element ${key}`);
  return found.record.number;
}
