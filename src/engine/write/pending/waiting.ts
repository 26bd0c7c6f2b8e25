/** What may wait, and as what: whether a link or a removal names keys that records may come to have, and the row that it waits in. */
import type { LinkEnd, RecordType } from '../../../model/catalogue.ts';
import type { LinkCommand, UnlinkCommand } from '../../../model/commands.ts';
import type { Rejected } from '../../../model/outcomes.ts';
import { type Defer, type DeferOutcome, type PendingLinkView, pendingDays } from '../../../model/pending.ts';
import type { Ref } from '../../../model/ref.ts';
import { isStorableText } from '../../../model/text.ts';
import type { PendingPair, PendingRow } from '../../../store/links/pending-links.ts';
import { ownedElsewhere, owns } from '../../ownership.ts';
import { checkAttributes, checkValue } from '../../values.ts';
import { findRole, type WantedRole } from '../judging/link-place.ts';
import { recordNotFound, rejected, rejectedFor, unknownRole } from '../judging/rejected.ts';
import type { WorkingSet, Writer } from '../working/working-set.ts';
import { type PendingLinks, pairOf, pendingView } from './pending.ts';

const dayMs = 86_400_000;

export const endOf = (set: WorkingSet, { expiresAt }: Defer): Date =>
  expiresAt ?? new Date(set.now.getTime() + pendingDays * dayMs);

type Waitable = { readonly end: LinkEnd; readonly pair: PendingPair; readonly role: WantedRole };

/** @param notFound why it cannot be done at once. @returns why it cannot wait either, if it cannot. */
export function findWaitable(
  set: WorkingSet,
  writer: Writer,
  command: LinkCommand | UnlinkCommand,
  notFound: Rejected,
): Waitable | Rejected {
  const named = pairOf(set.catalogue, command);
  if (named === undefined) return notFound;
  const { end } = named;
  const impossible = rejectedFor([
    ...keyViolations(set, set.catalogue.types.get(command.from.type), command.from.ref, 'from'),
    ...keyViolations(set, set.catalogue.types.get(end.other), command.to.ref, 'to'),
  ]);
  if (impossible) return impossible;
  const role = findRole(end.link, command.role);
  if (role === 'unknown') return rejected(unknownRole(end, command.role?.value ?? ''));
  const attributes = 'attributes' in command ? command.attributes : undefined;
  const unfit = attributes === undefined ? undefined : checkAttributes(attributes);
  if (unfit !== undefined) return rejected(unfit);
  if (!owns(end.link.owner, writer.interface)) return rejected(ownedElsewhere(end.name, end.link.owner));
  return { ...named, role };
}

/** Only a key can be waited for, and only one that a record may come to have. */
function keyViolations(set: WorkingSet, type: RecordType | undefined, ref: Ref, side: 'from' | 'to') {
  const found = type && set.find(type, ref);
  if (type === undefined || found?.deletedAt === null) return [];
  const field = ref.by === 'key' ? type.fieldsByKey.get(ref.field) : undefined;
  if (ref.by !== 'key' || field === undefined) return [recordNotFound(type, ref, side)];
  const isInteger = field.type === 'integer' && String(Number(ref.value)) === ref.value;
  const checked = checkValue(field, isInteger ? Number(ref.value) : ref.value);
  return checked.ok && isStorableText(ref.value) && String(checked.value) === ref.value
    ? []
    : [recordNotFound(type, ref, side)];
}

/** What of a row is not told by who asked for it, and when. */
type Asked = Pick<PendingRow, 'number' | 'slot' | 'role' | 'attributes' | 'expires_at' | 'removes' | 'stamp'>;

export const waitingRow = (
  set: WorkingSet,
  { caller: { principal, via, requestId } }: Writer,
  { link_type, left, right }: PendingPair,
  asked: Asked,
): PendingRow => ({
  ...asked,
  link_type,
  left_field: left.field,
  left_value: left.value,
  left_spelling: left.spelling,
  right_field: right.field,
  right_value: right.value,
  right_spelling: right.spelling,
  principal_id: principal.id,
  principal_name: principal.name,
  via,
  request: requestId,
  asked_at: set.now,
  refusal: null,
});

/** Whoever asks again every night does not want it to end; but not every repetition is worth a write. */
export function waitOn(set: WorkingSet, pending: PendingLinks, row: PendingRow, until: Date): DeferOutcome {
  const prolonged = until.getTime() - row.expires_at.getTime() > dayMs ? { ...row, expires_at: until } : row;
  if (prolonged !== row) pending.put(prolonged, row);
  return { kind: 'waits', pending: viewOf(set, prolonged) };
}

export function viewOf(set: WorkingSet, row: PendingRow): PendingLinkView {
  const view = pendingView(set.catalogue, row, set.now, (type, ref) => set.find(type, ref)?.deletedAt !== null);
  if (view === undefined) throw new Error(`Pending link ${row.number} is of a type that the schema does not know`);
  return view;
}
