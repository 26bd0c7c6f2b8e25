/** `/v1/records/{type}/import` and `/v1/links/{link}/import`: many rows in one body, read and written as it arrives. */

import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { Import, RowSource } from '../../../engine/import/import.ts';
import type { ImportCommand, ImportResume } from '../../../model/commands.ts';
import { count, isOrAre } from '../../../model/text.ts';
import { piecesOf, readBody } from '../../bodies.ts';
import { signedIn } from '../access/credentials.ts';
import { deferredByForce, forceOf } from '../force.ts';
import { readOnce } from '../once/once.ts';
import { type PlanAsked, planMode, planRefusal, renderPlan } from '../plans/plans.ts';
import { type ProblemError, problem } from '../problem-answer.ts';
import { formatOf, importMedia } from '../rows/body-format.ts';
import { readRows, rowParser } from '../rows/import-rows.ts';
import { stampOf } from '../stamps.ts';
import { linkImportRefusal, refusal } from '../violations.ts';
import { linesOf, summaryOf } from './import-answer.ts';
import { type ImportsLinks, type ImportsRecords, importLinks, importRecords, ndjson } from './import-operations.ts';

type Resumable = PlanAsked & {
  readonly import?: string;
  readonly offset: number;
  readonly outcomes: 'all' | 'rejected';
};

export function importRoutes(app: FastifyInstance, hub: Hub): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(Object.keys(importMedia), (_request, body, done) => done(null, body));

  app.post<ImportsRecords>('/v1/records/:type/import', { schema: importRecords }, (request, reply) => {
    const { key, mode, decimal } = request.query;
    return runImport(hub, request, reply, request.query, {
      kind: 'records',
      type: request.params.type,
      key,
      mode,
      ...stampOf(request.query, 'query'),
      ...forceOf(request.query),
      ...(decimal === 'comma' && { decimal }),
    });
  });

  app.post<ImportsLinks>('/v1/links/:link/import', { schema: importLinks }, (request, reply) => {
    const { left_key: leftKey = null, right_key: rightKey = null, onMissing, force } = request.query;
    if (force && onMissing === 'defer') throw problem('parameter_invalid', 'query.onMissing', deferredByForce);
    return runImport(hub, request, reply, request.query, {
      kind: 'links',
      link: request.params.link,
      leftKey,
      rightKey,
      ...(onMissing === 'defer' && { onMissing }),
      ...stampOf(request.query, 'query'),
      ...forceOf(request.query),
    });
  });
}

async function runImport(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Resumable,
  command: ImportCommand,
) {
  const { import: id, offset, outcomes } = asked;
  if (id === undefined && offset > 0) {
    throw problem(
      'parameter_invalid',
      'query.offset',
      'offset goes with import: it says where in that import this body begins.',
    );
  }
  const mode = planMode(asked);
  if (id !== undefined && mode.kind !== 'now')
    throw problem('parameter_invalid', 'query.import', 'An import that goes on cannot be planned: leave one out.');
  const format = formatOf(request);
  const caller = signedIn(request);
  const parser = rowParser(await hub.catalogue(caller.principal.workspace), command);
  const rowsIn =
    (pieces: AsyncIterable<Buffer>): RowSource =>
    (from) =>
      readRows(pieces, format, parser, { offset, from });
  if (mode.kind === 'plan') {
    const outcome = await readBody(request, (body) =>
      hub.plans.import(caller, command, rowsIn(readOnce(request, body).pieces)),
    );
    if (outcome.kind === 'rejected') throw startRefusal(outcome, command);
    request.outcome = outcome.kind;
    return renderPlan(request, outcome.plan);
  }
  const started =
    mode.kind === 'planned'
      ? await readBody(request, (body) => {
          const { pieces, once } = readOnce(request, body);
          return hub.plans.applyImport(caller, command, rowsIn(pieces), mode.plan, once);
        })
      : await startImport(hub, request, command, rowsIn, id === undefined ? undefined : { import: id, offset });
  if (started.kind === 'unknown_plan' || started.kind === 'plan_stale') throw planRefusal(started);
  if (started.kind !== 'importing') throw startRefusal(started, command);
  request.outcome = 'importing';
  reply.header('location', `${request.publicBase}/v1/imports/${started.id}`);
  return (request.headers.accept ?? '').includes(ndjson)
    ? reply.type(ndjson).send(Readable.from(linesOf(request, started, command, outcomes)))
    : summaryOf(hub, request, started, command);
}

function startImport(
  hub: Hub,
  request: FastifyRequest,
  command: ImportCommand,
  rowsIn: (pieces: AsyncIterable<Buffer>) => RowSource,
  resume: ImportResume | undefined,
): Promise<Import> {
  const { pieces, once } = readOnce(request, piecesOf(request));
  return hub.import(signedIn(request), command, rowsIn(pieces), { resume, once });
}

function startRefusal(refused: Exclude<Import, { kind: 'importing' }>, command: ImportCommand): ProblemError {
  switch (refused.kind) {
    case 'rejected':
      return command.kind === 'links' ? linkImportRefusal(refused) : refusal(refused);
    case 'unknown_import':
      return problem('unknown_import', 'query.import', `There is no import "${refused.import.slice(0, 80)}".`);
    case 'import_planned': {
      const message = 'The import applies a plan, all of it or nothing: it does not go on.';
      return problem('import_planned', 'query.import', message, { plan: refused.plan });
    }
    case 'import_mismatch': {
      const message =
        'The import was begun with another type, link, key, mode or decimal sign: send the same ones to go on with it.';
      return problem('import_mismatch', 'query.import', message, { begun_with: refused.begunWith });
    }
    case 'import_over':
      return problem('import_over', 'query.import', refused.message);
    case 'offset_beyond': {
      const done = `${count(refused.rowsDone, 'row')} that ${isOrAre(refused.rowsDone)} done`;
      const message = `The body must not begin beyond the ${done}: the rows between would be left out.`;
      return problem('import_offset_beyond', 'query.offset', message, { rows_done: refused.rowsDone });
    }
  }
}
