/** An answer other than success, as the vendor gives it: a status and a bare JSON string. Thrown by parsers, sent by routes. */
import type { FastifyReply } from 'fastify';
import { texts } from './options.ts';

export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(text);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** A business error: the vendor answers every one of them 500. */
export const unable = (reason: string): Refusal => new Refusal(500, texts.unable(reason));
export const invalidRequest = (): Refusal => new Refusal(400, texts.invalidRequest);

export const sendText = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(text));
