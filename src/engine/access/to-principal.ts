import type { Concerned } from '../../model/audit.ts';
import { principalId, workspaceId } from '../../model/ids.ts';
import type { Principal } from '../../model/principal.ts';
import type { PrincipalRow } from '../../store/access/principals.ts';

type PrincipalColumns = Pick<
  PrincipalRow,
  'principal_id' | 'workspace_id' | 'kind' | 'name' | 'email' | 'role' | 'grants'
>;

export const toPrincipal = (row: PrincipalColumns): Principal => ({
  id: principalId(row.principal_id),
  workspace: workspaceId(row.workspace_id),
  kind: row.kind,
  name: row.name,
  email: row.email,
  role: row.role,
  grants: row.grants,
});

/** As the audit names a user. */
export const concernedUser = (row: Pick<PrincipalRow, 'principal_id' | 'name'>): Concerned<'user'> => ({
  kind: 'user',
  id: row.principal_id,
  name: row.name,
});
