/** The issue log of a run: a page of it as JSON, or all as NDJSON, or as a CSV file that can be mended and sent again. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { Caller } from '../../../model/principal.ts';
import type { IssueView } from '../../../model/runs.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { csv, ndjson } from '../imports/import-operations.ts';
import { type AtRun, noRun, RunPath } from '../interfaces/interfaces.ts';
import type { ProblemError } from '../problem-answer.ts';
import { renderIssue } from '../render.ts';
import { type Row, rowOf } from '../rows/element-rows.ts';
import { refTo } from '../shapes/common.ts';
import { type AskedIssues, type IssueList, IssueListShape, IssuesQuery } from '../shapes/issue.ts';
import { listRefusal } from '../violations.ts';
import { issueCsv } from './issue-csv.ts';
import { unknownRun } from './runs.ts';

const AnyRunPath = Type.Object({ run: Type.String({ description: 'Number or id of a run.' }) });

const listing = {
  tag: 'Interfaces',
  description:
    'As JSON in pages; as NDJSON and CSV all of them. CSV has a line for each element that has an issue: the columns that were sent, and `_severity`, `_code`, `_member`, `_message` and `_remedy`, which are passed over when the file is sent back.',
  access: 'signed_in',
  query: IssuesQuery,
  media: ['application/json', ndjson, csv],
  answers: { 200: { description: 'Issues, in the order of the body.', schema: refTo(IssueListShape) } },
  problems: [404],
} as const;

const listIssues = describeOperation({
  ...listing,
  id: 'listIssues',
  summary: 'List the issues of a run of an interface',
  params: RunPath,
});

const findIssues = describeOperation({
  ...listing,
  id: 'findIssues',
  summary: 'List the issues of a run of any interface',
  params: AnyRunPath,
});

/** Of one page, where all are streamed. */
const mostInMemory = 1_000;

type AsksIssues = { Querystring: AskedIssues };
type Asked = { readonly endpoint: string | null; readonly run: string; readonly none: () => Promise<ProblemError> };

export function issueRoutes(app: FastifyInstance, hub: Hub): void {
  app.get<AtRun & AsksIssues>('/v1/interfaces/:endpoint/runs/:run/issues', { schema: listIssues }, (request, reply) => {
    const { endpoint, run } = request.params;
    return sendIssues(hub, request, reply, { endpoint, run, none: () => noRun(hub, request) });
  });

  app.get<AsksIssues & { Params: Static<typeof AnyRunPath> }>(
    '/v1/runs/:run/issues',
    { schema: findIssues },
    (request, reply) => {
      const { run } = request.params;
      return sendIssues(hub, request, reply, { endpoint: null, run, none: async () => unknownRun(run) });
    },
  );
}

async function sendIssues(
  hub: Hub,
  request: FastifyRequest<AsksIssues>,
  reply: FastifyReply,
  { endpoint, run, none }: Asked,
): Promise<IssueList | FastifyReply> {
  const caller = signedIn(request);
  const accept = request.headers.accept ?? '';
  const format = accept.includes(ndjson) ? ndjson : accept.includes(csv) ? csv : undefined;
  const query = format === undefined ? request.query : { ...request.query, limit: mostInMemory };
  const first = await hub.issues(caller, endpoint, run, query);
  if (first.kind === 'unknown_run') throw await none();
  if (first.kind !== 'page') throw listRefusal(first);
  if (format === undefined) return { items: first.items.map(renderIssue), next: first.next };

  async function* pages(): AsyncGenerator<readonly IssueView[]> {
    for (let page = first; page.kind === 'page'; ) {
      yield page.items;
      if (page.next === null) return;
      page = await hub.issues(caller, endpoint, run, { ...query, cursor: page.next });
    }
  }
  if (format === ndjson) return reply.type(ndjson).send(Readable.from(ndjsonOf(pages())));
  const found = await hub.findRun(caller, run);
  const { interfaces, types } = await hub.catalogue(caller.principal.workspace);
  const on = interfaces.get(found?.interface ?? '');
  if (on === undefined) throw await none();
  const fields = types.get(on.type)?.fieldsByKey;
  const isField = (column: string): boolean => fields?.has(column) ?? false;
  const rows = (places: readonly number[]) => keptRows(hub, caller, run, places);
  const text = issueCsv({ key: on.key, isField, pages, rows, spreadsheet: query.spreadsheet });
  return reply.type(`${csv}; charset=utf-8`).send(Readable.from(text));
}

async function* keptRows(
  hub: Hub,
  caller: Caller,
  run: string,
  places: readonly number[],
): AsyncGenerator<ReadonlyMap<number, Row>> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const asked = { outcomes: [], places, limit: places.length, ...(cursor && { cursor }) };
    const kept = await hub.elements(caller, run, asked);
    if (kept.kind !== 'page') return;
    const { items, keyField } = kept;
    yield new Map(
      items.flatMap(({ place, element }): [number, Row][] =>
        element === null ? [] : [[place, rowOf(element, keyField)]],
      ),
    );
    cursor = kept.next;
  }
}

async function* ndjsonOf(pages: AsyncIterable<readonly IssueView[]>): AsyncGenerator<string> {
  for await (const issues of pages)
    if (issues.length > 0) yield issues.map((issue) => `${JSON.stringify(renderIssue(issue))}\n`).join('');
}
