/** What links wait for: the list, and taking one of them back. */
import type { Catalogue, LinkType } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import type { ListRejected } from '../../model/outcomes.ts';
import type { ForgetOutcome, PendingListOutcome, PendingListQuery } from '../../model/pending.ts';
import type { Caller } from '../../model/principal.ts';
import type { Ref } from '../../model/ref.ts';
import {
  findPendingLink,
  listPendingLinks,
  type PendingRow,
  pairOfRow,
  removePendingLinks,
  type SoughtType,
  sweepPendingLinks,
} from '../../store/links/pending-links.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import { readRecords } from '../../store/records/wanted-records.ts';
import { grantViolations, may } from '../access/grants.ts';
import { unknownLinkType } from '../import/refuse-import.ts';
import { formOf } from '../keys/key-of.ts';
import { Wants } from '../write/commands.ts';
import { rejectedFor } from '../write/judging/rejected.ts';
import { pendingView, refOfSide } from '../write/pending/pending.ts';
import { WorkingSet } from '../write/working/working-set.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';

/** How long one that expired is still shown. */
const shownExpiredMs = 7 * 86_400_000;

const notAKey: ListRejected = {
  kind: 'list_rejected',
  parameter: 'filter',
  message: 'waits_for is a key, as field:value: nothing waits for a number or an id.',
};

/** In the order in which they were first asked for; of link types both of whose record types the caller may read. */
export async function listPending(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  { link, state, waitsFor, limit, cursor }: PendingListQuery,
): Promise<PendingListOutcome> {
  const { workspace } = catalogue;
  if (link !== undefined && !catalogue.links.has(link)) return unknownLinkType(catalogue, link);
  if (waitsFor !== undefined && waitsFor.by !== 'key') return notAKey;
  const identity = [workspace, 'pending', link, state, waitsFor];
  const [after] = cursor === undefined ? [0] : (decodeCursor(identity, cursor) ?? []);
  if (!Number.isSafeInteger(after)) return foreignCursor;
  const types = [...catalogue.links.values()]
    .filter((type) => (link === undefined || type.key === link) && maySee(caller, type))
    .map((type) => soughtIn(catalogue, type, waitsFor));
  const now = clock.now();
  return database.inWorkspace(workspace, async (tx): Promise<PendingListOutcome> => {
    await sweepPendingLinks(tx, workspace, new Date(now.getTime() - shownExpiredMs));
    const query = {
      types,
      byKey: waitsFor !== undefined,
      state: state ?? null,
      now,
      after: after as number,
      limit: limit + 1,
    };
    const rows = await listPendingLinks(tx, workspace, query);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    const records = await recordsOf(tx, catalogue, shown, now);
    return {
      kind: 'page',
      items: shown.flatMap(
        (row) => pendingView(catalogue, row, now, (type, ref) => records.find(type, ref)?.deletedAt !== null) ?? [],
      ),
      next: last === undefined ? null : encodeCursor(identity, [last.number]),
    };
  });
}

type KeyRef = Extract<Ref, { by: 'key' }>;

const maySee = ({ principal }: Caller, { left, right }: LinkType): boolean =>
  may(principal, 'read', left) && may(principal, 'read', right);

function soughtIn(catalogue: Catalogue, link: LinkType, key: KeyRef | undefined): SoughtType {
  const soughtOf = (type: string): SoughtType['left'] => {
    const field = key && catalogue.types.get(type)?.fieldsByKey.get(key.field);
    return field === undefined ? null : { field: field.id, value: formOf(field, key?.value) };
  };
  return { link_type: link.id, left: soughtOf(link.left), right: soughtOf(link.right) };
}

/** The records that the sides name, as far as they are there. */
async function recordsOf(
  tx: Transaction,
  catalogue: Catalogue,
  rows: readonly PendingRow[],
  now: Date,
): Promise<WorkingSet> {
  const wants = new Wants(catalogue);
  for (const row of rows) {
    const link = catalogue.linksById.get(row.link_type);
    const pair = pairOfRow(row);
    for (const [key, side] of [
      [link?.left, pair.left],
      [link?.right, pair.right],
    ] as const) {
      const type = catalogue.types.get(key ?? '');
      wants.addRef(type, (type && refOfSide(type, side)) ?? null);
    }
  }
  const set = new WorkingSet(catalogue, now);
  for (const row of await readRecords(tx, catalogue.workspace, wants.wanted)) set.addStoredRow(row);
  return set;
}

/** Whoever may link the two may take back that they are to be linked. */
export async function forgetPending(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  number: number,
): Promise<ForgetOutcome> {
  const { workspace } = catalogue;
  return database.inWorkspace(workspace, async (tx): Promise<ForgetOutcome> => {
    const row = await findPendingLink(tx, workspace, number);
    const link = row && catalogue.linksById.get(row.link_type);
    if (link === undefined || !maySee(caller, link)) return { kind: 'unknown_pending_link' };
    const ungranted = rejectedFor(grantViolations(caller.principal, `attach:${link.right}`, link.left));
    if (ungranted) return ungranted;
    removePendingLinks(tx, workspace, [number]);
    return { kind: 'forgotten' };
  });
}
