/** Who somebody is, by whatever he shows, and the sessions that are opened for him. */
import { randomUUID } from 'node:crypto';
import { clock } from '../../model/clock.ts';
import { workspaceId } from '../../model/ids.ts';
import type { Principal } from '../../model/principal.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { isStorableText, shorten, storableText } from '../../model/text.ts';
import * as principals from '../../store/access/principals.ts';
import * as sessions from '../../store/access/sessions.ts';
import type { Database, Transaction } from '../../store/postgres/database.ts';
import { Overloaded } from '../hub-errors.ts';
import type { Access, Session } from './access.ts';
import { administration } from './administration.ts';
import { callsByRight } from './grants.ts';
import type { PasswordHashes } from './password-hashes.ts';
import { type LetInBy, passwordMatcher } from './passwords.ts';
import { sameBytes, sha256, type Vault } from './secrets.ts';
import { toPrincipal } from './to-principal.ts';

/** As stored: longer ones are refused like used ones. */
const maxNonceLength = 255;
const maxPlatformLength = 100;

/**
 * Reading a credential costs a query; an answer of the last second is used again. A revoked key works on for at most so long, and
 * no token stays in memory longer.
 */
const principalCacheMs = 1000;
const principalCacheSize = 10_000;

type MaybePromise<T> = Promise<T> | T;
type KnownBearer = { principal: MaybePromise<Principal | undefined>; readonly at: number };

const bearerKey = (token: string, via: string): string => `${via} ${token}`;

