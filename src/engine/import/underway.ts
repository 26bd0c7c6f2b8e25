/** An import from its record to its end: how far it came is kept in the transactions that bring it there. */
import { clock } from '../../model/clock.ts';
import type { ImportCommand } from '../../model/commands.ts';
import type { ImportCounts, ImportState } from '../../model/imports.ts';
import type { Caller } from '../../model/principal.ts';
import { endImport, insertImport } from '../../store/imports.ts';
import { noOutcomes } from '../balance.ts';
import type { First } from '../once/begun.ts';
import { publicFault, type WriteContext } from '../write/attempt.ts';

/** Where an import is: what the first `rowsDone` rows of its body did. */
export type Progress = { readonly rowsDone: number; readonly counts: ImportCounts };

/** An import under way; `attempt` is what lets it write. */
export type Underway = Progress & { readonly number: number; readonly attempt: number };

export async function openImport(
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  { plan = null, first }: { readonly plan?: string | null; readonly first?: First | undefined },
): Promise<Underway> {
  const { principal, via, requestId: request } = caller;
  const row = { command, counts: noOutcomes, principal_id: principal.id, via, request, started_at: clock.now(), plan };
  const number = await context.database
    .inWorkspace(context.workspace, async (tx) => {
      const made = await insertImport(tx, context.workspace, row);
      await first?.begin(tx, made);
      return made;
    })
    .catch(rethrowPublic);
  return { number, attempt: 1, rowsDone: 0, counts: noOutcomes };
}

export async function closeImport(
  context: WriteContext,
  { number, attempt }: Underway,
  end: { state: ImportState; failure: string | null },
  first?: First,
): Promise<void> {
  const ended = { import: number, attempt, finished_at: clock.now(), ...end };
  const closing = context.database.inWorkspace(context.workspace, async (tx) => {
    await endImport(tx, context.workspace, ended);
    if (end.state === 'done') first?.end(tx, number);
    else first?.forget(tx, number);
  });
  // Where the database is away, the import stays as if it were receiving: how far it came is right all the same.
  if (end.state === 'done') await closing.catch(rethrowPublic);
  else await closing.catch(() => {});
}

export function rethrowPublic(fault: unknown): never {
  throw publicFault(fault);
}
