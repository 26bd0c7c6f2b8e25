/** What goes wrong before or beside the routes: the vendor's bare JSON string with the status that fits. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EdgeFailure } from '../contract.ts';
import { texts } from './options.ts';
import { sendText } from './refusal.ts';

export function renderFailure(failure: EdgeFailure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  switch (failure.kind) {
    case 'unknown_path':
      return sendText(reply, 404, texts.unknownPath);
    case 'method_not_allowed':
      reply.header('allow', failure.allowed.join(', '));
      return sendText(reply, 405, texts.methodNotAllowed(request.method));
    case 'malformed_body':
    case 'body_stalled':
    case 'malformed_url':
      return sendText(reply, 400, texts.invalidRequest);
    case 'unsupported_media_type':
      return sendText(
        reply,
        415,
        failure.contentEncoding === undefined ? texts.unsupportedMediaType(failure.mediaType) : texts.packedBody,
      );
    case 'body_too_large':
      return sendText(reply, 413, texts.bodyTooLarge(failure.limitBytes));
    case 'rate_limited':
      reply.header('retry-after', failure.retryAfterSeconds);
      return sendText(reply, 429, texts.rateLimited);
    case 'overloaded':
    case 'unavailable':
      reply.header('retry-after', failure.retryAfterSeconds);
      return sendText(reply, 503, texts.busy);
    case 'internal':
      return sendText(reply, 500, texts.internal);
  }
}
