/** The vendor's error envelope: `type`, `title`, `status` and at least one entry in `o:errorDetails`. */
type ErrorCode =
  | 'CONCURRENCY_LIMIT_EXCEEDED'
  | 'IDEMPOTENCY_ERROR'
  | 'INSUFFICIENT_PERMISSION'
  | 'INVALID_CONTENT'
  | 'INVALID_HEADER'
  | 'INVALID_ID'
  | 'INVALID_LOGIN'
  | 'INVALID_PARAMETER'
  | 'INVALID_REQUEST'
  | 'INVALID_URL'
  | 'METHOD_NOT_ALLOWED'
  | 'NONEXISTENT_ID'
  | 'NOT_FOUND'
  | 'UNEXPECTED_ERROR'
  | 'USER_ERROR';

/** What the error is about; at most one per entry. `path` is a JSON path into the body, `url` the request's path. */
type Locator = { path: string } | { url: string } | { header: string } | { queryParameter: string };

export type ErrorDetail = { readonly detail: string; readonly code: ErrorCode; readonly at?: Locator };

export type ErrorStatus = keyof typeof statuses;

const rfc9110 = (section: string): string => `https://www.rfc-editor.org/rfc/rfc9110.html#section-${section}`;

const statuses = {
  400: { title: 'Bad Request', type: rfc9110('15.5.1') },
  401: { title: 'Unauthorized', type: rfc9110('15.5.2') },
  403: { title: 'Forbidden', type: rfc9110('15.5.4') },
  404: { title: 'Not Found', type: rfc9110('15.5.5') },
  405: { title: 'Method Not Allowed', type: rfc9110('15.5.6') },
  413: { title: 'Content Too Large', type: rfc9110('15.5.14') },
  415: { title: 'Unsupported Media Type', type: rfc9110('15.5.16') },
  429: { title: 'Too Many Requests', type: 'https://www.rfc-editor.org/rfc/rfc6585.html#section-4' },
  500: { title: 'Internal Server Error', type: rfc9110('15.6.1') },
  503: { title: 'Service Unavailable', type: rfc9110('15.6.4') },
} as const;

/** An answer that a parser or a handler stops with; `index.ts` sends it. */
export class NetSuiteError extends Error {
  readonly status: ErrorStatus;
  readonly details: readonly [ErrorDetail, ...ErrorDetail[]];
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** Where the vendor has another title than the status'. */
  readonly title: string | undefined;

  constructor(
    status: ErrorStatus,
    details: ErrorDetail | readonly [ErrorDetail, ...ErrorDetail[]],
    headers: Readonly<Record<string, string | string[]>> = {},
    title?: string,
  ) {
    const list = 'detail' in details ? ([details] as const) : details;
    super(list[0].detail);
    this.name = 'NetSuiteError';
    this.status = status;
    this.details = list;
    this.headers = headers;
    this.title = title;
  }
}

function renderDetail({ detail, code, at }: ErrorDetail): Record<string, string> {
  const entry: Record<string, string> = { detail };
  if (at !== undefined) {
    if ('path' in at) entry['o:errorPath'] = at.path;
    else if ('url' in at) entry['o:errorUrl'] = at.url;
    else if ('header' in at) entry['o:errorHeader'] = at.header;
    else entry['o:errorQueryParam'] = at.queryParameter;
  }
  entry['o:errorCode'] = code;
  return entry;
}

export function errorBody({ status, title = statuses[status].title, details }: NetSuiteError): Record<string, unknown> {
  return { type: statuses[status].type, title, status, 'o:errorDetails': details.map(renderDetail) };
}

export const invalidParameter = (queryParameter: string, detail: string): NetSuiteError =>
  new NetSuiteError(400, { detail, code: 'INVALID_PARAMETER', at: { queryParameter } });

export const invalidContent = (path: string, detail: string): NetSuiteError =>
  new NetSuiteError(400, { detail, code: 'INVALID_CONTENT', at: { path } });

/** The body as a whole is not a record. */
export const invalidBody = (): NetSuiteError =>
  new NetSuiteError(400, { detail: 'Invalid content in the request body.', code: 'INVALID_CONTENT' });

export const noSuchType = (name: string): NetSuiteError =>
  new NetSuiteError(404, { detail: `Record type '${name}' does not exist.`, code: 'NOT_FOUND' });

export const methodNotAllowed = (method: string, url: string, allowed: readonly string[]): NetSuiteError =>
  new NetSuiteError(
    405,
    {
      detail: `Method ${method} is not allowed here. Use ${allowed.join(' or ')}.`,
      code: 'METHOD_NOT_ALLOWED',
      at: { url },
    },
    { allow: allowed.join(', ') },
  );

/** The vendor's text for a reference in a body that leads nowhere. */
export const invalidReferenceDetail = (value: string, field: string): string =>
  `Error while accessing resource: You have entered an Invalid Field Value ${value} for the following field: ${field}`;

export const invalidHeader = (header: string, detail: string, status: 400 | 415 = 400): NetSuiteError =>
  new NetSuiteError(status, { detail, code: 'INVALID_HEADER', at: { header } });

export const invalidRequest = (url: string, detail: string): NetSuiteError =>
  new NetSuiteError(400, { detail, code: 'INVALID_REQUEST', at: { url } });

/** A record that a path names and that is not there; `externalId` when it was named by one. */
export const nonexistentRecord = (url: string, externalId?: string): ErrorDetail => ({
  detail:
    externalId === undefined
      ? 'The record instance does not exist. Provide a valid record instance ID.'
      : `The record instance for external ID '${externalId}' does not exist. Provide a valid record instance ID.`,
  code: 'NONEXISTENT_ID',
  at: { url },
});

/** An address of no form that the service knows. */
export const invalidUrl = (url: string): NetSuiteError =>
  new NetSuiteError(400, {
    detail:
      'Invalid request URL. The request URL must be constructed in the following way: <service>/v1/<recordname>/<recordid>.',
    code: 'INVALID_URL',
    at: { url },
  });
