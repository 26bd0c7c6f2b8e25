/**
 * Sublists: the links of a record that are neither attachments nor lookups, as lines that each name a record. A sublist is keyed by that
 * record, so that a line is found again by it.
 */
import type { LinkEnd } from '../../../model/catalogue.ts';
import type { RoleRef } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import type { LinkView, RecordPointer, RecordView } from '../../../model/record.ts';
import { byNumber, type Ref } from '../../../model/ref.ts';
import { assumed } from '../assumed.ts';
import { isAttachment } from '../attachments/attachments.ts';
import { parseRoleReference } from '../attachments/roles.ts';
import type { Call } from '../call.ts';
import { invalidContent, invalidReferenceDetail } from '../errors.ts';
import { linkName, type Names, type NetSuiteType } from '../names.ts';
import { refusal } from '../violations.ts';
import { readLinks } from './links.ts';
import { describe, referenceOf } from './reference.ts';

export type Sublist = {
  readonly name: string;
  readonly end: LinkEnd;
  readonly other: NetSuiteType;
  /** What a line calls its record. */
  readonly member: string;
};

const made = new WeakMap<NetSuiteType, ReadonlyMap<string, Sublist>>();

/** By lower-cased name; a field of the same name comes first. Found once per version of the schema. */
export function sublistsOf(names: Names, type: NetSuiteType): ReadonlyMap<string, Sublist> {
  const known = made.get(type);
  if (known !== undefined) return known;
  const found = new Map<string, Sublist>();
  made.set(type, found);
  for (const end of type.type.linkEnds.values()) {
    const other = names.typesByKey.get(end.other);
    if (other === undefined || end.link.lookupField !== null || assumed.attachOnlyTypes.has(other.name)) continue;
    if (isAttachment(type, other)) continue;
    const name = linkName(end);
    const lower = name.toLowerCase();
    if (!type.fieldsByName.has(lower) && !reserved.has(lower))
      found.set(lower, { name, end, other, member: other.name });
  }
  return found;
}

const reserved = new Set(['id', 'links', 'contactroles']);

type Line = {
  readonly path: string;
  readonly ref: Ref;
  readonly given: unknown;
  readonly role: RoleRef | null | undefined;
};

/** What a body says of a sublist. `rest`: what becomes of the lines that it does not name. */
export type SublistPatch = {
  readonly sublist: Sublist;
  readonly lines: readonly Line[];
  readonly rest: 'kept' | 'removed';
};

/** `null` and `{"items": null}` empty the sublist. */
export function parseSublist(sublist: Sublist, value: unknown, isReplaced: boolean): SublistPatch {
  const items = value === null ? null : isObject(value) ? value.items : undefined;
  if (items === null) return { sublist, lines: [], rest: 'removed' };
  if (items === undefined && isObject(value)) return { sublist, lines: [], rest: isReplaced ? 'removed' : 'kept' };
  if (!Array.isArray(items))
    throw invalidContent(sublist.name, `A sublist is an object with the member items, a list.`);
  const lines = items.map((item: unknown, index) => parseLine(sublist, item, `${sublist.name}.items[${index}]`));
  return { sublist, lines, rest: isReplaced ? 'removed' : 'kept' };
}

/** `{"opportunity": {"id": "5"}}`, or the reference alone; with the link's role where it has roles. */
function parseLine({ member, other }: Sublist, item: unknown, path: string): Line {
  const members = isObject(item) ? Object.entries(item) : [];
  const find = (wanted: string): unknown => members.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const given = find(member.toLowerCase()) ?? item;
  const ref = referenceOf(other, given);
  if (ref === undefined) throw invalidContent(`${path}.${member}`, invalidReferenceDetail(describe(given), member));
  const role = find('role');
  return {
    path: `${path}.${member}`,
    ref,
    given,
    role: role === undefined || role === null ? role : parseRoleReference(role),
  };
}

/** @throws NetSuiteError for a line whose record is not there; looked at before anything is written. */
export async function checkLines(call: Call, patches: readonly SublistPatch[]): Promise<void> {
  const checks = patches.flatMap(({ sublist, lines }) =>
    lines.map(async ({ path, ref, given }) => {
      const outcome = await call.hub.find(call.caller, sublist.other.type.key, ref);
      const isMissing =
        outcome.kind === 'rejected' && outcome.violations.some(({ code }) => code === 'record_not_found');
      if (isMissing) throw invalidContent(path, invalidReferenceDetail(describe(given), sublist.member));
    }),
  );
  await Promise.all(checks);
}

/** Links what the lines name, and unlinks the rest where that is asked for. */
export async function writeSublists(
  call: Call,
  type: NetSuiteType,
  record: RecordView,
  patches: readonly SublistPatch[],
): Promise<void> {
  const from = { type: type.type.key, ref: byNumber(record.number) };
  for (const { sublist, lines, rest } of patches) {
    const link = sublist.end.name;
    const before = rest === 'removed' ? await readLinks(call, type, record, link) : [];
    const outcomes = await Promise.all(
      lines.map(({ ref, role }) =>
        call.hub.link(call.caller, { from, link, to: { ref }, ...(role === undefined ? {} : { role }) }),
      ),
    );
    const refused = outcomes.find((outcome) => outcome.kind === 'rejected');
    if (refused !== undefined && refused.kind === 'rejected') throw refusal(call, { type }, refused);
    const named = new Set(outcomes.flatMap((outcome) => (outcome.kind === 'rejected' ? [] : [outcome.link.number])));
    const gone = before.filter(({ number }) => !named.has(number));
    const removed = await Promise.all(
      gone.map((one) =>
        call.hub.unlink(call.caller, {
          from,
          link,
          to: { ref: byNumber(otherEnd(one, sublist).number) },
          ...(sublist.end.link.oncePer === 'role' ? { role: roleOf(one) } : {}),
          which: 'all',
        }),
      ),
    );
    for (const outcome of removed) if (outcome.kind === 'rejected') throw refusal(call, { type }, outcome);
  }
}

const roleOf = ({ role }: LinkView): RoleRef | null =>
  role === null ? null : { by: 'number', value: String(role.number) };

export const otherEnd = ({ left, right }: LinkView, { end }: Sublist): RecordPointer =>
  end.side === 'left' ? right : left;
