/** The vendor's errors: a label, its HTTP status, and the text that stands for it when there is none more exact. */
import type { EdgeFailure } from '../contract.ts';

const stock = {
  incorrect_version: [301, 'The version of the API you are using is not correct for the current request.'],
  invalid_client: [400, 'The client credentials are invalid.'],
  unsupported_grant_type: [400, 'The grant type is not supported: use password or refresh_token.'],
  need_login: [401, 'You need to be logged in to perform this action.'],
  invalid_grant: [401, 'Your authentication token is invalid.'],
  not_authorized: [
    403,
    'You are not authorized to perform this action. Contact your administrator if you need access.',
  ],
  no_method: [404, 'Your request was not supported. Could not find the HTTP method of your request for this path.'],
  not_found: [
    404,
    'Your requested resource was not found. Could not find a handler for the path specified in the request.',
  ],
  edit_conflict: [409, 'Edit conflict, please reload the record data.'],
  request_too_large: [413, 'Your request is too large.'],
  missing_parameter: [422, 'A required parameter for your request is missing.'],
  invalid_parameter: [422, 'A parameter in your request was not valid.'],
  // The vendor documents none: the label is of the same form as the others.
  too_many_requests: [429, 'Too many requests were made. Wait before you make another.'],
  fatal_error: [500, 'Your request failed to complete. A fatal error occurred. Check logs for more details.'],
  service_unavailable: [503, 'The server cannot take your request now. Nothing was written; try again later.'],
} as const satisfies Record<string, readonly [status: number, text: string]>;

export type ErrorLabel = keyof typeof stock;
export type ErrorBody = { readonly error: ErrorLabel; readonly error_message: string };

/** Thrown by parsers and handlers; sent as `{"error": label, "error_message": text}`. */
export class SugarError extends Error {
  readonly label: ErrorLabel;
  readonly status: number;
  constructor(label: ErrorLabel, text: string = stock[label][1], status: number = stock[label][0]) {
    super(text);
    this.name = 'SugarError';
    this.label = label;
    this.status = status;
  }
  get body(): ErrorBody {
    return { error: this.label, error_message: this.message };
  }
}

export const missingParameter = (name: string): SugarError =>
  new SugarError('missing_parameter', `Missing parameter: ${name}`);

export const invalidParameter = (text: string): SugarError => new SugarError('invalid_parameter', text);

export const unknownLink = (name: string): SugarError =>
  new SugarError('not_found', `Could not find a relationship named: ${name}`);

/** A path that exists for other methods only is 404 `no_method`: this vendor never answers 405. */
export function edgeError(failure: EdgeFailure): SugarError {
  switch (failure.kind) {
    case 'unknown_path':
    case 'method_not_allowed':
      return new SugarError('no_method');
    case 'malformed_body':
      return invalidParameter(`The body is not valid JSON: ${failure.message}`);
    case 'body_stalled':
      return invalidParameter(failure.message);
    case 'unsupported_media_type':
      return invalidParameter(
        failure.contentEncoding === undefined
          ? `The body must be JSON, not ${failure.mediaType}.`
          : 'The body must be sent as it is, not packed, and without Content-Encoding.',
      );
    case 'malformed_url':
      return invalidParameter(`The address cannot be read: ${failure.message}`);
    case 'body_too_large':
      return new SugarError('request_too_large', `The body is larger than ${failure.limitBytes} bytes.`);
    case 'rate_limited':
      return new SugarError('too_many_requests');
    case 'overloaded':
    case 'unavailable':
      return new SugarError('service_unavailable');
    case 'internal':
      return new SugarError('fatal_error');
  }
}
