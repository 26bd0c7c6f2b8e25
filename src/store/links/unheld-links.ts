/**
 * Links may be made by a transaction that does not hold the records at their ends, as long as nobody meanwhile does what must see all links
 * of a record, as removing it: a lock of a record is written to its page, and a million links would write most pages of a million records. So
 * whoever makes such links says so, and whoever must see all says that; each looks for the other only then, and so at least one of two sees
 * the other. Who makes links holds the records after all, who must see them waits. Both signs are advisory locks, which end with their
 * transactions (ADR 0031).
 */
import type { Transaction } from '../postgres/database.ts';

/** The two kinds, by the first number of an advisory lock; the second is the workspace. */
const making = 0x6b77_0001;
const barring = 0x6b77_0002;

const findSql = `
  select exists (
    select from pg_locks where locktype = 'advisory' and classid = $2 and objid = $1 and objsubid = 2
      and database = (select oid from pg_database where datname = current_database())) as found`;

async function isAnybody(tx: Transaction, workspace: number, kind: number): Promise<boolean> {
  const [row] = await tx.query<{ found: boolean }>({ name: 'find_kind_of_links', text: findSql }, [workspace, kind]);
  return row?.found === true;
}

/**
 * Until the transaction ends, whoever must see all links waits for it: it should be short. Look at the records afterwards, then say `settle`.
 * @returns false when somebody is at such work: hold the records that you link.
 */
export async function beginUnheldLinks(tx: Transaction, workspace: number): Promise<boolean> {
  tx.send('savepoint unheld');
  const asked = tx.query<{ begun: boolean }>(
    { name: 'begin_unheld_links', text: 'select pg_try_advisory_xact_lock_shared($2, $1) as begun' },
    [workspace, making],
  );
  const [[row], isBarred] = await Promise.all([asked, isAnybody(tx, workspace, barring)]);
  return row?.begun === true && !isBarred;
}

/** @param held the records are held after all: who waited for this transaction then would do so for nothing, or for ever. */
export function settleUnheldLinks(tx: Transaction, held: boolean): void {
  if (held) tx.send('rollback to savepoint unheld');
  tx.send('release savepoint unheld');
}

/**
 * Until the transaction ends, nobody begins to make links without holding their records.
 * @returns whether somebody is at it: wait for that, or do nothing that must see all links.
 */
export function barUnheldLinks(tx: Transaction, workspace: number): Promise<boolean> {
  tx.send({ name: 'bar_unheld_links', text: 'select pg_advisory_xact_lock_shared($2, $1)' }, [workspace, barring]);
  return isAnybody(tx, workspace, making);
}

/** The links that are being made are there when it resolves. Read links only then. */
export async function waitForUnheldLinks(tx: Transaction, workspace: number): Promise<void> {
  // Nobody is to be kept from it once they are waited for: what a part of a transaction locks is let go with that part.
  tx.send('savepoint waiting');
  const waited = tx.perform({ name: 'wait_for_unheld_links', text: 'select pg_advisory_xact_lock($2, $1)' }, [
    workspace,
    making,
  ]);
  tx.send('rollback to savepoint waiting');
  tx.send('release savepoint waiting');
  await waited;
}

/** The same, for whoever is to see those of its own import, and bars nobody. */
export async function seeUnheldLinks(tx: Transaction, workspace: number): Promise<void> {
  if (await isAnybody(tx, workspace, making)) await waitForUnheldLinks(tx, workspace);
}

/** For whoever removes records in a transaction of their own. */
export async function keepLinksOff(tx: Transaction, workspace: number): Promise<void> {
  if (await barUnheldLinks(tx, workspace)) await waitForUnheldLinks(tx, workspace);
}
