/** `/v1/me`, `/v1/keys`, `/v1/users`: who I am, and who may come in. */
import type { FastifyInstance } from 'fastify';
import type { CredentialKind, CredentialView, UserView } from '../../../engine/access/access.ts';
import type { Hub } from '../../../engine/hub.ts';
import { principalId } from '../../../model/ids.ts';
import { type PublicKey, parsePublicKey, publicKeyWanted } from '../../../model/public-key.ts';
import { type Static, Type } from '../../json-schema.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { checkGrants, refuseUnstorable } from '../parse.ts';
import { problem } from '../problem-answer.ts';
import {
  type KeyList,
  KeyListShape,
  type MadeKey,
  MadeKeyShape,
  type Me,
  MeShape,
  type NewKey,
  NewKeyShape,
  type NewUser,
  NewUserShape,
  type ShownKey,
  type ShownUser,
  type UserChange,
  UserChangeShape,
  type UserList,
  UserListShape,
  UserShape,
} from '../shapes/access.ts';
import { refTo } from '../shapes/common.ts';
import { signedIn } from './credentials.ts';
import { describeMe } from './me.ts';

const UserPath = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const KeyPath = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

const readMe = describeOperation({
  id: 'readMe',
  tag: 'Access',
  summary: 'Who this key is, and what it may',
  access: 'signed_in',
  answers: { 200: { description: 'The principal and its workspace.', schema: refTo(MeShape) } },
});

const listKeys = describeOperation({
  id: 'listKeys',
  tag: 'Access',
  summary: 'List the keys',
  access: 'power',
  answers: {
    200: {
      description: 'All of them; a power user sees names, and the client ids that interfaces name.',
      schema: refTo(KeyListShape),
    },
  },
});

const createKey = describeOperation({
  id: 'createKey',
  tag: 'Access',
  summary: 'Make a key',
  access: 'admin',
  body: refTo(NewKeyShape),
  answers: {
    201: { description: 'Made. The secret is shown this once.', schema: refTo(MadeKeyShape) },
  },
  problems: [422],
});

const revokeKey = describeOperation({
  id: 'revokeKey',
  tag: 'Access',
  summary: 'Revoke a key at once',
  access: 'admin',
  params: KeyPath,
  answers: {
    200: { description: 'Revoked.', schema: Type.Object({ outcome: Type.Enum(['revoked']), id: Type.Integer() }) },
  },
  problems: [404],
});

const listUsers = describeOperation({
  id: 'listUsers',
  tag: 'Access',
  summary: 'List the users',
  access: 'power',
  answers: { 200: { description: 'All of them; a power user sees names only.', schema: refTo(UserListShape) } },
});

const createUser = describeOperation({
  id: 'createUser',
  tag: 'Access',
  summary: 'Make a user',
  access: 'admin',
  body: refTo(NewUserShape),
  answers: { 201: { description: 'Made.', schema: refTo(UserShape) } },
  problems: [409, 422],
});

const changeUser = describeOperation({
  id: 'changeUser',
  tag: 'Access',
  summary: 'Change the role, the grants or the password of a user',
  description: 'At once, also for whoever is signed in; on other servers within a second.',
  access: 'admin',
  params: UserPath,
  body: refTo(UserChangeShape),
  answers: { 200: { description: 'The user as it is now.', schema: refTo(UserShape) } },
  problems: [404, 409, 422],
});

const disableUser = describeOperation({
  id: 'disableUser',
  tag: 'Access',
  summary: 'Disable a user',
  description: 'Its sessions end, and its e-mail address may be given to another. Its name stays with what it did.',
  access: 'admin',
  params: UserPath,
  answers: {
    200: { description: 'Disabled.', schema: Type.Object({ outcome: Type.Enum(['disabled']), id: Type.Integer() }) },
  },
  problems: [404, 409],
});

type AtUser = { Params: Static<typeof UserPath> };

const unknownUser = (id: number) => problem('unknown_user', 'path.id', `There is no user ${id} in force.`);

