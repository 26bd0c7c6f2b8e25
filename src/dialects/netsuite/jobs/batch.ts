/** Batches: up to 100 records of one type in one request, each of them a task of a job. */
import { isObject } from '../../../model/json.ts';
import type { Answer } from '../answer.ts';
import { type Call, recordsPath } from '../call.ts';
import { invalidBody, invalidContent, invalidHeader, invalidParameter, type NetSuiteError } from '../errors.ts';
import { unsupportedMediaType } from '../failures.ts';
import { create, type Handler, read, remove, update, upsert } from '../handlers.ts';
import { parseType } from '../records/locate.ts';
import { accept, type Task } from './jobs.ts';

const mostItems = 100;
type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** Whether a call on a record type means many records: a list and a create look alike but for this. */
export const isBatch = (call: Call, method: Method): boolean =>
  method === 'GET' ? call.query.ids !== undefined : call.isBatch;

export async function batch(call: Call, method: Method, typeName: string, body: unknown): Promise<Answer> {
  const type = parseType(call, typeName, method).name;
  const tasks = method === 'GET' || method === 'DELETE' ? byIds(call, method, type) : byItems(call, method, type, body);
  if (!call.prefers.async)
    throw invalidHeader('Prefer', 'A batch is asynchronous: send the header Prefer: respond-async.');
  return accept(call, tasks);
}

/** Each item fails or succeeds for itself, with an address in its own name. */
function taskOf(call: Call, handle: Handler, params: { type: string; id: string }, body?: unknown): Task {
  const { ids, expandRecords, ...query } = call.query;
  const named = params.id === '' ? '' : `/${encodeURIComponent(params.id)}`;
  const url = `${recordsPath}/${params.type}${named}`;
  const given = new URLSearchParams(query as Record<string, string>).toString();
  const own: Call = { ...call, query, url, queryString: given === '' ? '' : `?${given}`, warnings: [], isBatch: false };
  return () => handle(own, params, body);
}

function byIds(call: Call, method: 'GET' | 'DELETE', type: string): Task[] {
  const { ids: text, expandRecords } = call.query;
  if (method === 'GET' && String(expandRecords).toLowerCase() !== 'true') {
    throw invalidParameter('expandRecords', 'Records are read by their ids with expandRecords=true only.');
  }
  const ids = typeof text === 'string' ? splitIds(text) : [];
  if (ids.length < 1 || ids.length > mostItems) {
    throw invalidParameter('ids', `Give 1 to ${mostItems} ids with commas between, as ids=1,2,eid:a,eid:'b c'.`);
  }
  const handle = method === 'GET' ? read : remove;
  return ids.map((id) => taskOf(call, handle, { type, id }));
}

/** `1,eid:a,eid:'b, c'`: what holds a comma or a space stands in single quotes, in which two are one. */
function splitIds(text: string): string[] {
  const pieces = text.match(/(?:'(?:[^']|'')*'|[^,'])+/g) ?? [];
  return pieces
    .map((piece) => piece.trim().replaceAll(/'((?:[^']|'')*)'/g, (_, inner: string) => inner.replaceAll("''", "'")))
    .filter((piece) => piece !== '');
}

function byItems(call: Call, method: 'POST' | 'PATCH' | 'PUT', type: string, body: unknown): Task[] {
  if (!call.isBatch)
    throw unsupportedMediaType('application/json', 'application/vnd.oracle.resource+json; type=collection');
  if (!isObject(body) || !Array.isArray(body.items))
    throw invalidContent('items', 'A batch is an object with the member items.');
  const { items } = body;
  if (items.length < 1 || items.length > mostItems) {
    throw invalidContent('items', `A batch holds 1 to ${mostItems} items.`);
  }
  return items.map((item: unknown) => {
    if (!isObject(item)) return async () => Promise.reject(invalidBody());
    const { id, externalId } = identityOf(item);
    if (method === 'POST') return taskOf(call, create, { type, id: '' }, item);
    if (method === 'PATCH' && id !== undefined) return taskOf(call, update, { type, id }, item);
    if (externalId === undefined) return async () => Promise.reject(nameless(method));
    return taskOf(call, method === 'PUT' ? upsert : update, { type, id: `eid:${externalId}` }, item);
  });
}

/** Names of members in any case, as everywhere in a body. */
function identityOf(item: Readonly<Record<string, unknown>>): { id?: string; externalId?: string } {
  const found: { id?: string; externalId?: string } = {};
  for (const [name, value] of Object.entries(item)) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (name.toLowerCase() === 'id') found.id = String(value);
    if (name.toLowerCase() === 'externalid') found.externalId = String(value);
  }
  return found;
}

const nameless = (method: 'PATCH' | 'PUT'): NetSuiteError =>
  method === 'PUT'
    ? invalidContent('externalId', 'An item that is upserted is named by its externalId.')
    : invalidContent('id', 'An item that is updated is named by its id or externalId.');
