/** `GET /v1/records/{type}`. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { Caller } from '../../../model/principal.ts';
import type { RecordView } from '../../../model/record.ts';
import { byNumber } from '../../../model/ref.ts';
import { signedIn } from '../access/credentials.ts';
import { problem } from '../problem-answer.ts';
import { renderLink, renderRecord } from '../render.ts';
import type { ListedRecord, RecordList } from '../shapes/record.ts';
import { listRefusal } from '../violations.ts';
import { exportFormat, exportLimits, sendExport, takeExportLimit } from './export.ts';
import { filtersOf, type ListParameters, mostWithLinks, sortsOf } from './filters.ts';
import { type AtType, listRecords } from './record-operations.ts';

/** Beyond a million records it may be that long, without an index. */
const patienceMs = 10_000;

export function listRoute(app: FastifyInstance, hub: Hub): void {
  app.get<AtType & { Querystring: ListParameters }>(
    '/v1/records/:type',
    { schema: listRecords, preValidation: takeExportLimit },
    async (request, reply): Promise<RecordList | FastifyReply> => {
      const { type } = request.params;
      const { limit, cursor, sort, include } = request.query;
      if (include === 'links' && limit > mostWithLinks) {
        throw problem('limit_invalid', 'query.limit', `With include=links, limit is at most ${mostWithLinks}.`);
      }
      const caller = signedIn(request);
      const catalogue = await hub.catalogue(caller.principal.workspace);
      const filters = filtersOf(request.query, catalogue.types.get(type));
      const format = exportFormat(request);
      if (format !== undefined) {
        const most = exportLimits.get(request) ?? null;
        return sendExport(hub, request, reply, {
          kind: 'records',
          type,
          filters,
          format,
          limit: most,
          spreadsheet: request.query.spreadsheet,
        });
      }
      const asked = { type, filters, sort: sortsOf(sort), limit, ...(cursor !== undefined && { cursor }) };
      const query = { ...asked, mayBeShort: true, patienceMs };
      const outcome = await hub.list(caller, query);
      if (outcome.kind !== 'page') throw listRefusal(outcome, query);
      request.outcome = outcome.kind;
      const items =
        include === 'links' ? await renderAllWithLinks(hub, caller, outcome.items) : outcome.items.map(renderRecord);
      return { items, next: outcome.next };
    },
  );
}

/** A few at a time: a long list must not take every connection to the database. */
const readsAtOnce = 4;

async function renderAllWithLinks(hub: Hub, caller: Caller, records: readonly RecordView[]): Promise<ListedRecord[]> {
  const rendered: ListedRecord[] = [];
  for (let at = 0; at < records.length; at += readsAtOnce) {
    const some = records.slice(at, at + readsAtOnce).map((record) => renderWithLinks(hub, caller, record));
    rendered.push(...(await Promise.all(some)));
  }
  return rendered;
}

/** Of each record the first page of its links, which says itself where the next one is. */
async function renderWithLinks(hub: Hub, caller: Caller, record: RecordView): Promise<ListedRecord> {
  const query = { type: record.type, ref: byNumber(record.number), limit: mostWithLinks };
  const outcome = await hub.links(caller, query);
  if (outcome.kind === 'page') {
    return { ...renderRecord(record), links: { items: outcome.items.map(renderLink), next: outcome.next } };
  }
  const isGone = outcome.kind === 'rejected' && outcome.violations.every(({ code }) => code === 'record_not_found');
  if (!isGone) throw listRefusal(outcome);
  return { ...renderRecord(record), links: { items: [], next: null } }; // deleted after it was listed
}
