/** `GET /metadata`: modules and their fields, as clients read them to know what there is. */
import { createHash } from 'node:crypto';
import type { Field, LinkEnd } from '../../../model/catalogue.ts';
import { optionalText } from '../requests/parse.ts';
import { type Answer, ok, type Visit } from '../requests/visit.ts';
import { linkKey, type Member, type Module } from './modules.ts';

type FieldMeta = Readonly<Record<string, unknown>>;

/** `modules`, or `type_filter` with a comma list, takes some sections only; `module_filter` some modules. */
export async function readMetadata(visit: Visit): Promise<Answer> {
  const { args, modules } = visit;
  const only = listIn(visit, 'module_filter');
  const names = [...modules.names, 'Users'];
  const shown = names.filter((name) => only.length === 0 || only.includes(name));
  const all: Readonly<Record<string, unknown>> = {
    modules: Object.fromEntries(
      shown.map((name) => [name, name === 'Users' ? usersMeta() : moduleMeta(visit, modules.named(name))]),
    ),
    relationships: relationshipsOf(visit),
    full_module_list: withHash(Object.fromEntries(names.map((name) => [name, name]))),
  };
  const sections = 'modules' in args ? ['modules'] : listIn(visit, 'type_filter');
  const body = Object.fromEntries(
    Object.entries(all).filter(([name]) => sections.length === 0 || sections.includes(name)),
  );
  return ok('found', withHash(body));
}

const listIn = ({ args }: Visit, name: string): readonly string[] =>
  optionalText(args, name)
    ?.split(',')
    .map((one) => one.trim()) ?? [];

/** What has the same hash is the same. */
const withHash = (meta: Readonly<Record<string, unknown>>) => ({
  ...meta,
  _hash: createHash('md5').update(JSON.stringify(meta)).digest('hex'),
});

function moduleMeta(visit: Visit, module: Module) {
  const fields: Record<string, FieldMeta> = {};
  for (const [name, meta] of Object.entries(ownFields)) fields[name] = { name, ...meta };
  for (const member of module.members) fields[member.name] = { name: member.name, ...memberMeta(visit, member) };
  for (const [name, end] of module.links) {
    // A link may have the name of a field, which is what clients write.
    fields[name] ??= { name, ...linkMeta(visit, end) };
  }
  return withHash({ fields });
}

/** Users are no records: see users.ts. */
const usersMeta = () => {
  const fields: Readonly<Record<string, FieldMeta>> = {
    id: { type: 'id', required: true, readonly: true },
    user_name: { type: 'username', required: true },
    first_name: { type: 'varchar' },
    last_name: { type: 'varchar' },
    full_name: { type: 'fullname', source: 'non-db', readonly: true },
    email: { type: 'email', source: 'non-db' },
    email1: { type: 'varchar', source: 'non-db' },
    is_admin: { type: 'bool' },
    status: { type: 'enum', readonly: true, options: { Active: 'Active', Inactive: 'Inactive' } },
  };
  return withHash({
    fields: Object.fromEntries(Object.entries(fields).map(([name, meta]) => [name, { name, ...meta }])),
  });
};

const ownFields: Readonly<Record<string, FieldMeta>> = {
  id: { type: 'id', required: true, readonly: true },
  date_entered: { type: 'datetime', readonly: true },
  date_modified: { type: 'datetime', readonly: true },
  created_by: { type: 'id', readonly: true },
  created_by_name: { type: 'relate', source: 'non-db', readonly: true, module: 'Users', id_name: 'created_by' },
  modified_user_id: { type: 'id', readonly: true },
  modified_by_name: { type: 'relate', source: 'non-db', readonly: true, module: 'Users', id_name: 'modified_user_id' },
  deleted: { type: 'bool', readonly: true },
};

function memberMeta(visit: Visit, { field, name, shows }: Member): FieldMeta {
  const label = { label: field.label };
  // A required argument of a client: it fills those that are stored under this very name.
  const required = field.required && { required: true };
  switch (shows) {
    case 'related_id':
      return { ...label, type: 'id', ...required };
    case 'related_name':
      return {
        ...{ ...label, type: 'relate', source: 'non-db', id_name: name.replace(/_name$/, '_id'), rname: 'name' },
        ...(field.link !== null && {
          link: field.link.name,
          module: visit.modules.ofType(field.link.right).name,
        }),
      };
    case 'email_list':
      return { ...label, type: 'email', source: 'non-db' };
    case 'email_address':
      return { ...label, type: 'varchar', len: lengthOf(field), ...required };
    case 'value':
      return { ...label, ...valueMeta(visit, field), ...required };
  }
}

const lengthOf = (field: Field): number => field.maxLength ?? 255;

function valueMeta({ options }: Visit, field: Field): FieldMeta {
  switch (field.type) {
    case 'text':
    case 'regexp':
      return { type: field.key === 'name' ? 'name' : 'varchar', len: lengthOf(field), ...uniqueMeta(field) };
    case 'textarea':
      return { type: 'text' };
    case 'integer':
      return { type: 'int', ...uniqueMeta(field) };
    case 'decimal':
      return { type: 'decimal', len: `26,${field.scale ?? options.defaultScale}` };
    case 'boolean':
      return { type: 'bool' };
    case 'date':
      return { type: 'date' };
    case 'datetime':
      return { type: 'datetimecombo' };
    case 'enum':
    case 'multi_enum':
      return {
        type: field.type === 'enum' ? 'enum' : 'multienum',
        options: Object.fromEntries(field.options.map(({ value, label }) => [value, label ?? value])),
      };
    case 'lookup':
      return { type: 'id' };
  }
}

const uniqueMeta = (field: Field): FieldMeta => (field.unique ? { unique: true } : {});

const linkMeta = ({ modules }: Visit, end: LinkEnd): FieldMeta => ({
  type: 'link',
  source: 'non-db',
  relationship: linkKey(end.link),
  module: modules.ofType(end.other).name,
  side: end.side,
  'link-type': end.single ? 'one' : 'many',
});

function relationshipsOf({ modules }: Visit) {
  const relationships: Record<string, unknown> = {};
  for (const name of modules.names) {
    for (const { link, side } of modules.named(name).links.values()) {
      if (side === 'right') continue;
      relationships[linkKey(link)] = {
        name: linkKey(link),
        lhs_module: modules.ofType(link.left).name,
        rhs_module: modules.ofType(link.right).name,
        relationship_type: link.cardinality,
      };
    }
  }
  return withHash(relationships);
}
