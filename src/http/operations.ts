/** The paths for whoever runs the server: is it alive, may it be sent requests, how is it doing? */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Hub } from '../engine/hub.ts';
import { limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { withoutQuery } from './paths.ts';

const paths = ['/health/live', '/health/ready', '/metrics'];

export const isOperations = (url: string): boolean => paths.includes(withoutQuery(url));

export function registerOperations(app: FastifyInstance, hub: Hub, metrics: Metrics, isDraining: () => boolean): void {
  app.get('/health/live', async () => ({ status: 'ok' }));

  app.get('/health/ready', async (request, reply) => {
    if (isDraining()) return notReady(reply, 'stopping');
    try {
      await withTimeout(hub.ping(), limits.pingTimeoutMs);
    } catch (error) {
      request.log.warn({ err: error }, 'not ready: the database does not answer');
      return notReady(reply, 'database_unreachable');
    }
    return { status: 'ready' };
  });

  app.get('/metrics', async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}

const notReady = (reply: FastifyReply, status: string): FastifyReply => reply.code(503).send({ status });

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
