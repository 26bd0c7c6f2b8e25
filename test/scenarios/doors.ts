/** The same deeds through each API: what a scenario does to a contact, or to a link, in that vendor's own calls. */
import { decodeId } from '../../src/model/ids.ts';
import { served } from './served.ts';
import type { Answer, Clients, Json } from './vendor-clients.ts';

/** As the one who wrote it knows it, and by its number and GUID for those who read by these. */
export type Known = { readonly key: string; readonly number: number; readonly id: string };

export type Contact = { readonly number: number; readonly name: string | null; readonly email: string | null };

/** What an upsert told of itself; null where the vendor's answer does not say. */
export type Told = { readonly number: number; readonly created: boolean | null };

export type ContactDoor = {
  upsert(key: string, fields: { name?: string; email?: string | null }): Promise<Told>;
  /** By its key where the API has such a call. undefined: there is no such contact. */
  read(contact: Known): Promise<Contact | undefined>;
  remove(contact: Known): Promise<unknown>;
};

export type DoorName = Exclude<keyof Clients, 'relatics'>;
/** Relatics writes complete sets of what it owns, and no single contacts. */
export const doorNames = (['native', 'sugarcrm', 'origami', 'netsuite', 'zendesk'] as const).filter((name) =>
  served(name),
);

export const encode = encodeURIComponent;

/** The answer, which must have one of these statuses. */
export function expectStatus(answer: Answer, ...statuses: number[]): Answer {
  if (statuses.includes(answer.status)) return answer;
  throw new Error(`${answer.status} instead of ${statuses.join(' or ')}: ${answer.text.slice(0, 1000)}`);
}

/** undefined for the statuses by which the vendor says that there is no such record. */
const found = (answer: Answer, absent: number): Json | undefined =>
  answer.status === absent ? undefined : expectStatus(answer, 200).body;

export function numberOf(id: string): number {
  const decoded = decodeId(id);
  if (decoded === undefined) throw new Error(`${id} is no id`);
  return decoded.number;
}

export function contactDoors({ native, sugarcrm, origami, netsuite, zendesk }: Clients): Record<DoorName, ContactDoor> {
  const custom = '/api/v2/custom_objects/contact/records';
  const suite = '/services/rest/record/v1/contact';
  const integrate = (key: string): string => `/rest/v11_10/integrate/Contacts/external_id/${encode(key)}`;
  return {
    native: {
      async upsert(key, fields) {
        const answer = await native('PATCH', `/v1/records/contact/external_id:${encode(key)}`, { fields });
        const { outcome, record } = expectStatus(answer, 200, 201).body;
        return { number: record.number, created: outcome === 'created' };
      },
      async read({ key }) {
        const body = found(await native('GET', `/v1/records/contact/external_id:${encode(key)}`), 404);
        return body && { number: body.number, name: body.fields.name, email: body.fields.email };
      },
      remove: async ({ key }) =>
        expectStatus(await native('DELETE', `/v1/records/contact/external_id:${encode(key)}`), 200, 204),
    },
    sugarcrm: {
      async upsert(key, { name, email }) {
        const fields = { ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email1: email }) };
        const answer = expectStatus(await sugarcrm('PATCH', integrate(key), fields), 200, 201);
        return { number: numberOf(answer.body.record), created: answer.status === 201 };
      },
      async read({ key }) {
        const body = found(await sugarcrm('GET', integrate(key)), 422);
        return body && { number: numberOf(body.id), name: body.name || null, email: body.email1 || null };
      },
      remove: async ({ key }) => expectStatus(await sugarcrm('DELETE', integrate(key)), 200),
    },
    origami: {
      async upsert(key, { name, email }) {
        const fields = {
          ...(name === undefined ? {} : { Name: name }),
          ...(email === undefined ? {} : { Email: email }),
        };
        const body = { ExternalId: key, ...fields };
        const answer = expectStatus(await origami('POST', '/api/Contact/Upsert?matchFields=ExternalId', body), 200);
        return { number: answer.body.RecordID, created: answer.body.Message.startsWith('Inserted') };
      },
      async read({ number }) {
        const body = found(await origami('GET', `/api/Contact/${number}`), 404);
        return body && { number: body.ContactID, name: body.Name, email: body.Email };
      },
      remove: async ({ number }) => expectStatus(await origami('DELETE', `/api/Contact/${number}`), 200),
    },
    netsuite: {
      async upsert(key, fields) {
        const answer = expectStatus(await netsuite('PUT', `${suite}/eid:${encode(key)}`, fields), 204);
        return { number: Number(/\d+$/.exec(answer.headers.location ?? '')?.[0]), created: null };
      },
      async read({ key }) {
        const body = found(await netsuite('GET', `${suite}/eid:${encode(key)}`), 404);
        return body && { number: Number(body.id), name: body.name ?? null, email: body.email ?? null };
      },
      remove: async ({ key }) => expectStatus(await netsuite('DELETE', `${suite}/eid:${encode(key)}`), 204),
    },
    zendesk: {
      async upsert(key, { name, email }) {
        const fields = email === undefined ? {} : { custom_object_fields: { email } };
        const body = { custom_object_record: { ...(name === undefined ? {} : { name }), ...fields } };
        const answer = expectStatus(await zendesk('PATCH', `${custom}?external_id=${encode(key)}`, body), 200);
        return { number: numberOf(answer.body.custom_object_record.id), created: null };
      },
      async read({ key }) {
        const query = `filter%5Bexternal_ids%5D=${encode(key)}`;
        const [record] = expectStatus(await zendesk('GET', `${custom}?${query}`), 200).body.custom_object_records;
        return record && { number: numberOf(record.id), name: record.name, email: record.custom_object_fields.email };
      },
      remove: async ({ key }) =>
        expectStatus(await zendesk('DELETE', `${custom}?external_id=${encode(key)}`), 200, 204),
    },
  };
}

