/** What a request brings along before it is routed: its address as sent, the workspace that it names, its id. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';

export type Arrival = {
  readonly rawUrl: string;
  /** `/w/Main`, as sent; empty without one. */
  readonly prefix: string;
  /** `Main`: a GUID, number or name, decoded. */
  readonly workspace: string | null;
};

/** Of the requests whose address differs from what the router is given. */
const arrivals = new WeakMap<IncomingMessage, Arrival>();

/** The address without the workspace prefix, for the router; what was taken off is remembered. */
export function receive(raw: IncomingMessage): string {
  const rawUrl = raw.url ?? '/';
  if (rawUrl.startsWith('/') && !rawUrl.startsWith('//') && !rawUrl.startsWith('/w/')) return rawUrl;
  // A client that takes us for its proxy sends the whole address (RFC 9112, section 3.2.2); one whose base address ends with a slash, two of them.
  const url = rawUrl.replace(/^https?:\/\/[^/?#]*/i, '').replace(/^\/{2,}/, '/');
  const [prefix, encoded] = /^\/w\/([^/?#]+)(?=[/?#]|$)/.exec(url) ?? [];
  const workspace = encoded === undefined ? undefined : decoded(encoded);
  if (prefix === undefined || workspace === undefined) {
    arrivals.set(raw, { rawUrl, prefix: '', workspace: null });
    return url.startsWith('/') ? url : `/${url}`; // what could not be decoded is refused by the router
  }
  arrivals.set(raw, { rawUrl, prefix, workspace });
  const rest = url.slice(prefix.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

export const arrivalOf = (request: FastifyRequest): Arrival =>
  arrivals.get(request.raw) ?? { rawUrl: request.raw.url ?? '/', prefix: '', workspace: null };

/** The client's own id of a request, where it is one that can safely stand in a log and a header; else a new one. */
export function requestIdOf(raw: IncomingMessage): string {
  const given = raw.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

const hostPattern = /^(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Scheme and host by which the client reached us; undefined when it names no possible host. */
export function originOf(request: FastifyRequest): string | undefined {
  const host = request.host === '' ? localHost(request) : request.host; // HTTP/1.0 may leave it out
  return hostPattern.test(host) ? `${request.protocol === 'https' ? 'https' : 'http'}://${host}` : undefined;
}

function localHost(request: FastifyRequest): string {
  const { localAddress = 'localhost', localPort = 80 } = request.raw.socket;
  return localAddress.includes(':') ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
}

/** Whether the client named a host that can be. */
export const namesHost = ({ host }: FastifyRequest): boolean => host === '' || hostPattern.test(host);

/** For the log: names of the query's parameters only, as their values may be secrets, or anybody's data. */
export function loggedPath(rawUrl: string): string {
  const text = rawUrl.includes('?') ? withoutValues(rawUrl) : rawUrl;
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

function withoutValues(rawUrl: string): string {
  const [path = '', query = ''] = rawUrl.split('?', 2);
  const names = query.split('&').map((parameter) => parameter.split('=', 1)[0]);
  return `${path}?${names.join('&')}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
