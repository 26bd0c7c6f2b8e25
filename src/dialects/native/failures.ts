/** What failed before or beside the handlers, as problems. */
import type { FastifyRequest } from 'fastify';
import { shorten } from '../../model/text.ts';
import type { EdgeFailure } from '../contract.ts';
import { ProblemError, problem } from './problem-answer.ts';

export function failureProblem(failure: EdgeFailure, request: FastifyRequest): ProblemError {
  switch (failure.kind) {
    case 'unknown_path':
      return problem('unknown_path', null, `There is nothing at ${shorten(request.rawUrl.replace(/\?.*$/s, ''))}.`);
    case 'method_not_allowed':
      return new ProblemError(
        [
          {
            code: 'method_not_allowed',
            path: null,
            message: `${request.method} is not possible here.`,
            allowed: failure.allowed,
          },
        ],
        { allow: failure.allowed.join(', ') },
      );
    case 'malformed_body':
      return problem('malformed_body', null, failure.message);
    case 'body_stalled':
      return problem('body_stalled', null, failure.message);
    case 'malformed_url':
      return problem('malformed_url', null, failure.message);
    case 'unsupported_media_type': {
      const { contentEncoding: coding } = failure;
      if (coding !== undefined) return packedBody(coding);
      const given =
        failure.mediaType === '' ? 'The body has no Content-Type.' : `${shorten(failure.mediaType)} is not read here.`;
      const { consumes: allowed } = (request.routeOptions.schema ?? {}) as { readonly consumes?: readonly string[] };
      const remedy = allowed && `Send the body with Content-Type ${allowed.join(', ')}.`;
      return problem('unsupported_media_type', 'header.content-type', given, allowed && { allowed, remedy });
    }
    case 'body_too_large':
      return problem('body_too_large', null, `The body may have ${failure.limitBytes} bytes at most.`, {
        limit: failure.limitBytes,
      });
    case 'overloaded':
      return problem('overloaded', null, 'Too many requests wait already.');
    case 'rate_limited':
      return problem('rate_limited', null, 'Requests come too fast.');
    case 'unavailable':
      return problem('unavailable', null, 'The database did not answer.');
    case 'internal':
      return problem('internal', null, 'Something failed that should not.');
  }
}

const packedBody = (coding: string): ProblemError =>
  new ProblemError(
    [
      {
        code: 'unsupported_media_type',
        path: 'header.content-encoding',
        message: `A body with Content-Encoding ${shorten(coding, 40)} is not read here.`,
        remedy: 'Send the body as it is, unpacked and without Content-Encoding.',
      },
    ],
    { 'accept-encoding': 'identity' },
  );
