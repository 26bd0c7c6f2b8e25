/** What every operation is given, and how its answer is sent. */
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Hub } from '../../engine/hub.ts';
import type { InTurn } from '../../engine/turns.ts';
import type { Catalogue } from '../../model/catalogue.ts';
import type { Caller } from '../../model/principal.ts';
import type { OrigamiOptions } from './options.ts';
import { Refusal, sendText } from './refusal.ts';

/** Who asks, and the schema as their workspace has it. */
export type Context = {
  readonly hub: Hub;
  readonly options: OrigamiOptions;
  readonly caller: Caller;
  readonly catalogue: Catalogue;
  /** Of this server's. */
  readonly inTurn: InTurn;
};
export type Operation = (context: Context, request: FastifyRequest) => Promise<unknown>;

/** Sends what `run` returns as JSON with status 200, and a Refusal as the vendor's bare string. */
export function answering(operation: string, run: (request: FastifyRequest) => Promise<unknown>): RouteHandlerMethod {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    request.operation = operation;
    try {
      const body = await run(request);
      request.outcome = 'ok';
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      request.outcome = 'refused';
      return sendText(reply, error.status, error.message);
    }
  };
}
