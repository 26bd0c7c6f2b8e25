/** `/v1/audit`: who did what to access and configuration, as a page of JSON, or all of it as NDJSON or CSV. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { AuditOutcome, AuditQuery } from '../../../engine/audit/audit.ts';
import type { Hub } from '../../../engine/hub.ts';
import {
  type AuditAction,
  type AuditEntry,
  auditActions,
  type ConcernedKind,
  concernedKinds,
} from '../../../model/audit.ts';
import { shorten } from '../../../model/text.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { csv, ndjson } from '../imports/import-operations.ts';
import { type ProblemError, problem } from '../problem-answer.ts';
import { cellWriter } from '../rows/csv.ts';
import {
  type AskedAudit,
  type AuditList,
  AuditListShape,
  AuditQueryShape,
  type ShownAuditEntry,
} from '../shapes/audit.ts';
import { refTo } from '../shapes/common.ts';
import { timeParameter } from '../time-parameter.ts';
import { listRefusal } from '../violations.ts';
import { signedIn } from './credentials.ts';

const readAudit = describeOperation({
  id: 'readAudit',
  tag: 'Access',
  summary: 'Who did what to access and configuration',
  description:
    'Newest first: keys, users, roles, grants, passwords, locked sign-ins, the schema, interfaces and webhooks, whoever changed them through whatever API, or from the command line. Each is written in the transaction that it tells of. As JSON in pages; as NDJSON and CSV all of them. Changes of records are in `/v1/changes`.',
  access: 'admin',
  query: AuditQueryShape,
  media: ['application/json', ndjson, csv],
  answers: { 200: { description: 'What was done.', schema: refTo(AuditListShape) } },
});

/** Of one page, where all are streamed. */
const mostInMemory = 1_000;

type Page = Extract<AuditOutcome, { kind: 'page' }>;

export function auditRoute(app: FastifyInstance, hub: Hub): void {
  app.get<{ Querystring: AskedAudit }>(
    '/v1/audit',
    { schema: readAudit },
    async (request, reply): Promise<AuditList | FastifyReply> => {
      const caller = signedIn(request);
      const page = async (query: AuditQuery): Promise<Page> => {
        const outcome = await hub.audit(caller, query);
        if (outcome.kind === 'forbidden') throw new Error('An administrator is refused what is for administrators.');
        if (outcome.kind !== 'page') throw listRefusal(outcome);
        return outcome;
      };
      const query = auditQuery(request.query);
      const accept = request.headers.accept ?? '';
      const format = accept.includes(ndjson) ? ndjson : accept.includes(csv) ? csv : undefined;
      if (format === undefined) {
        const { items, next } = await page(query);
        return { items: items.map(renderEntry), next };
      }
      const whole = { ...query, limit: mostInMemory };
      const first = await page(whole); // what is wrong with the request is answered before anything is sent
      const pages = allPages(first, (cursor) => page({ ...whole, cursor }));
      return format === ndjson
        ? reply.type(ndjson).send(Readable.from(ndjsonOf(pages)))
        : reply.type(`${csv}; charset=utf-8`).send(Readable.from(csvOf(pages, request.query.spreadsheet)));
    },
  );
}

function auditQuery({ action, concerned, since, until, principal, cursor, limit }: AskedAudit): AuditQuery {
  return {
    limit,
    ...(cursor !== undefined && { cursor }),
    ...(action !== undefined && { actions: action.split(',').map(actionIn) }),
    ...(principal !== undefined && { principal }),
    ...(concerned !== undefined && { concerned: concernedIn(concerned) }),
    ...(since !== undefined && { since: timeParameter('since', since) }),
    ...(until !== undefined && { until: timeParameter('until', until) }),
  };
}

const isAction = (text: string): text is AuditAction => (auditActions as readonly string[]).includes(text);
const isKind = (text: string): text is ConcernedKind => (concernedKinds as readonly string[]).includes(text);

function actionIn(text: string): AuditAction {
  if (isAction(text)) return text;
  throw invalid('action', `There is no action "${shorten(text)}". Allowed: ${auditActions.join(', ')}.`);
}

function concernedIn(text: string): NonNullable<AuditQuery['concerned']> {
  const end = text.indexOf(':');
  const kind = end < 0 ? text : text.slice(0, end);
  if (isKind(kind)) return { kind, name: end < 0 ? null : text.slice(end + 1) };
  const message = `concerned is a kind, or one of it as user:12. There is no kind "${shorten(kind)}". Allowed: ${concernedKinds.join(', ')}.`;
  throw invalid('concerned', message);
}

const invalid = (name: string, message: string): ProblemError => problem('parameter_invalid', `query.${name}`, message);

async function* allPages(first: Page, next: (cursor: string) => Promise<Page>): AsyncGenerator<readonly AuditEntry[]> {
  for (let page = first; ; page = await next(page.next)) {
    yield page.items;
    if (page.next === null) return;
  }
}

async function* ndjsonOf(pages: AsyncIterable<readonly AuditEntry[]>): AsyncGenerator<string> {
  for await (const entries of pages)
    if (entries.length > 0) yield entries.map((entry) => `${JSON.stringify(renderEntry(entry))}\n`).join('');
}

const columns = [
  'number',
  'at',
  'action',
  'principal_id',
  'principal',
  'via',
  'request_id',
  'concerned_kind',
  'concerned_id',
  'concerned',
  'before',
  'after',
] as const;

async function* csvOf(pages: AsyncIterable<readonly AuditEntry[]>, spreadsheet: boolean): AsyncGenerator<string> {
  const write = cellWriter(spreadsheet);
  yield write.header(columns);
  for await (const entries of pages) {
    const lines = entries.map((entry) =>
      write.line(cellsOf(entry).map((cell) => (cell === null ? null : write.text(cell)))),
    );
    if (lines.length > 0) yield lines.join('');
  }
}

const cellsOf = ({ principal, concerned, before, after, ...entry }: AuditEntry): (string | null)[] => [
  String(entry.number),
  entry.at.toISOString(),
  entry.action,
  principal && String(principal.id),
  principal?.name ?? null,
  entry.via,
  entry.requestId,
  concerned.kind,
  concerned.id === null ? null : String(concerned.id),
  concerned.name,
  before && JSON.stringify(before),
  after && JSON.stringify(after),
];

const renderEntry = ({ requestId, at, concerned, ...entry }: AuditEntry): ShownAuditEntry => ({
  ...entry,
  at: at.toISOString(),
  request_id: requestId,
  concerned: { ...concerned },
});
