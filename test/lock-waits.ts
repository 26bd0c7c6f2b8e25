// To go on once somebody waits for what somebody else holds, and not after a time.
import { expect } from 'vitest';
import { query } from './steps.ts';

/** Until a statement on the database waits for a lock; of one that has gone on for so long, where it first waits only for a moment. */
export async function untilOneWaits(databaseUrl: string, goneOnMs = 0): Promise<void> {
  const waiting = async () => {
    const [row] = await query<{ n: number }>(
      databaseUrl,
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and query_start <= clock_timestamp() - $1 * interval '1 ms'`,
      [goneOnMs],
    );
    return row?.n;
  };
  await expect.poll(waiting, { interval: 10 }).toBeGreaterThan(0);
}
