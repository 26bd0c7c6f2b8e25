/** One authenticated request: what its handler needs of it beyond parameters and body. */
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import type { Caller } from '../../model/principal.ts';
import { invalidHeader } from './errors.ts';
import { type Names, namesOf } from './names.ts';

export const servicesPath = '/services/rest';
export const recordsPath = `${servicesPath}/record/v1`;
export const jobsPath = `${servicesPath}/async/v1/job`;

export type Call = {
  readonly hub: Hub;
  readonly caller: Caller;
  readonly names: Names;
  /** The path as the client sent it, for `o:errorUrl`. */
  readonly url: string;
  /** `?limit=2`, as the client sent it; empty without one. */
  readonly queryString: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** Absolute address of the record service. */
  readonly recordsHref: string;
  readonly jobsHref: string;
  /** What its `Prefer` asks for; preferences that we do not know are passed over, as by the vendor. */
  readonly prefers: { readonly async: boolean; readonly parallel: boolean };
  readonly accept: string;
  /** Counts only where a job is asked for. */
  readonly idempotencyKey: string | null;
  /** Whether its body is a collection. */
  readonly isBatch: boolean;
  /** For faults that stop one task of several. */
  readonly log: FastifyBaseLogger;
  readonly validation: Validation;
  /** Faults that the client asked to be told of and not refused for. */
  readonly warnings: string[];
};

type Strictness = 'error' | 'warning' | 'ignore';

/** What becomes of unknown property names, and of values with a wrong syntax. */
type Validation = { readonly names: Strictness; readonly values: Strictness };

function strictnessOf(request: FastifyRequest, header: string, otherwise: Strictness): Strictness {
  const given = request.headers[header.toLowerCase()];
  if (given === undefined) return otherwise;
  const value = String(given).trim().toLowerCase();
  if (value === 'error' || value === 'warning' || value === 'ignore') return value;
  throw invalidHeader(header, `Invalid value '${value}' of the header ${header}. Use error, warning or ignore.`);
}

const firstOf = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : header?.[0];

/** `Prefer: respond-async, batch-processing="parallel"` */
function preferencesOf({ headers }: FastifyRequest): Call['prefers'] {
  const tokens = [headers.prefer ?? []]
    .flat()
    .join(',')
    .toLowerCase()
    .split(/[,;]/)
    .map((token) => token.replaceAll(/[\s"]/g, ''));
  return { async: tokens.includes('respond-async'), parallel: tokens.includes('batch-processing=parallel') };
}

/** `application/vnd.oracle.resource+json; type=collection` */
function isCollection({ headers }: FastifyRequest): boolean {
  const [, ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  return parameters.some((parameter) => parameter.replaceAll(/[\s"]/g, '') === 'type=collection');
}

export async function callOf(hub: Hub, caller: Caller, request: FastifyRequest): Promise<Call> {
  const [url = '', ...query] = request.rawUrl.split('?');
  return {
    hub,
    caller,
    names: namesOf(await hub.catalogue(caller.principal.workspace)),
    url,
    queryString: query.length === 0 ? '' : `?${query.join('?')}`,
    query: request.query as Readonly<Record<string, unknown>>,
    recordsHref: `${request.publicBase}${recordsPath}`,
    jobsHref: `${request.publicBase}${jobsPath}`,
    prefers: preferencesOf(request),
    accept: request.headers.accept ?? '',
    idempotencyKey: firstOf(request.headers['x-netsuite-idempotency-key']) ?? null,
    isBatch: isCollection(request),
    log: request.log,
    validation: {
      names: strictnessOf(request, 'X-NetSuite-PropertyNameValidation', 'warning'),
      values: strictnessOf(request, 'X-NetSuite-PropertyValueValidation', 'error'),
    },
    warnings: [],
  };
}

export const collectionHref = (call: Call, type: string): string => `${call.recordsHref}/${type}`;
export const recordHref = (call: Call, type: string, id: number): string => `${call.recordsHref}/${type}/${id}`;
