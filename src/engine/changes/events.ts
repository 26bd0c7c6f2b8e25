/** Events of runs and interfaces as rows of the feed. They are of no record: their number is 0, so that no history finds them. */
import type { Catalogue, Interface } from '../../model/catalogue.ts';
import type { EventKind } from '../../model/events.ts';
import { guidOf, type WorkspaceId } from '../../model/ids.ts';
import type { ChangeRow } from '../../store/changes/changes.ts';
import type { RunRow } from '../../store/sync/runs.ts';
import { heldResult } from '../sync/holding/held-result.ts';

type EventRow = ChangeRow<EventKind>;

const ofNoRecord = {
  row: 0,
  number: 0,
  version: null,
  link_type: null,
  link_number: null,
  other_number: null,
  before: null,
  place: null,
  stamp: null,
  forced: null,
} as const;

export function runEvent(workspace: WorkspaceId, kind: EventKind, row: RunRow, at: Date): EventRow {
  const { run, state, counts, issues, failure, superseded_by, held_deletes, reverts, replays } = row;
  const held_result = heldResult(workspace, row);
  const ended = { state, counts, issues, failure, superseded_by, held_deletes, held_result, reverts, replays };
  const after = { interface: row.interface, ...ended };
  return { ...ofNoRecord, kind, principal_id: row.principal_id, via: row.via, request: row.request, run, at, after };
}

/** Nobody's doing: its principal is 0, the server itself. */
export const overdueEvent = (interfaceId: number, since: Date, at: Date): EventRow => ({
  ...ofNoRecord,
  kind: 'interface_overdue',
  principal_id: 0,
  via: 'keyway',
  request: 'overdue',
  run: null,
  at,
  after: { interface: interfaceId, overdue_since: since.toISOString() },
});

/** The interface that an event is of; undefined when the schema no longer has it. */
export const interfaceOf = (catalogue: Catalogue, after: EventRow['after']): Interface | undefined =>
  [...catalogue.interfaces.values()].find(({ id }) => id === after?.interface);

/** What is shown of it: runs by their ids. */
export function shownEvent(
  catalogue: Catalogue,
  run: number | null,
  after: EventRow['after'],
): Record<string, unknown> {
  const { interface: _, superseded_by: newer, reverts, replays, ...facts } = after ?? {};
  if (run === null) return facts;
  const idOf = (number: unknown) => (typeof number === 'number' ? guidOf('run', catalogue.workspace, number) : null);
  return { id: idOf(run), ...facts, superseded_by: idOf(newer), reverts: idOf(reverts), replays: idOf(replays) };
}
