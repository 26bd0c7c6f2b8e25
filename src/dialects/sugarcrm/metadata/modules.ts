/** The workspace's schema in the vendor's words: modules, the members of their records, their links. */
import type { Catalogue, Field, LinkEnd, RecordType } from '../../../model/catalogue.ts';
import type { Condition } from '../../../model/commands.ts';
import { isObject } from '../../../model/json.ts';
import { pascalCase, pluralOf } from '../../../model/names.ts';
import { SugarError, unknownLink } from '../errors.ts';

/** One member of a record's JSON object, and what of a field it shows. */
export type Member = {
  readonly name: string;
  readonly field: Field;
  readonly shows: 'value' | 'related_id' | 'related_name' | 'email_address' | 'email_list';
};

export type Module = {
  readonly name: string;
  readonly type: RecordType;
  /** The key field that short and argument forms mean, by its field key: `sync_key`, or what the type's `extra.sugarcrm.key` says. */
  readonly defaultKey: string;
  readonly members: readonly Member[];
  readonly links: ReadonlyMap<string, LinkEnd>;
  /** Its records have first and last names. */
  readonly isPerson: boolean;
};

export type Modules = {
  readonly names: readonly string[];
  /** Throws 404 `not_found` for a name that is no module's; names are case-sensitive. */
  named(name: string): Module;
  ofType(type: string): Module;
};

/** Members that every record has and the server keeps, and arguments that may stand among them: never a field of a type. */
const reservedNames: ReadonlySet<string> = new Set([
  'id',
  'date_entered',
  'date_modified',
  'created_by',
  'created_by_name',
  'modified_user_id',
  'modified_by_name',
  'deleted',
  'my_favorite',
  '_acl',
  '_module',
  'fields',
  'view',
  'sync_key_field_name',
  'sync_key_field_value',
]);

const compiled = new WeakMap<Catalogue, Modules>();

export function modulesOf(catalogue: Catalogue): Modules {
  const known = compiled.get(catalogue);
  if (known !== undefined) return known;
  const byType = new Map([...catalogue.types.values()].map((type) => [type.key, moduleOf(type)]));
  const byName = new Map([...byType.values()].map((module) => [module.name, module]));
  const modules: Modules = {
    names: [...byName.keys()],
    named: (name) => found(byName.get(name), name),
    ofType: (type) => found(byType.get(type), type),
  };
  compiled.set(catalogue, modules);
  return modules;
}

function found(module: Module | undefined, name: string): Module {
  if (module === undefined) throw new SugarError('not_found', `Could not find module: ${name}`);
  return module;
}

const moduleOf = (type: RecordType): Module => ({
  name: type.names.sugarcrm ?? pascalCase(pluralOf(type.key)),
  type,
  defaultKey: defaultKeyOf(type),
  members: type.fields.flatMap(membersOf).filter((member) => !reservedNames.has(member.name)),
  links: new Map([...type.linkEnds.values()].map((end) => [linkName(end), end])),
  isPerson: ['first_name', 'last_name'].every((key) => type.fieldsByKey.get(key)?.type === 'text'),
});

function defaultKeyOf(type: RecordType): string {
  const extra = type.extra.sugarcrm;
  return isObject(extra) && typeof extra.key === 'string' ? extra.key : 'sync_key';
}

/** Throws 404 `not_found` for a name that is no link of the module. */
export function linkEnd(module: Module, name: string): LinkEnd {
  const end = module.links.get(name);
  if (end === undefined) throw unknownLink(name);
  return end;
}

/**
 * Of a link between many and many records of one module it is no matter which was linked to which: it shows both under both of
 * its names.
 */
export const isSymmetric = ({ link }: LinkEnd): boolean =>
  link.left === link.right && link.cardinality === 'many-to-many';

/** A record of the module is linked to one that meets the condition. */
export const linkedTo = (end: LinkEnd, to: Condition): Condition =>
  isSymmetric(end)
    ? { any: [end.link.name, end.link.inverse].map((linked) => ({ linked, to })) }
    : { linked: end.name, to };

/** A record at the other end is linked to one of the module that meets the condition. */
export const linkedFrom = (end: LinkEnd, from: Condition): Condition =>
  isSymmetric(end) ? linkedTo(end, from) : { linked: end.side === 'left' ? end.link.inverse : end.link.name, to: from };

/** `account_contacts` */
export const linkKey = (link: LinkEnd['link']): string => link.key.replace('.', '_');

const linkName = (end: LinkEnd): string => (end.side === 'left' ? end.link.names.sugarcrm : undefined) ?? end.name;

/**
 * A lookup is the pair `<stem>_id` and `<stem>_name`. A text field `email` is the list `email` and, after it so that it
 * wins when a write has both, the primary address `email1`. Any other field is one member with its key as name.
 */
function membersOf(field: Field): Member[] {
  const name = field.names.sugarcrm ?? field.key;
  if (field.type === 'lookup') {
    const stem = name.replace(/_id$/, '');
    return [
      { name: `${stem}_id`, field, shows: 'related_id' },
      { name: `${stem}_name`, field, shows: 'related_name' },
    ];
  }
  if (name === 'email' && field.type === 'text') {
    return [
      { name: 'email', field, shows: 'email_list' },
      { name: 'email1', field, shows: 'email_address' },
    ];
  }
  return [{ name, field, shows: 'value' }];
}
