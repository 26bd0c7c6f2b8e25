/** Records as they are read: one, those that a query finds, and those that hang on one. */
import type { FastifyRequest } from 'fastify';
import type { RecordType } from '../../../model/catalogue.ts';
import type { Condition } from '../../../model/commands.ts';
import { begun, inPieces } from '../../pieces.ts';
import { findDomain, findLinkEnd, primaryKeyColumn } from '../domains.ts';
import { type Context, Rows } from '../operation.ts';
import { texts } from '../options.ts';
import { parsePage } from '../paging.ts';
import { unable } from '../refusal.ts';
import { findsNothing, refuseRecord } from '../render.ts';
import { parseColumns, renderColumns } from './columns.ts';
import { parseFilter, parseSort } from './filter.ts';
import { domainOf, notFound, type Target, targetOf } from './target.ts';

type Query = Readonly<Record<string, unknown>>;

/** `GET /api/{domain}/{id}?columns=` */
export async function readRecord(context: Context, request: FastifyRequest): Promise<unknown> {
  const target = targetOf(context, request);
  const columns = parseColumns(context, target.type, (request.query as Query).columns);
  const [shown] = await renderColumns(context, target.type, [await find(context, target)], columns);
  return shown;
}

async function find({ hub, caller }: Context, target: Target) {
  const outcome = await hub.find(caller, target.type.key, target.ref);
  if (outcome.kind === 'found') return outcome.record;
  throw findsNothing(outcome) ? notFound(target) : refuseRecord(outcome, target.type, target.id);
}

/** `GET /api/{domain}/Query?columns=&filter=&sort=` */
export const queryRecords = (context: Context, request: FastifyRequest): Promise<unknown> =>
  list(context, domainOf(context, request), request.query as Query, []);

/** `GET /api/{domain}/{id}/Files`, or `/Notes`, or `/Emails`: the records of that domain that are linked to this one. */
export const listLinked =
  (domain: 'Note' | 'Email' | 'File') =>
  async (context: Context, request: FastifyRequest): Promise<unknown> => {
    const target = targetOf(context, request);
    const record = await find(context, target);
    const type = findDomain(context.catalogue, domain);
    const end = type && findLinkEnd(target.type, type);
    const back = [...(type?.linkEnds.values() ?? [])].find(({ link, side }) => link === end?.link && side !== end.side);
    if (type === undefined || back === undefined) return [];
    const isOurs = { field: primaryKeyColumn(target.type), op: 'eq', value: record.number } as const;
    return list(context, type, request.query as Query, [{ linked: back.name, to: isOurs }]);
  };

async function list(context: Context, type: RecordType, query: Query, conditions: readonly Condition[]): Promise<Rows> {
  const page = parsePage(query, context.options.maxPageSize);
  const columns = parseColumns(context, type, query.columns);
  const asked = {
    type: type.key,
    filters: [...conditions, ...parseFilter(context, type, query.filter)],
    sort: parseSort(type, query.sort),
  };
  const pieces = inPieces(
    async (piece) => {
      const found = await context.hub.list(context.caller, { ...asked, ...piece });
      if (found.kind === 'rejected') throw refuseRecord(found, type, '');
      if (found.kind === 'list_rejected') throw unable(texts.filterInvalid(found.message));
      return found;
    },
    { limit: page.size, skip: (page.number - 1) * page.size },
  );
  async function* rows(): AsyncGenerator<readonly unknown[]> {
    for await (const records of pieces) yield await renderColumns(context, type, records, columns);
  }
  return new Rows(await begun(rows()));
}
