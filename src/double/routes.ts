/** `/v1/double`: how a test brings the double into a state, breaks it, and asks what came. A dialect like any other. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Dialect, EdgeFailure } from '../dialects/contract.ts';
import type { Hub } from '../engine/hub.ts';
import { clock } from '../model/clock.ts';
import { parseDuration } from '../model/duration.ts';
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { KeptClock } from './kept-clock.ts';
import { plant, readSeed, type SeedProblem } from './seed.ts';
import {
  type ClockBody,
  clockBody,
  type FaultBody,
  faultBody,
  type JournalQuery,
  journalQuery,
  resetBody,
  snapshotBody,
} from './shapes.ts';
import type { DoubleState } from './state.ts';

export const doublePath = '/v1/double';
const seedLimitBytes = 64 * 1024 * 1024;
const latestMs = Date.UTC(9999, 0);

export type DoubleParts = {
  readonly state: DoubleState;
  readonly keptClock: KeptClock;
  readonly faults: Faults;
  readonly journal: Journal;
  /** Names of those that are served: a fault for another would never hit. */
  readonly dialects: readonly string[];
  /** Who a seed is written as. */
  callerIn(hub: Hub): Promise<Parameters<typeof plant>[1]>;
};

/** A refusal: an RFC 9457 problem. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly SeedProblem[];
  constructor(status: number, code: string, detail: string, problems: readonly SeedProblem[] = []) {
    super(detail);
    this.status = status;
    this.code = code;
    this.problems = problems;
  }
}

export function doubleDialect(parts: DoubleParts): Dialect {
  return {
    name: 'double',
    title: 'Test double',
    paths: [doublePath],
    register(app) {
      app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
      app.setValidatorCompiler(({ schema, httpPart }) => validatorOf(schema as object, httpPart === 'querystring'));
      app.addHook('preValidation', async (request) => {
        request.body ??= {};
      });
      app.setErrorHandler((error, request, reply) => {
        if (error instanceof Refusal) return send(error, request, reply);
        const { validation } = error as { validation?: { instancePath: string; message?: string; params: object }[] };
        if (validation === undefined) throw error; // the edge tells the other failures apart
        const problems = validation.map(({ instancePath, message = '', params }) => ({
          at: instancePath.slice(1).replaceAll('/', '.'),
          message: `${message}${'additionalProperty' in params ? `: ${params.additionalProperty}` : ''}${'allowedValues' in params ? `: ${String(params.allowedValues)}` : ''}`,
        }));
        return send(new Refusal(422, 'invalid_request', 'The request is not of its form.', problems), request, reply);
      });
      stateRoutes(app, parts);
      clockRoutes(app, parts);
      faultRoutes(app, parts);
      journalRoutes(app, parts);
    },
    renderFailure: (failure, request, reply) => send(refusalOf(failure), request, reply),
  };
}

/** Compiled for the first request: nothing of it is needed to be ready. */
function validatorOf(schema: object, isQuery: boolean): Validator {
  let compiled: ValidateFunction | undefined;
  const validate: Validator = (data) => {
    compiled ??= new Ajv({ allErrors: true, coerceTypes: isQuery }).compile(schema);
    const isValid = compiled(data);
    validate.errors = compiled.errors ?? null;
    return isValid;
  };
  return validate;
}

type Validator = { (data: unknown): boolean; errors?: ErrorObject[] | null };

function stateRoutes(app: FastifyInstance, { state, keptClock, faults, journal, callerIn }: DoubleParts): void {
  const path = `${doublePath}/snapshots`;
  const unknown = (name: string): Refusal => new Refusal(404, 'unknown_snapshot', `There is no snapshot ${name}.`);

  app.get(path, async () => ({
    snapshots: (await state.snapshots()).map(({ name, madeAt }) => ({ name, made_at: madeAt.toISOString() })),
  }));

  app.post<{ Body: { name: string } }>(path, { schema: { body: snapshotBody } }, async ({ body: { name } }, reply) => {
    // A client would take these for steps of the address that it restores it by.
    if (['.', '..'].includes(name) || !name.isWellFormed()) {
      throw new Refusal(422, 'invalid_request', `A snapshot cannot be named ${name}.`);
    }
    const startedAt = performance.now();
    const { madeAt } = await state.save(name);
    return reply.code(201).send({ name, made_at: madeAt.toISOString(), ms: msSince(startedAt) });
  });

  app.post<{ Params: { name: string } }>(`${path}/:name/restore`, async ({ params: { name } }) => {
    const startedAt = performance.now();
    if (!(await state.restore(name))) throw unknown(name);
    return { name, ms: msSince(startedAt) };
  });

  app.delete<{ Params: { name: string } }>(`${path}/:name`, async ({ params: { name } }, reply) => {
    if (!(await state.remove(name))) throw unknown(name);
    return reply.code(204).send();
  });

  app.post<{ Body: { to?: 'seed' | 'demo' } }>(
    `${doublePath}/reset`,
    { schema: { body: resetBody } },
    async ({ body }) => {
      const startedAt = performance.now();
      await keptClock.set(null);
      faults.clear();
      await state.reset(body.to ?? 'seed');
      journal.clear();
      return { ms: msSince(startedAt) };
    },
  );

  app.post(`${doublePath}/seed`, { bodyLimit: seedLimitBytes }, async ({ body }) => {
    const startedAt = performance.now();
    const seed = await readSeed(body);
    if (!('records' in seed)) throw new Refusal(422, 'invalid_seed', 'This is no seed.', seed);
    let refused: readonly SeedProblem[] = [];
    await state.seed(async (hub) => {
      refused = await plant(hub, await callerIn(hub), seed);
      return refused.length === 0 ? 'done' : 'refused';
    });
    if (refused.length > 0) throw new Refusal(422, 'seed_refused', 'Nothing of the seed was written.', refused);
    return { records: seed.records.length, links: seed.links.length, ms: msSince(startedAt) };
  });
}

