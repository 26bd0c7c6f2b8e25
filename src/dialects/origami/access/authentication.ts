/**
 * Who sends a request: header `Token`, HTTP Basic with the token as user name or password, `Authorization: Bearer`, or a
 * signature. The first of them that is present decides; a wrong one is not made good by another.
 */
import type { FastifyRequest } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { clock } from '../../../model/clock.ts';
import type { Principal } from '../../../model/principal.ts';
import { authorizationOf, basicCredentialsOf, mayUseNamedWorkspace } from '../../contract.ts';
import type { OrigamiOptions } from '../options.ts';
import { parseSignatureDate, signatureMatches } from './hmac.ts';

/** The dialect's name in sessions: a token of another dialect does not open this one. */
export const via = 'origami';

export async function authenticate(
  hub: Hub,
  options: OrigamiOptions,
  request: FastifyRequest,
): Promise<Principal | undefined> {
  const principal = await principalOf(hub, options, request);
  return principal !== undefined && mayUseNamedWorkspace(principal, request) ? principal : undefined;
}

/** A header that was sent once. */
export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

async function principalOf(hub: Hub, options: OrigamiOptions, request: FastifyRequest): Promise<Principal | undefined> {
  const token = headerOf(request, 'token') ?? authorizationOf(request, 'Bearer');
  if (token !== undefined) return hub.access.bearer(token, via);
  if (request.headers['x-api-signature'] !== undefined) return signer(hub, options, request);
  return basicUser(hub, request);
}

/** The vendor does not publish which part of Basic holds the token: either will do. */
async function basicUser(hub: Hub, request: FastifyRequest): Promise<Principal | undefined> {
  const basic = basicCredentialsOf(request);
  if (basic === undefined) return undefined;
  return (await hub.access.bearer(basic.user, via)) ?? (await hub.access.bearer(basic.password, via));
}

async function signer(hub: Hub, options: OrigamiOptions, request: FastifyRequest): Promise<Principal | undefined> {
  const apiKey = headerOf(request, 'x-api-key');
  const signature = headerOf(request, 'x-api-signature');
  const date = headerOf(request, 'x-api-date') ?? headerOf(request, 'date');
  if (apiKey === undefined || signature === undefined || date === undefined) return undefined;
  const sentAt = parseSignatureDate(date);
  if (sentAt === undefined) return undefined;
  if (Math.abs(clock.machineNowMs() - sentAt.getTime()) > options.signatureWindowSeconds * 1000) return undefined;
  const contentType = request.headers['content-type'] ?? '';
  if (options.denySignedGetWithContentType && request.method === 'GET' && contentType !== '') return undefined;
  const credential = await hub.access.signing('hmac', apiKey, null);
  if (credential === undefined) return undefined;
  const signed = { method: request.method, contentType, date, pathAndQuery: signedPath(request) };
  return signatureMatches(signed, apiKey, credential.secret, signature) ? credential.principal : undefined;
}

/** The signature starts at the vendor's own base path: a `/w/{workspace}` in front of it is ours. */
const signedPath = (request: FastifyRequest): string =>
  request.namedWorkspace === null ? request.rawUrl : request.rawUrl.replace(/^\/w\/[^/]+/, '');
