/** The domain endpoints: read, upsert by one match field, and delete a record; list the domains. */
import type { FastifyRequest } from 'fastify';
import type { RecordType } from '../../model/catalogue.ts';
import { isObject } from '../../model/json.ts';
import { byKey, byNumber, parseRecordNumber } from '../../model/ref.ts';
import { domainName, findDomain, findField } from './domains.ts';
import { noRecord } from './identification.ts';
import type { Context } from './operation.ts';
import { texts } from './options.ts';
import { parseFields, renderRecord } from './record-body.ts';
import { invalidRequest, Refusal, unable } from './refusal.ts';
import { findsNothing, refuseRecord } from './render.ts';

export async function listDomains({ catalogue }: Context): Promise<unknown> {
  return [...catalogue.types.values()].map((type) => ({ DomainID: type.id, Name: domainName(type) }));
}

export async function readRecord(context: Context, request: FastifyRequest): Promise<unknown> {
  const { type, id, ref } = target(context, request);
  const outcome = await context.hub.find(context.caller, type.key, ref);
  if (outcome.kind === 'found') return renderRecord(type, outcome.record);
  throw findsNothing(outcome) ? notFound(type, id) : refuseRecord(outcome, type, id);
}

export async function deleteRecord(context: Context, request: FastifyRequest): Promise<unknown> {
  const { type, id, ref } = target(context, request);
  const outcome = await context.hub.delete(context.caller, { type: type.key, ref });
  if (outcome.kind === 'rejected') throw findsNothing(outcome) ? notFound(type, id) : refuseRecord(outcome, type, id);
  const { number } = outcome.record;
  return { IsSuccessful: true, RecordID: number, Message: texts.deleted(domainName(type), number) };
}

/**
 * Updates the record whose match field has the value that the body gives for it, or creates it. Only a unique field will do:
 * with any other, two clients at once could create the same record twice.
 */
export async function upsertRecord(context: Context, request: FastifyRequest): Promise<unknown> {
  const type = domainOf(context, request);
  if (!isObject(request.body)) throw invalidRequest();
  const query = request.query as Record<string, unknown>;
  const [matchName, ...others] = namesIn(query.matchFields);
  if (matchName === undefined || others.length > 0) throw unable(texts.matchFieldsCount);
  const match = findField(type, matchName);
  if (match === undefined || !match.unique) throw unable(texts.matchFieldInvalid(matchName, domainName(type)));
  const { [match.key]: value, ...fields } = parseFields(type, request.body);
  if (!isMatchValue(value)) throw unable(texts.matchValueMissing(matchName));
  const ref = byKey(match.key, String(value));
  const outcome = await context.hub.upsert(context.caller, { type: type.key, ref, mode: 'upsert', fields });
  if (outcome.kind === 'rejected') throw refuseRecord(outcome, type, String(value));
  const { record } = outcome;
  const isNew = outcome.kind === 'created' || outcome.kind === 'revived';
  const message = (isNew ? texts.inserted : texts.updated)(domainName(type), record.number);
  return { IsSuccessful: true, RecordID: record.number, Message: message };
}

const isMatchValue = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

/** `A,B` */
const namesIn = (list: unknown): string[] =>
  typeof list === 'string'
    ? list
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
    : [];

const notFound = (type: RecordType, id: string): Refusal =>
  new Refusal(404, texts.recordNotFound(domainName(type), id));

function domainOf(context: Context, request: FastifyRequest): RecordType {
  const { domain } = request.params as { domain: string };
  const type = findDomain(context.catalogue, domain);
  if (type === undefined) throw unable(texts.domainUnknown(domain));
  return type;
}

function target(context: Context, request: FastifyRequest) {
  const { id } = request.params as { id: string };
  const number = parseRecordNumber(id);
  return { type: domainOf(context, request), id, ref: number === undefined ? noRecord : byNumber(number) };
}
