/**
 * `contactRole`: the roles that a contact can be attached with, as a read-only record type over the schema's role list. It is there
 * when the schema has no record type of that name.
 */
import type { Role } from '../../../model/catalogue.ts';
import { assumed } from '../assumed.ts';
import { type Call, collectionHref } from '../call.ts';
import { NetSuiteError, nonexistentRecord } from '../errors.ts';
import type { Paging } from '../lists/query.ts';
import { parsePathId } from '../records/locate.ts';
import { listItem, renderCollection } from '../render.ts';

/** None when no link type uses the list. */
function rolesOf(call: Call): readonly Role[] {
  const links = [...call.names.catalogue.links.values()];
  return links.find(({ roleList }) => roleList === assumed.contactRoleList)?.roles ?? [];
}

export function findRole(call: Call, segment: string): Role {
  const id = parsePathId(call, segment);
  const role = rolesOf(call).find(({ number, externalId }) =>
    id.by === 'internal' ? number === id.id : externalId === id.id,
  );
  if (role === undefined)
    throw new NetSuiteError(404, nonexistentRecord(call.url, id.by === 'external' ? id.id : undefined));
  return role;
}

export function renderRoles(call: Call, paging: Paging): Record<string, unknown> {
  const roles = rolesOf(call);
  const page = roles.slice(paging.offset, paging.offset + paging.limit);
  return renderCollection(call, collectionHref(call, 'contactRole'), {
    items: page.map(({ number }) => listItem(call, 'contactRole', number)),
    total: roles.length,
    paging,
  });
}
