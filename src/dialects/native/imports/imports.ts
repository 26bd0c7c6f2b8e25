/** `/v1/imports`: what the imports did, how far they came, and the rows that they rejected. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { ImportCommand } from '../../../model/commands.ts';
import type { ImportView, RejectedRowView } from '../../../model/imports.ts';
import { isObject, parseJson } from '../../../model/json.ts';
import { shorten } from '../../../model/text.ts';
import { signedIn } from '../access/credentials.ts';
import { asAsked, countsAndLeft, planIn } from '../plans/as-asked.ts';
import type { PlanAsked } from '../plans/plans.ts';
import { type ProblemError, problem } from '../problem-answer.ts';
import { cellWriter, type IssueColumn } from '../rows/csv.ts';
import type { ImportList, KeptRejectedRow, RejectedRowList, ShownImport } from '../shapes/import.ts';
import type { ImportRevert } from '../shapes/revert.ts';
import { listRefusal } from '../violations.ts';
import { rejectedUrl, renderRejected } from './import-answer.ts';
import {
  type AtImport,
  csv,
  listImports,
  listRejectedRows,
  ndjson,
  type OfImports,
  type Rejected,
  readImport,
  revertImport,
} from './import-operations.ts';

const unknownImport = (id: string): ProblemError =>
  problem('unknown_import', 'path.import', `There is no import "${shorten(id, 80)}".`);

export function importListRoutes(app: FastifyInstance, hub: Hub): void {
  app.get<OfImports>('/v1/imports', { schema: listImports }, async (request): Promise<ImportList> => {
    const outcome = await hub.imports(signedIn(request), request.query);
    if (outcome.kind !== 'page') throw listRefusal(outcome);
    return { items: outcome.items.map((one) => renderImport(request, one)), next: outcome.next };
  });

  const found = async (request: FastifyRequest<AtImport>): Promise<ImportView> => {
    const view = await hub.findImport(signedIn(request), request.params.import);
    if (view === undefined) throw unknownImport(request.params.import);
    return view;
  };

  app.get<AtImport>(
    '/v1/imports/:import',
    { schema: readImport },
    async (request): Promise<ShownImport> => renderImport(request, await found(request)),
  );

  app.post<AtImport & { Querystring: PlanAsked }>(
    '/v1/imports/:import/revert',
    { schema: revertImport },
    async (request): Promise<ImportRevert> => {
      const caller = signedIn(request);
      const { import: id } = request.params;
      const outcome = await asAsked(request.query, {
        now: () => hub.revertImport(caller, id),
        plan: () => hub.plans.revertImport(caller, id),
        planned: (plan) => hub.plans.applyImportRevert(caller, id, plan),
      });
      if (outcome.kind === 'unknown_import') throw unknownImport(id);
      if (outcome.kind === 'forbidden')
        throw problem('role_required', null, 'This key may not take imports back.', { allowed: ['admin', 'power'] });
      if (outcome.kind === 'refused') throw problem('import_not_revertible', 'path.import', outcome.message);
      request.outcome = outcome.kind;
      return outcome.kind === 'planned'
        ? { outcome: 'planned', import: null, ...planIn(request, outcome.plan), ...countsAndLeft(outcome) }
        : { outcome: 'reverted', import: renderImport(request, outcome.import), ...countsAndLeft(outcome) };
    },
  );

  app.get<AtImport & Rejected>('/v1/imports/:import/rejected', { schema: listRejectedRows }, async (request, reply) => {
    const { id, command } = await found(request);
    const accept = request.headers.accept ?? '';
    const pages = () => rejectedPages(hub, request, id);
    if (accept.includes(ndjson)) return reply.type(ndjson).send(Readable.from(ndjsonOf(command, pages())));
    if (accept.includes(csv)) {
      const { types } = await hub.catalogue(signedIn(request).principal.workspace);
      const fields = command.kind === 'records' ? types.get(command.type)?.fieldsByKey : undefined;
      return reply
        .type(csv)
        .send(Readable.from(csvOf(pages, (column) => fields?.has(column) ?? false, request.query.spreadsheet)));
    }
    const outcome = await hub.rejectedRows(signedIn(request), id, request.query);
    if (outcome.kind === 'unknown_import') throw unknownImport(id);
    if (outcome.kind !== 'page') throw listRefusal(outcome);
    const list: RejectedRowList = { items: outcome.items.map((row) => renderKept(command, row)), next: outcome.next };
    return list;
  });
}

const renderImport = (request: FastifyRequest, view: ImportView): ShownImport => ({
  id: view.id,
  number: view.number,
  ...renderCommand(view.command),
  state: view.state,
  counts: { ...view.counts },
  rows_done: view.rowsDone,
  principal: { id: view.principal.id, name: view.principal.name },
  request_id: view.request,
  started_at: view.startedAt.toISOString(),
  finished_at: view.finishedAt?.toISOString() ?? null,
  failure: view.failure,
  reverts: view.reverts,
  reverted_by: view.revertedBy,
  plan_id: view.plan,
  rejected_url: rejectedUrl(request, view.id),
});

function renderCommand(command: ImportCommand) {
  const none = { type: null, key: null, mode: null, link: null, left_key: null, right_key: null, on_missing: null };
  if (command.kind === 'records') {
    const { kind, type, key, mode } = command;
    return { ...none, kind, type, key, mode };
  }
  const { kind, link, leftKey, rightKey, onMissing = 'error' } = command;
  return { ...none, kind, link, left_key: leftKey, right_key: rightKey, on_missing: onMissing };
}

const renderKept = (command: ImportCommand, row: RejectedRowView): KeptRejectedRow => ({
  ...renderRejected(command, row),
  source: valuesOf(row.source) ?? row.source,
});

function valuesOf(source: string): Record<string, unknown> | undefined {
  const parsed = parseJson(source);
  return parsed.ok && isObject(parsed.value) ? parsed.value : undefined;
}

async function* rejectedPages(
  hub: Hub,
  request: FastifyRequest,
  id: string,
): AsyncGenerator<readonly RejectedRowView[]> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await hub.rejectedRows(signedIn(request), id, { limit: 1000, ...(cursor && { cursor }) });
    if (page.kind !== 'page') return;
    yield page.items;
    cursor = page.next;
  }
}

async function* ndjsonOf(
  command: ImportCommand,
  pages: AsyncIterable<readonly RejectedRowView[]>,
): AsyncGenerator<string> {
  for await (const rows of pages) yield rows.map((row) => `${JSON.stringify(renderKept(command, row))}\n`).join('');
}

/** Names that a hostile sender made up, row after row, must not fill the memory. */
const mostColumns = 1000;

