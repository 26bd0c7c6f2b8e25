/** The record service's routes. A slash at the end of a path is accepted everywhere, as the vendor's own examples have it. */
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import { sendAnswer } from './answer.ts';
import { type Call, jobsPath, recordsPath, servicesPath } from './call.ts';
import { invalidUrl } from './errors.ts';
import { unsupportedMediaType } from './failures.ts';
import type { Handler, Params } from './handlers.ts';
import * as handlers from './handlers.ts';
import { batch, isBatch } from './jobs/batch.ts';
import { accept, readJob, readResult, readTask, readTasks } from './jobs/jobs.ts';
import { readCatalog, readCatalogOfType } from './metadata/catalog.ts';

export function registerRoutes(app: FastifyInstance, open: (request: FastifyRequest) => Promise<Call>): void {
  const route = (method: HTTPMethods, path: string, operation: string, handle: Handler): void => {
    for (const url of [path, `${path}/`]) {
      app.route({
        method,
        url,
        async handler(request, reply) {
          request.operation = operation;
          const params = request.params as Params;
          // `/record/v1/` and `//` match the router's patterns with nothing in a place where there must be something.
          if (Object.values(params).includes('')) throw invalidUrl(request.rawUrl.split('?')[0] ?? '');
          const answer = await handle(await open(request), params, request.body);
          request.outcome = answer.outcome;
          sendAnswer(reply, answer);
          return reply;
        },
      });
    }
  };

  /** Done at once, or as a job where the client prefers that. */
  const call = (method: HTTPMethods, path: string, operation: string, handle: Handler): void =>
    route(method, path, operation, async (context, params, body) => {
      if (context.isBatch) throw unsupportedMediaType('application/vnd.oracle.resource+json; type=collection');
      if (!context.prefers.async) return handle(context, params, body);
      return accept(context, [() => handle(context, params, body)]);
    });

  const records = `${recordsPath}/:type`;
  const record = `${records}/:id`;
  /** Many records in one request: the same path and method with another body, or with `ids`. */
  const perhapsBatch = (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', operation: string, one: Handler | null) =>
    route(method, records, operation, async (context, params, body) => {
      if (one === null || isBatch(context, method)) return batch(context, method, params.type, body);
      return context.prefers.async ? accept(context, [() => one(context, params, body)]) : one(context, params, body);
    });

  perhapsBatch('GET', 'list', handlers.list);
  perhapsBatch('POST', 'create', handlers.create);
  for (const method of ['PATCH', 'PUT', 'DELETE'] as const) perhapsBatch(method, 'batch', null);
  // Before the pattern of records, which it would be one of.
  route('GET', `${recordsPath}/metadata-catalog`, 'metadata', readCatalog);
  route('GET', `${recordsPath}/metadata-catalog/:type`, 'metadata', readCatalogOfType);

  call('GET', record, 'read', handlers.read);
  call('PATCH', record, 'update', handlers.update);
  call('PUT', record, 'upsert', handlers.upsert);
  call('DELETE', record, 'delete', handlers.remove);
  call('GET', `${record}/:name`, 'links', handlers.readBelow);
  call('GET', `${record}/:name/:line`, 'links', handlers.readLineBelow);
  call('POST', `${record}/!attach/:attachmentType/:attachmentId`, 'link', handlers.attachRecord);
  call('POST', `${record}/!detach/:attachmentType/:attachmentId`, 'unlink', handlers.detachRecord);

  call('POST', `${record}/!transform/:target`, 'transform', handlers.transformRecord);

  route('GET', `${jobsPath}/:id`, 'job', readJob);
  route('GET', `${jobsPath}/:id/task`, 'job', readTasks);
  route('GET', `${jobsPath}/:id/task/:task`, 'job', readTask);
  route('GET', `${jobsPath}/:id/task/:task/result`, 'job', readResult);

  route('GET', `${servicesPath}/system/v1/serverTime`, 'time', handlers.serverTime);
}
