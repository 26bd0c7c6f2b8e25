/** How each API does the deeds of the shared rules: as requests of that vendor's own clients. */
import { guid, type Headers, type Json } from '../scenarios/vendor-clients.ts';

export const surfaceNames = ['native', 'sugarcrm', 'origami', 'netsuite', 'zendesk', 'relatics'] as const;
export type SurfaceName = (typeof surfaceNames)[number];

export type Call = readonly [method: string, path: string, body?: Json];

/** `other` is a second field: with a value, null to clear it, or what is no value of it. Absent means absent. */
export type Fields = {
  readonly name?: string;
  readonly other?: 'given' | null | 'wrong';
  /** A field that the type does not have. */
  readonly stranger?: true;
};
/** As it stands in the database; number 0 of a key that nobody has. */
export type Known = { readonly key: string; readonly number: number; readonly id: string };

export type Surface = {
  readonly credential: (key: string) => Headers;
  /** The record type that it writes, the field of it that `other` is, and what is stored of it when it is given. */
  readonly type: string;
  readonly other: readonly [field: string, stored: unknown];
  readonly upsert: (key: string, fields: Fields, workspace: string) => Call;
  readonly remove: (record: Known) => Call;
  /** The type at the near end of its links; the other end is a contact. */
  readonly parent: string;
  readonly link: (parent: Known, child: Known) => Call;
  readonly unlink: (parent: Known, child: Known) => Call;
};

const encode = encodeURIComponent;
const mail = 'mila@example.test';

/** The members of a body, by the names that the vendor has for them. */
function body(
  names: Readonly<Record<keyof Fields, string>>,
  { name, other, stranger }: Fields,
  values = [mail, { a: 1 }],
) {
  const value = other === 'given' ? values[0] : other === 'wrong' ? values[1] : other;
  return {
    ...(name !== undefined && { [names.name]: name }),
    ...(value !== undefined && { [names.other]: value }),
    ...(stranger && { [names.stranger]: 'x' }),
  };
}

const plain = { name: 'name', other: 'email', stranger: 'nonsense' };
const bearer = (key: string): Headers => ({ Authorization: `Bearer ${key}` });
const sides = (parent: Known, child: Known): Json => ({
  ...{ ParentDomain: 'Customer', ParentRecordKey: parent.key, ParentRecordMatchField: 'ExternalId' },
  ...{ ChildDomain: 'Contact', ChildRecordKey: child.key, ChildRecordMatchField: 'ExternalId' },
});
const contact = { type: 'contact', other: ['email', mail], parent: 'customer' } as const;
const suite = '/services/rest/record/v1';
const objects = '/api/v2/custom_objects';
const set = (workspace: string, elements: Json[]): Call => [
  'POST',
  `/api/v1/workspaces/${workspace}/interfaces/synchronizing/myendpoint`,
  { Elements: elements },
];

export const surfaces: Readonly<Record<SurfaceName, Surface>> = {
  native: {
    ...contact,
    credential: bearer,
    upsert: (key, fields) => [
      'PATCH',
      `/v1/records/contact/external_id:${encode(key)}`,
      { fields: body(plain, fields) },
    ],
    remove: ({ key }) => ['DELETE', `/v1/records/contact/external_id:${encode(key)}`],
    link: (parent, child) => ['PUT', nativeLink(parent, child)],
    unlink: (parent, child) => ['DELETE', nativeLink(parent, child)],
  },
  sugarcrm: {
    ...contact,
    credential: (key) => ({ 'OAuth-Token': key }),
    upsert: (key, fields) => [
      'PATCH',
      `/rest/v11_10/integrate/Contacts/external_id/${encode(key)}`,
      body({ ...plain, other: 'email1' }, fields),
    ],
    remove: ({ key }) => ['DELETE', `/rest/v11_10/integrate/Contacts/external_id/${encode(key)}`],
    link: (parent, child) => ['POST', sugarLink(parent, child)],
    unlink: (parent, child) => ['DELETE', sugarLink(parent, child)],
  },
  origami: {
    ...contact,
    credential: (key) => ({ Token: key }),
    upsert: (key, fields) => [
      'POST',
      '/OrigamiApi/api/Contact/Upsert?matchFields=ExternalId',
      { ExternalId: key, ...body({ name: 'Name', other: 'Email', stranger: 'Nonsense' }, fields) },
    ],
    remove: ({ number }) => ['DELETE', `/OrigamiApi/api/Contact/${number}`],
    link: (parent, child) => ['POST', '/OrigamiApi/api/Link/Upsert', sides(parent, child)],
    unlink: (parent, child) => ['POST', '/OrigamiApi/api/Link/Remove', sides(parent, child)],
  },
  netsuite: {
    ...contact,
    credential: bearer,
    upsert: (key, fields) => ['PUT', `${suite}/contact/eid:${encode(key)}`, body(plain, fields)],
    remove: ({ key }) => ['DELETE', `${suite}/contact/eid:${encode(key)}`],
    link: (parent, child) => ['POST', suiteLink(parent, '!attach', child)],
    unlink: (parent, child) => ['POST', suiteLink(parent, '!detach', child)],
  },
  zendesk: {
    ...contact,
    credential: bearer,
    upsert(key, fields) {
      const { name, ...custom } = body(plain, fields);
      const record = { ...(name !== undefined && { name }), custom_object_fields: custom };
      return ['PATCH', `${objects}/contact/records?external_id=${encode(key)}`, { custom_object_record: record }];
    },
    remove: ({ key }) => ['DELETE', `${objects}/contact/records?external_id=${encode(key)}`],
    // A lookup is what this vendor has for links.
    parent: 'building_component',
    link: (parent, child) => lookup(parent, `external_id:${child.key}`),
    unlink: (parent) => lookup(parent, null),
  },
  relatics: {
    credential: bearer,
    type: 'element',
    other: ['length', 2.5],
    // A set is everything that there is: each one here has one element.
    upsert: (key, fields, workspace) => {
      const names = { name: 'Name', other: 'Length', stranger: 'Nonsense' };
      return set(workspace, [{ '@externalid': key, ...body(names, fields, [2.5, 'much'] as never) }]);
    },
    remove: () => set(guid, []),
    parent: 'element',
    link: (parent, child) => set(guid, [{ '@externalid': parent.key, Contacts: [{ '@id': child.id }] }]),
    unlink: (parent) => set(guid, [{ '@externalid': parent.key, Contacts: [] }]),
  },
};

const nativeLink = (parent: Known, child: Known): string =>
  `/v1/records/customer/external_id:${encode(parent.key)}/links/contacts/external_id:${encode(child.key)}`;
const sugarLink = (parent: Known, child: Known): string =>
  `/rest/v11_10/integrate/Customers/external_id/${encode(parent.key)}/link/contacts/external_id/${encode(child.key)}`;
const suiteLink = (parent: Known, verb: string, child: Known): string =>
  `${suite}/customer/eid:${encode(parent.key)}/${verb}/contact/eid:${encode(child.key)}`;
const lookup = (parent: Known, supplier: string | null): Call => [
  'PATCH',
  `${objects}/building_component/records?external_id=${encode(parent.key)}`,
  { custom_object_record: { custom_object_fields: { supplier } } },
];
