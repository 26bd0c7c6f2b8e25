/** `/v1/records/{type}/import`: many records in one body, read and written as it arrives. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Hub } from '../../engine/hub.ts';
import { Overloaded, Unavailable } from '../../engine/hub-errors.ts';
import type { ImportOutcome } from '../../model/outcomes.ts';
import { MalformedBody } from '../bodies.ts';
import { signedIn } from './credentials.ts';
import { type ImportFormat, importMedia, readRows } from './import-rows.ts';
import { describeOperation } from './openapi.ts';
import { ProblemError, problemOf } from './problem-answer.ts';
import type { ProblemCode } from './problems.ts';
import type { AtType } from './record-operations.ts';
import { queryOf, refTo, typeParameter } from './shapes/common.ts';
import { type ImportAnswer, ImportAnswerShape, type ImportCounts, type RejectedRow } from './shapes/import.ts';
import { refusal, violationOfRow } from './violations.ts';

const ndjson = 'application/x-ndjson';

const ImportQuery = queryOf({
  key: Type.String({ default: 'external_id', description: 'The match field that each row is found by.' }),
  mode: Type.Unsafe<'upsert' | 'create' | 'update'>({ enum: ['upsert', 'create', 'update'], default: 'upsert' }),
  skip: Type.Integer({
    minimum: 0,
    default: 0,
    description: 'Rows to pass over at the beginning: those that were answered before an import was cut short.',
  }),
});

const importRecords = describeOperation({
  id: 'importRecords',
  tag: 'Records',
  summary: 'Upsert many records by a key',
  description:
    'The body is NDJSON, one JSON array, or CSV with a header, of flat field values; it is read as it arrives, and may be of any size. Each row is written by the rules of a single upsert and has an outcome of its own. With `Accept: application/x-ndjson` the outcomes are streamed back, each after its commit, and the counts last.',
  access: ['create', 'edit'],
  params: Type.Object({ type: typeParameter }),
  query: ImportQuery,
  bodyMedia: Object.keys(importMedia),
  media: ['application/json', ndjson],
  body: Type.Unknown({ description: 'Rows of values by field key, the match field among them.' }),
  answers: { 200: { description: 'What became of the rows.', schema: refTo(ImportAnswerShape) } },
  problems: [404, 422],
});

const mostRejectedShown = 1000;

type ImportRequest = AtType & { Querystring: Static<typeof ImportQuery>; Body: Readable };

export function importRoute(app: FastifyInstance, hub: Hub): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(Object.keys(importMedia), (_request, body, done) => done(null, body));

  app.post<ImportRequest>('/v1/records/:type/import', { schema: importRecords }, async (request, reply) => {
    const { type } = request.params;
    const { key, mode, skip } = request.query;
    const caller = signedIn(request);
    const catalogue = await hub.catalogue(caller.principal.workspace);
    const rows = readRows(request.body, formatOf(request), { catalogue, type }, skip);
    const started = await hub.import(caller, { type, key, mode }, rows);
    if (started.kind === 'rejected') throw refusal(started);
    request.outcome = 'importing';
    return (request.headers.accept ?? '').includes(ndjson)
      ? sendStream(request, reply, started.outcomes)
      : summaryOf(request, started.outcomes);
  });
}

function formatOf(request: FastifyRequest): ImportFormat {
  const media = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return importMedia[media as keyof typeof importMedia] ?? 'ndjson';
}

class Tally {
  readonly counts: ImportCounts = { received: 0, created: 0, updated: 0, unchanged: 0, revived: 0, rejected: 0 };

  add(outcome: ImportOutcome): void {
    this.counts.received += 1;
    this.counts[outcome.kind === 'unreadable' ? 'rejected' : outcome.kind] += 1;
  }
}

const rejectedRow = (outcome: ImportOutcome & { kind: 'rejected' | 'unreadable' }): RejectedRow => ({
  row: outcome.index,
  line: outcome.line,
  key: outcome.key,
  outcome: 'rejected',
  violations:
    outcome.kind === 'unreadable'
      ? [{ code: 'row_unreadable', path: null, message: outcome.message }]
      : outcome.violations.map(violationOfRow),
});

/** What was written stays written: whoever sends again must know how far it came. */
function cutShort(fault: unknown, counts: ImportCounts, request: FastifyRequest): ProblemError {
  const done = counts.received.toLocaleString('en');
  const go = `${done} rows were answered: mend the cause, and send again with skip=${counts.received}.`;
  const because = (code: ProblemCode, message: string, headers: Record<string, string> = {}): ProblemError =>
    new ProblemError([{ code, path: null, message: `${message} ${go}`, counts }], headers);
  if (fault instanceof MalformedBody) return because('malformed_body', `The body cannot be read on: ${fault.message}.`);
  if (fault instanceof Overloaded) return because('overloaded', 'Too many requests wait already.');
  if (fault instanceof Unavailable) return because('unavailable', 'The database did not answer.');
  request.log.error({ err: fault }, 'import failed');
  return because('internal', 'Something failed that should not.');
}

async function summaryOf(
  request: FastifyRequest,
  chunks: AsyncIterable<readonly ImportOutcome[]>,
): Promise<ImportAnswer> {
  const tally = new Tally();
  const rejected: RejectedRow[] = [];
  try {
    for await (const chunk of chunks) {
      for (const outcome of chunk) {
        tally.add(outcome);
        const isRejected = outcome.kind === 'rejected' || outcome.kind === 'unreadable';
        if (isRejected && rejected.length < mostRejectedShown) rejected.push(rejectedRow(outcome));
      }
    }
  } catch (fault) {
    throw cutShort(fault, tally.counts, request);
  }
  return { counts: tally.counts, rejected };
}

function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  chunks: AsyncIterable<readonly ImportOutcome[]>,
): FastifyReply {
  return reply.type(ndjson).send(Readable.from(linesOf(request, chunks)));
}

async function* linesOf(
  request: FastifyRequest,
  chunks: AsyncIterable<readonly ImportOutcome[]>,
): AsyncGenerator<string> {
  const tally = new Tally();
  try {
    for await (const chunk of chunks) {
      let text = '';
      for (const outcome of chunk) {
        tally.add(outcome);
        text += `${JSON.stringify(lineOf(outcome))}\n`;
      }
      yield text;
    }
    yield `${JSON.stringify({ counts: tally.counts })}\n`;
  } catch (fault) {
    // The status was sent long ago: the last line says instead that this is not the end.
    const { violations } = cutShort(fault, tally.counts, request);
    yield `${JSON.stringify({ problem: problemOf(violations, request.id) })}\n`;
  }
}

function lineOf(outcome: ImportOutcome): object {
  if (outcome.kind === 'rejected' || outcome.kind === 'unreadable') return rejectedRow(outcome);
  const { index, line, key, kind, record } = outcome;
  return { row: index, line, key, outcome: kind, number: record.number, id: record.id };
}
