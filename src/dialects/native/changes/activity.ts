/** `/v1/activity`: how much was changed, hour by hour. */
import type { FastifyInstance } from 'fastify';
import type { Hub } from '../../../engine/hub.ts';
import { clock } from '../../../model/clock.ts';
import { isoTime } from '../../../model/time.ts';
import { type Static, Type } from '../../json-schema.ts';
import { signedIn } from '../access/credentials.ts';
import { describeOperation } from '../documentation/openapi.ts';
import { type Activity, ActivityShape } from '../shapes/activity.ts';
import { queryOf, refTo } from '../shapes/common.ts';
import { timeParameter } from '../time-parameter.ts';

const ActivityQuery = queryOf({
  hours: Type.Integer({ minimum: 1, maximum: 168, default: 24, description: 'So many hours.' }),
  from: Type.Optional(
    Type.String({
      description: 'When the first of them begins; left out, the last of them is the one that is under way, in UTC.',
      examples: ['2026-11-30T00:00:00Z'],
    }),
  ),
});

const readActivity = describeOperation({
  id: 'readActivity',
  tag: 'Changes',
  summary: 'Count the changes of each hour',
  description:
    'Of records and links of every type, through every API, and the events of runs; as far back as changes are kept. They are counted by their commits, which is as quick for millions.',
  access: 'power',
  query: ActivityQuery,
  answers: { 200: { description: 'The hours, the oldest first.', schema: refTo(ActivityShape) } },
});

const hourMs = 3_600_000;

export function activityRoute(app: FastifyInstance, hub: Hub): void {
  app.get<{ Querystring: Static<typeof ActivityQuery> }>(
    '/v1/activity',
    { schema: readActivity },
    async (request): Promise<Activity> => {
      const { hours, from } = request.query;
      const items = await hub.activity(signedIn(request), beginOf(from, hours), hours);
      request.outcome = 'counted';
      return { items: items.map(({ from: at, changes }) => ({ from: isoTime(at), changes })) };
    },
  );
}

function beginOf(from: string | undefined, hours: number): Date {
  if (from === undefined) return new Date((Math.floor(clock.nowMs() / hourMs) + 1 - hours) * hourMs);
  return timeParameter('from', from);
}
