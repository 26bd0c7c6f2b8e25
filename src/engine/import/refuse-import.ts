/** Which imports are refused before a row of them is read: what they name cannot be, or the caller may write no row of it. */
import type { Catalogue } from '../../model/catalogue.ts';
import type { ImportCommand } from '../../model/commands.ts';
import type { Rejected } from '../../model/outcomes.ts';
import type { Caller } from '../../model/principal.ts';
import { byKey } from '../../model/ref.ts';
import { grantViolations, may } from '../access/grants.ts';
import {
  matchFieldViolations,
  rejected,
  rejectedFor,
  unknownLink,
  unknownRecordType,
} from '../write/judging/rejected.ts';

export const refuseImport = (catalogue: Catalogue, caller: Caller, command: ImportCommand): Rejected | undefined =>
  command.kind === 'records' ? refuseRecords(catalogue, caller, command) : refuseLinks(catalogue, caller, command);

function refuseRecords(
  catalogue: Catalogue,
  caller: Caller,
  command: ImportCommand & { kind: 'records' },
): Rejected | undefined {
  const type = catalogue.types.get(command.type);
  if (type === undefined) return rejected(unknownRecordType(catalogue, command.type));
  const misnamed = rejectedFor(matchFieldViolations(type, byKey(command.key, ''), 'record'));
  if (misnamed) return misnamed;
  const { principal } = caller;
  const mayWrite = (['create', 'edit'] as const).some((action) => may(principal, action, type.key));
  return rejectedFor([
    ...(mayWrite ? [] : grantViolations(principal, 'edit', type.key)),
    ...(command.force ? grantViolations(principal, 'force', type.key) : []),
  ]);
}

function refuseLinks(
  catalogue: Catalogue,
  caller: Caller,
  command: ImportCommand & { kind: 'links' },
): Rejected | undefined {
  const link = catalogue.links.get(command.link);
  const left = link && catalogue.types.get(link.left);
  const right = link && catalogue.types.get(link.right);
  if (link === undefined || left === undefined || right === undefined) return unknownLinkType(catalogue, command.link);
  return (
    rejectedFor([
      ...(command.leftKey === null ? [] : matchFieldViolations(left, byKey(command.leftKey, ''), 'from')),
      ...(command.rightKey === null ? [] : matchFieldViolations(right, byKey(command.rightKey, ''), 'to')),
    ]) ??
    rejectedFor([
      ...grantViolations(caller.principal, `attach:${link.right}`, link.left),
      ...(command.force ? grantViolations(caller.principal, 'force', link.left) : []),
    ])
  );
}

/** Of `claim.contact`, what claim has is said; of a name without a point or type, that there is no such type. */
export function unknownLinkType(catalogue: Catalogue, key: string): Rejected {
  const [typeKey = '', ...rest] = key.split('.');
  const type = catalogue.types.get(typeKey);
  return rejected(type === undefined ? unknownRecordType(catalogue, typeKey) : unknownLink(type, rest.join('.')));
}
