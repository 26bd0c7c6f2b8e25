/** Answers of refusal: RFC 9457 problem details. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ProblemCode, problems, statusOrder } from './problems.ts';
import type { Problem, ProblemViolation } from './shapes/problem.ts';

export type Violations = readonly [ProblemViolation, ...ProblemViolation[]];

/** Thrown by parsing and by handlers that end in a refusal; the scope's error handler sends it. */
export class ProblemError extends Error {
  readonly violations: Violations;
  readonly headers: Readonly<Record<string, string>>;
  constructor(violations: Violations, headers: Readonly<Record<string, string>> = {}) {
    super(violations[0].message);
    this.name = 'ProblemError';
    this.violations = violations;
    this.headers = headers;
  }
}

/** A refusal for one reason. `path`: where in the request; null when it is about the request as a whole. `members` may have a
 *  `remedy`, where that of the code would mislead. */
export function problem(
  code: ProblemCode,
  path: string | null,
  message: string,
  members: Readonly<Record<string, unknown>> = {},
): ProblemError {
  return new ProblemError([{ code, path, message, ...members }]);
}

const rankOf = (code: ProblemCode): number => {
  const rank = statusOrder.indexOf(problems[code].status);
  return rank < 0 ? statusOrder.length : rank;
};

/** The one that gives the answer its status and code: of the first status by `statusOrder`, the first one. */
const headlineOf = (violations: Violations): ProblemViolation =>
  violations.reduce((best, next) => (rankOf(next.code) < rankOf(best.code) ? next : best));

export function problemOf(violations: Violations, requestId: string): Problem {
  const headline = headlineOf(violations);
  const kind = problems[headline.code];
  const others = violations.length - 1;
  return {
    type: `/docs/errors#${headline.code}`,
    title: kind.title,
    status: kind.status,
    code: headline.code,
    detail: others === 0 ? headline.message : `${headline.message} (${others} more in violations)`,
    path: headline.path,
    remedy: typeof headline.remedy === 'string' ? headline.remedy : kind.remedy,
    request_id: requestId,
    violations: [...violations],
  };
}

export function sendProblem(error: ProblemError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const body = problemOf(error.violations, request.id);
  request.outcome = body.code;
  return reply.code(body.status).headers(error.headers).type('application/problem+json').send(JSON.stringify(body));
}
