/** References to roles. */
import type { RoleRef } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import { invalidContent, invalidReferenceDetail } from '../errors.ts';
import { describe } from '../records/reference.ts';

/** `{"id": -10}`, `{"id": "-10"}`, `{"externalId": "family"}`, or a bare id; the id wins when both are given. */
export function parseRoleReference(role: unknown): RoleRef {
  const { id, externalId } = isObject(role) ? role : { id: role, externalId: undefined };
  if (id === undefined && typeof externalId === 'string') return { by: 'external_id', value: externalId };
  if (/^(0|-?[1-9]\d*)$/.test(String(id))) return { by: 'number', value: String(id) };
  throw invalidContent('role', invalidReferenceDetail(describe(role), 'role'));
}
