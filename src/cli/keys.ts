/** `keyway keys create|list|revoke` */
import { readFile } from 'node:fs/promises';
import type { Config } from '../config.ts';
import type { CredentialKind, NewCredential } from '../engine/access/access.ts';
import type { WorkspaceRole } from '../model/principal.ts';
import { type PublicKey, parsePublicKey, publicKeyWanted } from '../model/public-key.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import { parseGrants, requireKnownTypes } from './grants.ts';
import { localCaller } from './local-caller.ts';
import { list, print, table } from './output.ts';
import { withHub } from './with-hub.ts';

type CreateOptions = {
  readonly workspace?: string;
  readonly kind: CredentialKind;
  readonly label: string;
  readonly role: WorkspaceRole;
  readonly grant: readonly string[];
  readonly publicKey?: string;
};

export async function createKey(config: Config, _operands: readonly string[], given: object): Promise<undefined> {
  const { kind, label, role, grant, workspace, publicKey } = given as CreateOptions;
  const grants = parseGrants(grant);
  const wanted = { label, role, grants, ...(await proofOf(kind, publicKey)) };
  const key = await withHub(config, async (hub) => {
    const caller = await localCaller(hub, workspace);
    requireKnownTypes(await hub.catalogue(caller.principal.workspace), grants);
    return hub.access.createCredential(caller, wanted);
  });
  print(list([['Key', `${key.id} (${key.label}, ${key.principal.role})`], ...secretsOf(key)]));
  if (key.secret !== '') print('Secrets are shown this once.');
}

/** A client that signs assertions is known by its public key; all others are given a secret. */
async function proofOf(
  kind: CredentialKind,
  file: string | undefined,
): Promise<{ kind: Exclude<CredentialKind, 'jwt'> } | { kind: 'jwt'; publicKey: PublicKey }> {
  if (kind !== 'jwt') {
    if (file !== undefined) throw new CommandFailure('--public-key goes with --kind jwt.', exitCodes.usage);
    return { kind };
  }
  if (file === undefined) throw new CommandFailure('--kind jwt needs a --public-key.', exitCodes.usage);
  const pem = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandFailure(`${file}: ${error.message}`);
  });
  const publicKey = parsePublicKey(pem);
  if (publicKey === undefined) throw new CommandFailure(`${file}: ${publicKeyWanted}`);
  return { kind, publicKey };
}

function secretsOf(key: NewCredential): (readonly [string, string])[] {
  switch (key.kind) {
    case 'bearer':
      return [['Bearer token', key.secret]];
    case 'client':
      return [
        ['Client id', key.clientId],
        ['Client secret', key.secret],
      ];
    case 'hmac':
      return [
        ['Key id', key.clientId],
        ['Secret', key.secret],
      ];
    case 'jwt':
      return [
        ['Client id', key.clientId],
        ['Certificate id', key.tokenId ?? ''],
      ];
    case 'oauth1':
      return [
        ['Consumer key', key.clientId],
        ['Consumer secret', key.secret],
        ['Token id', key.tokenId ?? ''],
        ['Token secret', key.tokenSecret ?? ''],
      ];
  }
}

export async function listKeys(
  config: Config,
  _operands: readonly string[],
  options: { workspace?: string },
): Promise<undefined> {
  const keys = await withHub(config, async (hub) =>
    hub.access.credentials((await localCaller(hub, options.workspace)).principal),
  );
  const rows = keys.map(({ id, kind, label, clientId, principal, createdAt, revokedAt }) => [
    String(id),
    kind,
    label,
    clientId,
    principal.role,
    createdAt.toISOString().slice(0, 10),
    revokedAt === null ? '' : revokedAt.toISOString().slice(0, 10),
  ]);
  print(table(['ID', 'KIND', 'LABEL', 'PUBLIC PART', 'ROLE', 'CREATED', 'REVOKED'], rows));
}

export async function revokeKey(
  config: Config,
  [operand = '']: readonly string[],
  options: { workspace?: string },
): Promise<undefined> {
  if (!/^\d{1,15}$/.test(operand))
    throw new CommandFailure('Give the ID that keyway keys list shows.', exitCodes.usage);
  const revoked = await withHub(config, async (hub) =>
    hub.access.revokeCredential(await localCaller(hub, options.workspace), Number(operand)),
  );
  if (!revoked) throw new CommandFailure(`There is no key ${operand} that could be revoked.`);
  print(`Key ${operand} is revoked.`);
}
