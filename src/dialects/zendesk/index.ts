/** Zendesk's custom objects and records (Support API v2): README.md says what is there and how it differs from the vendor. */
import type { Dialect } from '../contract.ts';
import { tokenPath } from './access/oauth.ts';
import { rateLimiter } from './access/rate-limit.ts';
import { edgeRefusal } from './errors.ts';
import { defaultOptions, type ZendeskOptions } from './options.ts';
import { registerRoutes, sendRefusal } from './routes.ts';
import { samples } from './samples.ts';

export function zendeskDialect(options: ZendeskOptions): Dialect {
  const limiter = rateLimiter(options.rateLimit);
  const dialect: Dialect = {
    name: 'zendesk',
    title: 'Zendesk',
    paths: ['/api/v2', tokenPath],
    register(app, hub) {
      registerRoutes(app, { dialect, hub, options, limiter });
    },
    renderFailure(failure, _request, reply) {
      reply.headers(limiter.headers(failure.kind === 'rate_limited' ? 0 : undefined));
      return sendRefusal(reply, edgeRefusal(failure));
    },
    samples,
  };
  return dialect;
}

export const zendesk: Dialect = zendeskDialect(defaultOptions);
