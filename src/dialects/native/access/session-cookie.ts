/** The cookie by which the console is signed in: no script can read it, and no page of another site can have it used. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ProblemError, problem } from '../problem-answer.ts';

const isSecure = (request: FastifyRequest): boolean => request.publicBase.startsWith('https:');

/** A page of another subdomain could set a cookie for this one, and have somebody work in a session of its own: browsers refuse one whose name begins so. */
const nameFor = (request: FastifyRequest): string => `${isSecure(request) ? '__Host-' : ''}keyway_session`;

/** Looked for only when it is asked for: programs send keys, and no cookies. */
export function sessionOf(request: FastifyRequest): string | undefined {
  const { cookie } = request.headers;
  return cookie === undefined ? undefined : request.server.parseCookie(cookie)[nameFor(request)];
}

const attributesFor = (request: FastifyRequest) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure(request) }) as const;

export function setSession(request: FastifyRequest, reply: FastifyReply, token: string, expires: Date): void {
  reply.setCookie(nameFor(request), token, { ...attributesFor(request), expires });
}

export function clearSession(request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(nameFor(request), attributesFor(request));
}

/**
 * `SameSite` keeps the cookie from other sites' requests, but a site is wider than an origin: another port or subdomain is the same site.
 * So a request that may change something must say that it comes from a page of this origin, as browsers do.
 */
export function mayUseCookie(request: FastifyRequest): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const { origin } = request.headers;
  return origin !== undefined && origin === new URL(request.publicBase).origin;
}

export const crossSite = (): ProblemError =>
  problem('cross_site', 'header.origin', 'The request says not that it comes from a page of this server.');
