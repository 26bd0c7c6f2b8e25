/** The record service's routes. A slash at the end of a path is accepted everywhere, as the vendor's own examples have it. */
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { type AttachParams, attach, detach } from './attach.ts';
import { type Call, collectionHref, recordHref, recordsPath, servicesPath } from './call.ts';
import { findRole, renderRoles } from './contact-roles.ts';
import { invalidUrl } from './failures.ts';
import { isRoleType, parseRef, parseType } from './locate.ts';
import type { NetSuiteType } from './names.ts';
import { parseListOptions, parsePaging, parseReadOptions, refuseParameters } from './query.ts';
import { listRecords, readContactRoles, readWhole } from './read.ts';
import { listItem, renderCollection, renderRole, sendCollection, sendDone, sendSingular } from './render.ts';
import { createRecord, deleteRecord, updateRecord, upsertRecord, type Written } from './write.ts';

type Exchange = { readonly call: Call; readonly params: Params; readonly body: unknown; readonly reply: FastifyReply };
type Params = Readonly<{ type: string; id: string }>;
/** Answers, and says in a word what came of it. */
type Handler = (exchange: Exchange) => Promise<string>;

export function registerRoutes(app: FastifyInstance, open: (request: FastifyRequest) => Promise<Call>): void {
  const route = (method: HTTPMethods, path: string, operation: string, handle: Handler): void => {
    for (const url of [path, `${path}/`]) {
      app.route({
        method,
        url,
        async handler(request, reply) {
          request.operation = operation;
          const params = request.params as Params;
          // `/record/v1/` and `//` match the router's patterns with nothing in a place where there must be something.
          if (Object.values(params).includes('')) throw invalidUrl(request);
          const exchange = { call: await open(request), params, body: request.body, reply };
          request.outcome = await handle(exchange);
          return reply;
        },
      });
    }
  };
  const records = `${recordsPath}/:type`;
  const record = `${records}/:id`;
  route('GET', records, 'list', list);
  route('POST', records, 'create', create);
  route('GET', record, 'read', read);
  route('PATCH', record, 'update', update);
  route('PUT', record, 'upsert', upsert);
  route('DELETE', record, 'delete', remove);
  route('GET', `${record}/contactRoles`, 'links', contactRoles);
  route('POST', `${record}/!attach/:attachmentType/:attachmentId`, 'link', attachRecord);
  route('POST', `${record}/!detach/:attachmentType/:attachmentId`, 'unlink', detachRecord);
  route('GET', `${servicesPath}/system/v1/serverTime`, 'time', serverTime);
}

async function list({ call, params, reply }: Exchange): Promise<string> {
  if (isRoleType(call, params.type)) {
    sendCollection(reply, renderRoles(call, parsePaging(call)));
    return 'found';
  }
  const type = parseType(call, params.type, 'GET');
  const options = parseListOptions(call, type);
  const { paging } = options;
  const { items, total } = await listRecords(call, type, options);
  const listed = items.map(({ number }) => listItem(call, type.name, number));
  sendCollection(reply, renderCollection(call, collectionHref(call, type.name), { items: listed, total, paging }));
  return 'found';
}

async function read({ call, params, reply }: Exchange): Promise<string> {
  if (isRoleType(call, params.type)) {
    refuseParameters(call);
    sendSingular(reply, renderRole(call, findRole(call, params.id)));
    return 'found';
  }
  const type = parseType(call, params.type, 'GET');
  const ref = parseRef(call, type, params.id);
  sendSingular(reply, await readWhole(call, type, ref, parseReadOptions(call, type)));
  return 'found';
}

async function contactRoles({ call, params, reply }: Exchange): Promise<string> {
  const type = parseType(call, params.type, 'GET');
  sendCollection(reply, await readContactRoles(call, type, parseRef(call, type, params.id), parsePaging(call)));
  return 'found';
}

async function create({ call, params, body, reply }: Exchange): Promise<string> {
  const type = parseType(call, params.type, 'POST');
  return sendWritten(call, type, reply, await createRecord(call, type, body));
}

async function update({ call, params, body, reply }: Exchange): Promise<string> {
  const type = parseType(call, params.type, 'PATCH');
  return sendWritten(call, type, reply, await updateRecord(call, type, params.id, body));
}

async function upsert({ call, params, body, reply }: Exchange): Promise<string> {
  const type = parseType(call, params.type, 'PUT');
  return sendWritten(call, type, reply, await upsertRecord(call, type, params.id, body));
}

/** The same for each outcome: nothing in the answer tells an insert from an update. */
function sendWritten(call: Call, type: NetSuiteType, reply: FastifyReply, { kind, record }: Written): string {
  sendDone(reply, call, recordHref(call, type.name, record.number));
  return kind;
}

async function remove({ call, params, reply }: Exchange): Promise<string> {
  refuseParameters(call);
  await deleteRecord(call, parseType(call, params.type, 'DELETE'), params.id);
  sendDone(reply, call);
  return 'deleted';
}

async function attachRecord({ call, params, body, reply }: Exchange): Promise<string> {
  refuseParameters(call);
  const outcome = await attach(call, params as AttachParams, body);
  sendDone(reply, call);
  return outcome;
}

async function detachRecord({ call, params, body, reply }: Exchange): Promise<string> {
  refuseParameters(call);
  const outcome = await detach(call, params as AttachParams, body);
  sendDone(reply, call);
  return outcome;
}

async function serverTime({ reply }: Exchange): Promise<string> {
  reply.type('application/json').send(JSON.stringify({ serverTime: new Date().toISOString() }));
  return 'found';
}
