/** Tells every server that records of a type may have former keys, before the first of them is stored: each looks for them from then on. */
import type { WorkspaceId } from '../../model/ids.ts';
import { own } from '../../model/own.ts';
import { type Database, waitLongerForLocks } from '../../store/postgres/database.ts';
import { lockSchema, updateSchemaIds } from '../../store/schemas.ts';

export const markAliased = (database: Database, workspace: WorkspaceId, type: string): Promise<void> =>
  database.inWorkspace(workspace, async (tx) => {
    waitLongerForLocks(tx, 60);
    const stored = await lockSchema(tx, workspace);
    const known = own(stored?.ids.types, type);
    if (stored === undefined || known === undefined || known.aliased) return;
    const types = { ...stored.ids.types, [type]: { ...known, aliased: true } };
    await updateSchemaIds(tx, workspace, { ...stored.ids, types });
  });