/** Writes a record that a scenario is about, through the native API. */
export const recordsOf =
  ({ native }: Clients) =>
  async (type: string, key: string, fields: object = {}): Promise<Known> => {
    const answer = await native('PATCH', `/v1/records/${type}/external_id:${encode(key)}`, { fields });
    const { number, id } = expectStatus(answer, 200, 201).body.record;
    return { key, number, id };
  };

/** A customer and a contact. */
export type Pair = { readonly customer: Known; readonly contact: Known };

/** Each API names a role in its own way. */
export type Role = { readonly number: number; readonly key: string; readonly name: string };

export type LinkDoor = {
  link(pair: Pair, role?: Role): Promise<unknown>;
  unlink(pair: Pair): Promise<unknown>;
  /** The contacts of the customer, by number, with the number of their role; undefined where the vendor does not show roles. */
  contactsOf(pair: Pair): Promise<{ contact: number; role?: number | null }[]>;
};

/** Zendesk has lookups only, Relatics relations of what it owns only. */
const linking = ['native', 'sugarcrm', 'origami', 'netsuite'] as const;
export const linkDoorNames = linking.filter((name) => served(name));

export function linkDoors({
  native,
  sugarcrm,
  origami,
  netsuite,
}: Clients): Record<(typeof linking)[number], LinkDoor> {
  const end = ({ key }: Known): string => `external_id/${encode(key)}`;
  const integrate = ({ customer, contact }: Pair): string =>
    `/rest/v11_10/integrate/Customers/${end(customer)}/link/contacts/${end(contact)}`;
  const links = ({ customer, contact }: Pair): string =>
    `/v1/records/customer/external_id:${encode(customer.key)}/links/contacts/external_id:${encode(contact.key)}`;
  const suite = ({ customer, contact }: Pair, verb: string): string =>
    `/services/rest/record/v1/customer/eid:${encode(customer.key)}/${verb}/contact/eid:${encode(contact.key)}`;
  const domains = ({ customer, contact }: Pair): Json => ({
    ...{ ParentDomain: 'Customer', ParentRecordID: customer.number, ChildDomain: 'Contact' },
    ...{ ChildRecordKey: contact.key, ChildRecordMatchField: 'ExternalId' },
  });
  return {
    native: {
      link: async (pair, role) =>
        expectStatus(await native('PUT', links(pair), role === undefined ? {} : { role: role.name }), 200, 201),
      unlink: async (pair) => expectStatus(await native('DELETE', links(pair)), 200),
      async contactsOf({ customer }) {
        const answer = await native('GET', `/v1/records/customer/external_id:${encode(customer.key)}/links/contacts`);
        return expectStatus(answer, 200).body.items.map((link: Json) => ({
          contact: link.right.number,
          role: link.role_number,
        }));
      },
    },
    sugarcrm: {
      link: async (pair, role) =>
        expectStatus(await sugarcrm('POST', integrate(pair), role === undefined ? {} : { role: role.key }), 200),
      unlink: async (pair) => expectStatus(await sugarcrm('DELETE', integrate(pair)), 200),
      async contactsOf({ customer }) {
        const answer = await sugarcrm('GET', `/rest/v11_10/Customers/${customer.id}/link/contacts`);
        return expectStatus(answer, 200).body.records.map(({ id }: Json) => ({ contact: numberOf(id) }));
      },
    },
    origami: {
      async link(pair, role) {
        const relationship = role === undefined ? {} : { NewRelationship: role.name };
        return expectStatus(await origami('POST', '/api/Link/Upsert', { ...domains(pair), ...relationship }), 200);
      },
      unlink: async (pair) => expectStatus(await origami('POST', '/api/Link/Remove', domains(pair)), 200),
      async contactsOf({ customer }) {
        const query = `parentDomain=Customer&parentRecordID=${customer.number}&childDomain=Contact`;
        const answer = await origami('GET', `/api/Link/Query?${query}`);
        return expectStatus(answer, 200).body.map((link: Json) => ({
          contact: link.ChildID,
          role: link.ContactTypeID,
        }));
      },
    },
    netsuite: {
      async link(pair, role) {
        const body = role === undefined ? {} : { role: { id: String(role.number) } };
        return expectStatus(await netsuite('POST', suite(pair, '!attach'), body), 204);
      },
      unlink: async (pair) => expectStatus(await netsuite('POST', suite(pair, '!detach')), 204),
      async contactsOf({ customer }) {
        const answer = await netsuite(
          'GET',
          `/services/rest/record/v1/customer/eid:${encode(customer.key)}/contactRoles`,
        );
        return expectStatus(answer, 200).body.items.map(({ contact, role }: Json) => ({
          contact: Number(contact.id),
          role: role === undefined ? null : Number(role.id),
        }));
      },
    },
  };
}
