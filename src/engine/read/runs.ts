/** Runs, for those who may read the record type of their interface. */
import type { Catalogue, Interface } from '../../model/catalogue.ts';
import { clock } from '../../model/clock.ts';
import { decodeId } from '../../model/ids.ts';
import type { Caller } from '../../model/principal.ts';
import { parseRecordNumber } from '../../model/ref.ts';
import type { InterfaceView, RunListOutcome, RunState, RunView } from '../../model/runs.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import { readWatched } from '../../store/sync/overdue.ts';
import { type RunRow, readLastRuns, readRuns } from '../../store/sync/runs.ts';
import { may } from '../access/grants.ts';
import { findSettledRun, settledRuns } from '../sync/queue/lost-runs.ts';
import { runView } from '../sync/runs/run-view.ts';
import type { RunsUnderWay } from '../sync/runs/under-way.ts';
import { decodeCursor, encodeCursor, foreignCursor } from './cursor.ts';

export type RunsPage = {
  /** Empty: all. */
  readonly states: readonly RunState[];
  readonly limit: number;
  readonly cursor?: string;
};

const readableInterfaces = (catalogue: Catalogue, caller: Caller): Interface[] =>
  [...catalogue.interfaces.values()].filter((on) => may(caller.principal, 'read', on.type));

function readableInterface(catalogue: Catalogue, caller: Caller, endpoint: string): Interface | undefined {
  const on = catalogue.interfaces.get(endpoint);
  return on !== undefined && may(caller.principal, 'read', on.type) ? on : undefined;
}

/** Newest first; of one interface, or of all that the caller may read. */
export async function listRuns(
  database: Database,
  catalogue: Catalogue,
  underWay: RunsUnderWay,
  caller: Caller,
  endpoint: string | null,
  { states, limit, cursor }: RunsPage,
): Promise<RunListOutcome> {
  const one = endpoint === null ? null : readableInterface(catalogue, caller, endpoint);
  if (one === undefined) return { kind: 'unknown_interface' };
  const of = one === null ? readableInterfaces(catalogue, caller) : [one];
  const identity = [catalogue.workspace, 'runs', endpoint, states];
  const [before] = cursor === undefined ? [Number.MAX_SAFE_INTEGER] : (decodeCursor(identity, cursor) ?? []);
  if (typeof before !== 'number' || !Number.isSafeInteger(before)) return foreignCursor;
  const query = { interfaces: of.map(({ id }) => id), states, before, limit: limit + 1 };
  const rows = await database.inWorkspace(catalogue.workspace, (tx) =>
    settledRuns(tx, catalogue.workspace, () => readRuns(tx, catalogue.workspace, query)),
  );
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const endpoints = new Map(of.map((on) => [on.id, on.endpoint]));
  return {
    kind: 'page',
    items: rows
      .slice(0, limit)
      .map((row) => underWay.shown(catalogue.workspace, runView(catalogue, endpoints.get(row.interface) ?? '', row))),
    next: last === undefined ? null : encodeCursor(identity, [last.run]),
  };
}

/** Every interface of the workspace, with its last run where the caller may see it. */
export async function listInterfaces(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
): Promise<readonly InterfaceView[]> {
  const readable = readableInterfaces(catalogue, caller).map(({ id }) => id);
  return database.inWorkspace(catalogue.workspace, async (tx) => {
    const rows = await settledRuns(tx, catalogue.workspace, () => readLastRuns(tx, catalogue.workspace, readable));
    const watched = new Map((await readWatched(tx, catalogue.workspace)).map((one) => [one.interface, one]));
    const now = clock.now();
    return [...catalogue.interfaces.values()].map((on) => {
      const last = rows.find((row) => row.interface === on.id);
      const due = watched.get(on.id)?.due_at;
      return {
        interface: on,
        lastRun: last === undefined ? null : runView(catalogue, on.endpoint, last),
        overdueSince: due !== undefined && due < now ? due : null,
      };
    });
  });
}

/** Of a run's number or id; undefined when it is neither. */
export function runNumber({ workspace }: Catalogue, run: string): number | undefined {
  const decoded = decodeId(run);
  return decoded?.kind === 'run' && decoded.workspace === workspace ? decoded.number : parseRecordNumber(run);
}

/** Of one interface, or of any that the caller may read. */
export async function findRunRow(
  tx: Transaction,
  catalogue: Catalogue,
  caller: Caller,
  endpoint: string | null,
  run: string,
): Promise<{ readonly row: RunRow; readonly on: Interface } | undefined> {
  const number = runNumber(catalogue, run);
  if (number === undefined) return undefined;
  const row = await findSettledRun(tx, catalogue.workspace, number);
  const on = readableInterfaces(catalogue, caller).find(({ id }) => id === row?.interface);
  return row === undefined || on === undefined || (endpoint !== null && endpoint !== on.endpoint)
    ? undefined
    : { row, on };
}

export async function getRun(
  database: Database,
  catalogue: Catalogue,
  underWay: RunsUnderWay,
  caller: Caller,
  endpoint: string | null,
  run: string,
): Promise<RunView | undefined> {
  const found = await database.inWorkspace(catalogue.workspace, (tx) =>
    findRunRow(tx, catalogue, caller, endpoint, run),
  );
  return found && underWay.shown(catalogue.workspace, runView(catalogue, found.on.endpoint, found.row));
}
