/** The routes that need a token. The same set is served under each base path. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import { createTurns } from '../../engine/turns.ts';
import type { Principal } from '../../model/principal.ts';
import { acceptJson } from '../bodies.ts';
import { callerOf, type Dialect } from '../contract.ts';
import { authenticate } from './access/authentication.ts';
import { queryLinks } from './links/link-query.ts';
import { removeLink, upsertLink } from './links/links.ts';
import { listCodes, upsertCode } from './metadata/code-lists.ts';
import { listDomains, listFields, readDictionary, readSample, readScreen } from './metadata/fields.ts';
import { answering, type Operation } from './operation.ts';
import { type OrigamiOptions, texts } from './options.ts';
import { listLinked, queryRecords, readRecord } from './records/read.ts';
import {
  deleteRecord,
  insertRecord,
  insertRecords,
  updateRecord,
  upsertRecord,
  upsertRecords,
} from './records/records.ts';
import { Refusal, sendText } from './refusal.ts';

/** `/api/v1` and `/api/v2` are other vendors' base paths, and these have their own routes and no more: none of them is a domain. */
const domainSegment = ':domain(^(?!(?:v[12]|Link|Domains|Metadata)$).+$)';
const idSegment = ':id(^\\d+$)';

export function registerRoutes(app: FastifyInstance, hub: Hub, dialect: Dialect, options: OrigamiOptions): void {
  acceptJson(app);
  const inTurn = createTurns();
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

  const add = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, name: string, operation: Operation): void => {
    const handler = answering(name, async (request) => {
      const principal = principals.get(request);
      if (principal === undefined) throw new Refusal(401, texts.unauthorised);
      const caller = callerOf(dialect, principal, request);
      return operation({ hub, options, caller, catalogue: await hub.catalogue(principal.workspace), inTurn }, request);
    });
    for (const base of options.bases) {
      app.route({ method, url: `${base}${path}`, bodyLimit: options.maxBodyBytes, handler });
    }
  };

  add('POST', '/api/Link/Upsert', 'link', upsertLink);
  add('POST', '/api/Link/Remove', 'unlink', removeLink);
  add('GET', '/api/Link/Query', 'links', queryLinks);
  add('GET', '/api/Domains', 'domains', listDomains);
  for (const [name, read] of [
    ['DataDictionary', readDictionary],
    ['InputSample', readSample],
    ['ScreenConfiguration', readScreen],
  ] as const) {
    add('GET', `/api/Metadata/Domains/${domainSegment}/${name}`, 'metadata', read);
  }

  const domain = `/api/${domainSegment}`;
  add('GET', `${domain}/Fields`, 'fields', listFields);
  add('GET', `${domain}/Codes`, 'codes', listCodes);
  add('POST', `${domain}/Codes/Upsert`, 'upsert_code', upsertCode);
  add('GET', `${domain}/Query`, 'query', queryRecords);
  for (const path of [domain, `${domain}/`]) {
    add('POST', path, 'insert', insertRecord);
    add('PUT', path, 'update', updateRecord);
  }
  add('POST', `${domain}/Upsert`, 'upsert', upsertRecord);
  add('POST', `${domain}/BulkInsert`, 'bulk_insert', insertRecords);
  add('POST', `${domain}/BulkUpsert`, 'bulk_upsert', upsertRecords);
  add('GET', `${domain}/${idSegment}`, 'read', readRecord);
  add('DELETE', `${domain}/${idSegment}`, 'delete', deleteRecord);
  add('GET', `${domain}/${idSegment}/Notes`, 'linked', listLinked('Note'));
  add('GET', `${domain}/${idSegment}/Emails`, 'linked', listLinked('Email'));
  add('GET', `${domain}/${idSegment}/Files`, 'linked', listLinked('File'));
  add('GET', '/AccountInformation/Limits', 'limits', async () => ({
    MaximumRequestBodyBytes: options.maxBodyBytes,
    MaximumUrlCharacters: options.maxUrlCharacters,
    MaximumQueryPageSize: options.maxPageSize,
    MaximumBulkRecords: options.maxBulkRecords,
  }));
}
