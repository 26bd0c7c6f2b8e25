/**
 * Jobs: requests that are answered with a place to look for their results. The work itself is done by whoever accepts it, before the
 * acceptance is answered, so that a server that dies leaves no accepted work undone; what is kept here is what came of it.
 */
import { clock } from '../../model/clock.ts';
import type { JobBegun, JobEnd, JobView } from '../../model/job.ts';
import type { Caller } from '../../model/principal.ts';
import * as store from '../../store/jobs.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';

export type Jobs = {
  /** `key` names the request in its workspace and dialect: a second one is not begun. */
  begin(caller: Caller, job: { readonly key: string | null; readonly tasks: number }): Promise<JobBegun>;
  /** Keeps the results. */
  end(caller: Caller, job: number, end: JobEnd): Promise<void>;
  /** Of the same dialect. A job is shown to who asked for it, and to administrators. */
  find(caller: Caller, job: number): Promise<JobView | undefined>;
  /** The same, newest first. */
  list(caller: Caller, limit: number): Promise<readonly JobView[]>;
};

export function createJobs(database: Database): Jobs {
  const inWorkspace = <T>({ principal }: Caller, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.inWorkspace(principal.workspace, work);

  return {
    async begin(caller, { key, tasks }) {
      const { principal, via } = caller;
      const row = { principal_id: principal.id, via, key, tasks };
      for (;;) {
        const begun = await inWorkspace(caller, async (tx): Promise<JobBegun | undefined> => {
          const made = await store.insertJob(tx, principal.workspace, row, clock.now());
          if (made !== undefined) return { kind: 'begun', job: made };
          const known = await store.findJobByKey(tx, principal.workspace, via, key ?? '');
          return known === undefined ? undefined : { kind: 'repeated', job: known };
        });
        if (begun !== undefined) return begun; // else the one with the same key has just been cleaned away
      }
    },

    end: (caller, number, { results, about }) =>
      inWorkspace(caller, (tx) =>
        store.endJob(
          tx,
          caller.principal.workspace,
          { number, results: JSON.stringify(results), about: [...new Set(about)] },
          clock.now(),
        ),
      ),

    find: (caller, job) =>
      inWorkspace(caller, async (tx) => {
        const { principal, via } = caller;
        const row = await store.readJob(tx, principal.workspace, via, job);
        if (row === undefined || (row.principal_id !== principal.id && principal.role !== 'admin')) return undefined;
        return viewOf(row);
      }),

    list: (caller, limit) =>
      inWorkspace(caller, async (tx) => {
        const { principal, via } = caller;
        const of = principal.role === 'admin' ? null : principal.id;
        const rows = await store.readJobs(tx, principal.workspace, { via, principal: of, limit });
        return rows.map(viewOf);
      }),
  };
}

const viewOf = (row: store.JobRow): JobView => ({
  number: row.job,
  tasks: row.tasks,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  results: row.results === null ? null : (JSON.parse(row.results) as unknown[]),
});
