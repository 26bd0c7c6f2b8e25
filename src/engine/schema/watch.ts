/** Which interfaces are watched for being overdue: those that say so, from the change of the schema on, or from their last complete set. */
import type { Catalogue, Interface } from '../../model/catalogue.ts';
import { parseDuration } from '../../model/duration.ts';
import type { Sender } from '../../store/postgres/database.ts';
import { unwatchInterface, watchInterface } from '../../store/sync/overdue.ts';

export function watchInterfaces(tx: Sender, before: Catalogue, after: Catalogue, at: Date): void {
  const { workspace } = after;
  const was = new Map([...before.interfaces.values()].map((on) => [on.id, patienceOf(on)]));
  for (const on of after.interfaces.values()) {
    const ms = patienceOf(on);
    if (ms !== undefined && ms !== was.get(on.id)) watchInterface(tx, workspace, on.id, at, ms);
    if (ms !== undefined) was.delete(on.id);
  }
  for (const [id, ms] of was) if (ms !== undefined) unwatchInterface(tx, workspace, id);
}

/** Nobody sends to a providing interface. */
const patienceOf = ({ direction, overdueAfter }: Interface): number | undefined =>
  direction === 'synchronising' ? parseDuration(overdueAfter) : undefined;
