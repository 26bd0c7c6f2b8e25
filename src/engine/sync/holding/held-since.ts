/** What is held may be deleted only as it was when it was held: whatever became of a record since then, it stays. */
import type { Transaction } from '../../../store/postgres/database.ts';
import { type HeldSince, lockHeldRecords, readHeldDeletes, readHeldSince } from '../../../store/sync/held-deletes.ts';
import type { RunRow } from '../../../store/sync/runs.ts';
import { chunkSize } from '../receiving/unknown-elements.ts';

export const whyItStays: Readonly<Record<HeldSince, string>> = {
  gone: 'somebody else deleted it',
  released: 'it is not the interface’s any more',
  supplied: 'it was supplied or brought back since it was held',
  changed: 'it was changed since it was held',
  linked: 'it was linked, or a link of it was changed, since it was held',
};

export type HeldPage = {
  readonly numbers: readonly number[];
  readonly since: ReadonlyMap<number, HeldSince>;
};

/** All that the run holds, in the order of their numbers, locked before they are looked at: what is found holds until the transaction ends. */
export async function* lockHeld(
  tx: Transaction,
  workspace: number,
  run: Pick<RunRow, 'run' | 'interface'>,
): AsyncGenerator<HeldPage> {
  for (let after = 0; ; ) {
    const page = await readHeldDeletes(tx, workspace, { run: run.run, after, limit: chunkSize });
    const numbers = page.map(({ number }) => number);
    if (numbers.length > 0) {
      await lockHeldRecords(tx, workspace, numbers);
      yield { numbers, since: await readHeldSince(tx, workspace, run, numbers) };
    }
    after = numbers.at(-1) ?? after;
    if (page.length < chunkSize) return;
  }
}

/** Thrown through the transaction of an approval that would delete more than was approved. */
export class MoreThanApproved extends Error {
  readonly deletes: number;
  constructor(deletes: number) {
    super('More would be deleted than was approved');
    this.deletes = deletes;
  }
}
