/** What went wrong before or beside the handlers, in the vendor's format. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EdgeFailure } from '../contract.ts';
import { renderTokenFailure, tokenPath } from './access/token-route.ts';
import { refused, sendAnswer } from './answer.ts';
import { invalidBody, invalidHeader, invalidUrl, methodNotAllowed, NetSuiteError } from './errors.ts';

export function renderFailure(failure: EdgeFailure, request: FastifyRequest, reply: FastifyReply): unknown {
  if (isTokenPath(request.raw.url ?? '')) return renderTokenFailure(failure, reply);
  return sendAnswer(reply, refused(errorOf(failure, request)));
}

/** The token address, with or without a slash or a query. */
const isTokenPath = (url: string): boolean =>
  url.startsWith(tokenPath) && /^\/?(\?|$)/.test(url.slice(tokenPath.length));

/** `/customer/660/!attach/contact`, an action that lacks a part: to read it, as a sublist of that name, is no better. */
const passesForSublist = (url: string, allowed: readonly string[]): boolean =>
  /\/(!|%21)/.test(url) && allowed.every((method) => method === 'GET');

const urlOf = (request: FastifyRequest): string => request.rawUrl.split('?')[0] ?? '';

function errorOf(failure: EdgeFailure, request: FastifyRequest): NetSuiteError {
  const url = urlOf(request);
  switch (failure.kind) {
    case 'unknown_path':
      return invalidUrl(url);
    case 'method_not_allowed': {
      // OPTIONS is answered everywhere and HEAD wherever GET is: neither says that there is something at the address.
      const allowed = failure.allowed.filter((method) => method !== 'OPTIONS' && method !== 'HEAD');
      if (allowed.length === 0 || passesForSublist(url, allowed)) return invalidUrl(url);
      return methodNotAllowed(request.method, url, allowed);
    }
    case 'malformed_body':
    case 'body_stalled':
      return invalidBody();
    case 'unsupported_media_type': {
      const { mediaType, contentEncoding } = failure;
      if (contentEncoding === undefined) return unsupportedMediaType(mediaType);
      return invalidHeader('Content-Encoding', 'A body is sent as it is, not packed.', 415);
    }
    case 'body_too_large': {
      const detail = `The request body is larger than ${failure.limitBytes} bytes.`;
      return new NetSuiteError(413, { detail, code: 'INVALID_REQUEST', at: { url } });
    }
    case 'malformed_url':
      return invalidUrl(url);
    case 'overloaded':
    case 'rate_limited':
      return tooManyRequests();
    case 'unavailable':
      return unexpected(503, request.id);
    case 'internal':
      return unexpected(500, request.id);
  }
}

export const tooManyRequests = (): NetSuiteError =>
  new NetSuiteError(429, {
    detail: 'Concurrent request limit exceeded. Request blocked.',
    code: 'CONCURRENCY_LIMIT_EXCEEDED',
  });

export const unexpected = (status: 500 | 503, id: string): NetSuiteError =>
  new NetSuiteError(status, {
    detail: `An unexpected error occurred. Error ID: ${id}`,
    code: 'UNEXPECTED_ERROR',
  });

export const unsupportedMediaType = (given: string, wanted = 'application/json'): NetSuiteError =>
  invalidHeader('Content-Type', `The media type '${given}' is not supported here. Use ${wanted}.`, 415);
