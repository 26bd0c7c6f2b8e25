/** Counts those who wait for changes: each costs a connection for as long as it likes. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Caller } from '../../../model/principal.ts';
import { ProblemError } from '../problem-answer.ts';

export const mostReaders = { ofPrincipal: 20, ofServer: 2_000 };

export class OpenReaders {
  readonly #ofPrincipal = new Map<number, number>();
  readonly #closing = new AbortController();
  #all = 0;

  /** Those who wait are answered when the server closes. */
  constructor(app: FastifyInstance) {
    app.addHook('preClose', (done) => {
      this.#closing.abort();
      done();
    });
  }

  /** Counted until the answer is sent or its connection is gone. Throws when there are too many.
   *  @returns what tells the reader to end. */
  enter({ principal }: Caller, reply: FastifyReply): AbortSignal {
    const own = this.#ofPrincipal.get(principal.id) ?? 0;
    if (own >= mostReaders.ofPrincipal || this.#all >= mostReaders.ofServer) throw tooMany(own);
    this.#ofPrincipal.set(principal.id, own + 1);
    this.#all += 1;
    const gone = new AbortController();
    reply.raw.once('close', () => {
      gone.abort();
      this.#all -= 1;
      const left = (this.#ofPrincipal.get(principal.id) ?? 1) - 1;
      if (left > 0) this.#ofPrincipal.set(principal.id, left);
      else this.#ofPrincipal.delete(principal.id);
    });
    return AbortSignal.any([gone.signal, this.#closing.signal]);
  }
}

const tooMany = (own: number): ProblemError =>
  new ProblemError(
    [
      {
        code: 'too_many_readers',
        path: null,
        message:
          own >= mostReaders.ofPrincipal
            ? `This key has ${own} readers of changes open already.`
            : `${mostReaders.ofServer} readers of changes are open on this server already.`,
      },
    ],
    { 'retry-after': '5' },
  );
