/** One request as the handlers see it, and what they answer. */
import type { FastifyBaseLogger } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import type { Catalogue } from '../../model/catalogue.ts';
import { isObject } from '../../model/json.ts';
import type { Caller } from '../../model/principal.ts';
import { invalidAttribute, notFound } from './errors.ts';
import type { ZendeskOptions } from './options.ts';
import { type CustomObject, customObjects } from './schema/view.ts';

export type Call = {
  readonly hub: Hub;
  readonly options: ZendeskOptions;
  readonly caller: Caller;
  readonly catalogue: Catalogue;
  /** Of all addresses in answers: `https://host/api/v2`. */
  readonly api: string;
  /** Decoded, and without `.json`. */
  readonly params: Readonly<Record<string, string>>;
  /** Decoded. A name given twice is a list. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown;
  readonly log: FastifyBaseLogger;
};

export type Answer = {
  readonly status: number;
  /** Absent: no body at all. */
  readonly body?: unknown;
  readonly location?: string;
  /** For the request's log line. */
  readonly outcome: string;
  /** The one that was written. */
  readonly record?: { readonly number: number };
};

export type Handler = (call: Call) => Promise<Answer>;

/** The object that the path names; 404 when there is none. */
export function objectOf(call: Call): CustomObject {
  const object = customObjects(call.catalogue).get(call.params.object ?? '');
  if (object === undefined) throw notFound();
  return object;
}

const customObjectType = 'zen:custom_object:';

/** `zen:custom_object:person` → the object person; undefined for other types, and where there is none. */
export const customObjectOfType = (call: Pick<Call, 'catalogue'>, type: string): CustomObject | undefined =>
  type.startsWith(customObjectType)
    ? customObjects(call.catalogue).get(type.slice(customObjectType.length))
    : undefined;

/** One query argument; undefined when absent. Given twice it says two things: 400. */
export function queryOf(call: Pick<Call, 'query'>, name: string): string | undefined {
  const value = call.query[name];
  if (value === undefined || typeof value === 'string') return value;
  throw invalidAttribute(name, 'it is given more than once');
}

/** What the body's wrapper holds: an object, empty when the wrapper or the body is missing. Anything else is refused. */
export function unwrap(body: unknown, wrapper: string): Readonly<Record<string, unknown>> {
  if (body === undefined || body === null) return {};
  if (!isObject(body)) throw invalidAttribute('body', 'expected a JSON object');
  const inner = own(body, wrapper);
  if (inner === undefined || inner === null) return {};
  if (!isObject(inner)) throw invalidAttribute(wrapper, 'expected an object');
  return inner;
}

/** A member of a client's object, never one of Object.prototype. */
export const own = (object: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** The vendor's timestamps have no fraction. */
export const timestamp = (at: Date): string => at.toISOString().replace(/\.\d+Z$/, 'Z');
