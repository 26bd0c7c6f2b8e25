/** The body of Link/Upsert and Link/Remove. */
import type { LinkEnd, LinkType, RecordType } from '../../../model/catalogue.ts';
import type { RoleRef } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import { type ChildDomain, findDomain, findLinkEnd, isChildDomain } from '../domains.ts';
import type { Context } from '../operation.ts';
import { texts } from '../options.ts';
import { invalidRequest, unable } from '../refusal.ts';
import { type Identification, type Located, locate } from './identification.ts';

/** A request whose domains and records are read. Relationships are null where they are absent, empty, or of no account (files). */
export type LinkRequest = {
  readonly parentDomain: string;
  readonly childDomain: ChildDomain;
  readonly parentType: RecordType;
  readonly end: LinkEnd;
  readonly parent: Located;
  readonly child: Located;
  readonly relationship: RoleRef | null;
  readonly newRelationship: RoleRef | null;
};

export async function parseLink(context: Context, body: unknown): Promise<LinkRequest> {
  if (!isObject(body)) throw invalidRequest();
  const { hub, caller, catalogue } = context;
  const { ParentDomain: parentDomain, ChildDomain: childDomain } = body;
  if (!isChildDomain(childDomain)) throw unable(texts.childDomainInvalid);
  const parentType = findDomain(catalogue, parentDomain);
  if (parentType === undefined) throw unable(texts.domainUnknown(shown(parentDomain)));
  const childType = findDomain(catalogue, childDomain);
  if (childType === undefined) throw unable(texts.domainUnknown(childDomain));
  const end = findLinkEnd(parentType, childType);
  if (end === undefined) throw unable(texts.notLinkable(shown(parentDomain), childDomain));
  const role = (value: unknown): RoleRef | null => (childDomain === 'File' ? null : parseRelationship(end.link, value));
  return {
    parentDomain: shown(parentDomain),
    childDomain,
    parentType,
    end,
    parent: await locate(hub, caller, parentType, sideOf(body, 'Parent'), texts.parentNotFound),
    child: await locate(hub, caller, childType, sideOf(body, 'Child'), texts.childNotFound),
    relationship: role(body.Relationship),
    newRelationship: role(body.NewRelationship),
  };
}

const sideOf = (body: Record<string, unknown>, side: 'Parent' | 'Child'): Identification => ({
  id: body[`${side}RecordID`],
  key: body[`${side}RecordKey`],
  matchField: body[`${side}RecordMatchField`],
});

/** A value as an error text shows it. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/** By code or description, whatever the case. One that is in neither goes to the engine as it is, and is refused in its turn. */
function parseRelationship(link: LinkType, value: unknown): RoleRef | null {
  if (value === undefined || value === null || value === '') return null;
  const text = shown(value);
  const wanted = text.toLowerCase();
  const role =
    link.roles.find((one) => one.externalId?.toLowerCase() === wanted) ??
    link.roles.find((one) => one.name.toLowerCase() === wanted);
  return role === undefined ? { by: 'name', value: text } : { by: 'number', value: String(role.number) };
}
