/** `POST /v1/interfaces/{endpoint}/runs`: a complete set in one body, read as it arrives. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { OpenSet } from '../../../engine/sync/sync.ts';
import type { FailedRun, SyncOutcome } from '../../../model/runs.ts';
import type { SetFormat } from '../../../model/schema.ts';
import { shorten } from '../../../model/text.ts';
import { MalformedBody, readBody } from '../../bodies.ts';
import { Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { type AtEndpoint, EndpointPath, unknownInterface } from '../interfaces/interfaces.ts';
import { readOnce } from '../once/once.ts';
import { planMode, planRefusal, renderPlan } from '../plans/plans.ts';
import { ProblemError, problem, type Violations } from '../problem-answer.ts';
import { renderRun } from '../render.ts';
import { formatOfSet, setMedia } from '../rows/body-format.ts';
import { rowSet } from '../rows/run-rows.ts';
import { refTo } from '../shapes/common.ts';
import { RunShape, type ShownRun } from '../shapes/interface.ts';
import { orPlan, type ShownPlan } from '../shapes/plan.ts';
import { stampOf } from '../stamps.ts';
import { callRefusal } from '../violations.ts';
import { SubmissionQuery, type Submitted, scopeOf } from './scope-parameters.ts';

const submitSet = describeOperation({
  id: 'submitSet',
  tag: 'Interfaces',
  summary: 'Make the records of an interface equal a complete set',
  description:
    'The body is NDJSON, one JSON array, CSV with a header, or XML, of flat field values by key, the key field of the interface among them; relations are lists of references by the name of the link. It is read as it arrives, and may be of any size. Records that are not in it are deleted; more than the guard of the interface allows are held until somebody approves them, and all else is applied. Nothing is written unless the body is whole; a row’s bad values become issues of the run. With `as_of`, or `@as_of` in a row, what is stored as of a later time stays; no record is deleted that was made or written after it, and a set older than the last one is superseded as a whole. Open to administrators, power users, and the keys that the interface names. While another run of the interface is at work, the set is queued once its body is whole; a newer set takes the place of those that are queued.',
  access: 'interface',
  params: EndpointPath,
  query: SubmissionQuery,
  bodyMedia: Object.keys(setMedia),
  body: Type.Unknown({ description: 'Every row that there shall be.' }),
  answers: {
    200: { description: 'The run, at its end; or its plan.', schema: orPlan(RunShape) },
    202: {
      description: 'The run, queued: its set is kept, and will be applied.',
      schema: refTo(RunShape),
      location: true,
    },
  },
  problems: [404, 408, 409, 422],
});

type Submission = AtEndpoint & { Querystring: Submitted };

export function submitSetRoute(app: FastifyInstance, hub: Hub): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(Object.keys(setMedia), (_request, body, done) => done(null, body));

  app.post<Submission>(
    '/v1/interfaces/:endpoint/runs',
    { schema: submitSet },
    async (request, reply): Promise<ShownRun | ShownPlan> => {
      const { endpoint } = request.params;
      const { stamp } = stampOf(request.query, 'query');
      const caller = signedIn(request);
      const mode = planMode(request.query);
      const format = formatOfSet(request);
      const form = formOf(app, request.query, format);
      const outcome = await readBody(request, async (body) => {
        const { pieces, once } = readOnce(request, body);
        const scope = scopeOf(request.query);
        const inForm = await form?.(pieces);
        const open: OpenSet = (target) => ({
          ...(inForm?.(target) ?? rowSet(pieces, format, request.query.decimal, target)),
          scope,
          stamp,
        });
        if (mode.kind === 'plan') return hub.plans.set(caller, endpoint, open);
        if (mode.kind === 'planned') return hub.plans.applySet(caller, endpoint, open, mode.plan, once);
        return hub.sync(caller, endpoint, open, { waitMs: request.query.wait * 1_000, once });
      });
      if (outcome.kind === 'planned') {
        request.outcome = outcome.kind;
        return renderPlan(request, outcome.plan);
      }
      if (outcome.kind === 'unknown_plan' || outcome.kind === 'plan_stale') throw planRefusal(outcome);
      if (outcome.kind !== 'done') throw submissionRefusal(outcome, request.publicBase);
      request.outcome = outcome.run.state;
      if (outcome.run.state === 'queued')
        reply.code(202).header('location', `${request.publicBase}/v1/runs/${outcome.run.id}`);
      return renderRun(request.publicBase, outcome.run);
    },
  );
}

/** undefined: rows, as the native API has them. */
function formOf(
  { dialects }: FastifyInstance,
  { form: name }: Submitted,
  format: SetFormat,
): ((body: AsyncIterable<Buffer>) => Promise<OpenSet>) | undefined {
  if (name === undefined) return undefined;
  const form = dialects.find((dialect) => dialect.name === name)?.setForm;
  if (form === undefined) {
    const allowed = dialects.flatMap((one) => (one.setForm === undefined ? [] : [one.name]));
    const others = allowed.length === 0 ? '' : ` Allowed: ${allowed.join(', ')}.`;
    throw problem('parameter_invalid', 'query.form', `There is no form "${shorten(name)}".${others}`);
  }
  if (format === 'json' || format === 'xml') return (body) => form(body, format);
  throw problem(
    'parameter_invalid',
    'query.form',
    `The form ${name} is JSON or XML: send its content-type, not ${format}.`,
  );
}

function submissionRefusal(outcome: Exclude<SyncOutcome, { kind: 'done' }>, base: string): unknown {
  switch (outcome.kind) {
    case 'unknown_interface':
      return unknownInterface(outcome.endpoint);
    case 'forbidden':
      return problem('interface_closed', 'path.endpoint', outcome.message);
    case 'rejected':
      return callRefusal(outcome, 'path.endpoint');
    default:
      return withRun(setProblem(outcome), outcome, base);
  }
}

type RefusedSet = Extract<SyncOutcome, FailedRun>;

function setProblem(outcome: RefusedSet): unknown {
  switch (outcome.kind) {
    case 'malformed':
      return new ProblemError(
        outcome.faults.map((fault) => ({ code: 'set_malformed', ...fault })) as unknown as Violations,
      );
    case 'unreadable':
      return outcome.cause instanceof MalformedBody
        ? problem('malformed_body', null, outcome.cause.message)
        : outcome.cause;
    case 'stamp_ahead':
      return problem('stamp_ahead', 'query.as_of', outcome.message);
    case 'scope_refused':
      return problem('scope_not_possible', `query.scope[${outcome.name}]`, outcome.message);
    case 'format_refused':
      return problem('format_not_taken', 'header.content-type', outcome.message, { allowed: outcome.formats });
  }
}

/** The failed run is where its sender's colleagues will look. */
function withRun(refusal: unknown, { run }: FailedRun, base: string): unknown {
  if (run === undefined || !(refusal instanceof ProblemError)) return refusal;
  const violations = refusal.violations.map((one) => ({ ...one, run })) as unknown as Violations;
  return new ProblemError(violations, { location: `${base}/v1/runs/${run}` });
}