/** What was wrong. Whoever sends the file back need not take it out. */
const messageColumn: IssueColumn = '_message';

/**
 * Read twice: rows need not have the same members, and the header has to name all. @param isField whether the record type has a field that is called as
 * the column that says what was wrong, which is left out then.
 */
async function* csvOf(
  pages: () => AsyncIterable<readonly RejectedRowView[]>,
  isField: (column: IssueColumn) => boolean,
  spreadsheet: boolean,
): AsyncGenerator<string> {
  const write = cellWriter(spreadsheet);
  const said = isField(messageColumn) ? [] : [messageColumn];
  const columns = new Set<string>();
  for await (const rows of pages()) {
    for (const { source } of rows) {
      for (const name of Object.keys(valuesOf(source) ?? {}))
        if (columns.size < mostColumns && !(said as readonly string[]).includes(name)) columns.add(name);
    }
  }
  yield write.header([...columns, ...said]);
  for await (const rows of pages()) {
    yield rows
      .map(({ source, line, violations }) => {
        const values = valuesOf(source) ?? {};
        const message = write.text(`line ${line}: ${violations.map((one) => one.message).join(' ')}`);
        return write.line([...[...columns].map((name) => write.value(values[name])), ...said.map(() => message)]);
      })
      .join('');
  }
}
