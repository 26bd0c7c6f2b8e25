/** What each call of the record service does: from parameters and body to its answer. */
import { type Answer, collection, document, done, singular } from './answer.ts';
import { type AttachParams, attach, detach } from './attach.ts';
import { type Call, collectionHref, recordHref } from './call.ts';
import { findRole, renderRoles } from './contact-roles.ts';
import { isRoleType, parseRef, parseType } from './locate.ts';
import type { NetSuiteType } from './names.ts';
import { parseListOptions, parsePaging, parseReadOptions, refuseParameters } from './query.ts';
import { listRecords, readContactRoles, readWhole } from './read.ts';
import { listItem, renderCollection, renderRole } from './render.ts';
import { createRecord, deleteRecord, updateRecord, upsertRecord, type Written } from './write.ts';

export type Params = Readonly<{ type: string; id: string }>;
export type Handler = (call: Call, params: Params, body: unknown) => Promise<Answer>;

export const list: Handler = async (call, params) => {
  if (isRoleType(call, params.type)) return collection(renderRoles(call, parsePaging(call)));
  const type = parseType(call, params.type, 'GET');
  const options = parseListOptions(call, type);
  const { paging } = options;
  const { items, total } = await listRecords(call, type, options);
  const listed = items.map(({ number }) => listItem(call, type.name, number));
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

export const contactRoles: Handler = async (call, params) => {
  const type = parseType(call, params.type, 'GET');
  return collection(await readContactRoles(call, type, parseRef(call, type, params.id), parsePaging(call)));
};

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

export const serverTime: Handler = async () => document({ serverTime: new Date().toISOString() });
