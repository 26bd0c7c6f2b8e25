/** Whether a principal may do something to a record type. */
import type { Interface } from '../../model/catalogue.ts';
import type { Violation } from '../../model/outcomes.ts';
import { own } from '../../model/own.ts';
import type { GrantAction, Principal } from '../../model/principal.ts';

export function may(principal: Principal, action: GrantAction, type: string): boolean {
  if (principal.role !== 'member') return true;
  return [own(principal.grants, type), principal.grants['*']].some(
    (grants) =>
      grants?.some((grant) => grant === action || (grant === 'attach:*' && action.startsWith('attach:'))) ?? false,
  );
}

/** Which grants a principal lacks to call an interface; none where it names the API keys that may. */
export const callViolations = (principal: Principal, { apiKeys, type }: Interface): Violation[] =>
  apiKeys.length > 0
    ? []
    : (['create', 'edit', 'delete'] as const).flatMap((action) => grantViolations(principal, action, type));

/** Whether its role or its grants let a principal call an interface; undefined: that is up to the client ids that the interface names. */
export function callsByRight(principal: Principal, on: Interface): boolean | undefined {
  if (on.apiKeys.length === 0) return callViolations(principal, on).length === 0;
  return principal.role === 'admin' || (principal.role === 'power' && principal.kind === 'user') ? true : undefined;
}

/** Workspace roles that may configure interfaces and schema. */
export const mayConfigure = (principal: Principal): boolean => principal.role !== 'member';

export function grantViolations(principal: Principal, action: GrantAction, type: string): Violation[] {
  if (may(principal, action, type)) return [];
  const message = `${principal.name} may not ${action.replace(':', ' ')} on ${type}. An administrator can grant ${action} on ${type}.`;
  return [{ code: 'grant_missing', action, type, message }];
}
