/** What each call of the record service does: from parameters and body to its answer. */
import { clock } from '../../model/clock.ts';
import { byNumber } from '../../model/ref.ts';
import { type Answer, collection, document, done, singular } from './answer.ts';
import { type AttachParams, attach, detach } from './attachments/attach.ts';
import { findRole, renderRoles } from './attachments/contact-roles.ts';
import { type Call, collectionHref, recordHref } from './call.ts';
import { invalidUrl, methodNotAllowed, NetSuiteError, nonexistentRecord } from './errors.ts';
import { parseLinesPaging, parseListOptions, parsePaging, parseReadOptions, refuseParameters } from './lists/query.ts';
import type { NetSuiteType } from './names.ts';
import { readRecord } from './records/find.ts';
import { isRoleType, parseRef, parseType } from './records/locate.ts';
import { listRecords, readWhole } from './records/read.ts';
import { hasBelow, readCollection, readLine, referencedBy } from './records/subresources.ts';
import { type TransformParams, transform } from './records/transform.ts';
import { createRecord, deleteRecord, updateRecord, upsertRecord, type Written } from './records/write.ts';
import { listItem, renderCollection, renderRole } from './render.ts';

export type Params = Readonly<{ type: string; id: string }>;
export type Handler = (call: Call, params: Params, body: unknown) => Promise<Answer>;

export const list: Handler = async (call, params) => {
  if (isRoleType(call, params.type)) return collection(renderRoles(call, parsePaging(call)));
  const type = parseType(call, params.type, 'GET');
  const options = parseListOptions(call, type);
  const { paging } = options;
  const { numbers, total } = await listRecords(call, type, options);
  const listed = numbers.map((number) => listItem(call, type.name, number));
  return collection(renderCollection(call, collectionHref(call, type.name), { items: listed, total, paging }));
};

export const read: Handler = async (call, params) => {
  if (isRoleType(call, params.type)) {
    refuseParameters(call);
    return singular(renderRole(call, findRole(call, params.id)));
  }
  const type = parseType(call, params.type, 'GET');
  const ref = parseRef(call, type, params.id);
  return singular(await readWhole(call, type, ref, parseReadOptions(call, type)));
};

/** A sublist, the attached contacts, or the record that a lookup points at. */
export const readBelow: Handler = async (call, params) => {
  const { type, record, name } = await openBelow(call, params);
  const pointer = referencedBy(type, record, name);
  if (pointer === undefined) {
    const found = await readCollection(call, type, record, name, parseLinesPaging(call));
    if (found === undefined) throw invalidUrl(call.url);
    return collection(found);
  }
  const other = pointer === null ? undefined : call.names.typesByKey.get(pointer.type);
  if (pointer === null || other === undefined) throw new NetSuiteError(404, nonexistentRecord(call.url));
  return singular(await readWhole(call, other, byNumber(pointer.number), parseReadOptions(call, other)));
};

export const readLineBelow: Handler = async (call, params) => {
  refuseParameters(call);
  const { type, record, name, line } = await openBelow(call, params);
  const found = await readLine(call, type, record, { name, line });
  if (found === undefined) throw invalidUrl(call.url);
  return singular(found);
};

async function openBelow(call: Call, params: Params) {
  const { name = '', line = '' } = params as Partial<Record<string, string>>;
  const type = parseType(call, params.type, 'GET');
  if (name === '!transform') throw methodNotAllowed('GET', call.url, ['POST']); // the same pattern as a line's
  if (!hasBelow(call, type, name)) throw invalidUrl(call.url);
  return { type, name, line, record: await readRecord(call, type, parseRef(call, type, params.id)) };
}

export const create: Handler = async (call, params, body) => {
  const type = parseType(call, params.type, 'POST');
  return written(call, type, await createRecord(call, type, body));
};

export const update: Handler = async (call, params, body) => {
  const type = parseType(call, params.type, 'PATCH');
  return written(call, type, await updateRecord(call, type, params.id, body));
};

export const upsert: Handler = async (call, params, body) => {
  const type = parseType(call, params.type, 'PUT');
  return written(call, type, await upsertRecord(call, type, params.id, body));
};

/** The same for each outcome: nothing in the answer tells an insert from an update. */
const written = (call: Call, type: NetSuiteType, { kind, record }: Written): Answer =>
  done(call, kind, recordHref(call, type.name, record.number));

export const remove: Handler = async (call, params) => {
  refuseParameters(call);
  await deleteRecord(call, parseType(call, params.type, 'DELETE'), params.id);
  return done(call, 'deleted');
};

export const attachRecord: Handler = async (call, params, body) => {
  refuseParameters(call);
  return done(call, await attach(call, params as AttachParams, body));
};

export const detachRecord: Handler = async (call, params, body) => {
  refuseParameters(call);
  return done(call, await detach(call, params as AttachParams, body));
};

export const transformRecord: Handler = async (call, params, body) => {
  const { target, written: made } = await transform(call, params as unknown as TransformParams, body);
  return written(call, target, made);
};

export const serverTime: Handler = async () => document({ serverTime: clock.now().toISOString() });
