/** The vendor's error answers. Handlers throw a Refusal; routes.ts sends it. */
import type { EdgeFailure } from '../contract.ts';

export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(`zendesk ${status}`);
    this.name = 'Refusal';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The vendor documents the shape of `details` but not its codes: these are assumed. */
type ProblemCode = 'BlankValue' | 'DuplicateValue' | 'InvalidValue' | 'InvalidFormat' | 'TooLong' | 'LimitExceeded';

/** One entry of `details`. `field` is a member's or custom field's key as the client knows it, or `base`. */
export type Problem = { readonly field: string; readonly error: ProblemCode; readonly description: string };

export const blank = (field: string, title: string): Problem => ({
  field,
  error: 'BlankValue',
  description: `${title}: cannot be blank`,
});

export const invalid = (field: string, title: string, why: string): Problem => ({
  field,
  error: 'InvalidValue',
  description: `${title}: ${why}`,
});

/** The same refusal with another status. */
export const withStatus = ({ body, headers }: Refusal, status: number): Refusal => new Refusal(status, body, headers);

export function recordInvalid(problems: readonly Problem[]): Refusal {
  const details: Record<string, { error: string; description: string }[]> = Object.create(null);
  for (const { field, error, description } of problems) {
    details[field] ??= [];
    details[field].push({ error, description });
  }
  return new Refusal(422, { error: 'RecordInvalid', description: 'Record validation errors', details });
}

/** The same of one more object or field, which may be one too many. */
export function cannotAdd(problems: readonly Problem[], status: number): Refusal {
  const isFull = problems.length > 0 && problems.every(({ error }) => error === 'LimitExceeded');
  return isFull ? withStatus(recordInvalid(problems), status) : recordInvalid(problems);
}

/** Throws when there is anything to report. */
export function refuseIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw recordInvalid(problems);
}

export const notFound = (): Refusal => new Refusal(404, { error: 'RecordNotFound', description: 'Not found' });

export const forbidden = (): Refusal =>
  new Refusal(403, {
    error: {
      title: 'Forbidden',
      message:
        'You do not have access to this page. Please contact the account owner of this help desk for further help.',
    },
  });

/** A bad query or body parameter, `attribute` as the client wrote it. */
export const invalidAttribute = (attribute: string, why: string): Refusal =>
  new Refusal(400, {
    error: {
      title: 'Invalid attribute',
      message: `You passed an invalid value for the ${attribute} attribute. Invalid parameter: ${why}`,
    },
  });

export const invalidPagination = (title: string): Refusal =>
  new Refusal(400, { errors: [{ code: 'InvalidPaginationParameter', title }] });

export const conflict = (description: string): Refusal => new Refusal(409, { error: 'Conflict', description });

export const unauthenticated = (): Refusal => new Refusal(401, { error: "Couldn't authenticate you" });

/** The user name exists in several workspaces: the shape of a 401, with the way out beside it. */
export const ambiguousUser = (): Refusal =>
  new Refusal(401, {
    error: "Couldn't authenticate you",
    description: 'This e-mail address exists in several workspaces. Put /w/{workspace} before /api/v2 to name one.',
  });

export const invalidToken = (): Refusal =>
  new Refusal(401, {
    error: 'invalid_token',
    error_description: 'The access token provided is expired, revoked, malformed or invalid for other reasons.',
  });

/** By RFC 6749. */
export const oauthRefusal = (status: 400 | 401, error: string, description: string): Refusal =>
  new Refusal(status, { error, error_description: description });

export const tooManyRequests = (retryAfterSeconds: number): Refusal =>
  new Refusal(
    429,
    { errors: [{ code: 'TooManyRequests', title: `Rate limit exceeded. Try again in ${retryAfterSeconds} seconds.` }] },
    { 'retry-after': String(retryAfterSeconds) },
  );

export const tooManyJobs = (): Refusal =>
  new Refusal(
    429,
    {
      errors: [{ code: 'TooManyRequests', title: 'Too many jobs are queued or running. Try again when one is done.' }],
    },
    { 'retry-after': '1' },
  );

/** What went wrong before or beside the handlers. The vendor answers an unknown method as an unknown path. */
export function edgeRefusal(failure: EdgeFailure): Refusal {
  switch (failure.kind) {
    case 'unknown_path':
    case 'method_not_allowed':
      return new Refusal(404, { error: 'InvalidEndpoint', description: 'Not found' });
    case 'malformed_body':
      return new Refusal(400, { error: 'Unprocessable', message: `The request body is not JSON: ${failure.message}` });
    case 'body_stalled':
      return new Refusal(408, { error: 'RequestTimeout', description: failure.message });
    case 'unsupported_media_type': {
      const { mediaType, contentEncoding } = failure;
      const instead =
        contentEncoding === undefined
          ? `application/json instead of ${mediaType}`
          : 'the body as it is, not packed, and no Content-Encoding';
      return new Refusal(400, {
        error: 'Unprocessable',
        message: `The server could not process your request: send ${instead}.`,
      });
    }
    case 'body_too_large':
      return new Refusal(413, {
        error: 'RequestEntityTooLarge',
        description: `The request body is larger than ${failure.limitBytes} bytes.`,
      });
    case 'malformed_url':
      return new Refusal(400, { error: 'BadRequest', description: failure.message });
    case 'rate_limited':
      return tooManyRequests(failure.retryAfterSeconds);
    case 'overloaded':
      return new Refusal(503, {
        error: 'ServiceUnavailable',
        description: 'Too much waits already. Nothing was written; try again.',
      });
    case 'unavailable':
      return new Refusal(503, {
        error: 'ServiceUnavailable',
        description: 'The database cannot be reached. Try again.',
      });
    case 'internal':
      return new Refusal(500, { error: 'InternalError', description: 'Internal error' });
  }
}
