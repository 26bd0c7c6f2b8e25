/** How each vendor's errors look, so that an answer in another's format is told. */
import type { Answer, Clients } from './vendor-clients.ts';

export type VendorName = keyof Clients;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const namesOf = (value: unknown): string => (isObject(value) ? Object.keys(value).sort().join() : '');

const formats: Readonly<Record<VendorName, (answer: Answer) => boolean>> = {
  native: ({ mediaType, body }) =>
    mediaType === 'application/problem+json' && typeof body.code === 'string' && typeof body.request_id === 'string',
  sugarcrm: ({ mediaType, body }) => mediaType === 'application/json' && namesOf(body) === 'error,error_message',
  origami: ({ mediaType, body }) => mediaType === 'application/json' && typeof body === 'string',
  netsuite: ({ mediaType, body, status }) =>
    mediaType === 'application/vnd.oracle.resource+json' &&
    body.status === status &&
    Array.isArray(body['o:errorDetails']),
  zendesk: ({ mediaType, body }) =>
    mediaType === 'application/json' &&
    (/^(description,|details,)*error(,error_description)?(,message)?$/.test(namesOf(body))
      ? typeof body.error === 'string' || namesOf(body.error) === 'message,title'
      : Array.isArray(body?.errors)),
  relatics: ({ mediaType, body, text }) =>
    mediaType === 'application/xml'
      ? /^<error code="\w+"/.test(text)
      : mediaType === 'application/json' && /^code,message(,path)?$/.test(namesOf(body?.error)),
};

/** The vendors whose error this could be: exactly one, or none for what is no error. */
export const formatsOf = (answer: Answer): VendorName[] =>
  (Object.keys(formats) as VendorName[]).filter((name) => formats[name](answer));

/** Paths of our sources, or of those of a library, as a stack has them. */
export const hasStack = ({ text }: Answer): boolean => /\n\s+at |node_modules|\.ts:\d/.test(text);
