/** Going on with an import that was cut short: whose it is, what it was, and how far it came. */
import { isDeepStrictEqual } from 'node:util';
import { clock } from '../../model/clock.ts';
import type { ImportCommand, ImportResume } from '../../model/commands.ts';
import type { WorkspaceId } from '../../model/ids.ts';
import { decodeId } from '../../model/ids.ts';
import type { Caller } from '../../model/principal.ts';
import { reopenImport, type ShownImport } from '../../store/imports.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import type { First } from '../once/begun.ts';
import type { WriteContext } from '../write/attempt.ts';
import { findSettledImport } from './lost-imports.ts';
import type { Underway } from './underway.ts';

/** `import_mismatch`: it was begun with another type, link, key or mode, as `begunWith` says. */
export type Refused =
  | { readonly kind: 'unknown_import'; readonly import: string }
  /** It was to do all that its plan says, or nothing. */
  | { readonly kind: 'import_planned'; readonly plan: string }
  | { readonly kind: 'import_mismatch'; readonly begunWith: ImportCommand }
  | { readonly kind: 'import_over'; readonly message: string }
  | { readonly kind: 'offset_beyond'; readonly rowsDone: number };

export const resumeImport = (
  context: WriteContext,
  caller: Caller,
  command: ImportCommand,
  { import: id, offset }: ImportResume,
  first: First | undefined,
): Promise<Underway | Refused> =>
  context.database.inWorkspace(context.workspace, async (tx): Promise<Underway | Refused> => {
    const found = await findOwnImport(tx, context.workspace, caller, id);
    if (found === undefined) return { kind: 'unknown_import', import: id };
    if (found.state === 'reverted' || found.reverts !== null)
      return { kind: 'import_over', message: overBecause[found.reverts === null ? 'reverted' : 'revert'] };
    if (found.plan !== null) return { kind: 'import_planned', plan: found.plan };
    if (!isDeepStrictEqual(found.command, command)) return { kind: 'import_mismatch', begunWith: found.command };
    if (offset > found.rows_done) return { kind: 'offset_beyond', rowsDone: found.rows_done };
    const opened = await reopenImport(tx, context.workspace, found.import, caller.requestId, clock.now());
    if (opened === undefined) return { kind: 'unknown_import', import: id };
    const { import: number, attempt, rows_done: rowsDone, counts } = opened;
    await first?.begin(tx, number);
    return { number, attempt, rowsDone, counts };
  });

const overBecause = {
  reverted: 'It was taken back: begin a new one.',
  revert: 'It takes another import back, and has no rows of its own.',
} as const;

/** By its id or number. A member sees the imports that it made itself: they hold rows that only the sender may know. */
export async function findOwnImport(
  tx: Transaction,
  workspace: WorkspaceId,
  caller: Caller,
  id: string,
): Promise<ShownImport | undefined> {
  const number = numberOf(workspace, id);
  const found = number === undefined ? undefined : await findSettledImport(tx, workspace, number);
  const isOwn = found?.principal_id === caller.principal.id;
  return isOwn || seesAll(caller) ? found : undefined;
}

export const seesAll = (caller: Caller): boolean => caller.principal.role !== 'member';

function numberOf(workspace: WorkspaceId, id: string): number | undefined {
  if (/^[1-9]\d{0,14}$/.test(id)) return Number(id);
  const decoded = decodeId(id);
  return decoded?.kind === 'import' && decoded.workspace === workspace ? decoded.number : undefined;
}
