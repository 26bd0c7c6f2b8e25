/** Runs of an interface and their issues, for those who may read its record type. */
import type { Catalogue, Interface } from '../../model/catalogue.ts';
import { decodeId } from '../../model/ids.ts';
import type { IssueCode, IssueView, RunView } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { parseRecordNumber } from '../../model/ref.ts';
import type { Database, Transaction } from '../../store/database.ts';
import { failLostRuns, findRun, type RunRow, readIssues, readRuns, tryLockInterface } from '../../store/runs.ts';
import { may } from '../access/grants.ts';
import { lostRun, runView } from '../sync/run-view.ts';
import { pointerTo } from '../write/working-set.ts';

function readableInterface(catalogue: Catalogue, caller: Caller, endpoint: string): Interface | undefined {
  const on = catalogue.interfaces.get(endpoint);
  return on !== undefined && may(caller.principal, 'read', on.type) ? on : undefined;
}

export async function listRuns(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  endpoint: string,
  limit: number,
): Promise<readonly RunView[] | undefined> {
  const on = readableInterface(catalogue, caller, endpoint);
  if (on === undefined) return undefined;
  const rows = await database.inWorkspace(catalogue.workspace, (tx) =>
    settled(tx, catalogue, on, () => readRuns(tx, catalogue.workspace, on.id, limit)),
  );
  return rows.map((row) => runView(catalogue, endpoint, row));
}

/** Of a run's number or id; undefined when it is neither. */
export function runNumber({ workspace }: Catalogue, run: string): number | undefined {
  const decoded = decodeId(run);
  return decoded?.kind === 'run' && decoded.workspace === workspace ? decoded.number : parseRecordNumber(run);
}

async function runRow(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  endpoint: string,
  run: string,
): Promise<RunRow | undefined> {
  const on = readableInterface(catalogue, caller, endpoint);
  const number = runNumber(catalogue, run);
  if (on === undefined || number === undefined) return undefined;
  const rows = await database.inWorkspace(catalogue.workspace, (tx) =>
    settled(tx, catalogue, on, async () => {
      const row = await findRun(tx, catalogue.workspace, on.id, number);
      return row === undefined ? [] : [row];
    }),
  );
  return rows[0];
}

/** A run that is said to be at work while nobody holds its interface's lock was lost with its server. */
async function settled(
  tx: Transaction,
  { workspace }: Catalogue,
  { id }: Interface,
  read: () => Promise<RunRow[]>,
): Promise<RunRow[]> {
  const rows = await read();
  if (!rows.some((row) => row.state === 'received') || !(await tryLockInterface(tx, workspace, id))) return rows;
  await failLostRuns(tx, workspace, id, new Date(), lostRun);
  return read();
}

export async function getRun(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  endpoint: string,
  run: string,
): Promise<RunView | undefined> {
  const row = await runRow(database, catalogue, caller, endpoint, run);
  return row === undefined ? undefined : runView(catalogue, endpoint, row);
}

export async function getIssues(
  database: Database,
  catalogue: Catalogue,
  caller: Caller,
  endpoint: string,
  run: string,
): Promise<readonly IssueView[] | undefined> {
  const row = await runRow(database, catalogue, caller, endpoint, run);
  const type = catalogue.interfaces.get(endpoint)?.type;
  if (row === undefined || type === undefined) return undefined;
  const rows = await database.inWorkspace(catalogue.workspace, (tx) => readIssues(tx, catalogue.workspace, row.run));
  return rows.map(({ number, code, ...issue }) => ({
    ...issue,
    code: code as IssueCode,
    record: number === null ? null : pointerTo(catalogue, type, number),
  }));
}
