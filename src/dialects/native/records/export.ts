/** Exports: every record of a list, every link of a link type, streamed as the rows that an import takes. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { ExportQuery } from '../../../model/commands.ts';
import { signedIn } from '../access/credentials.ts';
import { type AtLink, csv, exportLinks, ndjson } from '../imports/import-operations.ts';
import { problem } from '../problem-answer.ts';
import { linkImportRefusal, listRefusal } from '../violations.ts';

/** The format that the request asks for rather than JSON, in its address or its header; undefined when it asks for none. */
export function exportFormat(request: FastifyRequest): ExportQuery['format'] | undefined {
  const { format } = request.query as { format?: unknown };
  if (format === 'ndjson' || format === 'csv') return format;
  const accept = request.headers.accept ?? '';
  return accept.includes(ndjson) ? 'ndjson' : accept.includes(csv) ? 'csv' : undefined;
}

export function exportRoutes(app: FastifyInstance, hub: Hub): void {
  app.get<AtLink & { Querystring: { limit?: number; format?: ExportQuery['format']; spreadsheet: boolean } }>(
    '/v1/links/:link',
    { schema: exportLinks },
    (request, reply) => {
      const { limit = null, spreadsheet } = request.query;
      return sendExport(hub, request, reply, {
        kind: 'links',
        link: request.params.link,
        format: exportFormat(request) ?? 'ndjson',
        limit,
        spreadsheet,
      });
    },
  );
}

export async function sendExport(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  query: ExportQuery,
): Promise<FastifyReply> {
  const outcome = await hub.export(signedIn(request), query);
  if (outcome.kind !== 'exporting') {
    if (query.kind === 'links' && outcome.kind === 'rejected') throw linkImportRefusal(outcome);
    throw listRefusal(outcome, query.kind === 'records' ? query : undefined);
  }
  request.outcome = outcome.kind;
  return reply.type(query.format === 'csv' ? `${csv}; charset=utf-8` : ndjson).send(Readable.from(outcome.text));
}

/** Of a list that is exported: how many records at most; null: all. It has no pages, and one order. */
export const exportLimits = new WeakMap<FastifyRequest, number | null>();

/** Runs before the query is checked as that of a page, whose limit is smaller and has a default. */
export async function takeExportLimit(request: FastifyRequest): Promise<void> {
  if (exportFormat(request) === undefined) return;
  const { limit, ...query } = request.query as Record<string, unknown>;
  for (const name of ['cursor', 'sort', 'include']) {
    if (Object.hasOwn(query, name)) {
      throw problem(
        'parameter_invalid',
        `query.${name}`,
        `An export has no ${name}: it is all records that pass the filters, by number.`,
      );
    }
  }
  if (limit !== undefined && !/^[1-9]\d{0,14}$/.test(String(limit))) {
    throw problem('limit_invalid', 'query.limit', 'limit of an export is a whole number from 1.');
  }
  exportLimits.set(request, limit === undefined ? null : Number(limit));
  request.query = query;
}
