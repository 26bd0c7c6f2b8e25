/** The vendor's OAuth 2 token endpoint, logout, and who am I. */
import { randomUUID } from 'node:crypto';
import type { Session } from '../../../engine/access/access.ts';
import { basicCredentialsOf, mayUseNamedWorkspace } from '../../contract.ts';
import { SugarError } from '../errors.ts';
import { optionalText, requiredText } from '../requests/parse.ts';
import { type Answer, type Entry, ok, segment, type Visit } from '../requests/visit.ts';
import { tokenOf } from './credentials.ts';
import { userNamed, userNameOf } from './users.ts';

/** The client that always exists; it has no secret, so whatever is sent for one is not looked at. */
const publicClient = 'sugar';

export async function issueToken(entry: Entry): Promise<Answer> {
  const grant = requiredText(entry.args, 'grant_type');
  switch (grant) {
    case 'password':
      return ok('logged_in', tokenBody(await login(entry), entry));
    case 'refresh_token':
      return ok('refreshed', tokenBody(await refresh(entry), entry));
    default:
      throw new SugarError('unsupported_grant_type');
  }
}

async function login(entry: Entry): Promise<Session> {
  const { hub, options, request, via, args } = entry;
  const userName = requiredText(args, 'username');
  const password = requiredText(args, 'password');
  const { client, workspace } = await clientOf(entry);
  const match = await hub.access.password(userName, password, {
    workspace,
    shortName: true,
    from: request.ip,
    via,
    requestId: request.id,
  });
  if (match.kind === 'none' || match.kind === 'locked') {
    throw new SugarError('need_login', 'You must specify a valid username and password.');
  }
  if (match.kind === 'several') {
    const hint = `Log in at /w/{workspace}${request.url}, which says whose it is.`;
    throw new SugarError('need_login', `This user name exists in several workspaces. ${hint}`);
  }
  return hub.access.openSession({
    principal: match.principal,
    via,
    client,
    platform: optionalText(args, 'platform') ?? 'base',
    accessSeconds: options.accessTokenSeconds,
    refreshSeconds: options.refreshTokenSeconds,
    exclusive: options.oneLoginPerPlatform,
  });
}

/** The refresh token that was used ends with it. */
async function refresh(entry: Entry): Promise<Session> {
  const { hub, options, request, via, args } = entry;
  const token = requiredText(args, 'refresh_token');
  await clientOf(entry);
  const session = await hub.access.refreshSession(token, via, {
    accessSeconds: options.accessTokenSeconds,
    refreshSeconds: options.refreshTokenSeconds,
  });
  if (session === undefined || !mayUseNamedWorkspace(session.principal, request)) {
    throw new SugarError('invalid_grant', 'Invalid refresh token', options.failedRefreshStatus);
  }
  return session;
}

/**
 * `sugar`, or an API key's client id with its secret: then users are looked for in that key's workspace. As arguments, or by HTTP Basic,
 * as general OAuth clients send them.
 */
async function clientOf({ hub, request, args }: Entry) {
  const basic = args.client_id === undefined ? basicCredentialsOf(request) : undefined;
  const client = basic?.user ?? requiredText(args, 'client_id');
  if (client === publicClient) return { client, workspace: request.namedWorkspace };
  const principal = await hub.access.client(client, basic?.password ?? optionalText(args, 'client_secret') ?? '');
  if (principal === undefined || !mayUseNamedWorkspace(principal, request)) throw new SugarError('invalid_client');
  return { client, workspace: principal.workspace };
}

/** Nothing can be downloaded here, so the download token opens nothing; clients expect one. */
const tokenBody = (session: Session, { options }: Entry) => ({
  access_token: session.accessToken,
  expires_in: options.accessTokenSeconds,
  token_type: 'bearer',
  scope: null,
  refresh_token: session.refreshToken,
  refresh_expires_in: options.refreshTokenSeconds,
  download_token: randomUUID(),
});

/** Opens a session of another user; the caller's own goes on, and so do those that the user has. */
export async function sudo(visit: Visit): Promise<Answer> {
  const { hub, options, via, args } = visit;
  const principal = await userNamed(visit, segment(visit, 'user_name'));
  const session = await hub.access.openSession({
    principal,
    via,
    client: optionalText(args, 'client_id') ?? publicClient,
    platform: optionalText(args, 'platform') ?? 'base',
    accessSeconds: options.accessTokenSeconds,
    refreshSeconds: options.refreshTokenSeconds,
    exclusive: false,
  });
  return ok('logged_in', tokenBody(session, visit));
}

/** Ends the session of the token that was sent. An API key is no session and goes on. */
export async function logout(visit: Visit): Promise<Answer> {
  await visit.hub.access.closeSession(tokenOf(visit.request) ?? '', visit.via);
  return ok('logged_out', { success: true });
}

export const ping = async (): Promise<Answer> => ok('ready', 'pong');

export const currentUser = async ({ caller, modules }: Visit): Promise<Answer> => {
  const { principal } = caller;
  return ok('found', {
    current_user: {
      type: 'user',
      id: String(principal.id),
      user_name: userNameOf(principal),
      full_name: principal.name,
      is_admin: principal.role === 'admin',
      module_list: modules.names,
      preferences: {},
    },
  });
};
