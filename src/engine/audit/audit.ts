/** The audit of access and configuration as it is read. */
import type { AuditAction, AuditEntry, ConcernedKind } from '../../model/audit.ts';
import { principalId } from '../../model/ids.ts';
import type { ListRejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { isStorableText } from '../../model/text.ts';
import { type EventRow, readEvents } from '../../store/access/audit.ts';
import type { Database } from '../../store/postgres/database.ts';
import { decodeCursor, encodeCursor, foreignCursor } from '../read/cursor.ts';

/** What is left out may be any. */
export type AuditQuery = {
  readonly actions?: readonly AuditAction[];
  readonly principal?: number;
  /** A kind alone, or one of it by its number or name. */
  readonly concerned?: { readonly kind: ConcernedKind; readonly name: string | null };
  /** From a time on, and before a time. */
  readonly since?: Date;
  readonly until?: Date;
  readonly limit: number;
  readonly cursor?: string;
};

export type AuditOutcome =
  | { readonly kind: 'page'; readonly items: readonly AuditEntry[]; readonly next: string | null }
  | { readonly kind: 'forbidden' }
  | ListRejected;

export async function audit(database: Database, caller: Caller, query: AuditQuery): Promise<AuditOutcome> {
  if (caller.principal.role !== 'admin') return { kind: 'forbidden' };
  const { workspace } = caller.principal;
  const { cursor, limit } = query;
  const { actions = null, principal = null, concerned, since = null, until = null } = query;
  const filter = { actions, principal, kind: concerned?.kind ?? null, name: concerned?.name ?? null, since, until };
  const identity = [workspace, 'audit', filter];
  const before = cursor === undefined ? null : placeOf(identity, cursor);
  if (before === undefined) return foreignCursor;
  if (filter.name !== null && !isStorableText(filter.name)) return { kind: 'page', items: [], next: null };
  const { rows, isMore } = await database.inWorkspace(workspace, (tx) =>
    readEvents(tx, workspace, filter, { before, limit }),
  );
  const last = isMore ? rows.at(-1) : undefined;
  return {
    kind: 'page',
    items: rows.map(entryOf),
    next: last === undefined ? null : encodeCursor(identity, [last.at.getTime(), last.event]),
  };
}

function placeOf(identity: unknown, cursor: string): readonly [Date, number] | undefined {
  const [time, event] = decodeCursor(identity, cursor) ?? [];
  if (!Number.isSafeInteger(event) || typeof time !== 'number') return undefined;
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? undefined : [at, event as number];
}

const entryOf = (row: EventRow): AuditEntry => ({
  number: row.event,
  at: row.at,
  principal: row.principal_id === null ? null : { id: principalId(row.principal_id), name: row.principal_name ?? '' },
  via: row.via,
  requestId: row.request,
  action: row.action,
  concerned: { kind: row.concerned_kind, id: row.concerned_id, name: row.concerned_name },
  before: row.before,
  after: row.after,
});
