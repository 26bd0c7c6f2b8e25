/** Links of one record, and the history of both, as far as the caller may read the other ends. A deleted record still has its history. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { LinkListQuery } from '../../model/commands.ts';
import { principalId } from '../../model/ids.ts';
import type { HistoryOutcome, LinkListOutcome, ListRejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { ChangeView } from '../../model/record.ts';
import type { Ref } from '../../model/ref.ts';
import { type HistoryRow, readHistory } from '../../store/changes/changes.ts';
import { type LinkRow, listLinks, listLinksOfTypes } from '../../store/links/links.ts';
import type { Database } from '../../store/postgres/database.ts';
import { grantViolations, may } from '../access/grants.ts';
import { linkViewOf, pointerTo } from '../views.ts';
import { matchFieldViolations, recordNotFound, rejected, rejectedFor, unknownLink } from '../write/judging/rejected.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';
import { isRejected, readableType } from './readable.ts';
import { findRow } from './records.ts';

const badLimit: ListRejected = {
  kind: 'list_rejected',
  parameter: 'limit',
  message: 'limit is a whole number from 1 to 1,000.',
};
const isLimit = (limit: number): boolean => Number.isInteger(limit) && limit >= 1 && limit <= 1000;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);

export async function links(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  query: LinkListQuery,
): Promise<LinkListOutcome> {
  const type = readableType(catalogue, caller, query.type);
  if (isRejected(type)) return type;
  const named = query.link === undefined ? undefined : type.linkEnds.get(query.link);
  if (query.link !== undefined && named === undefined) return rejected(unknownLink(type, query.link));
  const ungranted = named && rejectedFor(grantViolations(caller.principal, 'read', named.other));
  if (ungranted) return ungranted;
  const ends = named
    ? [named]
    : [...type.linkEnds.values()].filter(({ other }) => may(caller.principal, 'read', other));
  const misnamed = rejectedFor(matchFieldViolations(type, query.ref ?? null, 'record'));
  if (misnamed) return misnamed;
  if (!isLimit(query.limit)) return badLimit;
  const identity = [catalogue.workspace, 'links', query.type, query.ref ?? null, query.link];
  const [after = 0] = query.cursor === undefined ? [0] : (decodeCursor(identity, query.cursor) ?? ['foreign']);
  if (!isCount(after)) return foreignCursor;
  return database.inWorkspace(catalogue.workspace, async (tx): Promise<LinkListOutcome> => {
    const idsOn = (side: 'left' | 'right'): number[] => ends.flatMap((end) => (end.side === side ? [end.link.id] : []));
    const place = { lefts: idsOn('left'), rights: idsOn('right'), after, limit: query.limit + 1 };
    let rows: LinkRow[];
    if (query.ref === undefined) {
      rows = await listLinksOfTypes(tx, catalogue.workspace, place);
    } else {
      const row = await findRow(tx, catalogue, type, query.ref);
      if (row === undefined) return rejected(recordNotFound(type, query.ref, 'record'));
      rows = await listLinks(tx, catalogue.workspace, { ...place, number: row.number });
    }
    const shown = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? shown.at(-1) : undefined;
    return {
      kind: 'page',
      items: shown.map((link) => linkViewOf(catalogue, link)),
      next: last === undefined ? null : encodeCursor(identity, [last.number]),
    };
  });
}

export async function history(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  query: { type: string; ref: Ref; limit: number; cursor?: string },
): Promise<HistoryOutcome> {
  const type = readableType(catalogue, caller, query.type);
  if (isRejected(type)) return type;
  const misnamed = rejectedFor(matchFieldViolations(type, query.ref, 'record'));
  if (misnamed) return misnamed;
  if (!isLimit(query.limit)) return badLimit;
  const identity = [catalogue.workspace, 'history', query.type, query.ref];
  const start = [Number.MAX_SAFE_INTEGER, 0];
  const [batch, row] = query.cursor === undefined ? start : (decodeCursor(identity, query.cursor) ?? []);
  if (!isCount(batch) || !isCount(row)) return foreignCursor;
  return database.inWorkspace(catalogue.workspace, async (tx): Promise<HistoryOutcome> => {
    const record = await findRow(tx, catalogue, type, query.ref, { deletedToo: true });
    if (record === undefined) return rejected(recordNotFound(type, query.ref, 'record'));
    const place = { number: record.number, before: { batch, row }, limit: query.limit };
    const { rows: shown, isMore } = await readHistory(tx, catalogue.workspace, place);
    const last = isMore ? shown.at(-1) : undefined;
    return {
      kind: 'page',
      items: shown.flatMap((change) => changeView(catalogue, caller, type.key, change) ?? []),
      next: last === undefined ? null : encodeCursor(identity, [last.batch, last.row]),
      notKept: last === undefined && record.version > 0 && !isFirst(shown.at(-1)),
    };
  });
}

/** A record's first change makes it, at version 1; none of its links is older. */
const isFirst = (change: HistoryRow | undefined): boolean => change?.link_type === null && change.version === 1;

/** As far as the schema still has it. */
function forcedIn(catalogue: Catalogue, typeKey: string, { forced, link_type: link }: HistoryRow): string[] {
  const fields = catalogue.types.get(typeKey)?.fieldsById;
  return (forced ?? []).flatMap(
    (id) => (link === null ? fields?.get(id)?.key : catalogue.linksById.get(id)?.key) ?? [],
  );
}

/** undefined for a change of a link whose type the schema no longer has, or whose other end the caller may not read. */
function changeView(
  catalogue: Catalogue,
  { principal }: Caller,
  typeKey: string,
  row: HistoryRow,
): ChangeView | undefined {
  const linkType = row.link_type === null ? null : catalogue.linksById.get(row.link_type);
  if (linkType === undefined) return undefined;
  if (linkType !== null && ![linkType.left, linkType.right].every((type) => may(principal, 'read', type)))
    return undefined;
  const named = (values: Readonly<Record<string, unknown>> | null): Record<string, unknown> => {
    if (linkType !== null) return { ...values };
    const type = catalogue.types.get(typeKey);
    return Object.fromEntries(
      Object.entries(values ?? {}).flatMap(([id, value]) => {
        const field = type?.fieldsById.get(Number(id));
        if (field === undefined) return [];
        const shown =
          field.link !== null && typeof value === 'number' ? pointerTo(catalogue, field.link.right, value) : value;
        return [[field.key, shown]];
      }),
    );
  };
  return {
    kind: row.kind,
    at: row.at,
    principal: { id: principalId(row.principal_id), name: row.principal_name },
    via: row.via,
    request: row.request,
    version: row.version,
    before: named(row.before),
    after: named(row.after),
    link:
      linkType === null || row.link_number === null || row.other_number === null
        ? null
        : {
            key: linkType.key,
            number: row.link_number,
            left: pointerTo(catalogue, linkType.left, row.number),
            right: pointerTo(catalogue, linkType.right, row.other_number),
          },
    merged:
      row.kind === 'merged' && row.other_number !== null
        ? { from: pointerTo(catalogue, typeKey, row.number), into: pointerTo(catalogue, typeKey, row.other_number) }
        : null,
    stamp: row.stamp,
    forced: forcedIn(catalogue, typeKey, row),
  };
}
