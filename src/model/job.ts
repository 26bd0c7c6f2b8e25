/**
 * A request whose answer is fetched later. What came of its tasks is kept in the words of the dialect that it came by, in the order of the
 * tasks; null while they are at work.
 */
export type JobView = {
  readonly number: number;
  readonly tasks: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly results: readonly unknown[] | null;
};

/** `repeated`: a request with the same key was accepted before, and is not done again. */
export type JobBegun = { readonly kind: 'begun' | 'repeated'; readonly job: number };

export type JobEnd = {
  /** JSON, one of each task. */
  readonly results: readonly unknown[];
  /** The numbers of the records that the results tell of, so that an erasure finds them. */
  readonly about: readonly number[];
};
