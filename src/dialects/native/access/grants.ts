/** `/v1/grants`: who may do what. They are given by `/v1/users` and `/v1/keys`. */
import type { FastifyInstance } from 'fastify';
import type { RightsView } from '../../../engine/access/rights.ts';
import type { Hub } from '../../../engine/hub.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { refTo } from '../shapes/common.ts';
import {
  type AskedGrants,
  GrantsQueryShape,
  type RightsList,
  RightsListShape,
  type ShownRights,
} from '../shapes/grants.ts';
import { callRefusal, listRefusal } from '../violations.ts';
import { signedIn } from './credentials.ts';

const listGrants = describeOperation({
  id: 'listGrants',
  tag: 'Access',
  summary: 'Who may do what',
  description:
    'Users and keys in force, each with what its role, its grants and the interfaces that name it come to: `?type=contact&action=delete` says who can delete contacts. Who owns a value is judged beside it. Grants are given by `PATCH /v1/users/{id}`, and with a key when it is made.',
  access: 'admin',
  query: GrantsQueryShape,
  answers: { 200: { description: 'In the order of their numbers.', schema: refTo(RightsListShape) } },
  problems: [404],
});

export function grantsRoute(app: FastifyInstance, hub: Hub): void {
  app.get<{ Querystring: AskedGrants }>('/v1/grants', { schema: listGrants }, async (request): Promise<RightsList> => {
    const outcome = await hub.rights(signedIn(request), request.query);
    if (outcome.kind === 'forbidden') throw new Error('An administrator is refused what is for administrators.');
    if (outcome.kind === 'rejected') throw callRefusal(outcome, 'query.type');
    if (outcome.kind !== 'page') throw listRefusal(outcome);
    return { items: outcome.items.map(renderRights), next: outcome.next };
  });
}

const renderRights = ({ principal: { id, kind, name, email, role }, types, interfaces }: RightsView): ShownRights => ({
  principal: { id, kind, name, email, role },
  types: Object.fromEntries([...types].map(([type, actions]) => [type, [...actions]])),
  interfaces: [...interfaces],
});
