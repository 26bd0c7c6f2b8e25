/** Faults that a caller may try again later: nothing was written, or nothing was acknowledged. */

/** Too much waits already. */
export class Overloaded extends Error {
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super('Too many requests wait already.');
    this.name = 'Overloaded';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The database cannot be reached, or went away before the commit was answered. */
export class Unavailable extends Error {
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number, options?: ErrorOptions) {
    super('The database cannot be reached.', options);
    this.name = 'Unavailable';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** An Idempotency-Key that was used for another request already. Nothing was done. */
export class IdempotencyKeyReused extends Error {
  constructor() {
    super('This Idempotency-Key was used for another request already.');
    this.name = 'IdempotencyKeyReused';
  }
}

/** The request that came first with an Idempotency-Key is still under way. */
export class IdempotencyKeyBusy extends Error {
  constructor() {
    super('The first request with this Idempotency-Key is still under way.');
    this.name = 'IdempotencyKeyBusy';
  }
}

/** Somebody else went on with the same import, or took it back: what this sender still had was not written. */
export class ImportTakenOver extends Error {
  constructor() {
    super('Another request went on with this import, or took it back.');
    this.name = 'ImportTakenOver';
  }
}
