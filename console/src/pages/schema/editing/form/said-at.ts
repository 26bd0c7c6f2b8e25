import { ApiProblem } from '../../../../api/client.ts';
import { isWithin } from './chosen.ts';

/** What was refused at each place. */
export function saidAt(fault: unknown): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  if (!(fault instanceof ApiProblem)) return said;
  for (const { path, message } of fault.problem.violations) {
    if (path === null) continue;
    const before = said.get(path);
    said.set(path, before === undefined ? message : `${before} ${message}`);
  }
  return said;
}

/** What is left of a refusal, once members of a part have been changed; null: nothing. */
export function withoutThose(fault: unknown, of: string, members: readonly string[] | undefined): unknown {
  if (!(fault instanceof ApiProblem)) return null;
  const left = fault.problem.violations.filter(({ path }) => {
    const place = path ?? '';
    if (members === undefined) return !isWithin(place, of);
    return place !== of && !members.some((member) => isWithin(place, `${of}.${member}`));
  });
  if (left.length === fault.problem.violations.length) return fault;
  return left.length === 0 ? null : new ApiProblem({ ...fault.problem, violations: left });
}
