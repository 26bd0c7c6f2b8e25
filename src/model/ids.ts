/**
 * Identifiers. A record and a link each have one integer number, unique in their workspace, and one 128-bit id.
 * The id is not stored: it is a reversible encoding of (kind, workspace, number), so it costs no column and no index,
 * and sorts as the number does. ADR 0003 has the measurements and the layout.
 */
declare const brand: unique symbol;
type Branded<T, Name> = T & { readonly [brand]: Name };

export type WorkspaceId = Branded<number, 'WorkspaceId'>;
export type PrincipalId = Branded<number, 'PrincipalId'>;
/** 36 characters, lower case, RFC 9562 version 8. */
export type Guid = Branded<string, 'Guid'>;
/** 26 characters of Crockford's base 32, upper case: the same 128 bits. */
export type Ulid = Branded<string, 'Ulid'>;
export type IdKind = 'record' | 'link' | 'run' | 'import';

export const workspaceId = (value: number): WorkspaceId => value as WorkspaceId;
export const principalId = (value: number): PrincipalId => value as PrincipalId;

const numberBits = 48n;
const largestNumber = (1n << numberBits) - 1n;
const kinds: readonly IdKind[] = ['record', 'link', 'run', 'import'];

/** 42 bits that make a GUID of somebody else's making recognisable as not ours. Not a secret: access never rests on it. */
function checkBits(kind: number, workspace: bigint, number: bigint): bigint {
  let hash = (workspace << 50n) ^ (number << 2n) ^ BigInt(kind);
  for (const factor of [0xff51afd7ed558ccdn, 0xc4ceb9fe1a85ec53n]) {
    hash = BigInt.asUintN(64, (hash ^ (hash >> 33n)) * factor);
  }
  return (hash ^ (hash >> 33n)) & ((1n << 42n) - 1n);
}

/** 48 bits number | 4 bits version 8 | 12 bits check | 2 bits variant | 30 bits check | 30 bits workspace | 2 bits kind. */
function encode(kind: IdKind, workspace: WorkspaceId, number: number): bigint {
  const kindBits = kinds.indexOf(kind);
  const check = checkBits(kindBits, BigInt(workspace), BigInt(number));
  return (
    (BigInt(number) << 80n) |
    (8n << 76n) |
    ((check >> 30n) << 64n) |
    (2n << 62n) |
    ((check & 0x3fffffffn) << 32n) |
    (BigInt(workspace) << 2n) |
    BigInt(kindBits)
  );
}

export type DecodedId = { kind: IdKind; workspace: WorkspaceId; number: number };

function decode(bits: bigint): DecodedId | undefined {
  const number = bits >> 80n;
  const workspace = (bits >> 2n) & 0x3fffffffn;
  const kind = kinds[Number(bits & 3n)];
  if (kind === undefined || number > largestNumber) return undefined;
  const decoded = { kind, workspace: workspaceId(Number(workspace)), number: Number(number) };
  return encode(kind, decoded.workspace, decoded.number) === bits ? decoded : undefined;
}

export function guidOf(kind: IdKind, workspace: WorkspaceId, number: number): Guid {
  const hex = encode(kind, workspace, number).toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-') as Guid;
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function ulidOf(kind: IdKind, workspace: WorkspaceId, number: number): Ulid {
  let bits = encode(kind, workspace, number);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = crockford[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return text as Ulid;
}

export const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const ulidPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;

/** What a GUID or ULID of our making names; undefined for any other text, a foreign GUID included. */
export function decodeId(text: string): DecodedId | undefined {
  if (guidPattern.test(text)) return decode(BigInt(`0x${text.replaceAll('-', '')}`));
  if (!ulidPattern.test(text)) return undefined;
  let bits = 0n;
  for (const letter of text.toUpperCase()) bits = (bits << 5n) | BigInt(crockford.indexOf(letter));
  return decode(bits);
}
