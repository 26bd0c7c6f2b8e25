/** Who a command is to the engine: the command line of the workspace that it names, as whoever has the database has it all. */
import { randomUUID } from 'node:crypto';
import type { Hub } from '../engine/hub.ts';
import type { WorkspaceId } from '../model/ids.ts';
import type { Caller } from '../model/principal.ts';
import { CommandFailure, exitCodes } from './failure.ts';

/** @param named GUID, number or name; undefined where there is only one workspace. */
export async function localCaller(hub: Hub, named: string | undefined): Promise<Caller> {
  const workspace = named === undefined ? await onlyWorkspace(hub) : (await hub.access.workspace(named))?.id;
  if (workspace === undefined) {
    throw new CommandFailure(`There is no workspace ${named}; keyway workspaces list shows them.`);
  }
  return { principal: await hub.workspaces.commandLine(workspace), via: 'cli', requestId: randomUUID() };
}

async function onlyWorkspace(hub: Hub): Promise<WorkspaceId> {
  const workspaces = await hub.workspaces.list();
  const [first] = workspaces;
  if (first === undefined) {
    throw new CommandFailure('There is no workspace yet: keyway workspaces create NAME makes one.');
  }
  if (workspaces.length === 1) return first.id;
  const names = workspaces.map(({ name }) => name).join(', ');
  throw new CommandFailure(`Say which workspace with --workspace: ${names}.`, exitCodes.usage);
}
