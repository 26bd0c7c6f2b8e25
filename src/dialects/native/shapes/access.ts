import type { Grants as GrantsOf } from '../../../model/principal.ts';
import { type Static, Type } from '../../json-schema.ts';
import { Id, listOf, mapOf, nullableText, refTo, strict, Time } from './common.ts';

const Role = Type.Enum(['admin', 'power', 'member']);
const Action = Type.Unsafe<string>({
  type: 'string',
  pattern: '^(read|create|edit|delete|force|attach:(\\*|[a-z][a-z0-9_]*))$',
});
const Grants = Type.Unsafe<GrantsOf>(
  mapOf(Type.Array(Action), {
    description:
      'By record type key, `*` for all: `{"claim": ["read", "attach:contact"]}`. They matter for members only.',
  }),
);
const KeyKind = Type.Enum(['bearer', 'client', 'oauth1', 'hmac', 'jwt']);
const { Optional } = Type;

export const MeShape = Type.Object(
  {
    workspace: Type.Object({ id: Id, name: Type.String() }),
    principal: Type.Object({
      id: Type.Integer(),
      kind: Type.Enum(['user', 'key']),
      name: Type.String(),
      email: nullableText('Users only.'),
      role: Role,
      grants: Grants,
    }),
  },
  { $id: 'Me' },
);

export const SignInShape = Type.Object(
  {
    user_name: Type.String({ minLength: 1, maxLength: 254, description: 'The e-mail address.' }),
    password: Type.String({ minLength: 1, maxLength: 200 }),
  },
  { $id: 'SignIn', required: ['user_name', 'password'], ...strict },
);

/** The other members are for administrators. */
export const KeyShape = Type.Object(
  {
    id: Type.Integer(),
    label: Type.String(),
    kind: KeyKind,
    principal_id: Type.Integer({ description: 'By which changes name it, as `principal.id`.' }),
    client_id: Optional(
      Type.String({ description: 'Client id or consumer key; the first characters of a bearer key.' }),
    ),
    principal: Optional(Type.Object({ id: Type.Integer(), name: Type.String(), role: Role })),
    created_at: Optional(Time),
    revoked_at: Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time' })),
  },
  {
    $id: 'Key',
    description:
      'An API credential. A power user sees its id, label, kind and principal_id, whether it is revoked, and the client id of kind `client`.',
  },
);

const words = { minLength: 1, maxLength: 200 };
const NewPassword = Type.String({ minLength: 8, maxLength: 200 });

export const NewKeyShape = Type.Object(
  {
    label: Type.String(words),
    kind: Type.Unsafe<Static<typeof KeyKind>>({ ...KeyKind, default: 'bearer' }),
    role: Type.Unsafe<Static<typeof Role>>({ ...Role, default: 'member' }),
    grants: Type.Unsafe<Static<typeof Grants>>({ ...Grants, default: {} }),
    public_key: Optional(
      Type.String({
        description: 'Of kind `jwt`: the public key or certificate, in PEM, that its assertions are verified by.',
        maxLength: 20_000,
      }),
    ),
  },
  { $id: 'NewKey', required: ['label'], ...strict },
);

export const MadeKeyShape = Type.Object(
  {
    key: refTo(KeyShape),
    secret: nullableText('Shown this once. A bearer key is the secret itself; kind `jwt` has none.'),
    token_id: nullableText(
      'OAuth 1.0a: the id of the token. `jwt`: the id of the key, which an assertion names as `kid`.',
    ),
    token_secret: nullableText('OAuth 1.0a only; shown this once.'),
  },
  { $id: 'MadeKey' },
);

export const UserShape = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    email: Optional(nullableText('Users only.')),
    role: Optional(Role),
    grants: Optional(Grants),
    disabled: Optional(Type.Boolean()),
  },
  { $id: 'User', description: 'A user. A power user sees its id and name only.' },
);

export const NewUserShape = Type.Object(
  {
    email: Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$', maxLength: 254 }),
    name: Type.String(words),
    password: NewPassword,
    role: Type.Unsafe<Static<typeof Role>>({ ...Role, default: 'member' }),
    grants: Type.Unsafe<Static<typeof Grants>>({ ...Grants, default: {} }),
  },
  { $id: 'NewUser', required: ['email', 'name', 'password'], ...strict },
);

export const UserChangeShape = Type.Object(
  { role: Optional(Role), grants: Optional(Grants), password: Optional(NewPassword) },
  {
    $id: 'UserChange',
    description:
      'What is left out stays; grants are replaced as a whole. With a new password all sessions of the user end.',
    ...strict,
  },
);

export const KeyListShape = listOf(refTo(KeyShape), 'KeyList');
export const UserListShape = listOf(refTo(UserShape), 'UserList');
export type SignIn = Static<typeof SignInShape>;
export type Me = Static<typeof MeShape>;
export type KeyList = Static<typeof KeyListShape>;
export type UserList = Static<typeof UserListShape>;
export type MadeKey = Static<typeof MadeKeyShape>;
export type ShownKey = Static<typeof KeyShape>;
export type ShownUser = Static<typeof UserShape>;
export type NewKey = Static<typeof NewKeyShape>;
export type UserChange = Static<typeof UserChangeShape>;
export type NewUser = Static<typeof NewUserShape>;
