/** GET /api/Link/Query: which links there are, as ids; the records themselves are read by the domain endpoints. */
import type { FastifyRequest } from 'fastify';
import type { LinkEnd, LinkType, RecordType } from '../../../model/catalogue.ts';
import type { LinkListQuery } from '../../../model/commands.ts';
import type { LinkListOutcome } from '../../../model/outcomes.ts';
import type { LinkView } from '../../../model/record.ts';
import { byNumber } from '../../../model/ref.ts';
import { childDomains, domainName, findDomain, findLinkEnd, isChildDomain } from '../domains.ts';
import type { Context } from '../operation.ts';
import { texts } from '../options.ts';
import { parsePage } from '../paging.ts';
import { noRecord } from '../records/target.ts';
import { unable } from '../refusal.ts';
import { missesGrant, refuseRecord } from '../render.ts';
import { isIdentified, type Located, locate } from './identification.ts';
import { parentAndChild, relationshipId } from './links.ts';

type Query = Readonly<Record<string, unknown>>;

/** One side that the request names: its record type, and the record when it is identified too. */
type Side = { readonly type: RecordType; readonly record: Located | null };

/** A kind of link that can be in the answer, with the domains at its ends. */
type Kind = { readonly end: LinkEnd; readonly parent: string; readonly child: string };

type Column = { readonly title: string; readonly value: (link: LinkView, kind: Kind) => unknown };

/** The most links that are read at a time while looking for those of the page. */
const mostRead = 1000;

export async function queryLinks(context: Context, request: FastifyRequest): Promise<unknown> {
  const query = request.query as Query;
  const columns = parseColumns(query.columns);
  const page = parsePage(query, context.options.maxPageSize);
  const parent = await parseSide(context, query, 'parent', texts.parentNotFound);
  const child = await parseSide(context, query, 'child', texts.childNotFound);
  const named = parent ?? child;
  if (named === null) throw unable(texts.domainMissing);
  const kinds = kindsBetween(context, parent, child);
  const hasRelationship = parseRelationship(query.relationship, kinds);
  const parentNumber = await numberOf(context, parent);
  const childNumber = await numberOf(context, child);
  if (parentNumber === null || childNumber === null || kinds.size === 0) return [];

  const from = parentNumber === undefined && childNumber !== undefined && child !== null ? child : named;
  const number = parentNumber ?? childNumber;
  const rows: Record<string, unknown>[] = [];
  let skip = (page.number - 1) * page.size;
  const source = {
    type: from.type.key,
    ...(number === undefined ? {} : { ref: byNumber(number) }),
    limit: Math.min(page.number * page.size, mostRead),
  };
  for await (const link of linksFrom(context, source)) {
    const kind = kinds.get(link.link);
    if (kind === undefined || !hasRelationship(link, kind)) continue;
    if (childNumber !== undefined && parentAndChild(link, kind.end)[1].number !== childNumber) continue;
    if (skip-- > 0) continue;
    rows.push(Object.fromEntries(columns.map((column) => [column.title, column.value(link, kind)])));
    if (rows.length === page.size) break;
  }
  return rows;
}

const columnValues: Readonly<Record<string, Column['value']>> = {
  LinkID: (link) => link.number,
  ParentID: (link, { end }) => parentAndChild(link, end)[0].number,
  ChildID: (link, { end }) => parentAndChild(link, end)[1].number,
  ContactTypeID: (link, { child }) => relationshipId(link, child),
  ParentDomain: (_link, { parent }) => parent,
  ChildDomain: (_link, { child }) => child,
  Relationship: (link, { child }) => (child === 'File' ? null : (link.role?.name ?? null)),
};
/** `LinkID, ChildID as Contact`; all of them when none is asked for. A drill-down (`Parent.Name`) is no column of a link. */
function parseColumns(text: unknown): Column[] {
  const wanted = text === undefined || text === '' ? Object.keys(columnValues) : String(text).split(',');
  return wanted.map((one) => {
    const [, name = '', alias = name] = /^\s*(\S+)(?:\s+as\s+(\S+))?\s*$/i.exec(one) ?? [];
    const value = Object.hasOwn(columnValues, name) ? columnValues[name] : undefined;
    if (value === undefined) throw unable(texts.columnInvalid(one.trim()));
    return { title: alias, value };
  });
}

async function parseSide(
  context: Context,
  query: Query,
  side: 'parent' | 'child',
  refusal: string,
): Promise<Side | null> {
  const domain = query[`${side}Domain`];
  if (domain === undefined || domain === '') return null;
  if (side === 'child' && !isChildDomain(domain)) throw unable(texts.childDomainInvalid);
  const type = findDomain(context.catalogue, domain);
  if (type === undefined) throw unable(texts.domainUnknown(String(domain)));
  const identification = {
    id: query[`${side}RecordID`],
    key: query[`${side}RecordKey`],
    matchField: query[`${side}RecordMatchField`],
  };
  if (!isIdentified(identification)) return { type, record: null };
  return { type, record: await locate(context.hub, context.caller, type, identification, refusal) };
}

/** By link type key. */
function kindsBetween({ catalogue }: Context, parent: Side | null, child: Side | null): Map<string, Kind> {
  const parents = parent === null ? [...catalogue.types.values()] : [parent.type];
  const children = child === null ? childDomains.flatMap((name) => findDomain(catalogue, name) ?? []) : [child.type];
  const kinds = new Map<string, Kind>();
  for (const from of parents) {
    for (const to of children) {
      const end = findLinkEnd(from, to);
      if (end !== undefined) kinds.set(end.link.key, { end, parent: domainName(from), child: domainName(to) });
    }
  }
  return kinds;
}

/** Narrows links to contacts only: links to files pass. By code or description, in whichever case. */
function parseRelationship(value: unknown, kinds: ReadonlyMap<string, Kind>): (link: LinkView, kind: Kind) => boolean {
  if (typeof value !== 'string' || value === '') return () => true;
  const wanted = value.toLowerCase();
  const is = (role: LinkType['roles'][number]): boolean =>
    role.externalId?.toLowerCase() === wanted || role.name.toLowerCase() === wanted;
  const contactKinds = [...kinds.values()].filter(({ child }) => child === 'Contact');
  const known = contactKinds.length === 0 || contactKinds.some(({ end }) => end.link.roles.some(is));
  if (!known) throw unable(texts.relationshipUnknown(value));
  return (link, { child }) => child === 'File' || (link.role !== null && is(link.role));
}

/**
 * The number of the record that a side means: undefined when it names none, null when its primary key is nobody's (which then has
 * no links). A key that finds nothing is refused. The domain must be one that the caller may view, record or not.
 */
async function numberOf({ hub, caller }: Context, side: Side | null): Promise<number | undefined | null> {
  if (side === null) return undefined;
  const outcome = await hub.find(caller, side.type.key, side.record?.ref ?? noRecord);
  if (outcome.kind === 'found') return outcome.record.number;
  if (missesGrant(outcome)) throw refuseRecord(outcome, side.type, '');
  if (side.record === null) return undefined;
  if (side.record.byPrimaryKey) return null;
  throw unable(side.record.refusal);
}

/** By number. Nothing when the record was deleted while we looked. */
async function* linksFrom({ hub, caller }: Context, query: LinkListQuery): AsyncGenerator<LinkView> {
  let cursor: string | null = null;
  do {
    const page: LinkListOutcome = await hub.links(caller, cursor === null ? query : { ...query, cursor });
    if (page.kind !== 'page') return;
    yield* page.items;
    cursor = page.next;
  } while (cursor !== null);
}
