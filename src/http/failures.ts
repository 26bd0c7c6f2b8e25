/** Which edge failure an error is. */
import type { FastifyRequest } from 'fastify';
import { MalformedBody, StalledBody } from '../dialects/bodies.ts';
import type { EdgeFailure } from '../dialects/contract.ts';
import { Overloaded, Unavailable } from '../engine/hub-errors.ts';
import { shorten } from '../model/text.ts';

/** No body is unpacked: a few kilobytes may hold gigabytes, and none of the vendors says that it does. */
export class PackedBody extends Error {
  readonly coding: string;
  constructor(coding: string) {
    super(`The body has Content-Encoding ${coding}`);
    this.coding = coding;
  }
}

const malformedUrl: EdgeFailure = { kind: 'malformed_url', message: 'The address has a malformed percent-encoding.' };

const packed = (coding: string, { headers }: FastifyRequest): EdgeFailure => ({
  kind: 'unsupported_media_type',
  mediaType: `${headers['content-type'] ?? 'a body'} with Content-Encoding ${shorten(coding, 40)}`,
  contentEncoding: coding,
});

/** Anything that is not known to be the client's doing, or to pass, is a fault of ours. */
export function failureOf(error: unknown, request: FastifyRequest): EdgeFailure {
  if (error instanceof MalformedBody) return { kind: 'malformed_body', message: error.message };
  if (error instanceof StalledBody) return { kind: 'body_stalled', message: error.message };
  if (error instanceof Overloaded) return { kind: 'overloaded', retryAfterSeconds: error.retryAfterSeconds };
  if (error instanceof Unavailable) return { kind: 'unavailable', retryAfterSeconds: error.retryAfterSeconds };
  if (error instanceof PackedBody) return packed(error.coding, request);
  if (!(error instanceof Error)) return { kind: 'internal' };
  if (error === request.raw.errored) return { kind: 'malformed_body', message: 'The body ended early.' }; // nobody reads it
  switch ('code' in error ? error.code : undefined) {
    case 'FST_ERR_BAD_URL':
      return malformedUrl;
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return { kind: 'malformed_url', message: 'A part of the address is too long.' };
    case 'FST_STATIC_FORBIDDEN_PATH': // `/assets/../x`, which leaves the folder of the console's files
      return { kind: 'unknown_path' };
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { kind: 'body_too_large', limitBytes: request.routeOptions.bodyLimit };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { kind: 'unsupported_media_type', mediaType: request.headers['content-type'] ?? '' };
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_VALIDATION':
      return { kind: 'malformed_body', message: error.message };
    default:
      return error instanceof URIError ? malformedUrl : { kind: 'internal' };
  }
}
