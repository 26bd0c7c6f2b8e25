/** What is told of every public error code. Codes are stable and never reused. */
export type ProblemKind = {
  readonly status: number;
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
};
