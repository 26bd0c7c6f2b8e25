/** One authenticated request: what its handler needs of it beyond parameters and body. */
import type { FastifyRequest } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import type { Caller } from '../../model/principal.ts';
import { invalidHeader } from './errors.ts';
import { type Names, namesOf } from './names.ts';

export const servicesPath = '/services/rest';
export const recordsPath = `${servicesPath}/record/v1`;

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
    validation: {
      names: strictnessOf(request, 'X-NetSuite-PropertyNameValidation', 'warning'),
      values: strictnessOf(request, 'X-NetSuite-PropertyValueValidation', 'error'),
    },
    warnings: [],
  };
}

export const collectionHref = (call: Call, type: string): string => `${call.recordsHref}/${type}`;
export const recordHref = (call: Call, type: string, id: number): string => `${call.recordsHref}/${type}/${id}`;