function clockRoutes(app: FastifyInstance, { keptClock }: DoubleParts): void {
  const path = `${doublePath}/clock`;
  const shown = () => ({ now: clock.now().toISOString(), ahead_ms: clock.aheadMs() });
  app.get(path, async () => shown());
  app.put<{ Body: ClockBody }>(path, { schema: { body: clockBody } }, async ({ body }) => {
    await keptClock.set(newTime(body));
    return shown();
  });
}

function newTime({ now, advance }: ClockBody): Date | null {
  if ((now === undefined) === (advance === undefined)) {
    throw new Refusal(422, 'invalid_request', 'Say either `now` or `advance`.');
  }
  if (now === null) return null;
  const ms = now === undefined ? clock.nowMs() + (parseDuration(advance) ?? Number.NaN) : Date.parse(now);
  if (ms >= 0 && ms < latestMs) return new Date(ms);
  const at = now === undefined ? 'advance' : 'now';
  const message =
    now === undefined ? 'must be a duration, as 90m or PT90M or 5400' : 'must be a time, as 2030-01-31T12:00:00Z';
  throw new Refusal(422, 'invalid_request', 'The clock cannot be set to that.', [{ at, message }]);
}

function faultRoutes(app: FastifyInstance, { faults, dialects }: DoubleParts): void {
  const path = `${doublePath}/faults`;
  app.get(path, async () => ({ faults: faults.list() }));
  app.post<{ Body: FaultBody }>(path, { schema: { body: faultBody } }, async ({ body }, reply) => {
    if (body.dialect !== undefined && !dialects.includes(body.dialect)) {
      const message = `is not served; there are ${dialects.join(', ')}`;
      throw new Refusal(422, 'invalid_request', 'The fault would never hit.', [{ at: 'dialect', message }]);
    }
    if (body.effect === 'slow' && body.ms === undefined) {
      throw new Refusal(422, 'invalid_request', 'How slow?', [{ at: 'ms', message: 'is needed for slow' }]);
    }
    return reply.code(201).send(faults.add(body));
  });
  app.delete(path, async (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.delete<{ Params: { id: string } }>(`${path}/:id`, async ({ params: { id } }, reply) => {
    if (!faults.remove(id)) throw new Refusal(404, 'unknown_fault', `There is no fault ${id}.`);
    return reply.code(204).send();
  });
}

function journalRoutes(app: FastifyInstance, { journal }: DoubleParts): void {
  const path = `${doublePath}/requests`;
  app.get<{ Querystring: JournalQuery }>(path, { schema: { querystring: journalQuery } }, async ({ query }) => ({
    requests: journal.list(query),
  }));
  app.delete(path, async (_request, reply) => {
    journal.clear();
    return reply.code(204).send();
  });
}

const msSince = (startedAt: number): number => Math.round(performance.now() - startedAt);

function refusalOf(failure: EdgeFailure): Refusal {
  switch (failure.kind) {
    case 'unknown_path':
      return new Refusal(404, failure.kind, 'There is nothing here.');
    case 'method_not_allowed':
      return new Refusal(405, failure.kind, `Possible here: ${failure.allowed.join(', ')}.`);
    case 'body_too_large':
      return new Refusal(413, failure.kind, `The body may have ${failure.limitBytes} bytes at most.`);
    case 'unsupported_media_type':
      return new Refusal(415, failure.kind, `${failure.mediaType} is not read here.`);
    case 'overloaded':
    case 'rate_limited':
    case 'unavailable':
      return new Refusal(503, failure.kind, 'Try again.');
    case 'internal':
      return new Refusal(500, failure.kind, 'Something failed that should not.');
    default:
      return new Refusal(400, failure.kind, failure.message);
  }
}

function send(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, code, message: detail, problems } = refusal;
  request.outcome = code;
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ title: code.replaceAll('_', ' '), status, code, detail, problems }));
}
