/** `keyway workspaces create|list` */
import type { Config } from '../config.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import { list, print, table } from './output.ts';
import { withHub } from './with-hub.ts';

export async function createWorkspaceCommand(config: Config, [name = '']: readonly string[]): Promise<undefined> {
  if (name === '' || name.length > 200) {
    throw new CommandFailure('The name of a workspace has 1 to 200 characters.', exitCodes.usage);
  }
  const outcome = await withHub(config, (hub) => hub.workspaces.create({ name }));
  if (outcome.kind === 'name_taken') throw new CommandFailure(`There is a workspace ${name} already.`);
  const { workspace, adminKey } = outcome;
  print(
    list([
      ['Workspace', `${workspace.name} (${workspace.guid})`],
      ['Administrator key', adminKey],
    ]),
  );
  print('The key is shown this once.');
}

export async function listWorkspacesCommand(config: Config): Promise<undefined> {
  const workspaces = await withHub(config, (hub) => hub.workspaces.list());
  print(
    table(
      ['NUMBER', 'NAME', 'GUID'],
      workspaces.map(({ id, name, guid }) => [String(id), name, guid]),
    ),
  );
}
