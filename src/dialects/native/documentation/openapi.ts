/** How a route is described: once, for validation, for the OpenAPI document and for the test of every role against every route. */
import type { FastifySchema } from 'fastify';
import type { TSchema } from '../../json-schema.ts';
import { queryOf, refTo } from '../shapes/common.ts';
import { ProblemShape } from '../shapes/problem.ts';

/** Who may: everybody, whoever is signed in, at least a power user or a key that the interface names, at least a power user,
 *  administrators, or holders of one of these grants. */
type RequiredAccess =
  | 'public'
  | 'signed_in'
  | 'interface'
  | 'power'
  | 'admin'
  | readonly ('read' | 'create' | 'edit' | 'delete' | 'attach')[];

type Success = {
  readonly description: string;
  readonly schema: TSchema;
  readonly etag?: boolean;
  readonly location?: boolean;
};

type Operation = {
  readonly id: string;
  readonly tag: 'Schema' | 'Records' | 'Links' | 'Interfaces' | 'Plans' | 'Changes' | 'Webhooks' | 'Access' | 'Service';
  readonly summary: string;
  readonly description?: string;
  readonly access: RequiredAccess;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly headers?: TSchema;
  readonly body?: TSchema;
  /** Media types of the body and of the answers; JSON unless said. */
  readonly media?: readonly string[];
  /** Of the body alone, where they differ. */
  readonly bodyMedia?: readonly string[];
  readonly answers: Readonly<Record<number, Success>>;
  /** Statuses of refusals beyond those that every operation of its kind has. */
  readonly problems?: readonly number[];
};

const refusals: Readonly<Record<number, string>> = {
  400: 'The request is malformed.',
  401: 'No valid API key.',
  403: 'A grant or a workspace role is missing.',
  404: 'What the path names does not exist.',
  408: 'The body stopped coming.',
  409: 'In conflict with what is there.',
  410: 'It is no longer kept.',
  412: 'The record has another version than If-Match demands.',
  413: 'The body is too large.',
  415: 'The media type of the body is not supported.',
  422: 'A value is not possible.',
  429: 'Too many at once; Retry-After says when to try again.',
  500: 'An internal error.',
  503: 'Overloaded, or the database is away; Retry-After says when to try again.',
};

function refusalsOf(operation: Operation): number[] {
  const statuses = new Set([400, 500, 503, ...(operation.problems ?? [])]);
  if (operation.access !== 'public') statuses.add(401);
  if (operation.access !== 'public' && operation.access !== 'signed_in') statuses.add(403);
  if (operation.body !== undefined) for (const status of [413, 415]) statuses.add(status);
  return [...statuses].sort((a, b) => a - b);
}

const headersOf = (success: Success): Record<string, object> => ({
  ...(success.etag && { ETag: { type: 'string', description: 'The version in quotes; send it back as If-Match.' } }),
  ...(success.location && { Location: { type: 'string', description: 'Address of what was made.' } }),
});

function responsesOf(operation: Operation): Record<string, object> {
  const media = operation.media ?? ['application/json'];
  const successes = Object.entries(operation.answers).map(([status, success]) => [
    status,
    {
      description: success.description,
      headers: headersOf(success),
      content: Object.fromEntries(media.map((type) => [type, { schema: success.schema }])),
    },
  ]);
  const failures = refusalsOf(operation).map((status) => [
    status,
    { description: refusals[status], content: { 'application/problem+json': { schema: refTo(ProblemShape) } } },
  ]);
  return Object.fromEntries([...successes, ...failures]);
}

/** Even where nothing may be asked: a misspelt or misplaced parameter is refused rather than ignored. */
const noQuery = queryOf({});

export type DescribedSchema = FastifySchema & { readonly 'x-keyway-access': RequiredAccess };

export function describeOperation(operation: Operation): DescribedSchema {
  const schema = {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description !== undefined && { description: operation.description }),
    security: operation.access === 'public' ? [] : [{ bearer: [] }],
    'x-keyway-access': operation.access,
    ...(operation.params && { params: operation.params }),
    querystring: operation.query ?? noQuery,
    ...(operation.headers && { headers: operation.headers }),
    ...(operation.body && {
      body: operation.body,
      consumes: [...(operation.bodyMedia ?? operation.media ?? ['application/json'])],
    }),
    response: responsesOf(operation),
  };
  return schema;
}
