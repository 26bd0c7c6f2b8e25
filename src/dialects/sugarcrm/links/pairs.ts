/** Linking and unlinking two records that are named by whatever ref: the same for keys and ids. */
import type { LinkEnd } from '../../../model/catalogue.ts';
import type { Condition, LinkCommand } from '../../../model/commands.ts';
import type { LinkView, RecordPointer } from '../../../model/record.ts';
import { byId, type Ref } from '../../../model/ref.ts';
import { isRecord } from '../lists/filter.ts';
import { isSymmetric, type Module } from '../metadata/modules.ts';
import { refusal } from '../refusals.ts';
import type { Args, Visit } from '../requests/visit.ts';
import { columnsOf } from './columns.ts';

/** Two records, and the link of the first one's module that is meant. */
export type Pair = { readonly module: Module; readonly end: LinkEnd; readonly from: Ref; readonly to: Ref };

export type Linked = { readonly from: RecordPointer; readonly to: RecordPointer; readonly link: LinkView };

export async function linkPair(visit: Visit, pair: Pair, columns: Args): Promise<Linked & { readonly kind: string }> {
  const turned = await isLinkedBackwards(visit, pair);
  const { end, from, to } = turned ? { ...pair, from: pair.to, to: pair.from } : pair;
  const outcome = await visit.hub.link(visit.caller, { ...endsOf(pair, from, to), ...columnsOf(end, columns) });
  if (outcome.kind === 'rejected') throw refusal(outcome, visit);
  const { left, right } = outcome.link;
  const [first, second] = (end.side === 'left') === turned ? [right, left] : [left, right];
  return { kind: outcome.kind, link: outcome.link, from: first, to: second };
}

/** Two records that are not linked stay so, and that is a success. */
export async function unlinkPair(
  visit: Visit,
  pair: Pair,
): Promise<Omit<Linked, 'link'> & { readonly removed: number }> {
  const unlink = async (from: Ref, to: Ref) => {
    const outcome = await visit.hub.unlink(visit.caller, { ...endsOf(pair, from, to), which: 'all' });
    if (outcome.kind === 'rejected') throw refusal(outcome, visit);
    return outcome;
  };
  const { removed, from, to } = await unlink(pair.from, pair.to);
  const others = isSymmetric(pair.end) ? (await unlink(byId(to.id), byId(from.id))).removed.length : 0;
  return { from, to, removed: removed.length + others };
}

const endsOf = ({ module, end }: Pair, from: Ref, to: Ref): Pick<LinkCommand, 'from' | 'link' | 'to'> => ({
  from: { type: module.type.key, ref: from },
  link: end.name,
  to: { ref: to },
});

/** Of records of one module that are linked the other way round there is that link already. */
async function isLinkedBackwards({ hub, caller }: Visit, { module, end, from, to }: Pair): Promise<boolean> {
  if (!isSymmetric(end)) return false;
  const backwards: Condition = { linked: end.name, to: isNamed(from) };
  const counted = await hub.countListed(caller, { type: module.type.key, filters: [isNamed(to), backwards] });
  return counted.kind === 'counted' && counted.count > 0;
}

const isNamed = (ref: Ref): Condition => {
  if (ref.by === 'key') return { field: ref.field, op: 'eq', value: ref.value };
  return ref.by === 'id' ? isRecord(ref.id) : { field: 'record.number', op: 'eq', value: ref.number };
};
