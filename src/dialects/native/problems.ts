/**
 * Every public error code of the native API: its status, title, cause and what to do about it. Codes are stable and never
 * reused. `docs/errors.md` and the page `/docs/errors` are made from these tables.
 */
import { operationProblems } from './problems/operations.ts';
import { requestProblems } from './problems/requests.ts';
import { writeProblems } from './problems/writes.ts';

export const problems = { ...requestProblems, ...operationProblems, ...writeProblems };
export type ProblemCode = keyof typeof problems;

/** Where the violations of one request have several statuses, the answer has the first of these that is among them. */
export const statusOrder: readonly number[] = [400, 401, 404, 403, 412, 409, 422];
