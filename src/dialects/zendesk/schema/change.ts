/** Changes of the workspace's schema by administrators, and the vendor's words for what the engine says to them. */

import type { Catalogue } from '../../../model/catalogue.ts';
import type { SchemaDocument } from '../../../model/schema.ts';
import type { Call } from '../call.ts';
import { forbidden, invalid, type Problem, recordInvalid } from '../errors.ts';

/**
 * Applies `edit` to the newest schema document and returns the catalogue as it is then. `edit` may run more than once, and may throw a
 * Refusal: then nothing is changed. `memberOf` finds the member of the request that a path
 * of the schema document came from; what would be lost is reported under `lossMember`.
 */
export async function changeSchema(
  call: Call,
  edit: (current: SchemaDocument) => SchemaDocument,
  options: { allowLoss: boolean; memberOf: (path: string) => string; lossMember?: string },
): Promise<Catalogue> {
  const outcome = await call.hub.applySchema(call.caller, edit, { allowLoss: options.allowLoss });
  switch (outcome.kind) {
    case 'applied':
      return outcome.catalogue;
    case 'forbidden':
      throw forbidden();
    case 'version_mismatch':
      throw new Error('The schema was refused for its version, and none was demanded.');
    case 'invalid':
      throw recordInvalid(outcome.problems.map(({ path, message }) => problem(options.memberOf(path), message)));
    case 'loss_refused':
      throw recordInvalid(
        outcome.changes
          .filter((change) => change.loss !== null)
          .map((change) => problem(options.lossMember ?? 'base', `in use: ${change.loss}`)),
      );
  }
}

const problem = (member: string, message: string): Problem => invalid(member, titleOf(member), message);

/** `relationship_target_type` → `Relationship target type`. */
export const titleOf = (member: string): string => {
  const words = member.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};
