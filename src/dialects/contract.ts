/**
 * What a dialect is. A dialect is one folder that speaks one vendor's API: it parses that vendor's requests into the
 * engine's commands and renders outcomes in that vendor's words. It decides nothing, and knows no other dialect.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../engine/hub.ts';
import type { OpenSet } from '../engine/sync/sync.ts';
import type { Catalogue, Interface } from '../model/catalogue.ts';
import type { SetReaders } from '../model/commands.ts';
import type { PrincipalId, WorkspaceId } from '../model/ids.ts';
import type { Caller, Principal } from '../model/principal.ts';
import type { RecordView } from '../model/record.ts';
import type { InterfaceCalls, SampleCalls } from './sample-call.ts';

/** A request that failed before or beside the dialect's own handlers. Each is answered in the vendor's format. */
export type EdgeFailure =
  | { readonly kind: 'unknown_path' }
  | { readonly kind: 'method_not_allowed'; readonly allowed: readonly string[] }
  | { readonly kind: 'malformed_body'; readonly message: string }
  /** The sender stopped in the middle of it. */
  | { readonly kind: 'body_stalled'; readonly message: string }
  /** `contentEncoding`: the body is packed, which `mediaType` says in words too. */
  | { readonly kind: 'unsupported_media_type'; readonly mediaType: string; readonly contentEncoding?: string }
  | { readonly kind: 'body_too_large'; readonly limitBytes: number }
  | { readonly kind: 'malformed_url'; readonly message: string }
  /** Too much waits already: nothing was written, try again after so many seconds. */
  | { readonly kind: 'overloaded'; readonly retryAfterSeconds: number }
  /** This client asks more often than it may, which only a test double says so far: nothing was done. */
  | { readonly kind: 'rate_limited'; readonly retryAfterSeconds: number }
  /** The database cannot be reached: nothing was acknowledged. */
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }
  | { readonly kind: 'internal' };

export type Dialect = {
  /** `zendesk`: names it in change rows, logs, metrics and in the schema's `names`. */
  readonly name: string;
  /** What people call it: `Zendesk`. */
  readonly title: string;
  /**
   * The paths that are this vendor's, as `/api/v2`: each stands for itself and all below it. An unknown path is answered by the
   * dialect with the longest match, so that no client ever sees another vendor's error.
   */
  readonly paths: readonly string[];
  /** Registers routes, hooks and body parsers, in an encapsulated scope of their own. Paths are written whole. */
  register(app: FastifyInstance, hub: Hub): void | Promise<void>;
  /** Sends the vendor's answer to an edge failure; also to DialectError's siblings that its handlers throw. */
  renderFailure(failure: EdgeFailure, request: FastifyRequest, reply: FastifyReply): unknown;
  /** How the elements of its complete sets are read again when their turn comes, by the format that its SetSource names. */
  readonly setReaders?: SetReaders;
  /** What the page of a record offers to be copied. Left out where single records are not read and written. */
  samples?(catalogue: Catalogue, record: RecordView): SampleCalls;
  /** The same of the page of an interface; null where this API does not serve it. */
  interfaceCalls?(catalogue: Catalogue, on: Interface): InterfaceCalls | null;
  /** Its complete sets, where somebody sends one to the native API: from a file, say, that was made for this vendor. */
  readonly setForm?: SetForm;
};

/** A body as its vendor has it, read as it arrives. */
export type SetForm = (body: AsyncIterable<Buffer>, language: 'json' | 'xml') => Promise<OpenSet>;

/** By name. Each is loaded when it is to be served. */
export type Dialects = Readonly<Record<string, () => Promise<Dialect>>>;

export const loadDialects = (dialects: Dialects): Promise<Dialect[]> =>
  Promise.all(Object.values(dialects).map((load) => load()));

export const setReadersOf = (dialects: readonly Dialect[]): SetReaders =>
  Object.assign({}, ...dialects.map(({ setReaders }) => setReaders));

/** Set by http on every request, before a dialect sees it. */
declare module 'fastify' {
  interface FastifyInstance {
    /** All that are served. */
    readonly dialects: readonly Dialect[];
  }
  interface FastifyRequest {
    /** `http://127.0.0.1:8080`, or with `/w/{workspace}` when the request came by that prefix. Build absolute addresses from it. */
    readonly publicBase: string;
    /** The workspace that the `/w/{workspace}` prefix names; null without it. */
    namedWorkspace: WorkspaceId | null;
    /** The path and query exactly as the client sent them, prefix included (signatures are computed over it). */
    rawUrl: string;
    /** What the request was, for its log line and metrics: `upsert`, `link`; set by the dialect, with its outcome. */
    operation: string | null;
    outcome: string | null;
    /** How long nothing of a body may arrive that is read as it comes. */
    readonly bodyPatienceMs: number;
    /** Who asked, for the same line; `callerOf` sets it. */
    principalId: PrincipalId | null;
  }
}

export function callerOf(dialect: Dialect, principal: Principal, request: FastifyRequest): Caller {
  request.principalId = principal.id;
  return { principal, via: dialect.name, requestId: request.id };
}

/** A principal of another workspace than the one that the `/w/{workspace}` prefix names is nobody here. */
export const mayUseNamedWorkspace = (principal: Principal, request: FastifyRequest): boolean =>
  request.namedWorkspace === null || request.namedWorkspace === principal.workspace;

/** The token of an `Authorization: <scheme> …` header; undefined for any other scheme, or none. */
export function authorizationOf(request: FastifyRequest, scheme: string): string | undefined {
  const header = request.headers.authorization;
  if (header === undefined || header.length <= scheme.length) return undefined;
  if (header.slice(0, scheme.length).toLowerCase() !== scheme.toLowerCase() || header[scheme.length] !== ' ')
    return undefined;
  return header.slice(scheme.length + 1).trim();
}

/** User name and password of HTTP Basic (RFC 7617, UTF-8); undefined when the header is absent or malformed. */
export function basicCredentialsOf(request: FastifyRequest): { user: string; password: string } | undefined {
  const token = authorizationOf(request, 'Basic');
  if (token === undefined) return undefined;
  const text = Buffer.from(token, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
