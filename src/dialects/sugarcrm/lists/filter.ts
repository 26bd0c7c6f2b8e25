/** `filter`, `q` and the other arguments that narrow a list or a count, as the engine's conditions. */
import type { Condition } from '../../../model/commands.ts';
import { guidPattern } from '../../../model/ids.ts';
import { isObject, parseJson } from '../../../model/json.ts';
import { invalidParameter, SugarError } from '../errors.ts';
import { linkEnd, linkedTo, type Module } from '../metadata/modules.ts';
import { isOn, optionalText } from '../requests/parse.ts';
import type { Visit } from '../requests/visit.ts';
import { toInput } from '../values.ts';
import { everything, nothing, type Tested, testOf } from './operators.ts';

/** So many conditions that no client needs more, and no statement of them is a burden. */
const mostConditions = 500;

/** All that narrows a list of the module, in a request for it. */
export function conditionsOf(visit: Visit, module: Module): Condition[] {
  const { args } = visit;
  const savedFilter = optionalText(args, 'filter_id');
  if (savedFilter !== undefined) {
    throw new SugarError('not_found', `Could not find record: ${savedFilter} in module: Filters`);
  }
  const search = optionalText(args, 'q');
  return [
    ...filterOf(visit, module),
    ...(search === undefined ? [] : [foundBy(visit, module, search)]),
    // Nobody has favourites here.
    ...(isOn(args.favorites) ? [nothing] : []),
    ...(isOn(args.my_items) ? [isOwnedBy(visit, module)] : []),
  ];
}

function filterOf(visit: Visit, module: Module): Condition[] {
  const budget = { left: mostConditions };
  return entriesOf(visit.args.filter).map((entry) => conditionOf(visit, module, entry, budget));
}

/** One JSON text in the query, the same as JSON in a body, or brackets; entries of a list all hold. */
export function entriesOf(given: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (given === undefined || given === null || given === '') return [];
  if (typeof given === 'string') {
    const parsed = parseJson(given);
    if (!parsed.ok) throw invalidParameter(`filter is not valid JSON: ${parsed.message}`);
    return entriesOf(isObject(parsed.value) ? [parsed.value] : listIn(parsed.value));
  }
  const entries = isObject(given) ? [given] : listIn(given);
  if (!entries.every(isObject)) throw invalidParameter('filter is a list of objects.');
  return entries;
}

function listIn(given: unknown): readonly unknown[] {
  if (!Array.isArray(given)) throw invalidParameter('filter is a list of objects.');
  return given;
}

function conditionOf(
  visit: Visit,
  module: Module,
  entry: Readonly<Record<string, unknown>>,
  budget: { left: number },
): Condition {
  const conditions = Object.entries(entry).map(([name, value]): Condition => {
    if (--budget.left < 0) throw invalidParameter(`A filter has at most ${mostConditions} conditions.`);
    const inner = () => entriesOf(value).map((one) => conditionOf(visit, module, one, budget));
    switch (name) {
      case '$and':
        return { all: inner() };
      case '$or':
        return { any: inner() };
      case '$owner':
        return isOwnedBy(visit, module);
      case '$creator':
        return { field: 'record.created_by', op: 'eq', value: visit.caller.principal.id };
      case '$favorite':
      case '$following':
      case '$tracker':
        return nothing; // there is nothing of the kind here
      default:
        return namedCondition(visit, module, name, value);
    }
  });
  return { all: conditions };
}

