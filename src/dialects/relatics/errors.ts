/** The vendor-side errors of the interfaces, as JSON or XML. Their shape is ours: the vendor publishes none. */
import type { FastifyReply } from 'fastify';
import { MalformedSet } from '../../engine/sync/receiving/malformed-set.ts';
import { escapeXml } from './bodies/xml-text.ts';
import { isXml, type MediaType } from './negotiation.ts';

const statuses = {
  InvalidStructure: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  Timeout: 408,
  Conflict: 409,
  TooLarge: 413,
  UnsupportedMediaType: 415,
  TooManyRequests: 429,
  InternalError: 500,
  Unavailable: 503,
} as const;
export type ErrorCode = keyof typeof statuses;

/** Thrown by admission; `path` says where in the body: `Elements[3].Contacts[0]`. */
export class RelaticsError extends Error {
  readonly code: ErrorCode;
  readonly path: string | null;
  constructor(code: ErrorCode, message: string, path: string | null = null) {
    super(message);
    this.name = 'RelaticsError';
    this.code = code;
    this.path = path;
  }

  get status(): number {
    return statuses[this.code];
  }
}

/** The body cannot be a complete set of the interface; nothing of it is written. */
export const invalidStructure = (message: string, path: string | null = null): MalformedSet =>
  new MalformedSet(path, message);

function renderError(error: RelaticsError, mediaType: MediaType): string {
  const { code, message, path } = error;
  if (!isXml(mediaType)) return JSON.stringify({ error: { code, message, ...(path === null ? {} : { path }) } });
  const pathAttribute = path === null ? '' : ` path="${escapeXml(path)}"`;
  return `<error code="${code}"${pathAttribute}>${escapeXml(message)}</error>`;
}

export function sendError(reply: FastifyReply, error: RelaticsError, mediaType: MediaType): FastifyReply {
  if (error.code === 'Unauthorized') reply.header('www-authenticate', 'Bearer');
  return reply
    .code(error.status)
    .header('content-type', `${mediaType}; charset=utf-8`)
    .send(renderError(error, mediaType));
}
