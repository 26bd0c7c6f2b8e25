/** Who asks: a session's access token or an API key, in either of the two headers that the vendor knows. */
import type { FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { Principal } from '../../../model/principal.ts';
import { authorizationOf, mayUseNamedWorkspace } from '../../contract.ts';
import { SugarError } from '../errors.ts';

export function tokenOf(request: FastifyRequest): string | undefined {
  const header = request.headers['oauth-token'];
  return typeof header === 'string' && header !== '' ? header : authorizationOf(request, 'Bearer');
}

/** Throws 401 `need_login` without a token, and 401 `invalid_grant` for one that opens nothing here. */
export async function authenticate(hub: Hub, request: FastifyRequest, via: string): Promise<Principal> {
  const token = tokenOf(request);
  if (token === undefined) throw new SugarError('need_login', 'No valid authentication for user.');
  const principal = await hub.access.bearer(token, via);
  if (principal === undefined || !mayUseNamedWorkspace(principal, request)) {
    throw new SugarError('invalid_grant', 'The access token provided is invalid.');
  }
  return principal;
}
