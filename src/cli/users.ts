/** `keyway users create|list` */
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Config } from '../config.ts';
import type { WorkspaceRole } from '../model/principal.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import { formatGrants, parseGrants, requireKnownTypes } from './grants.ts';
import { localCaller } from './local-caller.ts';
import { list, print, table } from './output.ts';
import { withHub } from './with-hub.ts';

type CreateOptions = {
  readonly workspace?: string;
  readonly email: string;
  readonly name?: string;
  readonly role: WorkspaceRole;
  readonly grant: readonly string[];
  readonly passwordStdin?: boolean;
};

const minPasswordLength = 10;

export async function createUser(config: Config, _operands: readonly string[], given: object): Promise<undefined> {
  const options = given as CreateOptions;
  const grants = parseGrants(options.grant);
  const password = options.passwordStdin ? await readPassword() : randomBytes(12).toString('base64url');
  const user = { email: options.email, name: options.name ?? options.email, role: options.role, grants, password };
  if (!/^[^\s@]+@[^\s@]+$/.test(user.email))
    throw new CommandFailure(`--email ${user.email}: not an e-mail address.`, exitCodes.usage);
  const outcome = await withHub(config, async (hub) => {
    const caller = await localCaller(hub, options.workspace);
    requireKnownTypes(await hub.catalogue(caller.principal.workspace), grants);
    return hub.access.createUser(caller, user);
  });
  if (outcome.kind === 'email_taken') throw new CommandFailure(`There is a user ${options.email} already.`);
  const secret = options.passwordStdin ? [] : [['Password, shown this once', password] as const];
  print(list([['User', `${outcome.name} <${outcome.email}>`], ['Role', outcome.role], ...secret]));
}

export async function listUsers(
  config: Config,
  _operands: readonly string[],
  options: { workspace?: string },
): Promise<undefined> {
  const users = await withHub(config, async (hub) =>
    hub.access.users((await localCaller(hub, options.workspace)).principal),
  );
  const rows = users.map(({ id, kind, name, email, role, grants, disabled }) => [
    String(id),
    disabled ? `${kind}, disabled` : kind,
    name,
    email ?? '',
    role,
    formatGrants(grants),
  ]);
  print(table(['NUMBER', 'KIND', 'NAME', 'EMAIL', 'ROLE', 'GRANTS'], rows));
}

async function readPassword(): Promise<string> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (password.length >= minPasswordLength) return password;
  throw new CommandFailure(`The password must have at least ${minPasswordLength} characters.`);
}
