/** Who somebody is, to himself. */
import type { Hub } from '../../../engine/hub.ts';
import type { Principal } from '../../../model/principal.ts';
import type { Me } from '../shapes/access.ts';

export async function describeMe(hub: Hub, principal: Principal): Promise<Me> {
  const { workspaceGuid, workspaceName } = await hub.catalogue(principal.workspace);
  const { id, kind, name, email, role, grants } = principal;
  return {
    workspace: { id: workspaceGuid, name: workspaceName },
    principal: { id, kind, name, email, role, grants },
  };
}
