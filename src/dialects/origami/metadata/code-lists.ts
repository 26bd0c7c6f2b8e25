/**
 * The codes of a domain's coded fields, and those that its links to contacts can have as relationship. Those go by the name
 * `ContactType`, since `ContactTypeID` is what a link calls the id of one.
 */
import type { FastifyRequest } from 'fastify';
import type { LinkType, RecordType } from '../../../model/catalogue.ts';
import { isObject } from '../../../model/json.ts';
import type { SchemaDocument } from '../../../model/schema.ts';
import { type Code, codesOf, isCoded, renderCode } from '../codes.ts';
import { domainName, findDomain, findField, findLinkEnd, memberName } from '../domains.ts';
import type { Context } from '../operation.ts';
import { texts } from '../options.ts';
import { domainOf } from '../records/target.ts';
import { invalidRequest, unable } from '../refusal.ts';

const contactType = 'ContactType';

/** `GET /api/{domain}/Codes?field=` */
export async function listCodes(context: Context, request: FastifyRequest): Promise<unknown> {
  const type = domainOf(context, request);
  const { field } = request.query as { field?: unknown };
  const lists = type.fields.filter(isCoded).map((one): [string, Code[]] => [memberName(one), codesOf(one)]);
  lists.push([contactType, relationshipsOf(contactLink(context, type))]);
  const shown = field === undefined || field === '' ? lists : lists.filter(([name]) => name === field);
  if (shown.length === 0) throw unable(texts.fieldNotCoded(String(field), domainName(type)));
  return shown.flatMap(([name, codes]) => codes.map((code) => ({ Field: name, ...renderCode(code) })));
}

function contactLink({ catalogue }: Context, type: RecordType): LinkType | undefined {
  const contact = findDomain(catalogue, 'Contact');
  return contact && findLinkEnd(type, contact)?.link;
}

const relationshipsOf = (link: LinkType | undefined): Code[] =>
  (link?.roles ?? []).map(({ number, externalId, name }) => ({
    id: number,
    code: externalId ?? name,
    description: name,
  }));

/** `POST /api/{domain}/Codes/Upsert` with `{Field, Code, Description}`: one more code, or another description of the one that is there. */
export async function upsertCode(context: Context, request: FastifyRequest): Promise<unknown> {
  const type = domainOf(context, request);
  if (!isObject(request.body)) throw invalidRequest();
  const { Field: name, Code: code, Description: description = null } = request.body;
  if (typeof name !== 'string' || name === '') throw unable(texts.valueRequired('Field'));
  if (typeof code !== 'string' || code === '') throw unable(texts.valueRequired('Code'));
  if (description !== null && typeof description !== 'string') throw unable(texts.valueInvalid('Description', 'text'));
  const list = name === contactType ? relationshipList(context, type) : fieldList(type, name);
  if (list === undefined) throw unable(texts.fieldNotCoded(name, domainName(type)));
  const isNew = list.codes.every((one) => one.code !== code);
  const edit = (current: SchemaDocument): SchemaDocument => {
    const document = structuredClone(current);
    list.put(document, code, description);
    return document;
  };
  const outcome = await context.hub.applySchema(context.caller, edit, { allowLoss: false });
  if (outcome.kind === 'forbidden') throw unable(texts.notPermitted('edit codes on', domainName(type)));
  if (outcome.kind === 'invalid') throw unable(outcome.problems.map(({ message }) => message).join(' '));
  if (outcome.kind !== 'applied') throw unable(texts.fieldNotCoded(name, domainName(type)));
  const after = outcome.catalogue.types.get(type.key);
  const made = { ...context, catalogue: outcome.catalogue };
  const codes = after === undefined ? [] : codesNamed(made, after, name);
  const id = codes.find((one) => one.code === code)?.id ?? 0;
  return { IsSuccessful: true, RecordID: id, Message: (isNew ? texts.inserted : texts.updated)('code', id) };
}

const codesNamed = (context: Context, type: RecordType, name: string): readonly Code[] =>
  name === contactType ? relationshipsOf(contactLink(context, type)) : (fieldList(type, name)?.codes ?? []);

/** A list of codes in the schema; `put` changes it there. */
type CodeList = {
  readonly codes: readonly Code[];
  readonly put: (document: SchemaDocument, code: string, description: string | null) => void;
};

function fieldList(type: RecordType, name: string): CodeList | undefined {
  const field = findField(type, name);
  if (field === undefined || !isCoded(field)) return undefined;
  return {
    codes: codesOf(field),
    put(document, code, description) {
      const options = document.types?.[type.key]?.fields?.[field.key]?.options;
      const option = options?.find(({ value }) => value === code);
      if (option === undefined) options?.push({ value: code, ...(description !== null && { label: description }) });
      else if (description !== null) option.label = description;
    },
  };
}

function relationshipList(context: Context, type: RecordType): CodeList | undefined {
  const link = contactLink(context, type);
  const list = link?.roleList;
  if (link === undefined || list === null || list === undefined) return undefined;
  return {
    codes: relationshipsOf(link),
    put(document, code, description) {
      const roles = document.role_lists?.[list];
      const role = roles?.find((one) => (one.external_id ?? one.name) === code);
      if (role === undefined) roles?.push({ external_id: code, name: description ?? code });
      else if (description !== null) role.name = description;
    },
  };
}
