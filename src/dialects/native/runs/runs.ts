/** `/v1/runs`: any run by its id, and what is to become of the deletes that it holds. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { HeldOutcome } from '../../../model/runs.ts';
import { shorten } from '../../../model/text.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { asAsked, countsAndLeft, planIn } from '../plans/as-asked.ts';
import { type ProblemError, problem } from '../problem-answer.ts';
import { renderPointer, renderRun } from '../render.ts';
import { PageQuery, queryOf, refTo } from '../shapes/common.ts';
import {
  AllRunsQuery,
  type Approval,
  ApprovalShape,
  type HeldAnswer,
  HeldAnswerShape,
  type HeldList,
  HeldListShape,
  type RunList,
  RunListShape,
  RunShape,
  type ShownRun,
} from '../shapes/interface.ts';
import { planParameters } from '../shapes/plan.ts';
import { type RevertAnswer, RevertAnswerShape } from '../shapes/revert.ts';
import { listRefusal } from '../violations.ts';
import { runList, runsPage } from './run-list.ts';

const RunPath = Type.Object({ run: Type.String({ description: 'Number or id of a run.' }) });

const listAllRuns = describeOperation({
  id: 'listAllRuns',
  tag: 'Interfaces',
  summary: 'List the runs of all interfaces, newest first',
  description: 'Of those whose record type the key may read.',
  access: 'signed_in',
  query: AllRunsQuery,
  answers: { 200: { description: 'A page of them.', schema: refTo(RunListShape) } },
  problems: [404],
});

const findRun = describeOperation({
  id: 'findRun',
  tag: 'Interfaces',
  summary: 'Read a run of any interface',
  access: 'signed_in',
  params: RunPath,
  answers: { 200: { description: 'The run.', schema: refTo(RunShape) } },
  problems: [404],
});

const listHeldDeletes = describeOperation({
  id: 'listHeldDeletes',
  tag: 'Interfaces',
  summary: 'List the deletes that a run holds',
  access: 'signed_in',
  params: RunPath,
  query: PageQuery,
  answers: { 200: { description: 'A page of them, in the order of their numbers.', schema: refTo(HeldListShape) } },
  problems: [404],
});

const approveHeldDeletes = describeOperation({
  id: 'approveHeldDeletes',
  tag: 'Interfaces',
  summary: 'Approve the deletes that a run holds',
  description:
    'For the number that the run shows, at most: refused when more would be deleted. A record that is not as it was when it was held (changed, linked, supplied or brought back since) stays, and is told as an issue of the run. A set that is held as a whole is refused then. A newer set of the interface takes the place of what is held.',
  access: 'power',
  params: RunPath,
  body: refTo(ApprovalShape),
  answers: { 200: { description: 'Deleted.', schema: refTo(HeldAnswerShape) } },
  problems: [404, 409],
});

const cancelHeldDeletes = describeOperation({
  id: 'cancelHeldDeletes',
  tag: 'Interfaces',
  summary: 'Cancel the deletes that a run holds',
  description: 'The records stay. The next complete set without them would delete them again.',
  access: 'power',
  params: RunPath,
  answers: { 200: { description: 'Cancelled.', schema: refTo(HeldAnswerShape) } },
  problems: [404, 409],
});

const RevertQuery = queryOf(planParameters);

const revertRun = describeOperation({
  id: 'revertRun',
  tag: 'Interfaces',
  summary: 'Take back what a run changed',
  description:
    'Values, records, links and roles are as before the run: what it deleted comes back, what it created is deleted. What was changed since is left alone and listed. It is a run of its own, in one transaction.',
  access: 'power',
  params: RunPath,
  query: RevertQuery,
  answers: { 200: { description: 'Taken back, or planned.', schema: refTo(RevertAnswerShape) } },
  problems: [404, 409],
});

type AtRun = { Params: Static<typeof RunPath> };

export const unknownRun = (run: string): ProblemError =>
  problem('unknown_run', 'path.run', `There is no run "${shorten(run, 80)}".`, { run });

const forbidden = (): ProblemError =>
  problem('role_required', null, 'This key may not decide on runs.', { allowed: ['admin', 'power'] });

export function runRoutes(app: FastifyInstance, hub: Hub): void {
  app.get<{ Querystring: Static<typeof AllRunsQuery> }>(
    '/v1/runs',
    { schema: listAllRuns },
    async (request): Promise<RunList> => {
      const { interface: endpoint = null, ...page } = request.query;
      const of = endpoint === null ? null : { endpoint, path: 'query.interface' };
      return runList(request, of, await hub.runs(signedIn(request), endpoint, runsPage(page)));
    },
  );

  app.get<AtRun>('/v1/runs/:run', { schema: findRun }, async (request): Promise<ShownRun> => {
    const found = await hub.findRun(signedIn(request), request.params.run);
    if (found === undefined) throw unknownRun(request.params.run);
    return renderRun(request.publicBase, found);
  });

  app.get<AtRun & { Querystring: Static<typeof PageQuery> }>(
    '/v1/runs/:run/held',
    { schema: listHeldDeletes },
    async (request): Promise<HeldList> => {
      const outcome = await hub.heldDeletes(signedIn(request), request.params.run, request.query);
      if (outcome.kind === 'unknown_run') throw unknownRun(request.params.run);
      if (outcome.kind !== 'page') throw listRefusal(outcome);
      const items = outcome.items.map(({ record, ...shown }) => ({ record: renderPointer(record), ...shown }));
      return { items, next: outcome.next };
    },
  );

  app.post<AtRun & { Body: Approval }>(
    '/v1/runs/:run/approve',
    { schema: approveHeldDeletes },
    async (request): Promise<HeldAnswer> => {
      const caller = signedIn(request);
      const outcome = await hub.approveHeld(caller, request.params.run, request.body.deletes);
      return heldAnswer(request, outcome, 'approved');
    },
  );

  app.post<AtRun & { Querystring: Static<typeof RevertQuery> }>(
    '/v1/runs/:run/revert',
    { schema: revertRun },
    async (request): Promise<RevertAnswer> => {
      const caller = signedIn(request);
      const { run } = request.params;
      const outcome = await asAsked(request.query, {
        now: () => hub.revertRun(caller, run),
        plan: () => hub.plans.revert(caller, run),
        planned: (plan) => hub.plans.applyRevert(caller, run, plan),
      });
      if (outcome.kind === 'unknown_run') throw unknownRun(request.params.run);
      if (outcome.kind === 'forbidden') throw forbidden();
      if (outcome.kind === 'refused') {
        const { message, remedy } = outcome;
        throw problem('run_not_revertible', 'path.run', message, { remedy });
      }
      request.outcome = outcome.kind;
      return outcome.kind === 'planned'
        ? { outcome: 'planned', run: null, ...planIn(request, outcome.plan), ...countsAndLeft(outcome) }
        : { outcome: 'reverted', run: renderRun(request.publicBase, outcome.run), ...countsAndLeft(outcome) };
    },
  );

  app.post<AtRun>('/v1/runs/:run/cancel', { schema: cancelHeldDeletes }, async (request): Promise<HeldAnswer> => {
    const caller = signedIn(request);
    return heldAnswer(request, await hub.cancelHeld(caller, request.params.run), 'cancelled');
  });
}

function heldAnswer(request: FastifyRequest<AtRun>, outcome: HeldOutcome, done: HeldAnswer['outcome']): HeldAnswer {
  switch (outcome.kind) {
    case 'done':
      request.outcome = done;
      return { outcome: done, run: renderRun(request.publicBase, outcome.run), skipped: outcome.skipped };
    case 'unknown_run':
      throw unknownRun(request.params.run);
    case 'forbidden':
      throw forbidden();
    case 'refused':
      throw problem(
        outcome.code,
        outcome.code === 'held_differs' ? 'deletes' : 'path.run',
        outcome.message,
        outcome.deletes === undefined ? {} : { deletes: outcome.deletes },
      );
  }
}
