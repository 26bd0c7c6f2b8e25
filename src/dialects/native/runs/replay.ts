/** `/v1/runs/{run}/replay`, and of one of its elements: what was rejected is applied after all, as it was sent or as somebody has mended it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { MalformedSet } from '../../../engine/sync/receiving/malformed-set.ts';
import type { ReplayCommand } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import type { ReplayPlanned } from '../../../model/plan.ts';
import type { ReplayOutcome, SetFault } from '../../../model/runs.ts';
import { readBody } from '../../bodies.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { asAsked, planIn } from '../plans/as-asked.ts';
import type { PlanAsked } from '../plans/plans.ts';
import { ProblemError, problem, type Violations } from '../problem-answer.ts';
import { renderIssue, renderRun } from '../render.ts';
import { formatOfSet, setMedia } from '../rows/body-format.ts';
import type { DecimalSign } from '../rows/csv.ts';
import { rowFormat, rowSet } from '../rows/run-rows.ts';
import { decimalParameter, queryOf, refTo } from '../shapes/common.ts';
import { type ReplayAnswer, ReplayAnswerShape } from '../shapes/element.ts';
import { planParameters } from '../shapes/plan.ts';
import { callRefusal } from '../violations.ts';
import { unknownRun } from './runs.ts';

const RunPath = Type.Object({ run: Type.String({ description: 'Number or id of a run.' }) });
const ElementPath = Type.Object({
  ...RunPath.properties,
  place: Type.Integer({ minimum: 0, description: 'Of the element, as `elements` and `issues` of the run have it.' }),
});
const ReplayQuery = queryOf(planParameters);
const ReplayRunQuery = queryOf({ ...planParameters, ...decimalParameter });

const replaying = {
  tag: 'Interfaces',
  access: 'interface',
  query: ReplayQuery,
  answers: { 200: { description: 'Applied, or planned.', schema: refTo(ReplayAnswerShape) } },
  problems: [404, 409],
} as const;

const isNoSet =
  'It is a run of its own, in one transaction, for whoever may call the interface; no complete set, so that nothing is deleted. What was applied without an error is `resolved_by` it, with its issues. As it was sent, an element is replayed only while no newer set was applied.';

const replayElement = describeOperation({
  ...replaying,
  id: 'replayElement',
  summary: 'Apply an element of a run again',
  description: `As it was sent, or as the row in the body says. ${isNoSet}`,
  params: ElementPath,
  body: Type.Unknown({ description: 'The element as it shall be, as a row of a native run.' }),
});

const replayRun = describeOperation({
  ...replaying,
  id: 'replayRun',
  summary: 'Apply the elements of a run again that were rejected or have an error',
  description: `Without a body all that are not resolved. With one just its rows, as they are there: NDJSON, a JSON array, CSV or XML, such as the file of the run’s issues, mended; their keys say which elements they are. ${isNoSet}`,
  params: RunPath,
  query: ReplayRunQuery,
  bodyMedia: Object.keys(setMedia),
  body: Type.Unknown({ description: 'Elements of the run as they shall be, 10,000 or 16 MiB at most.' }),
});

const mostRows = 10_000;
const mostBytes = 16 * 1024 * 1024;

type Asked = { Querystring: Static<typeof ReplayQuery> };

export function replayElementRoute(app: FastifyInstance, hub: Hub): void {
  app.post<Asked & { Params: Static<typeof ElementPath> }>(
    '/v1/runs/:run/elements/:place/replay',
    { schema: replayElement },
    async (request): Promise<ReplayAnswer> => {
      const { body, query } = request;
      const { run, place } = request.params;
      if (body !== undefined && !isObject(body))
        throw problem('member_invalid', null, 'The body must be a row, an object.');
      const mended = body === undefined ? null : { format: rowFormat, text: JSON.stringify(body) };
      return replayAsAsked(hub, request, run, { kind: 'element', place, mended }, query);
    },
  );
}

/** In a scope of its own, which reads bodies as they arrive. */
export function replayRunRoute(app: FastifyInstance, hub: Hub): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(Object.keys(setMedia), (_request, body, done) => done(null, body));

  app.post<{ Querystring: Static<typeof ReplayRunQuery>; Params: Static<typeof RunPath> }>(
    '/v1/runs/:run/replay',
    { schema: replayRun },
    async (request): Promise<ReplayAnswer> => {
      const { body, query } = request;
      const { run } = request.params;
      const command: ReplayCommand =
        body === undefined
          ? { kind: 'open' }
          : await readBody(request, (pieces) => rowsIn(hub, request, run, query.decimal, pieces)).catch(asProblem);
      return replayAsAsked(hub, request, run, command, query);
    },
  );
}

