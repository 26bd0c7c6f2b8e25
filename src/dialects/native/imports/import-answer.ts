/** What an import answers: its counts at the end, or a line for each row as it is written. */
import type { FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { ImportTakenOver, Overloaded, Unavailable } from '../../../engine/hub-errors.ts';
import type { Import } from '../../../engine/import/import.ts';
import type { Progress } from '../../../engine/import/underway.ts';
import { WriteFault } from '../../../engine/import/write-chunk.ts';
import type { ImportCommand } from '../../../model/commands.ts';
import { guidOf } from '../../../model/ids.ts';
import type { ImportOutcome, RejectedRowView } from '../../../model/imports.ts';
import { count, isOrAre } from '../../../model/text.ts';
import { MalformedBody, StalledBody } from '../../bodies.ts';
import { signedIn } from '../access/credentials.ts';
import { ProblemError, problemOf } from '../problem-answer.ts';
import type { ProblemCode } from '../problems.ts';
import type { ImportAnswer, RejectedRow } from '../shapes/import.ts';
import { renderStale } from '../stamps.ts';
import { violationOfRow } from '../violations.ts';

type Started = Import & { kind: 'importing' };

const mostRejectedShown = 1000;

export const rejectedUrl = (request: FastifyRequest, id: string): string =>
  `${request.publicBase}/v1/imports/${id}/rejected`;

export const renderRejected = (
  command: ImportCommand,
  { index, line, key, violations }: Pick<RejectedRowView, 'index' | 'line' | 'key' | 'violations'>,
): RejectedRow => ({
  row: index,
  line,
  key,
  outcome: 'rejected',
  violations: violations.map((violation) => violationOfRow(violation, command.kind)),
});

export async function summaryOf(
  hub: Hub,
  request: FastifyRequest,
  started: Started,
  command: ImportCommand,
): Promise<ImportAnswer> {
  let at: Progress = started.from;
  try {
    for await (const chunk of started.chunks) at = chunk;
  } catch (fault) {
    throw cutShort(fault, started, at, request);
  }
  const page =
    at.counts.rejected > 0
      ? await hub.rejectedRows(signedIn(request), started.id, { limit: mostRejectedShown })
      : undefined;
  return {
    import: started.id,
    counts: { ...at.counts },
    rejected: page?.kind === 'page' ? page.items.map((row) => renderRejected(command, row)) : [],
    rejected_url: rejectedUrl(request, started.id),
  };
}

export async function* linesOf(
  request: FastifyRequest,
  started: Started,
  command: ImportCommand,
  which: 'all' | 'rejected',
): AsyncGenerator<string> {
  let at: Progress = started.from;
  const workspace = signedIn(request).principal.workspace;
  const idKind = command.kind === 'links' ? 'link' : 'record';
  const lineOf = (outcome: ImportOutcome): object => {
    if (outcome.kind === 'rejected') return renderRejected(command, outcome);
    const { index: row, line, key, kind, written: number, stale } = outcome;
    const id = number === null ? null : guidOf(idKind, workspace, number);
    return { row, line, key, outcome: kind, number, id, ...(stale && { stale: renderStale(stale) }) };
  };
  try {
    yield `${JSON.stringify({ import: started.id, rows_done: at.rowsDone })}\n`;
    for await (const chunk of started.chunks) {
      at = chunk;
      let text = '';
      for (const outcome of chunk.outcomes) {
        if (which === 'all' || outcome.kind === 'rejected') text += `${JSON.stringify(lineOf(outcome))}\n`;
      }
      yield which === 'all' ? text : `${text}${JSON.stringify({ rows_done: at.rowsDone })}\n`;
    }
    const { id } = started;
    yield `${JSON.stringify({ import: id, counts: at.counts, rejected_url: rejectedUrl(request, id) })}\n`;
  } catch (fault) {
    // The status was sent long ago: the last line says instead that this is not the end.
    const { violations } = cutShort(fault, started, at, request);
    yield `${JSON.stringify({ problem: problemOf(violations, request.id) })}\n`;
  }
}

/** What was written stays written: whoever sends again must know how far it came. */
function cutShort(thrown: unknown, { id }: Started, at: Progress, request: FastifyRequest): ProblemError {
  const go = `${count(at.rowsDone, 'row')} ${isOrAre(at.rowsDone)} done: mend the cause, and send the body again with import=${id}.`;
  const members = { import: id, rows_done: at.rowsDone, counts: at.counts };
  const because = (code: ProblemCode, message: string, headers = {}): ProblemError =>
    new ProblemError([{ code, path: null, message: `${message} ${go}`, ...members }], headers);
  if (thrown instanceof MalformedBody)
    return because('malformed_body', `The body cannot be read on: ${thrown.message}.`);
  if (thrown instanceof StalledBody) return because('body_stalled', thrown.message, { connection: 'close' });
  if (thrown instanceof ImportTakenOver)
    return because('import_taken_over', 'Another request went on with this import, or took it back.');
  const fault = thrown instanceof WriteFault ? thrown.cause : thrown;
  if (fault instanceof Overloaded) return because('overloaded', 'Too many requests wait already.');
  if (fault instanceof Unavailable) return because('unavailable', 'The database did not answer.');
  request.log.error({ err: fault }, 'import failed');
  return because('internal', 'Something failed that should not.');
}
