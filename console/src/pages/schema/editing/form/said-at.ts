import { ApiProblem } from '../../../../api/client.ts';

/** What was refused at each place; that the way back of a link has a name which is taken is said at its input. */
export function saidAt(fault: unknown): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  if (!(fault instanceof ApiProblem)) return said;
  for (const { path, message } of fault.problem.violations) {
    if (path === null) continue;
    const place = placeIn(path);
    const before = said.get(place);
    said.set(place, before === undefined ? message : `${before} ${message}`);
  }
  return said;
}

export const placeIn = (path: string): string => path.replace(/ \(inverse\)$/, '.inverse');

/** What is left of a refusal, once members of a part have been changed; null: nothing. */
export function withoutThose(fault: unknown, of: string, members: readonly string[] | undefined): unknown {
  if (!(fault instanceof ApiProblem)) return null;
  const within = (place: string, at: string): boolean =>
    place === at || place.startsWith(`${at}.`) || place.startsWith(`${at}[`);
  const left = fault.problem.violations.filter(({ path }) => {
    const place = placeIn(path ?? '');
    if (members === undefined) return !within(place, of);
    return place !== of && !members.some((member) => within(place, `${of}.${member}`));
  });
  if (left.length === fault.problem.violations.length) return fault;
  return left.length === 0 ? null : new ApiProblem({ ...fault.problem, violations: left });
}
