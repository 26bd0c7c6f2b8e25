/** Who asks: an API token by Basic, a bearer token, or (when set) a password. */
import type { FastifyRequest } from 'fastify';
import type { Access } from '../../../engine/access/access.ts';
import type { Principal } from '../../../model/principal.ts';
import { authorizationOf, basicCredentialsOf, mayUseNamedWorkspace } from '../../contract.ts';
import { ambiguousUser, invalidToken, unauthenticated } from '../errors.ts';

/** Whose sessions these are. */
export const via = 'zendesk';
const tokenSuffix = '/token';

/**
 * The principal of the request, or null when it carries no credentials at all.
 * Throws the vendor's 401 for credentials that are wrong. An API token acts with its own rights; the address before `/token`
 * must be its user's where the token belongs to a user, and is free where it belongs to a key.
 */
export async function principalOf(
  request: FastifyRequest,
  access: Access,
  options: { passwordLogin: boolean },
): Promise<Principal | null> {
  if (request.headers.authorization === undefined) return null;
  const bearer = authorizationOf(request, 'Bearer');
  if (bearer !== undefined) {
    const principal = await access.bearer(bearer, via);
    if (principal === undefined || !mayUseNamedWorkspace(principal, request)) throw invalidToken();
    return principal;
  }
  const basic = basicCredentialsOf(request);
  if (basic === undefined) throw unauthenticated();
  const principal = basic.user.endsWith(tokenSuffix)
    ? await ofToken(access, basic.user.slice(0, -tokenSuffix.length), basic.password)
    : options.passwordLogin
      ? await ofPassword(access, basic, request)
      : undefined;
  if (principal === undefined || !mayUseNamedWorkspace(principal, request)) throw unauthenticated();
  return principal;
}

async function ofToken(access: Access, email: string, token: string): Promise<Principal | undefined> {
  const principal = await access.bearer(token, via);
  if (principal === undefined || email === '') return undefined;
  return principal.email === null || principal.email.toLowerCase() === email.toLowerCase() ? principal : undefined;
}

async function ofPassword(
  access: Access,
  basic: { user: string; password: string },
  request: FastifyRequest,
): Promise<Principal | undefined> {
  const match = await access.password(basic.user, basic.password, {
    workspace: request.namedWorkspace,
    shortName: false,
    from: request.ip,
    via,
    requestId: request.id,
  });
  if (match.kind === 'several') throw ambiguousUser();
  return match.kind === 'one' ? match.principal : undefined;
}

type Ranked = Pick<Principal, 'role'> & { readonly grants: Principal['grants'] };

/** Power users administer objects and fields, too. */
export const isAdmin = ({ role }: Pick<Principal, 'role'>): boolean => role !== 'member';

/** Whoever has no grant at all is an end user; one who may only read, the vendor's light agent. */
export const isAgent = (principal: Ranked): boolean =>
  isAdmin(principal) || Object.values(principal.grants).some((actions) => actions.length > 0);
