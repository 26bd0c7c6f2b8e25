/** The routes that need a token. The same set is served under each base path. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import type { Principal } from '../../model/principal.ts';
import { acceptJson } from '../bodies.ts';
import { callerOf, type Dialect } from '../contract.ts';
import { authenticate } from './authentication.ts';
import { queryLinks } from './link-query.ts';
import { removeLink, upsertLink } from './links.ts';
import { answering, type Operation } from './operation.ts';
import { type OrigamiOptions, texts } from './options.ts';
import { deleteRecord, listDomains, readRecord, upsertRecord } from './records.ts';
import { Refusal, sendText } from './refusal.ts';

/** `/api/v1` and `/api/v2` are other vendors' base paths, and the Link API has its own routes and no more: none of them is a domain. */
const domainSegment = ':domain(^(?!(?:v[12]|Link)$).+$)';
const idSegment = ':id(^\\d+$)';

export function registerRoutes(app: FastifyInstance, hub: Hub, dialect: Dialect, options: OrigamiOptions): void {
  acceptJson(app);
  const principals = new WeakMap<FastifyRequest, Principal>();

  // Before the body is read: whoever has no token learns nothing about the rest of the request.
  app.addHook('onRequest', async (request, reply) => {
    if (request.rawUrl.length > options.maxUrlCharacters) {
      return sendText(reply, 414, texts.urlTooLong(options.maxUrlCharacters));
    }
    const principal = await authenticate(hub, options, request);
    if (principal === undefined) return sendText(reply, 401, texts.unauthorised);
    principals.set(request, principal);
  });

  const add = (method: 'GET' | 'POST' | 'DELETE', path: string, name: string, operation: Operation): void => {
    const handler = answering(name, async (request) => {
      const principal = principals.get(request);
      if (principal === undefined) throw new Refusal(401, texts.unauthorised);
      const caller = callerOf(dialect, principal, request);
      return operation({ hub, options, caller, catalogue: await hub.catalogue(principal.workspace) }, request);
    });
    for (const base of options.bases) {
      app.route({ method, url: `${base}${path}`, bodyLimit: options.maxBodyBytes, handler });
    }
  };

  add('POST', '/api/Link/Upsert', 'link', upsertLink);
  add('POST', '/api/Link/Remove', 'unlink', removeLink);
  add('GET', '/api/Link/Query', 'links', queryLinks);
  add('GET', '/api/Domains', 'domains', listDomains);
  add('GET', `/api/${domainSegment}/${idSegment}`, 'read', readRecord);
  add('DELETE', `/api/${domainSegment}/${idSegment}`, 'delete', deleteRecord);
  add('POST', `/api/${domainSegment}/Upsert`, 'upsert', upsertRecord);
  add('GET', '/AccountInformation/Limits', 'limits', async () => ({
    MaximumRequestBodyBytes: options.maxBodyBytes,
    MaximumUrlCharacters: options.maxUrlCharacters,
    MaximumQueryPageSize: options.maxPageSize,
    MaximumBulkRecords: options.maxBulkRecords,
  }));
}
