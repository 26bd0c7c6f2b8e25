/** What a call is answered: made by its handler, sent at once or kept for the result of a job. */
import type { FastifyReply } from 'fastify';
import { assumed } from './assumed.ts';
import type { Call } from './call.ts';
import { errorBody, type NetSuiteError } from './errors.ts';

export type Answer = {
  readonly status: number;
  /** null: there is no body. */
  readonly mediaType: string | null;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
  /** What came of it, in a word for the log. */
  readonly outcome: string;
};

const resource = (kind: 'singular' | 'collection' | 'error'): string =>
  `application/vnd.oracle.resource+json; type=${kind}`;

const found = (mediaType: string, body: unknown): Answer => ({
  status: 200,
  mediaType,
  headers: {},
  body,
  outcome: 'found',
});

export const singular = (body: unknown): Answer => found(resource('singular'), body);
export const collection = (body: unknown): Answer => found(resource('collection'), body);
export const document = (body: unknown, mediaType = 'application/json'): Answer => found(mediaType, body);

/** 204, with what the client asked to be warned of; `location` is the address of the record that was written. */
export function done(call: Call, outcome: string, location?: string): Answer {
  const headers: Record<string, string> = {};
  if (call.warnings.length > 0) headers['X-NetSuite-PropertyValidation'] = warningHeader(call.warnings);
  if (location !== undefined) headers.Location = location;
  return { status: 204, mediaType: null, headers, body: undefined, outcome };
}

export const refused = (error: NetSuiteError): Answer => ({
  status: error.status,
  mediaType: resource('error'),
  headers: error.headers,
  body: errorBody(error),
  outcome: error.details[0].code,
});

/** As bytes: to text Fastify adds a charset, which the vendor's media types do not have. */
export function sendAnswer(reply: FastifyReply, { status, mediaType, headers, body }: Answer): FastifyReply {
  reply.code(status).headers(headers);
  return mediaType === null ? reply.send() : reply.type(mediaType).send(Buffer.from(JSON.stringify(body)));
}

/** Separated by commas, which no entry holds; only characters that a header may hold; never long enough to burst a client. */
function warningHeader(warnings: readonly string[]): string {
  const entries = warnings.slice(0, assumed.mostWarnings).map((warning) => {
    const safe = warning.toWellFormed().replaceAll(/[^ !#-+\--~]/gu, encodeURIComponent);
    return safe.length > assumed.longestWarning ? `${safe.slice(0, assumed.longestWarning)}...` : safe;
  });
  const more = warnings.length - entries.length;
  return [...entries, ...(more > 0 ? [`and ${more} more`] : [])].join(',');
}
