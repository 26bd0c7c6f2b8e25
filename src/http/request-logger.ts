/** The logger of one request: nearly all have nothing to say beyond their one line, so it is made when it is first used. */
import type { FastifyBaseLogger } from 'fastify';

type Bindings = Parameters<FastifyBaseLogger['child']>[0];

export class RequestLogger {
  readonly #base: FastifyBaseLogger;
  readonly #bindings: Bindings;
  #made: FastifyBaseLogger | null = null;

  constructor(base: FastifyBaseLogger, bindings: Bindings) {
    this.#base = base;
    this.#bindings = bindings;
  }

  get #logger(): FastifyBaseLogger {
    this.#made ??= this.#base.child(this.#bindings);
    return this.#made;
  }

  get level() {
    return this.#base.level;
  }

  child(...args: Parameters<FastifyBaseLogger['child']>): FastifyBaseLogger {
    return this.#logger.child(...args);
  }

  fatal(...args: [unknown, ...unknown[]]): void {
    this.#logger.fatal(...(args as [object]));
  }
  error(...args: [unknown, ...unknown[]]): void {
    this.#logger.error(...(args as [object]));
  }
  warn(...args: [unknown, ...unknown[]]): void {
    this.#logger.warn(...(args as [object]));
  }
  info(...args: [unknown, ...unknown[]]): void {
    this.#logger.info(...(args as [object]));
  }
  debug(...args: [unknown, ...unknown[]]): void {
    this.#logger.debug(...(args as [object]));
  }
  trace(...args: [unknown, ...unknown[]]): void {
    this.#logger.trace(...(args as [object]));
  }
  silent(...args: [unknown, ...unknown[]]): void {
    this.#logger.silent(...(args as [object]));
  }
}
