/** The working set of a chunk of elements: the records and links that they name, locked. */
import type { Catalogue, RecordType } from '../../../model/catalogue.ts';
import { clock } from '../../../model/clock.ts';
import type { SetElement } from '../../../model/commands.ts';
import { byKey } from '../../../model/ref.ts';
import type { Transaction } from '../../../store/postgres/database.ts';
import type { RecordRow } from '../../../store/records/records.ts';
import type { Wanted } from '../../../store/records/wanted-records.ts';
import { formOfKey } from '../../keys/key-of.ts';
import { isSpent, LinkWants, Wants } from '../../write/commands.ts';
import { loadLinks, loadLookupOwners, loadRows, readRows, setOfRows } from '../../write/working/load-set.ts';
import { loadNumberings } from '../../write/working/numberings.ts';
import type { WorkingSet } from '../../write/working/working-set.ts';
import type { RunContext } from './apply.ts';
import type { NumbersAhead } from './rows-ahead.ts';

/** Only the records that the elements are of, as they are just now, and not locked. */
export async function readElements(
  tx: Transaction,
  { catalogue, type, on }: RunContext,
  chunk: readonly SetElement[],
): Promise<WorkingSet> {
  const wants = new Wants(catalogue);
  for (const { key } of chunk) wants.addRef(type, byKey(on.key, key));
  return readRows(tx, catalogue, wants.wanted);
}

/** The records that the elements name. */
export function wantedBy({ catalogue, type, on }: RunContext, chunk: readonly SetElement[]): Wanted {
  const wants = new Wants(catalogue);
  for (const element of chunk) {
    wants.addRef(type, byKey(on.key, element.key));
    for (const member of element.members) {
      if (member.kind === 'field') wants.addFields(type, { [member.field]: member.value });
      else if (member.kind === 'relation') {
        const end = type.linkEnds.get(member.link);
        const target = end && catalogue.types.get(end.other);
        for (const ref of member.targets) wants.addRef(target, ref);
      }
    }
  }
  return wants.wanted;
}

/** @param rows those that are wanted, if they were locked before. */
export async function loadElements(
  tx: Transaction,
  context: RunContext,
  chunk: readonly SetElement[],
  wanted: Wanted,
  rows: readonly RecordRow[] | undefined,
  numbers: NumbersAhead,
): Promise<WorkingSet> {
  const { catalogue, type, on } = context;
  const set =
    rows === undefined ? (await loadRows(tx, catalogue, clock.now(), wanted)).set : setOfRows(catalogue, rows);
  await loadElementLinks(tx, set, context, chunk);
  const given = givenUp(context, chunk);
  let records = 0;
  let revives = false;
  for (const { key } of chunk) {
    const found = set.find(type, byKey(on.key, key));
    if (found === undefined || isSpent(found) || given.has(formOfKey(type, on, key))) records += 1;
    else if (found.deletedAt !== null) revives = true;
  }
  const links = chunk.reduce((sum, { members }) => sum + mostLinksOf(type, members), 0);
  set.giveNumbers(await numbers.take(records, links));
  // A record that comes back is numbered anew.
  if (records > 0 || revives) await loadNumberings(tx, set, [type]);
  return set;
}

function mostLinksOf({ fieldsByKey }: RecordType, members: SetElement['members']): number {
  let links = 0;
  for (const member of members) {
    if (member.kind === 'relation') links += member.targets.length;
    else if (member.kind === 'field' && fieldsByKey.get(member.field)?.link) links += 1;
  }
  return links;
}

/** The keys that elements of the chunk have and give their records others for: whoever comes under such a key again may be new. */
function givenUp({ type, on }: RunContext, chunk: readonly SetElement[]): ReadonlySet<string> {
  const forms = new Set<string>();
  for (const { key, members } of chunk) {
    const sent = members.find((member) => member.kind === 'field' && member.field === on.key);
    if (sent?.kind === 'field' && sent.value !== key) forms.add(formOfKey(type, on, key));
  }
  return forms;
}

async function loadElementLinks(
  tx: Transaction,
  set: WorkingSet,
  { catalogue, type, on, scope }: RunContext,
  chunk: readonly SetElement[],
): Promise<void> {
  if (type.linkEnds.size === 0) return;
  const wants = new LinkWants();
  const shownElsewhere: number[] = [];
  for (const element of chunk) {
    const row = set.find(type, byKey(on.key, element.key));
    if (row !== undefined && (!scope.isEverything || saysLinks(type, element))) wants.addRecord(row.number);
    for (const member of element.members) {
      const end = member.kind === 'relation' ? type.linkEnds.get(member.link) : undefined;
      const targetType = end && catalogue.types.get(end.other);
      if (member.kind !== 'relation' || end === undefined || targetType === undefined) continue;
      if (row !== undefined && end.side === 'right' && end.link.lookupField !== null) shownElsewhere.push(row.number);
      for (const ref of member.targets) {
        const target = set.find(targetType, ref);
        if (target === undefined) continue;
        wants.addLeft(end.link, target.number);
        wants.addRight(end.link, target.number);
      }
    }
  }
  await loadLinks(tx, set, wants);
  await loadLookupOwners(tx, set, shownElsewhere);
}

/** All others leave the links of their records as they are. */
const saysLinks = ({ fieldsByKey }: RecordType, { members }: SetElement): boolean =>
  members.some(
    (member) => member.kind === 'relation' || (member.kind === 'field' && fieldsByKey.get(member.field)?.link),
  );

export async function loadForDelete(
  tx: Transaction,
  catalogue: Catalogue,
  numbers: readonly number[],
): Promise<WorkingSet> {
  const { set } = await loadRows(tx, catalogue, clock.now(), { numbers, keys: [] });
  const wants = new LinkWants();
  for (const number of numbers) wants.addRecord(number);
  await loadLinks(tx, set, wants);
  await loadLookupOwners(tx, set, numbers);
  return set;
}
