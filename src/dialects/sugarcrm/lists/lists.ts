/** Lists and counts of a module's records, and of the records that one of them is linked to. */
import type { LinkEnd } from '../../../model/catalogue.ts';
import type { Condition, Sort } from '../../../model/commands.ts';
import type { LinkView } from '../../../model/record.ts';
import { byId } from '../../../model/ref.ts';
import { invalidParameter, SugarError } from '../errors.ts';
import { showColumns } from '../links/columns.ts';
import { linkEnd, linkedFrom, type Module } from '../metadata/modules.ts';
import { refusal } from '../refusals.ts';
import { recordRenderer, renderDeleted, type SugarRecord } from '../render.ts';
import { isOn, optionalText, pagingOf } from '../requests/parse.ts';
import { type Answer, moduleIn, ok, segment, type Visit } from '../requests/visit.ts';
import { conditionsOf, isRecord } from './filter.ts';

export const listRecords = (visit: Visit): Promise<Answer> => {
  const module = moduleIn(visit);
  return listOf(visit, module, conditionsOf(visit, module));
};

export const countRecords = (visit: Visit): Promise<Answer> => {
  const module = moduleIn(visit);
  return countOf(visit, module, conditionsOf(visit, module));
};

/** Each record once, however many roles it has. */
export async function listLinked(visit: Visit): Promise<Answer> {
  const { end, module, conditions } = await linkedRecords(visit);
  const from = { type: moduleIn(visit).type.key, ref: byId(segment(visit, 'record')) };
  return listOf(visit, module, conditions, (records) => withColumns(visit, from, end, records));
}

export async function countLinked(visit: Visit): Promise<Answer> {
  const { module, conditions } = await linkedRecords(visit);
  return countOf(visit, module, conditions);
}

async function linkedRecords(visit: Visit) {
  const from = moduleIn(visit);
  const id = segment(visit, 'record');
  const found = await visit.hub.find(visit.caller, from.type.key, byId(id));
  if (found.kind === 'rejected') throw refusal(found, visit);
  const end = linkEnd(from, segment(visit, 'link'));
  const module = visit.modules.ofType(end.other);
  return { end, module, conditions: [linkedFrom(end, isRecord(id)), ...conditionsOf(visit, module)] };
}

type Query = { readonly type: string; readonly filters: readonly Condition[]; readonly deletedToo: boolean };

/** Deleted records too, for administrators that ask for them. */
function queryOf({ args, caller }: Visit, module: Module, filters: readonly Condition[]): Query {
  const deletedToo = isOn(args.deleted);
  if (deletedToo && caller.principal.role !== 'admin') throw new SugarError('not_authorized');
  return { type: module.type.key, filters, deletedToo };
}

async function listOf(
  visit: Visit,
  module: Module,
  filters: readonly Condition[],
  complete: (records: readonly SugarRecord[]) => Promise<readonly SugarRecord[]> = async (records) => records,
): Promise<Answer> {
  const { offset, size } = pagingOf(visit.args, visit.options);
  const query = queryOf(visit, module, filters);
  const asked = { ...query, sort: sortOf(visit, module), limit: size, skip: offset };
  // Clients go on by next_offset, however many records came before it.
  const page = await visit.hub.list(visit.caller, { ...asked, mayBeShort: true });
  if (page.kind !== 'page') throw refusal(page, visit);
  const render = recordRenderer(visit, module);
  const records = await Promise.all(
    page.items.map(async (record) =>
      record.deletedAt === undefined ? await render(record) : renderDeleted(module, record),
    ),
  );
  const next = page.next === null ? -1 : offset + records.length;
  return ok('listed', { next_offset: next, records: await complete(records) });
}

async function countOf(visit: Visit, module: Module, filters: readonly Condition[]): Promise<Answer> {
  const counted = await visit.hub.countListed(visit.caller, queryOf(visit, module, filters));
  if (counted.kind !== 'counted') throw refusal(counted, visit);
  const { count } = counted;
  return ok('counted', { record_count: visit.options.recordCountAsText ? String(count) : count });
}

const stamps: Readonly<Record<string, string>> = {
  id: 'record.number',
  date_entered: 'record.created_at',
  date_modified: 'record.updated_at',
  created_by: 'record.created_by',
  modified_user_id: 'record.updated_by',
};

/** `name:DESC,date_modified` */
function sortOf({ args }: Visit, module: Module): Sort[] {
  return (optionalText(args, 'order_by')?.split(',') ?? []).map((part) => {
    const [name = '', direction = 'ASC', ...rest] = part.trim().split(':');
    const member = module.members.find((one) => one.name === name && one.shows !== 'related_name');
    const field = Object.hasOwn(stamps, name) ? stamps[name] : member?.field.key;
    if (field === undefined || rest.length > 0 || !/^(asc|desc)$/i.test(direction)) {
      throw invalidParameter(`Cannot order by ${part.trim()} in module: ${module.name}`);
    }
    return { field, descending: direction.toLowerCase() === 'desc' };
  });
}

const largestRead = 1000;

/** Role and other columns stand beside the members of a linked record, where the link has roles: reading them costs all of its links. */
async function withColumns(
  visit: Visit,
  from: { readonly type: string; readonly ref: ReturnType<typeof byId> },
  end: LinkEnd,
  records: readonly SugarRecord[],
): Promise<readonly SugarRecord[]> {
  if (end.link.roleList === null) return records;
  const wanted = new Set(records.map(({ id }) => id));
  const links = new Map<unknown, LinkView>();
  for (let cursor: string | null | undefined; cursor !== null && links.size < wanted.size; ) {
    const page = await visit.hub.links(visit.caller, {
      ...{ ...from, link: end.name, limit: largestRead },
      ...(cursor !== undefined && { cursor }),
    });
    if (page.kind !== 'page') return records; // deleted since
    for (const link of page.items) {
      const { id } = end.side === 'left' ? link.right : link.left;
      if (wanted.has(id) && !links.has(id)) links.set(id, link);
    }
    cursor = page.next;
  }
  return records.map((record) => {
    const link = links.get(record.id);
    return link === undefined ? record : { ...record, ...showColumns(end, link) };
  });
}