/** `name`, `contacts.name` through a link, `supplier_id` and `supplier_name` of a lookup. */
function namedCondition(visit: Visit, module: Module, name: string, value: unknown): Condition {
  const dot = name.indexOf('.');
  if (dot > 0 && !emailAddress.test(name)) {
    const end = linkEnd(module, name.slice(0, dot));
    return linkedTo(end, namedCondition(visit, visit.modules.ofType(end.other), name.slice(dot + 1), value));
  }
  const constant = constants.get(name);
  if (constant !== undefined) return isConstant(constant, value) ? everything : nothing;
  const stamp = stampsByName.get(name);
  if (stamp !== undefined) return testOf({ ...stamp, name, ignoreCase: false }, value);
  const member = module.members.find((one) => one.name === (emailAddress.test(name) ? 'email1' : name));
  if (member === undefined) throw invalidParameter(`Unknown field: ${name} in module: ${module.name}`);
  const { field } = member;
  if (member.shows === 'related_name' && field.link !== null) {
    return relatedCondition(field.link.name, { ...nameOfRelated(visit), name }, value);
  }
  if (field.link !== null)
    return testOf({ field: field.key, type: 'other', input: asId, name, ignoreCase: false }, value);
  const isText = ['text', 'textarea', 'regexp', 'enum'].includes(field.type);
  return testOf(
    {
      name,
      field: field.key,
      type: isText ? 'text' : (typesOfOthers[field.type as keyof typeof typesOfOthers] ?? 'other'),
      // A key is this key or another: case counts in it, and it is found by its index.
      ignoreCase: isText && !field.unique && visit.options.ignoreCaseInFilters,
      input: (one) => toInput({ ...member, shows: 'value' }, one),
    },
    value,
  );
}

const typesOfOthers = { date: 'date', datetime: 'datetime', multi_enum: 'list' } as const;

const emailAddress = /^email(_addresses)?\.email_address$/;

/** What is the same of every record here. */
const constants: ReadonlyMap<string, boolean> = new Map([
  ['deleted', false],
  ['my_favorite', false],
]);

function isConstant(constant: boolean, given: unknown): boolean {
  const value = isObject(given) && '$equals' in given ? given.$equals : given;
  return isOn(value) === constant;
}

type Stamped = Omit<Tested, 'name' | 'ignoreCase'>;
/** An id that cannot be one is nobody's, where the engine would refuse it or take it for a number. */
const nobody = 0;
const idOf = (value: unknown): string | number => (guidPattern.test(String(value)) ? String(value) : nobody);
const asId = (value: unknown): string | number | null => (value === '' || value === null ? null : idOf(value));
const asDatetime = (value: unknown): unknown => (value === '' ? null : value);
/** The id of a user; what is none is nobody's. */
const asUser = (value: unknown): number | null =>
  /^\d{1,15}$/.test(String(value)) ? Number(value) : value === '' ? null : nobody;

const stampsByName: ReadonlyMap<string, Stamped> = new Map<string, Stamped>([
  ['id', { field: 'record.id', type: 'other', input: asId }],
  ['date_entered', { field: 'record.created_at', type: 'datetime', input: asDatetime }],
  ['date_modified', { field: 'record.updated_at', type: 'datetime', input: asDatetime }],
  ['created_by', { field: 'record.created_by', type: 'other', input: asUser }],
  ['modified_user_id', { field: 'record.updated_by', type: 'other', input: asUser }],
]);

const nameOfRelated = ({ options }: Visit): Omit<Tested, 'name'> => ({
  field: 'name',
  type: 'text',
  ignoreCase: options.ignoreCaseInFilters,
  input: (value) => (value === '' ? null : value),
});

/** That there is no name is so without a related record, too. */
function relatedCondition(link: string, tested: Tested, value: unknown): Condition {
  const isMet: Condition = { linked: link, to: testOf(tested, value) };
  const unset = isObject(value) ? '$is_null' in value || '$empty' in value : value === '' || value === null;
  return unset ? { any: [isMet, { not: { linked: link, to: everything } }] } : isMet;
}

/** Text that is somewhere in one of the fields that people look for. */
function foundBy({ options }: Visit, module: Module, search: string): Condition {
  const searched = module.members.filter(
    ({ name, field }) => options.searchedFields.includes(name) && field.type === 'text',
  );
  return { any: searched.map(({ field }) => ({ field: field.key, op: 'contains', value: search })) };
}

/** Records are somebody's where their module has a field that says so. */
function isOwnedBy({ caller }: Visit, module: Module): Condition {
  const owner = module.members.find(({ name }) => name === 'assigned_user_id');
  return owner === undefined || owner.field.type !== 'text'
    ? nothing
    : { field: owner.field.key, op: 'eq', value: String(caller.principal.id) };
}

/** The record that a path names by its id. */
export const isRecord = (id: string): Condition => ({ field: 'record.id', op: 'eq', value: idOf(id) });
