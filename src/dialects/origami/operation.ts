/** What every operation is given, and how its answer is sent. */
import { Readable } from 'node:stream';
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

/** The rows of an array, sent as they are read: the vendor's clients take a page that is shorter than they asked for to be the last. */
export class Rows {
  readonly pieces: AsyncIterable<readonly unknown[]>;
  constructor(pieces: AsyncIterable<readonly unknown[]>) {
    this.pieces = pieces;
  }
}

async function* textOf({ pieces }: Rows): AsyncGenerator<string> {
  let before = '[';
  for await (const rows of pieces) {
    if (rows.length === 0) continue;
    yield `${before}${rows.map((row) => JSON.stringify(row)).join(',')}`;
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

/** Sends what `run` returns as JSON with status 200, and a Refusal as the vendor's bare string. */
export function answering(operation: string, run: (request: FastifyRequest) => Promise<unknown>): RouteHandlerMethod {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    request.operation = operation;
    try {
      const body = await run(request);
      request.outcome = 'ok';
      reply.type('application/json; charset=utf-8');
      return reply.send(body instanceof Rows ? Readable.from(textOf(body)) : JSON.stringify(body));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      request.outcome = 'refused';
      return sendText(reply, error.status, error.message);
    }
  };
}
