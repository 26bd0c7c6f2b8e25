/** Whoever asks for a merged duplicate by its number or id is told where it went: its keys find the survivor, its number does not. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { Rejected, Violation } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readSurvivor } from '../../store/records/aliases.ts';
import { isRejected } from '../read/readable.ts';
import { numberOf, pointerTo } from '../views.ts';

type NotFound = Extract<Violation, { readonly code: 'record_not_found' }>;

/** Most outcomes are given back as they are, at once. */
export type Explain = <Outcome extends { kind: string }>(
  caller: Caller,
  outcome: Outcome | Rejected,
) => Outcome | Rejected | Promise<Rejected>;

export const explainBy =
  (database: Database, catalogueOf: (caller: Caller) => Promise<Catalogue>): Explain =>
  (caller, outcome) =>
    isRejected(outcome) && mayBeMerged(outcome)
      ? catalogueOf(caller).then((catalogue) => namingSurvivor(database, catalogue, outcome))
      : outcome;

const mayBeMerged = ({ violations: [first] }: Rejected): boolean =>
  first.code === 'record_not_found' && first.ref.by !== 'key';

async function namingSurvivor(database: Database, catalogue: Catalogue, outcome: Rejected): Promise<Rejected> {
  const [first, ...rest] = outcome.violations;
  const violation = first as NotFound;
  const { workspace } = catalogue;
  const type = catalogue.types.get(violation.type);
  const number = type && numberOf(catalogue, type, violation.ref, () => undefined);
  if (number === undefined) return outcome;
  const into = await database.inWorkspace(workspace, (tx) => readSurvivor(tx, workspace, number));
  if (into === undefined) return outcome;
  const message = `${violation.message} It was merged into ${violation.type} ${into}.`;
  const survivor = pointerTo(catalogue, violation.type, into);
  return { kind: 'rejected', violations: [{ ...violation, message, survivor }, ...rest] };
}
