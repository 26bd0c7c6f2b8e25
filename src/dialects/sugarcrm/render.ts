/** Records as the vendor's clients read them. */
import { type PrincipalId, principalId } from '../../model/ids.ts';
import { isPointer, type RecordPointer, type RecordView } from '../../model/record.ts';
import { byNumber } from '../../model/ref.ts';
import type { Member, Module } from './metadata/modules.ts';
import { selectionOf } from './requests/parse.ts';
import type { Visit } from './requests/visit.ts';
import { datetimeText, toMemberValue } from './values.ts';

export type SugarRecord = Readonly<Record<string, unknown>>;

/** Members that come along whatever `fields` asks for. */
const always: readonly string[] = ['id', 'date_modified', '_acl', '_module'];

/** Renders records of one module for one request, with the members that its `fields` asks for. */
export function recordRenderer(visit: Visit, module: Module): (record: RecordView) => Promise<SugarRecord> {
  const selection = selectionOf(visit.args);
  const names = namesIn(visit);
  const isShown = (name: string) => selection === undefined || selection.has(name) || always.includes(name);
  const shown = module.members.filter((member) => isShown(member.name));

  const memberOf = async (record: RecordView, member: Member): Promise<[string, unknown]> => {
    const value = record.fields[member.field.key] ?? null;
    const isRelated = member.shows === 'related_name' && value !== null && isPointer(value);
    const related = isRelated ? await names.ofRecord(value) : '';
    return [member.name, toMemberValue(member, value, related, visit.options.defaultScale)];
  };

  /** Whose a record is stands beside its id, where the module has a field for it. */
  const isAssigned = module.members.some(({ name, field }) => name === 'assigned_user_id' && field.type === 'text');
  const assigneeOf = async ({ fields }: RecordView): Promise<SugarRecord> => {
    if (!isAssigned) return {};
    const id = String(fields.assigned_user_id ?? '');
    return { assigned_user_name: /^[1-9]\d{0,14}$/.test(id) ? await names.ofUser(principalId(Number(id))) : '' };
  };

  return async (record) => {
    const stamps = {
      date_entered: datetimeText(toSecond(record.createdAt)),
      date_modified: datetimeText(toSecond(record.updatedAt)),
      created_by: String(record.createdBy),
      created_by_name: isShown('created_by_name') ? await names.ofUser(record.createdBy) : '',
      modified_user_id: String(record.updatedBy),
      modified_by_name: isShown('modified_by_name') ? await names.ofUser(record.updatedBy) : '',
    };
    const full = visit.options.computePersonNames ? fullNameOf(module, record) : undefined;
    const person = full === undefined ? {} : { name: full, full_name: full };
    const assigned = isShown('assigned_user_name') ? await assigneeOf(record) : {};
    const system = {
      ...person,
      ...assigned,
      ...stamps,
      deleted: false,
      my_favorite: false,
      _acl: { fields: {} },
      _module: module.name,
    };
    return {
      id: record.id,
      ...Object.fromEntries(await Promise.all(shown.map((member) => memberOf(record, member)))),
      ...Object.fromEntries(Object.entries(system).filter(([name]) => isShown(name))),
    };
  };
}

/** Of a person, which is whoever has a first and a last name: the two together, where there is either. undefined for all else. */
function fullNameOf(module: Module, { fields }: RecordView): string | undefined {
  if (!module.isPerson) return undefined;
  const parts = [fields.first_name, fields.last_name].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? String(fields.name ?? '') : parts.join(' ');
}

/** All that is shown of a record that is not there any more. */
export const renderDeleted = (module: Module, record: RecordView): SugarRecord => ({
  id: record.id,
  date_modified: datetimeText(toSecond(record.deletedAt ?? record.updatedAt)),
  deleted: true,
  _module: module.name,
});

/** The vendor's stamps have whole seconds. */
const toSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000);

/** Names of users and related records, each looked up once in a request. A record that the caller may not read has none. */
function namesIn({ hub, caller, modules, options }: Visit) {
  const known = new Map<string, Promise<string>>();
  const once = (key: string, read: () => Promise<string>): Promise<string> => {
    const name = known.get(key) ?? read();
    known.set(key, name);
    return name;
  };
  return {
    ofUser: (id: PrincipalId) =>
      once(`user ${id}`, async () => (await hub.access.principal(caller.principal.workspace, id))?.name ?? ''),
    ofRecord: ({ type, number }: RecordPointer) =>
      once(`record ${number}`, async () => {
        const related = await hub.find(caller, type, byNumber(number));
        if (related.kind !== 'found') return '';
        const full = options.computePersonNames ? fullNameOf(modules.ofType(type), related.record) : undefined;
        return full ?? String(related.record.fields.name ?? '');
      }),
  };
}
