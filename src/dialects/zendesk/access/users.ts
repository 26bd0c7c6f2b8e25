/** `GET /users/me`: which user the credentials stand for. */
import type { Principal } from '../../../model/principal.ts';
import type { Answer } from '../call.ts';
import { isAdmin } from './credentials.ts';

/** Without credentials the vendor answers an anonymous user rather than 401. */
export function showMe(principal: Principal | null, api: string): Answer {
  const user =
    principal === null
      ? { id: null, url: null, name: 'Anonymous user', email: 'invalid@example.com', role: 'end-user', verified: false }
      : {
          id: principal.id,
          url: `${api}/users/${principal.id}.json`,
          name: principal.name,
          email: principal.email,
          role: isAdmin(principal) ? 'admin' : 'agent',
          verified: true,
        };
  return {
    status: 200,
    outcome: principal === null ? 'anonymous' : 'found',
    body: { user: { ...user, active: true, suspended: false, external_id: null, photo: null, tags: [] } },
  };
}