export function accessRoutes(app: FastifyInstance, hub: Hub): void {
  app.get('/v1/me', { schema: readMe }, (request): Promise<Me> => describeMe(hub, signedIn(request).principal));

  app.get('/v1/keys', { schema: listKeys }, async (request): Promise<KeyList> => {
    const caller = signedIn(request);
    const keys = await hub.access.credentials(caller.principal);
    const render = caller.principal.role === 'admin' ? renderKey : renderKeyName;
    return { items: keys.map(render), next: null };
  });

  app.post<{ Body: NewKey }>('/v1/keys', { schema: createKey }, async (request, reply): Promise<MadeKey> => {
    const caller = signedIn(request);
    refuseUnstorable(request.body, null);
    const { label, role, grants } = request.body;
    checkGrants(await hub.catalogue(caller.principal.workspace), grants);
    const made = await hub.access.createCredential(caller, {
      label,
      role,
      grants,
      ...proofOf(request.body),
    });
    request.outcome = 'created';
    reply.code(201);
    return {
      key: renderKey(made),
      secret: made.secret === '' ? null : made.secret,
      token_id: made.tokenId,
      token_secret: made.tokenSecret,
    };
  });

  app.delete<{ Params: Static<typeof KeyPath> }>('/v1/keys/:id', { schema: revokeKey }, async (request) => {
    const caller = signedIn(request);
    const { id } = request.params;
    const isRevoked = await hub.access.revokeCredential(caller, id);
    if (!isRevoked) throw problem('unknown_key', 'path.id', `There is no key ${id} in force.`);
    request.outcome = 'revoked';
    return { outcome: 'revoked', id };
  });

  app.get('/v1/users', { schema: listUsers }, async (request): Promise<UserList> => {
    const caller = signedIn(request);
    const users = await hub.access.users(caller.principal);
    const render = caller.principal.role === 'admin' ? renderUser : renderUserName;
    return { items: users.map(render), next: null };
  });

  app.post<{ Body: NewUser }>('/v1/users', { schema: createUser }, async (request, reply): Promise<ShownUser> => {
    const caller = signedIn(request);
    refuseUnstorable(request.body, null);
    const { email, name, role, grants, password } = request.body;
    checkGrants(await hub.catalogue(caller.principal.workspace), grants);
    const made = await hub.access.createUser(caller, { email, name, role, grants, password });
    if (made.kind === 'email_taken') throw problem('email_taken', 'email', `Another user has the address ${email}.`);
    request.outcome = 'created';
    reply.code(201);
    return renderUser(made);
  });

  app.patch<AtUser & { Body: UserChange }>(
    '/v1/users/:id',
    { schema: changeUser },
    async (request): Promise<ShownUser> => {
      const caller = signedIn(request);
      const { principal } = caller;
      const { id } = request.params;
      const { role, grants, password } = request.body;
      refuseUnstorable(request.body, null);
      if (grants !== undefined) checkGrants(await hub.catalogue(principal.workspace), grants);
      if (id === principal.id && role !== undefined && role !== principal.role)
        throw problem('own_access', 'role', 'You cannot take your own role away.');
      const changed = await hub.access.changeUser(caller, principalId(id), {
        ...(role !== undefined && { role }),
        ...(grants !== undefined && { grants }),
        ...(password !== undefined && { password }),
      });
      if (changed === undefined) throw unknownUser(id);
      request.outcome = 'updated';
      return renderUser(changed);
    },
  );

  app.delete<AtUser>('/v1/users/:id', { schema: disableUser }, async (request) => {
    const caller = signedIn(request);
    const { id } = request.params;
    if (id === caller.principal.id) throw problem('own_access', 'path.id', 'You cannot disable yourself.');
    if (!(await hub.access.disableUser(caller, principalId(id)))) throw unknownUser(id);
    request.outcome = 'disabled';
    return { outcome: 'disabled', id };
  });
}

/** A client that signs assertions is known by its public key; all others are given a secret. */
function proofOf({
  kind,
  public_key: pem,
}: NewKey): { kind: Exclude<CredentialKind, 'jwt'> } | { kind: 'jwt'; publicKey: PublicKey } {
  const path = 'public_key';
  if (kind !== 'jwt') {
    if (pem !== undefined) throw problem('member_invalid', path, 'public_key goes with the kind jwt.');
    return { kind };
  }
  if (pem === undefined) throw problem('member_missing', path, 'The kind jwt needs a public_key.');
  const publicKey = parsePublicKey(pem);
  if (publicKey === undefined) throw problem('member_invalid', path, publicKeyWanted);
  return { kind, publicKey };
}

/** The client id of an API key is no secret, and whoever sets up an interface names the keys that may call it. */
const renderKeyName = ({ id, label, kind, clientId, principal, revokedAt }: CredentialView): ShownKey => ({
  id,
  label,
  kind,
  principal_id: principal.id,
  ...(kind === 'client' && { client_id: clientId }),
  revoked_at: revokedAt?.toISOString() ?? null,
});
const renderKey = (key: CredentialView): ShownKey => ({
  ...renderKeyName(key),
  client_id: key.clientId,
  principal: { id: key.principal.id, name: key.principal.name, role: key.principal.role },
  created_at: key.createdAt.toISOString(),
  revoked_at: key.revokedAt?.toISOString() ?? null,
});

const renderUserName = ({ id, name }: UserView): ShownUser => ({ id, name });
const renderUser = (user: UserView): ShownUser => ({
  ...renderUserName(user),
  email: user.email,
  role: user.role,
  grants: user.grants,
  disabled: user.disabled,
});
