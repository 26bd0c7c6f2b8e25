/** Plain link endpoints: they obey the user's grants, name records by id, and answer with whole records. */
import type { LinkEnd } from '../../../model/catalogue.ts';
import { isObject } from '../../../model/json.ts';
import type { RecordView } from '../../../model/record.ts';
import { byId, byNumber } from '../../../model/ref.ts';
import { invalidParameter, missingParameter, SugarError } from '../errors.ts';
import { linkEnd, type Module } from '../metadata/modules.ts';
import { refusal } from '../refusals.ts';
import { recordRenderer, type SugarRecord } from '../render.ts';
import { patchOf, requiredText } from '../requests/parse.ts';
import { type Answer, type Args, moduleIn, ok, segment, type Visit } from '../requests/visit.ts';
import { textOf } from '../values.ts';
import { isRole, showColumns } from './columns.ts';
import { type Linked, linkPair, type Pair, unlinkPair } from './pairs.ts';

export async function linkRecord(visit: Visit): Promise<Answer> {
  const pair = pairIn(visit);
  const linked = await linkPair(visit, pair, visit.args);
  return ok(linked.kind, await bothRecords(visit, pair, linked));
}

/** `{"link_name": "contacts", "ids": ["…", {"id": "…", "opportunity_role": "…"}]}`. Records that are not there are told before any is linked. */
export async function linkRecords(visit: Visit): Promise<Answer> {
  const from = await recordIn(visit);
  const module = moduleIn(visit);
  const end = linkEnd(module, requiredText(visit.args, 'link_name'));
  const other = visit.modules.ofType(end.other);
  const given = idsOf(visit.args);
  await Promise.all(given.map(({ id }) => found(visit, other, id)));
  const related: SugarRecord[] = [];
  for (const { id, columns } of given) {
    const pair = { module, end, from: byNumber(from.number), to: byId(id) };
    related.push(await relatedRecord(visit, end, await linkPair(visit, pair, columns)));
  }
  return ok('linked', { record: await shown(visit, module, from.id), related_records: related });
}

function idsOf({ ids }: Args): readonly { readonly id: string; readonly columns: Args }[] {
  if (ids === undefined) throw missingParameter('ids');
  return (Array.isArray(ids) ? ids : [ids]).map((one: unknown) => {
    const id = textOf(isObject(one) ? one.id : one);
    if (id === undefined) throw invalidParameter('ids is a list of ids, or of objects that have one.');
    const { id: _, ...columns } = isObject(one) ? one : {};
    return { id, columns };
  });
}

/** Makes a record and links it. One that cannot be linked is taken back. */
export async function createLinked(visit: Visit): Promise<Answer> {
  const from = await recordIn(visit);
  const module = moduleIn(visit);
  const end = linkEnd(module, segment(visit, 'link'));
  const other = visit.modules.ofType(end.other);
  const created = await visit.hub.upsert(visit.caller, {
    type: other.type.key,
    ref: null,
    mode: 'create',
    fields: patchOf(other, visit.args),
    enforceRequired: visit.options.enforceRequired,
  });
  if (created.kind === 'rejected') throw refusal(created, visit);
  const to = byNumber(created.record.number);
  const pair = { module, end, from: byNumber(from.number), to };
  const columns = Object.fromEntries(Object.entries(visit.args).filter(([name]) => isRole(end, name)));
  try {
    return ok('created', await bothRecords(visit, pair, await linkPair(visit, pair, columns)));
  } catch (unlinkable) {
    if (unlinkable instanceof SugarError) await visit.hub.delete(visit.caller, { type: other.type.key, ref: to });
    throw unlinkable;
  }
}

export async function readLink(visit: Visit): Promise<Answer> {
  const { pair, linked } = await linkedPair(visit);
  return ok('found', await relatedRecord(visit, pair.end, linked));
}

/** Changes the columns of a pair that is linked already. */
export async function updateLink(visit: Visit): Promise<Answer> {
  const { pair } = await linkedPair(visit);
  const linked = await linkPair(visit, pair, visit.args);
  return ok(linked.kind, await bothRecords(visit, pair, linked));
}

export async function unlinkRecord(visit: Visit): Promise<Answer> {
  const pair = pairIn(visit);
  const { from, to, removed } = await unlinkPair(visit, pair);
  const [record, related] = [await shown(visit, pair.module, from.id), await shown(visit, otherIn(visit, pair), to.id)];
  return ok(removed === 0 ? 'unchanged' : 'unlinked', { record, related_record: related });
}

function pairIn(visit: Visit): Pair {
  const module = moduleIn(visit);
  const end = linkEnd(module, segment(visit, 'link'));
  return { module, end, from: byId(segment(visit, 'record')), to: byId(segment(visit, 'related')) };
}

/** Throws 404 `not_found` unless the two are linked. */
async function linkedPair(visit: Visit): Promise<{ readonly pair: Pair; readonly linked: Linked }> {
  const pair = pairIn(visit);
  const from = await recordIn(visit);
  const to = await found(visit, otherIn(visit, pair), segment(visit, 'related'));
  const names = [pair.end.link.name, pair.end.link.inverse].filter((name) => pair.module.type.linkEnds.has(name));
  for (const name of names) {
    const link = await linkBetween(visit, pair, name, from, to);
    if (link !== undefined) return { pair, linked: { from, to, link } };
  }
  throw new SugarError('not_found', `Could not find record: ${to.id} in module: ${otherIn(visit, pair).name}`);
}

const largestRead = 1000;

async function linkBetween(visit: Visit, { module }: Pair, name: string, from: RecordView, to: RecordView) {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await visit.hub.links(visit.caller, {
      ...{ type: module.type.key, ref: byNumber(from.number), link: name, limit: largestRead },
      ...(cursor !== undefined && { cursor }),
    });
    if (page.kind !== 'page') throw refusal(page, visit);
    const link = page.items.find(({ left, right }) => left.number === to.number || right.number === to.number);
    if (link !== undefined) return link;
    cursor = page.next;
  }
  return undefined;
}

const otherIn = (visit: Visit, { end }: Pair): Module => visit.modules.ofType(end.other);

const recordIn = (visit: Visit): Promise<RecordView> => found(visit, moduleIn(visit), segment(visit, 'record'));

async function found(visit: Visit, module: Module, id: string): Promise<RecordView> {
  const outcome = await visit.hub.find(visit.caller, module.type.key, byId(id));
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  return outcome.record;
}

/** As it is now: a lookup may have changed with a link. */
const shown = async (visit: Visit, module: Module, id: string): Promise<SugarRecord> =>
  recordRenderer(visit, module)(await found(visit, module, id));

async function relatedRecord(visit: Visit, end: LinkEnd, { to, link }: Linked): Promise<SugarRecord> {
  return { ...(await shown(visit, visit.modules.ofType(end.other), to.id)), ...showColumns(end, link) };
}

const bothRecords = async (visit: Visit, { module, end }: Pair, linked: Linked) => ({
  record: await shown(visit, module, linked.from.id),
  related_record: await relatedRecord(visit, end, linked),
});
