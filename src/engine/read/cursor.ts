/** Opaque cursors: a place in a list, tied to the list it was made for. Tampering gives another place in one's own list, no more. */
import { createHash } from 'node:crypto';
import type { ListRejected } from '../../model/outcomes.ts';

export const foreignCursor: ListRejected = {
  kind: 'list_rejected',
  parameter: 'cursor',
  message: 'This cursor does not belong to this list: begin again without one.',
};

export function encodeCursor(list: unknown, place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([fingerprint(list), ...place])).toString('base64url');
}

/** undefined: not a cursor of this list. */
export function decodeCursor(list: unknown, cursor: string): readonly unknown[] | undefined {
  try {
    const [mark, ...place] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    return mark === fingerprint(list) ? place : undefined;
  } catch {
    return undefined;
  }
}

const fingerprint = (list: unknown): string =>
  createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 8);