export function createAccess(database: Database, vault: Vault, hashes: PasswordHashes): Access {
  const global = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => database.global(work);
  const bearers = new Map<string, KnownBearer>();
  const letInBy: LetInBy = new WeakMap();

  async function readBearer(token: string, via: string): Promise<Principal | undefined> {
    return global(async (tx) => {
      const key = await principals.findCredential(tx, 'bearer', sha256(token).toString('hex'));
      if (key !== undefined) return toPrincipal({ ...key, kind: key.principal_kind });
      const session = await sessions.findSession(tx, sha256(token), via, clock.now());
      return session === undefined ? undefined : toPrincipal(session);
    });
  }

  function bearer(token: string, via: string): MaybePromise<Principal | undefined> {
    const key = bearerKey(token, via);
    const now = clock.nowMs();
    const known = bearers.get(key);
    // A clock that was set back makes it older than it is to be.
    if (known !== undefined && now >= known.at && now - known.at < principalCacheMs) return known.principal;
    if (bearers.size >= principalCacheSize) bearers.clear();
    const principal = readBearer(token, via);
    const entry: KnownBearer = { principal, at: now };
    const forget = (): void => {
      if (bearers.get(key) === entry) bearers.delete(key);
    };
    bearers.set(key, entry);
    setTimeout(forget, principalCacheMs).unref();
    principal.then((found) => {
      entry.principal = found;
    }, forget);
    return principal;
  }

  /** What ended must not work on for the second that it is remembered; another server remembers it so long. */
  function forgetSessionsOf(principal: Principal, via: string): void {
    for (const [key, { principal: known }] of bearers) {
      const mayBeTheirs = known instanceof Promise || known?.id === principal.id;
      if (mayBeTheirs && key.startsWith(bearerKey('', via))) bearers.delete(key);
    }
  }

  return {
    bearer,

    password: passwordMatcher(database, hashes, letInBy),

    async client(clientId, secret) {
      const row = await global((tx) => principals.findCredential(tx, 'client', clientId));
      const good = sameBytes(sha256(secret), row?.secret_hash ?? Buffer.alloc(32));
      return row !== undefined && good ? toPrincipal({ ...row, kind: row.principal_kind }) : undefined;
    },

    async mayCall(principal, on) {
      const byRight = callsByRight(principal, on);
      if (byRight !== undefined) return byRight;
      const clientIds = await global((tx) => principals.readClientIds(tx, principal.workspace, principal.id));
      return clientIds.some((id) => on.apiKeys.includes(id));
    },

    async signing(kind, clientId, tokenId) {
      const row = await global((tx) => principals.findCredential(tx, kind, clientId));
      if (row === undefined || row.token_id !== tokenId || row.secret_sealed === null) return undefined;
      return {
        id: row.credential_id,
        principal: toPrincipal({ ...row, kind: row.principal_kind }),
        secret: vault.open(row.secret_sealed),
        tokenSecret: row.token_secret_sealed === null ? null : vault.open(row.token_secret_sealed),
      };
    },

    async asserting(clientId, keyId) {
      const row = await global((tx) => principals.findCredential(tx, 'jwt', clientId));
      if (row === undefined || row.token_id !== keyId || row.public_key === null) return undefined;
      return {
        principal: toPrincipal({ ...row, kind: row.principal_kind }),
        publicKey: row.public_key as PublicKey, // stored as parsed
      };
    },

    async useNonce(credential, nonce, expiresAt) {
      if (!isStorableText(nonce) || nonce.length > maxNonceLength) return false;
      return global((tx) => sessions.insertNonce(tx, credential, nonce, expiresAt));
    },

    async openSession(wanted) {
      const named = (text: string): string => shorten(storableText(text), maxPlatformLength);
      const session = { ...wanted, platform: named(wanted.platform), client: named(wanted.client) };
      const row = { principal_id: session.principal.id, via: session.via, platform: session.platform };
      const password = letInBy.get(session.principal);
      const opened = await global(async (tx) => {
        if (password !== undefined && !(await principals.holdPassword(tx, session.principal.id, password)))
          throw new Overloaded(1); // whoever tries again is told that it is wrong
        if (session.exclusive) await sessions.deleteSessionsOf(tx, row);
        return writeSession(tx, session.principal, session, session);
      });
      if (session.exclusive) forgetSessionsOf(session.principal, session.via);
      return opened;
    },

    async findSession(accessToken, via) {
      const row = await global((tx) => sessions.findSession(tx, sha256(accessToken), via, clock.now()));
      if (row === undefined) return undefined;
      return {
        principal: toPrincipal(row),
        accessToken,
        refreshToken: null,
        accessExpiresAt: row.access_expires_at,
        refreshExpiresAt: row.refresh_expires_at,
        client: row.client,
        platform: row.platform,
      };
    },

    async refreshSession(refreshToken, via, lifetime) {
      const session = await global(async (tx) => {
        const row = await sessions.takeSession(tx, sha256(refreshToken), via, clock.now());
        return row === undefined ? undefined : writeSession(tx, toPrincipal(row), row, lifetime);
      });
      if (session !== undefined) forgetSessionsOf(session.principal, via);
      return session;
    },

    async closeSession(accessToken, via) {
      await global((tx) => sessions.deleteSession(tx, sha256(accessToken), via));
      bearers.delete(bearerKey(accessToken, via));
    },

    async workspace(name) {
      const row = await global((tx) => principals.findWorkspace(tx, name));
      return row === undefined ? undefined : { id: workspaceId(row.workspace_id), guid: row.guid, name: row.name };
    },

    async principal(workspace, id) {
      const row = await global((tx) => principals.findPrincipal(tx, workspace, id));
      return row === undefined ? undefined : toPrincipal(row);
    },

    ...administration(database, vault, hashes, () => bearers.clear()),
  };
}

async function writeSession(
  tx: Transaction,
  principal: Principal,
  place: { via: string; client: string; platform: string },
  lifetime: { accessSeconds: number; refreshSeconds: number | null },
): Promise<Session> {
  const now = clock.nowMs();
  const session: Session = {
    principal,
    // Sugar's clients expect tokens that look like GUIDs; 244 random bits in that form are as good for all others.
    accessToken: `${randomUUID()}-${randomUUID()}`,
    refreshToken: lifetime.refreshSeconds === null ? null : `${randomUUID()}-${randomUUID()}`,
    accessExpiresAt: new Date(now + lifetime.accessSeconds * 1000),
    refreshExpiresAt: lifetime.refreshSeconds === null ? null : new Date(now + lifetime.refreshSeconds * 1000),
    client: place.client,
    platform: place.platform,
  };
  await sessions.insertSession(
    tx,
    {
      workspace_id: principal.workspace,
      principal_id: principal.id,
      via: place.via,
      client: place.client,
      platform: place.platform,
      access_hash: sha256(session.accessToken),
      refresh_hash: session.refreshToken === null ? null : sha256(session.refreshToken),
      access_expires_at: session.accessExpiresAt,
      refresh_expires_at: session.refreshExpiresAt,
    },
    new Date(now),
  );
  return session;
}
