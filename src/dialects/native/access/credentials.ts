/** Who asks: `Authorization: Bearer <api key>`, or the console by its session cookie; in the workspace that the address names, if it names one. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import type { Caller, Principal, WorkspaceRole } from '../../../model/principal.ts';
import { authorizationOf, callerOf, type Dialect, mayUseNamedWorkspace } from '../../contract.ts';
import type { DescribedSchema } from '../documentation/openapi.ts';
import { ProblemError, problem } from '../problem-answer.ts';
import { crossSite, mayUseCookie, sessionOf } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the native dialect's authentication before any other hook or parser. */
    nativeCaller: Caller | null;
  }
}

function unauthenticated(message: string, challenge: string): ProblemError {
  return new ProblemError([{ code: 'unauthenticated', path: 'header.authorization', message }], {
    'www-authenticate': challenge,
  });
}

/** Lets the holder of a key in; or why not. */
function admit(dialect: Dialect, principal: Principal | undefined, request: FastifyRequest): ProblemError | undefined {
  if (principal === undefined || !mayUseNamedWorkspace(principal, request)) {
    return unauthenticated('The API key is not valid here.', 'Bearer realm="keyway", error="invalid_token"');
  }
  request.nativeCaller = callerOf(dialect, principal, request);
  return roleRefusal(principal, request);
}

/** By what the operation says of itself, so that nobody has to mend a body before he is told that it is not for him. */
function roleRefusal({ role }: Principal, request: FastifyRequest): ProblemError | undefined {
  const access = (request.routeOptions.schema as DescribedSchema | undefined)?.['x-keyway-access'];
  if ((access !== 'admin' && access !== 'power') || rolesFor[access].includes(role)) return undefined;
  const allowed = rolesFor[access];
  const message = `This is for ${allowed.join(' and ')} only; this key is ${role}.`;
  return problem('role_required', null, message, { allowed, role });
}

const rolesFor: Record<'admin' | 'power', readonly WorkspaceRole[]> = { admin: ['admin'], power: ['admin', 'power'] };

/** Every route of `app` demands a key, before its body is read. */
export function requireCaller(app: FastifyInstance, hub: Hub, dialect: Dialect): void {
  app.decorateRequest('nativeCaller', null);
  app.addHook('onRequest', (request, reply, done) => {
    const isConsole = request.headers.authorization === undefined;
    const token = isConsole ? sessionOf(request) : authorizationOf(request, 'Bearer');
    if (token === undefined) return done(unauthenticated('The request has no API key.', 'Bearer realm="keyway"'));
    if (isConsole && !mayUseCookie(request)) return done(crossSite());
    if (isConsole) reply.header('cache-control', 'no-store'); // the browser may be everybody's
    const found = hub.access.bearer(token, dialect.name);
    if (!(found instanceof Promise)) return done(admit(dialect, found, request)); // known already: nothing to wait for
    found.then((principal) => admit(dialect, principal, request)).then(done, done);
  });
}

export function signedIn(request: FastifyRequest): Caller {
  if (request.nativeCaller === null) throw new Error('This route is outside of the scope that authenticates.');
  return request.nativeCaller;
}
