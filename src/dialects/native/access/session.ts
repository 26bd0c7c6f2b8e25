/** `/v1/session`: people sign in with user name and password, and are known by a cookie from then on. Programs send an API key instead. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { mayUseNamedWorkspace } from '../../contract.ts';
import { Type } from '../../json-schema.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { ProblemError, problem } from '../problem-answer.ts';
import { type Me, MeShape, type SignIn, SignInShape } from '../shapes/access.ts';
import { refTo } from '../shapes/common.ts';
import { describeMe } from './me.ts';
import { clearSession, crossSite, mayUseCookie, sessionOf, setSession } from './session-cookie.ts';

/** A working day; then one signs in again. */
const sessionSeconds = 12 * 3600;
const via = 'native';

const signIn = describeOperation({
  id: 'signIn',
  tag: 'Access',
  summary: 'Sign in to the console',
  description: 'For browsers: the answer sets a cookie, by which requests of this origin are known for twelve hours.',
  access: 'public',
  body: refTo(SignInShape),
  answers: { 200: { description: 'Signed in.', schema: refTo(MeShape) } },
  problems: [401, 403, 429],
});

const signOut = describeOperation({
  id: 'signOut',
  tag: 'Access',
  summary: 'Sign out of the console',
  access: 'public',
  answers: { 200: { description: 'Signed out.', schema: Type.Object({ outcome: Type.Enum(['signed_out']) }) } },
  problems: [403],
});

export function sessionRoutes(app: FastifyInstance, hub: Hub): void {
  app.post<{ Body: SignIn }>('/v1/session', { schema: signIn }, async (request, reply): Promise<Me> => {
    // Else a page elsewhere could sign somebody in as somebody else, who would then read what is typed here.
    if (request.headers.origin !== undefined && !mayUseCookie(request)) throw crossSite();
    const { user_name: userName, password } = request.body;
    const match = await hub.access.password(userName, password, {
      workspace: request.namedWorkspace,
      shortName: false,
      from: request.ip,
      via,
      requestId: request.id,
    });
    if (match.kind === 'locked') throw locked(match.retryAfterSeconds);
    if (match.kind !== 'one' || !mayUseNamedWorkspace(match.principal, request)) {
      throw problem('wrong_password', null, 'User name or password is wrong.');
    }
    const session = await hub.access.openSession({
      principal: match.principal,
      via,
      client: 'console',
      platform: 'console',
      accessSeconds: sessionSeconds,
      refreshSeconds: null,
      exclusive: false,
    });
    request.principalId = match.principal.id;
    request.outcome = 'signed_in';
    setSession(request, reply, session.accessToken, session.accessExpiresAt);
    return describeMe(hub, match.principal);
  });

  app.delete('/v1/session', { schema: signOut }, async (request, reply) => {
    const token = sessionOf(request);
    if (token !== undefined && !mayUseCookie(request)) throw crossSite();
    if (token !== undefined) await hub.access.closeSession(token, via);
    clearSession(request, reply);
    return { outcome: 'signed_out' };
  });
}

const locked = (retryAfterSeconds: number): ProblemError =>
  new ProblemError(
    [
      {
        code: 'sign_in_locked',
        path: null,
        message: `Too many wrong passwords. Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes.`,
      },
    ],
    { 'retry-after': String(retryAfterSeconds) },
  );
