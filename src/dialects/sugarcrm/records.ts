/** Plain record endpoints: they obey the user's grants, and name records by id. */
import type { ListRejected, Page, Rejected } from '../../model/outcomes.ts';
import type { LinkView } from '../../model/record.ts';
import { byId, byNumber } from '../../model/ref.ts';
import { linkEnd } from './modules.ts';
import { type Paging, pagingOf, patchOf } from './parse.ts';
import { refusal } from './refusals.ts';
import { recordRenderer } from './render.ts';
import { type Answer, moduleIn, ok, segment, type Visit } from './visit.ts';

/** 200 and not 201, as the vendor has it. The id is the server's, whatever the client gives. */
export async function createRecord(visit: Visit): Promise<Answer> {
  const module = moduleIn(visit);
  const outcome = await visit.hub.upsert(visit.caller, {
    type: module.type.key,
    ref: null,
    mode: 'create',
    fields: patchOf(module, visit.args),
    enforceRequired: visit.options.enforceRequired,
  });
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return ok(outcome.kind, await recordRenderer(visit, module)(outcome.record));
}

export async function readRecord(visit: Visit): Promise<Answer> {
  const module = moduleIn(visit);
  const outcome = await visit.hub.find(visit.caller, module.type.key, byId(segment(visit, 'record')));
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return ok('found', await recordRenderer(visit, module)(outcome.record));
}

export async function updateRecord(visit: Visit): Promise<Answer> {
  const module = moduleIn(visit);
  const outcome = await visit.hub.upsert(visit.caller, {
    type: module.type.key,
    ref: byId(segment(visit, 'record')),
    mode: 'update',
    fields: patchOf(module, visit.args),
    enforceRequired: visit.options.enforceRequired,
  });
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return ok(outcome.kind, await recordRenderer(visit, module)(outcome.record));
}

export async function deleteRecord(visit: Visit): Promise<Answer> {
  const module = moduleIn(visit);
  const outcome = await visit.hub.delete(visit.caller, { type: module.type.key, ref: byId(segment(visit, 'record')) });
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return ok('deleted', { id: outcome.record.id });
}

export async function listRecords(visit: Visit): Promise<Answer> {
  const module = moduleIn(visit);
  const type = module.type.key;
  const page = await pageAt(pagingOf(visit.args, visit.options), visit, (limit, cursor) =>
    visit.hub.list(visit.caller, { type, filters: [], sort: [], limit, ...cursor }),
  );
  const records = await Promise.all(page.items.map(recordRenderer(visit, module)));
  return ok('listed', { next_offset: page.nextOffset, records });
}

/**
 * The records at the other end of a link, each once however many roles it has. One that was deleted since its link was read
 * is left out.
 */
export async function listLinked(visit: Visit): Promise<Answer> {
  const module = moduleIn(visit);
  const end = linkEnd(module, segment(visit, 'link'));
  const query = { type: module.type.key, ref: byId(segment(visit, 'record')), link: end.name };
  const otherOf = (link: LinkView): number => (end.side === 'left' ? link.right : link.left).number;
  const isFirst = firstTime();
  const page = await pageAt(
    pagingOf(visit.args, visit.options),
    visit,
    (limit, cursor) => visit.hub.links(visit.caller, { ...query, limit, ...cursor }),
    (link) => end.link.oncePer === 'pair' || isFirst(otherOf(link)),
  );
  const other = visit.modules.ofType(end.other);
  const render = recordRenderer(visit, other);
  const linked = await Promise.all(
    page.items.map(async (link) => {
      const found = await visit.hub.find(visit.caller, end.other, byNumber(otherOf(link)));
      if (found.kind === 'found') return [await render(found.record)];
      if (found.violations.some((violation) => violation.code === 'record_not_found')) return [];
      throw refusal(found, visit);
    }),
  );
  return ok('listed', { next_offset: page.nextOffset, records: linked.flat() });
}

const largestRead = 1000;
type Read<Item> = (
  limit: number,
  cursor: { readonly cursor?: string },
) => Promise<Page<Item> | ListRejected | Rejected>;

/** The engine pages by cursor and this vendor by offset: what stands before the offset is read and dropped. */
async function pageAt<Item>(
  { offset, size }: Paging,
  visit: Visit,
  read: Read<Item>,
  counts: (item: Item) => boolean = () => true,
): Promise<{ readonly items: readonly Item[]; readonly nextOffset: number }> {
  const items: Item[] = [];
  const limit = Math.min(offset + size + 1, largestRead);
  let before = offset;
  for (let next: string | null | undefined; next !== null; ) {
    const page = await read(limit, next === undefined ? {} : { cursor: next });
    if (page.kind !== 'page') throw refusal(page, visit);
    for (const item of page.items) {
      if (!counts(item)) continue;
      if (before > 0) before--;
      else if (items.length < size) items.push(item);
      else return { items, nextOffset: offset + size };
    }
    next = page.next;
  }
  return { items, nextOffset: -1 };
}

/** True the first time it is asked about a record. */
function firstTime(): (number: number) => boolean {
  const seen = new Set<number>();
  return (number) => seen.size < seen.add(number).size;
}