async function replayAsAsked(
  hub: Hub,
  request: FastifyRequest<{ Params: { run: string } }>,
  run: string,
  command: ReplayCommand,
  asked: PlanAsked,
): Promise<ReplayAnswer> {
  const caller = signedIn(request);
  const outcome = await asAsked(asked, {
    now: () => hub.replay(caller, run, command),
    plan: () => hub.plans.replay(caller, run, command),
    planned: (plan) => hub.plans.applyReplay(caller, run, command, plan),
  });
  return answerTo(request, outcome);
}

async function rowsIn(
  hub: Hub,
  request: FastifyRequest,
  run: string,
  sign: DecimalSign,
  pieces: AsyncIterable<Buffer>,
): Promise<ReplayCommand> {
  const caller = signedIn(request);
  const found = await hub.findRun(caller, run);
  const catalogue = await hub.catalogue(caller.principal.workspace);
  const on = catalogue.interfaces.get(found?.interface ?? '');
  const type = on && catalogue.types.get(on.type);
  if (on === undefined || type === undefined) throw unknownRun(run);
  const target = { catalogue, interface: on, type };
  const { format, elements } = rowSet(pieces, formatOfSet(request), sign, target);
  const rows: string[] = [];
  let bytes = 0;
  for await (const packed of elements) {
    for (let index = 0; index < packed.length; index++) {
      const row = packed.at(index);
      bytes += row.length;
      rows.push(row.toString());
    }
    if (rows.length > mostRows || bytes > mostBytes)
      throw problem('body_too_large', null, `A replay takes ${mostRows} rows and ${mostBytes} bytes at most.`);
  }
  return { kind: 'mended', format, rows };
}

const malformed = (faults: readonly SetFault[]): ProblemError => {
  const remedy = 'Mend the row, and send it again.';
  return new ProblemError(
    faults.map((fault) => ({ code: 'set_malformed', ...fault, remedy })) as unknown as Violations,
  );
};

function asProblem(fault: unknown): never {
  throw fault instanceof MalformedSet ? malformed(fault.faults) : fault;
}

function answerTo(
  request: FastifyRequest<{ Params: { run: string } }>,
  outcome: ReplayOutcome | ReplayPlanned,
): ReplayAnswer {
  switch (outcome.kind) {
    case 'unknown_run':
      throw unknownRun(request.params.run);
    case 'unknown_element':
      throw problem('unknown_element', 'path.place', 'No element is kept of the run that stands there.');
    case 'forbidden':
      throw problem('interface_closed', 'path.run', 'This key may not call the interface of the run.');
    case 'rejected':
      throw callRefusal(outcome, 'path.run');
    case 'malformed':
      throw malformed(outcome.faults);
    case 'refused':
      throw problem('run_not_replayable', 'path.run', outcome.message, { remedy: outcome.remedy });
    default: {
      request.outcome = outcome.kind;
      const found = { counts: { ...outcome.counts }, issues: outcome.issues.map(renderIssue) };
      return outcome.kind === 'planned'
        ? { outcome: 'planned', run: null, ...planIn(request, outcome.plan), ...found }
        : { outcome: 'replayed', run: renderRun(request.publicBase, outcome.run), ...found };
    }
  }
}
