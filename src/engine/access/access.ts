/** Who may come in: users, API credentials and the sessions that dialects open for them. */
import type { Interface } from '../../model/catalogue.ts';
import type { PrincipalId, WorkspaceId } from '../../model/ids.ts';
import type { Caller, Grants, Principal, WorkspaceRole } from '../../model/principal.ts';
import type { PublicKey } from '../../model/public-key.ts';

/**
 * What a look-up by a name can give: a name may exist in several workspaces, and then the caller must say which it means. `locked`: too
 * many wrong passwords were tried; the password was not looked at.
 */
type NameMatch =
  | { kind: 'one'; principal: Principal }
  | { kind: 'none' }
  | { kind: 'several' }
  | { kind: 'locked'; retryAfterSeconds: number };

/** `from`: the address of whoever signs in, through the dialect `via`. */
export type SignIn = {
  readonly workspace: WorkspaceId | null;
  readonly shortName: boolean;
  readonly from: string;
  readonly via: string;
  readonly requestId: string;
};

/** A credential whose secret signs requests; the secrets are decrypted for this one use. */
type SigningCredential = {
  readonly id: number;
  readonly principal: Principal;
  readonly secret: string;
  /** OAuth 1.0a only: the secret of the token that belongs to the consumer key. */
  readonly tokenSecret: string | null;
};

/** A credential whose assertions are verified by its public key. */
type AssertingCredential = { readonly principal: Principal; readonly publicKey: PublicKey };

export type Session = {
  readonly principal: Principal;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly accessExpiresAt: Date;
  readonly refreshExpiresAt: Date | null;
  readonly client: string;
  readonly platform: string;
};

type OpenSession = {
  readonly principal: Principal;
  /** Dialect name: a session opens only the door it was made for. */
  readonly via: string;
  readonly client: string;
  readonly platform: string;
  readonly accessSeconds: number;
  /** null: no refresh token. */
  readonly refreshSeconds: number | null;
  /** End the earlier sessions of this principal on this dialect and platform. */
  readonly exclusive: boolean;
};

export type CredentialKind = 'bearer' | 'client' | 'oauth1' | 'hmac' | 'jwt';

/** A client that signs assertions keeps its private key to itself, and gives the public one. */
export type WantedCredential = { readonly label: string; readonly role: WorkspaceRole; readonly grants: Grants } & (
  | { readonly kind: Exclude<CredentialKind, 'jwt'> }
  | { readonly kind: 'jwt'; readonly publicKey: PublicKey }
);

/** Secrets are in `secret` once, at creation, and nowhere after. */
export type CredentialView = {
  readonly id: number;
  readonly kind: CredentialKind;
  readonly label: string;
  /** Client id, consumer key or API key id: not secret. For a bearer key its first characters. */
  readonly clientId: string;
  readonly principal: { readonly id: PrincipalId; readonly name: string; readonly role: WorkspaceRole };
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
};
export type NewCredential = CredentialView & {
  /** Empty for a client that signs assertions: it keeps its private key to itself. */
  readonly secret: string;
  /** OAuth 1.0a: the token's id. Assertions: the id of their key. */
  readonly tokenId: string | null;
  readonly tokenSecret: string | null;
};

export type NewUser = {
  readonly email: string;
  readonly name: string;
  readonly role: WorkspaceRole;
  readonly grants: Grants;
  readonly password: string;
};

export type UserView = {
  readonly id: PrincipalId;
  readonly kind: 'user' | 'key';
  readonly name: string;
  readonly email: string | null;
  readonly role: WorkspaceRole;
  readonly grants: Grants;
  readonly disabled: boolean;
};

export type Access = {
  /** Whose an API key is, or an access token that `via` opened; at once where it has just been asked. */
  bearer(token: string, via: string): Promise<Principal | undefined> | Principal | undefined;
  /**
   * `userName` is the e-mail address, or the part before its `@` when `shortName`. In `workspace`, or in whichever has it.
   */
  password(userName: string, password: string, options: SignIn): Promise<NameMatch>;
  /** Client id and secret of an API key. */
  client(clientId: string, secret: string): Promise<Principal | undefined>;
  /**
   * Whether a principal may call an interface. One that names API keys is open to these, and to people who configure interfaces;
   * one that names none, to all whose grants let them create, edit and delete its records.
   */
  mayCall(principal: Principal, on: Interface): Promise<boolean>;
  /** OAuth 1.0a consumer key and token, or HMAC key (token null). */
  signing(kind: 'oauth1' | 'hmac', clientId: string, tokenId: string | null): Promise<SigningCredential | undefined>;
  /** Whose assertions the key of this id verifies. */
  asserting(clientId: string, keyId: string): Promise<AssertingCredential | undefined>;
  /** True the first time; false for a nonce seen before. Holds over all servers. Kept until `expiresAt`. */
  useNonce(credential: number, nonce: string, expiresAt: Date): Promise<boolean>;

  openSession(session: OpenSession): Promise<Session>;
  /** The unexpired session of an access token that `via` opened. */
  findSession(accessToken: string, via: string): Promise<Session | undefined>;
  /** Trades a refresh token for a new session; the old tokens end. undefined: unknown, used or expired. */
  refreshSession(
    refreshToken: string,
    via: string,
    lifetime: { accessSeconds: number; refreshSeconds: number },
  ): Promise<Session | undefined>;
  closeSession(accessToken: string, via: string): Promise<void>;

  /** The workspace with this GUID, number or name. */
  workspace(name: string): Promise<{ id: WorkspaceId; guid: string; name: string } | undefined>;
  principal(workspace: WorkspaceId, id: PrincipalId): Promise<Principal | undefined>;

  users(viewer: Principal): Promise<readonly UserView[]>;
  createUser(admin: Caller, user: NewUser): Promise<UserView | { kind: 'email_taken' }>;
  /** A new password ends its sessions. undefined: there is no such user that is not disabled. */
  changeUser(
    admin: Caller,
    id: PrincipalId,
    change: { readonly role?: WorkspaceRole; readonly grants?: Grants; readonly password?: string },
  ): Promise<UserView | undefined>;
  /** Ends its sessions too. Its name stays with what it did. False: there is no such user that is not disabled. */
  disableUser(admin: Caller, id: PrincipalId): Promise<boolean>;
  credentials(viewer: Principal): Promise<readonly CredentialView[]>;
  createCredential(admin: Caller, credential: WantedCredential): Promise<NewCredential>;
  revokeCredential(admin: Caller, id: number): Promise<boolean>;
};
