/** Which requests a rule or a question means. */
import { withoutQuery } from '../http/paths.ts';

export type RequestPattern = {
  /** `*` stands for any text: `/api/v2/custom_objects/*`. Query and workspace prefix are left out of account. */
  readonly path?: string;
  readonly method?: string;
  readonly dialect?: string;
};

export type Matchable = { readonly method: string; readonly url: string; readonly dialect: string };

/** Made once: compares a request with a pattern. */
export function matcherOf({ path, method, dialect }: RequestPattern): (request: Matchable) => boolean {
  const parts = path?.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = parts === undefined ? undefined : new RegExp(`^${parts.join('.*')}$`, 's');
  return (request) =>
    (pattern === undefined || pattern.test(withoutQuery(request.url))) &&
    (method === undefined || request.method === method.toUpperCase()) &&
    (dialect === undefined || request.dialect === dialect);
}
