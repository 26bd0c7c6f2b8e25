/** How a credential is made, and of what its secrets are. */
import { randomBytes } from 'node:crypto';
import type { AuditedKey, Doer } from '../../model/audit.ts';
import { clock } from '../../model/clock.ts';
import { principalId, type WorkspaceId } from '../../model/ids.ts';
import type { Principal } from '../../model/principal.ts';
import { insertEvents } from '../../store/access/audit.ts';
import * as principals from '../../store/access/principals.ts';
import type { Transaction } from '../../store/postgres/database.ts';
import type { CredentialKind, NewCredential, WantedCredential } from './access.ts';
import { newToken, sha256, type Vault } from './secrets.ts';
import { toPrincipal } from './to-principal.ts';

export type FixedSecrets = { clientId: string; secret: string; tokenId?: string; tokenSecret?: string };

/** Makes a credential and, unless it is for one that is there, its principal, in a transaction that has entered the workspace. */
export async function makeCredential(
  tx: Transaction,
  vault: Vault,
  by: Doer,
  workspace: WorkspaceId,
  wanted: WantedCredential & { readonly fixed?: FixedSecrets; readonly owner?: Principal },
): Promise<NewCredential> {
  const at = clock.now();
  const { kind, label, role, grants } = wanted;
  const owner =
    wanted.owner ??
    toPrincipal(await principals.insertKey(tx, { workspace_id: workspace, name: label, role, grants }, at));
  const made = wanted.fixed ?? drawSecrets(kind);
  const tokenSecret = made.tokenSecret ?? null;
  const signs = kind === 'oauth1' || kind === 'hmac';
  const { secret } = made;
  const id = await principals.insertCredential(
    tx,
    {
      workspace_id: workspace,
      principal_id: owner.id,
      kind,
      label,
      lookup: kind === 'bearer' ? sha256(secret).toString('hex') : made.clientId,
      client_id: made.clientId,
      token_id: made.tokenId ?? null,
      secret_hash: signs || kind === 'jwt' ? null : sha256(secret),
      secret_sealed: signs ? vault.seal(secret) : null,
      token_secret_sealed: tokenSecret === null ? null : vault.seal(tokenSecret),
      public_key: wanted.kind === 'jwt' ? wanted.publicKey : null,
    },
    at,
  );
  const { id: principal_id } = owner;
  const after = auditedKey({ kind, principal_id, role: owner.role, grants: owner.grants, client_id: made.clientId });
  const concerned = { kind: 'key', id, name: label } as const;
  insertEvents(tx, workspace, by, [{ action: 'key_created', concerned, before: null, after }], at);
  return {
    id,
    kind,
    label,
    clientId: made.clientId,
    principal: { id: principalId(owner.id), name: owner.name, role: owner.role },
    createdAt: at,
    revokedAt: null,
    secret,
    tokenId: made.tokenId ?? null,
    tokenSecret,
  };
}

/** What the audit tells of a key. The client id of a bearer key has the first characters of its secret. */
export const auditedKey = ({ kind, principal_id, role, grants, client_id }: ToldOfKey): AuditedKey => ({
  ...{ kind, principal_id, role, grants },
  ...(kind !== 'bearer' && { client_id }),
});

type ToldOfKey = Omit<principals.RevokedCredential, 'label'>;

function drawSecrets(kind: CredentialKind): FixedSecrets {
  const secret = newToken(kind === 'bearer' ? 'kw_' : '');
  if (kind === 'bearer') return { clientId: `${secret.slice(0, 8)}…`, secret };
  const clientId = `kw_${kind}_${randomBytes(9).toString('base64url')}`;
  if (kind === 'jwt') return { clientId, secret: '', tokenId: `kw_key_${randomBytes(9).toString('base64url')}` };
  if (kind !== 'oauth1') return { clientId, secret };
  return { clientId, secret, tokenId: `kw_token_${randomBytes(9).toString('base64url')}`, tokenSecret: newToken('') };
}
