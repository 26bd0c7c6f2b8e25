/** The native API: `/v1`, and its reference under `/docs`. */
import fastifyCookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import { IdempotencyKeyBusy, IdempotencyKeyReused } from '../../engine/hub-errors.ts';
import { parseStrictJson } from '../../model/strict-json.ts';
import { acceptJson } from '../bodies.ts';
import type { Dialect } from '../contract.ts';
import { accessRoutes } from './access/access.ts';
import { auditRoute } from './access/audit.ts';
import { requireCaller } from './access/credentials.ts';
import { grantsRoute } from './access/grants.ts';
import { sessionRoutes } from './access/session.ts';
import { activityRoute } from './changes/activity.ts';
import { changeRoutes } from './changes/changes.ts';
import { dialectsRoute } from './documentation/dialects.ts';
import { documentationRoutes, noteRoutes } from './documentation/docs.ts';
import { sampleCallsRoute } from './documentation/sample-calls.ts';
import { samples } from './documentation/samples.ts';
import { failureProblem } from './failures.ts';
import { importRoutes } from './imports/import.ts';
import { importListRoutes } from './imports/imports.ts';
import { interfaceCalls, interfaceCallsRoute } from './interfaces/interface-calls.ts';
import { interfaceSettingsRoutes } from './interfaces/interface-settings.ts';
import { interfaceRoutes } from './interfaces/interfaces.ts';
import { linkRoutes } from './links/links.ts';
import { pendingLinkRoutes } from './links/pending-links.ts';
import { answerWritesOnce } from './once/once.ts';
import { planRoutes } from './plans/plans.ts';
import { ProblemError, problem, sendProblem } from './problem-answer.ts';
import { eraseRoute } from './records/erase.ts';
import { exportRoutes } from './records/export.ts';
import { findRoute } from './records/find.ts';
import { listRoute } from './records/list.ts';
import { mergeRoute } from './records/merge.ts';
import { ownershipRoute } from './records/ownership.ts';
import { recordCountsRoute } from './records/record-counts.ts';
import { recordKeysRoute } from './records/record-keys.ts';
import { recordRoutes } from './records/records.ts';
import { whyRoute } from './records/why.ts';
import { rowReaders } from './rows/run-rows.ts';
import { elementRoutes } from './runs/elements.ts';
import { issueRoutes } from './runs/issues.ts';
import { replayElementRoute, replayRunRoute } from './runs/replay.ts';
import { submitSetRoute } from './runs/run-set.ts';
import { runRoutes } from './runs/runs.ts';
import { cleanRoute } from './schema/clean.ts';
import { schemaRoutes } from './schema/schema.ts';
import { components } from './shapes/components.ts';
import { schemaErrorFormatter, validatorCompiler } from './validate.ts';
import { webhookRoutes } from './webhooks/webhooks.ts';

export const native: Dialect = {
  name: 'native',
  title: 'Native',
  paths: ['/v1', '/docs'],
  setReaders: rowReaders,

  async register(app, hub) {
    const routes = noteRoutes(app);
    checkRequests(app);
    acceptJson(app, [/^application\/(?:[\w.+-]+\+)?json\b/], parseStrictJson);
    app.setErrorHandler((error, request, reply) => {
      if (error instanceof ProblemError) return sendProblem(error, request, reply);
      if (error instanceof IdempotencyKeyReused) {
        return sendProblem(problem('idempotency_key_reused', 'header.idempotency-key', error.message), request, reply);
      }
      if (error instanceof IdempotencyKeyBusy) {
        return sendProblem(problem('idempotency_key_busy', 'header.idempotency-key', error.message), request, reply);
      }
      throw error; // the edge tells the other failures apart
    });
    await app.register(fastifyCookie, { hook: false });
    app.register(async (scope) => routesWithKey(scope, hub));
    sessionRoutes(app, hub);
    documentationRoutes(app, routes);
  },

  renderFailure: (failure, request, reply) => sendProblem(failureProblem(failure, request), request, reply),
  samples,
  interfaceCalls,
};

/**
 * Requests are validated by the shapes. Answers are held to them by their types, and by the tests, which check every answer
 * against the document; they are written by JSON.stringify, which is twice as fast here as a serialiser compiled from the
 * shapes, and unlike that one never turns a list into text or drops a member.
 */
function checkRequests(app: FastifyInstance): void {
  for (const component of components) app.addSchema(component);
  app.setValidatorCompiler(validatorCompiler(components));
  app.setSerializerCompiler(() => JSON.stringify); // so that nothing is compiled
  app.setReplySerializer((answer) => JSON.stringify(answer)); // and nobody looks for it at each answer
  app.setSchemaErrorFormatter(schemaErrorFormatter);
  app.addHook('onRequest', (request, _reply, done) => {
    request.operation = request.routeOptions.schema?.operationId ?? null;
    done();
  });
}

function routesWithKey(scope: FastifyInstance, hub: Hub): void {
  requireCaller(scope, hub, native);
  answerWritesOnce(scope, hub);
  listRoute(scope, hub);
  recordRoutes(scope, hub);
  recordCountsRoute(scope, hub);
  recordKeysRoute(scope, hub);
  findRoute(scope, hub);
  whyRoute(scope, hub);
  sampleCallsRoute(scope, hub);
  mergeRoute(scope, hub);
  eraseRoute(scope, hub);
  ownershipRoute(scope, hub);
  linkRoutes(scope, hub);
  pendingLinkRoutes(scope, hub);
  exportRoutes(scope, hub);
  importListRoutes(scope, hub);
  interfaceSettingsRoutes(scope, hub);
  interfaceRoutes(scope, hub);
  issueRoutes(scope, hub);
  interfaceCallsRoute(scope, hub);
  elementRoutes(scope, hub);
  runRoutes(scope, hub);
  replayElementRoute(scope, hub);
  planRoutes(scope, hub);
  changeRoutes(scope, hub);
  activityRoute(scope, hub);
  webhookRoutes(scope, hub);
  cleanRoute(scope, hub);
  accessRoutes(scope, hub);
  grantsRoute(scope, hub);
  auditRoute(scope, hub);
  dialectsRoute(scope);
  scope.register(async (importScope) => importRoutes(importScope, hub)); // it alone reads bodies as they arrive
  scope.register(async (setScope) => submitSetRoute(setScope, hub)); // as does this
  scope.register(async (replayScope) => replayRunRoute(replayScope, hub));
  scope.register(async (schemaScope) => schemaRoutes(schemaScope, hub)); // it alone reads YAML
}
