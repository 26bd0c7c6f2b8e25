/** The events of access and configuration. */
import type { AccessEvent, AuditAction, ConcernedKind, Doer } from '../../model/audit.ts';
import { int8Array, jsonbArray, textArray } from '../postgres/arrays.ts';
import type { Page, Sender, Transaction } from '../postgres/database.ts';

/** Into the transaction of what they tell, which must have entered the workspace: there is never one without the other. */
export function insertEvents(
  tx: Sender,
  workspace: number,
  { principal, via, requestId }: Doer,
  events: readonly AccessEvent[],
  at: Date,
): void {
  if (events.length === 0) return;
  tx.send(
    `insert into access_event (workspace_id, at, principal_id, via, request, action, concerned_kind, concerned_id, concerned_name,
       before, after)
     select $1, $2, $3, $4, $5, e.action, e.kind, e.id, e.name, e.before, e.after
     from unnest($6::text[], $7::text[], $8::bigint[], $9::text[], $10::jsonb[], $11::jsonb[])
       with ordinality e (action, kind, id, name, before, after, place)
     order by e.place`,
    [
      workspace,
      at,
      principal?.id ?? null,
      via,
      requestId,
      textArray(events.map(({ action }) => action)),
      textArray(events.map(({ concerned }) => concerned.kind)),
      int8Array(events.map(({ concerned }) => concerned.id)),
      textArray(events.map(({ concerned }) => concerned.name)),
      jsonbArray(events.map(({ before }) => before && JSON.stringify(before))),
      jsonbArray(events.map(({ after }) => after && JSON.stringify(after))),
    ],
  );
}

export type EventRow = {
  readonly event: number;
  readonly at: Date;
  readonly principal_id: number | null;
  readonly principal_name: string | null;
  readonly via: string;
  readonly request: string;
  readonly action: AuditAction;
  readonly concerned_kind: ConcernedKind;
  readonly concerned_id: number | null;
  readonly concerned_name: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
};

/** null: whatever it is. `name`: of what it concerned, or its number. */
export type EventFilter = {
  readonly actions: readonly AuditAction[] | null;
  readonly principal: number | null;
  readonly kind: ConcernedKind | null;
  readonly name: string | null;
  readonly since: Date | null;
  readonly until: Date | null;
};

/** Newest first; `before`: behind that one, in this order, which is one of the filter's; null: from the first of them on. */
export const readEvents = (
  tx: Transaction,
  workspace: number,
  { actions, principal, kind, name, since, until }: EventFilter,
  { before, limit }: { readonly before: readonly [at: Date, event: number] | null; readonly limit: number },
): Promise<Page<EventRow>> =>
  tx.page<EventRow>(
    {
      name: 'read_access_events',
      text: `
        select e.event, e.at, e.principal_id, p.name as principal_name, e.via, e.request, e.action, e.concerned_kind, e.concerned_id,
          e.concerned_name, e.before, e.after
        from access_event e left join principal p on p.principal_id = e.principal_id and p.workspace_id = $1
        where e.workspace_id = $1 and (e.at, e.event) < ($2, $3) and e.at >= $4
          and ($5::text[] is null or e.action = any($5)) and ($6::bigint is null or e.principal_id = $6)
          and ($7::text is null or e.concerned_kind = $7)
          and ($8::text is null or e.concerned_name = $8 or e.concerned_id::text = $8)
        order by e.at desc, e.event desc limit $9`,
    },
    [
      workspace,
      ...(before ?? [until ?? 'infinity', 0]),
      since ?? '-infinity',
      actions && textArray(actions),
      principal,
      kind,
      name,
      limit + 1,
    ],
    limit,
  );
