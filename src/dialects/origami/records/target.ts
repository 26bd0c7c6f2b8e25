/** The domain that a path names, and the record. */
import type { FastifyRequest } from 'fastify';
import type { RecordType } from '../../../model/catalogue.ts';
import { byNumber, parseRecordNumber, type Ref } from '../../../model/ref.ts';
import { domainName, findDomain } from '../domains.ts';
import type { Context } from '../operation.ts';
import { texts } from '../options.ts';
import { Refusal, unable } from '../refusal.ts';

/** Numbers start at 1. */
export const noRecord: Ref = byNumber(0);

export function domainOf(context: Context, request: FastifyRequest): RecordType {
  const { domain } = request.params as { domain: string };
  const type = findDomain(context.catalogue, domain);
  if (type === undefined) throw unable(texts.domainUnknown(domain));
  return type;
}

/** `id` as it was sent. */
export type Target = { readonly type: RecordType; readonly id: string; readonly ref: Ref };

export function targetOf(context: Context, request: FastifyRequest): Target {
  const { id } = request.params as { id: string };
  return { type: domainOf(context, request), id, ref: refOf(id) };
}

/** A primary key; what cannot be one names no record. */
export function refOf(id: unknown): Ref {
  const number = typeof id === 'number' || typeof id === 'string' ? parseRecordNumber(String(id)) : undefined;
  return number === undefined ? noRecord : byNumber(number);
}

export const notFound = ({ type, id }: Pick<Target, 'type' | 'id'>): Refusal =>
  new Refusal(404, texts.recordNotFound(domainName(type), id));
