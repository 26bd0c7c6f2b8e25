/** What must hold before a body is read: who calls, which interface, with which key, and what answer is asked for. */
import type { FastifyRequest } from 'fastify';
import { callViolations } from '../../engine/access/grants.ts';
import type { Hub } from '../../engine/hub.ts';
import type { Catalogue, Interface, RecordType } from '../../model/catalogue.ts';
import type { Caller, Principal } from '../../model/principal.ts';
import { authorizationOf, callerOf, type Dialect, mayUseNamedWorkspace } from '../contract.ts';
import { RelaticsError } from './errors.ts';
import { acceptedMediaType, type MediaType } from './negotiation.ts';
import { dialectName } from './options.ts';

export type Admission = {
  readonly caller: Caller;
  readonly catalogue: Catalogue;
  readonly interface: Interface;
  readonly type: RecordType;
  readonly mediaType: MediaType;
};

type InterfacePath = { workspace: string; endpoint: string };

/** In this order: Unauthorized, NotFound, Forbidden, NotAcceptable; so that nobody learns of another workspace's interfaces. */
export async function admit(
  dialect: Dialect,
  hub: Hub,
  request: FastifyRequest,
  direction: Interface['direction'],
): Promise<Admission> {
  const principal = await authenticate(hub, request);
  const { workspace, endpoint } = request.params as InterfacePath;
  const catalogue = await hub.catalogue(principal.workspace);
  const found = catalogue.interfaces.get(endpoint);
  const type = found === undefined ? undefined : catalogue.types.get(found.type);
  const here = catalogue.workspaceGuid.toLowerCase() === workspace.toLowerCase();
  if (!here || found === undefined || type === undefined || found.direction !== direction) {
    throw new RelaticsError('NotFound', `There is no ${direction} interface ${endpoint} in workspace ${workspace}.`);
  }
  await mayCall(hub, principal, found);
  const mediaType = acceptedMediaType(request.headers.accept);
  if (mediaType === undefined) {
    throw new RelaticsError('NotAcceptable', 'Accept must allow application/json or application/xml.');
  }
  return { caller: callerOf(dialect, principal, request), catalogue, interface: found, type, mediaType };
}

async function authenticate(hub: Hub, request: FastifyRequest): Promise<Principal> {
  const token = authorizationOf(request, 'Bearer');
  const principal = token === undefined ? undefined : await hub.access.bearer(token, dialectName);
  if (principal !== undefined && mayUseNamedWorkspace(principal, request)) return principal;
  const reason = token === undefined ? 'An access token is needed' : 'The access token is unknown or has expired';
  throw new RelaticsError('Unauthorized', `${reason}: send Authorization: Bearer {access token}.`);
}

/** Known before the body is read, and for what is read as well. */
async function mayCall(hub: Hub, principal: Principal, interface_: Interface): Promise<void> {
  const { endpoint, initiator } = interface_;
  if (initiator === 'upload') {
    throw new RelaticsError('Forbidden', `The interface ${endpoint} takes uploads by a power user, not API requests.`);
  }
  if (await hub.access.mayCall(principal, interface_)) return;
  const [ungranted] = callViolations(principal, interface_);
  throw new RelaticsError('Forbidden', ungranted?.message ?? `The interface ${endpoint} belongs to another API key.`);
}
