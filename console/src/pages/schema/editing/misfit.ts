/** What the form can show of a schema that somebody typed: where it takes one value, a list or a mapping must be just that. All else the API judges. */
import { own } from '../../../api/own.ts';
import { isMapping, type Mapping } from './json.ts';

/** @returns what is wrong within it, and where. */
type Shape = (at: string, value: unknown) => string | undefined;

const value: Shape = (at, is) =>
  isMapping(is) || Array.isArray(is)
    ? `${at} must be one value, not a ${isMapping(is) ? 'mapping' : 'list'}.`
    : undefined;

/** By which something else is looked up. */
const name: Shape = (at, is) => (typeof is === 'string' || is === null ? undefined : `${at} must be text.`);

const listOf =
  (item: Shape): Shape =>
  (at, is) =>
    Array.isArray(is) ? firstOf(is, (one, index) => item(`${at}[${index}]`, one)) : `${at} must be a list.`;

const mapOf =
  (member: Shape): Shape =>
  (at, is) =>
    isMapping(is)
      ? firstOf(Object.entries(is), ([key, one]) => member(`${at}.${key}`, one))
      : `${at} must be a mapping.`;

/** What it does not name may be anything: the form leaves it as it is. */
const withMembers =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (at, is) =>
    mapOf((place, one) => own(shapes, place.slice(at.length + 1))?.(place, one))(at, is);

function firstOf<Item>(items: readonly Item[], judge: (item: Item, index: number) => string | undefined) {
  for (const [index, item] of items.entries()) {
    const misfit = judge(item, index);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

const common = { label: value, owner: name, names: mapOf(value) };

const field = withMembers({
  ...common,
  ...{ type: name, description: value, required: value, unique: value, max_length: value, scale: value },
  ...{ pattern: value, to: name, inverse: value, filterable: value },
  key_rule: listOf(value),
  options: listOf(withMembers({ value, label: value })),
  numbered: withMembers({ prefix: value, padding: value, first: value }),
});

const linkMembers = withMembers({
  ...common,
  ...{ inverse: value, cardinality: value, once_per: value, roles: name },
});
/** Without an end it is no link, and nothing to be shown. */
const link: Shape = (at, is) =>
  linkMembers(at, is) ?? (typeof (is as Mapping).to === 'string' ? undefined : `${at}.to must be text.`);

const parts: Readonly<Record<string, Shape>> = {
  types: mapOf(
    withMembers({
      ...common,
      ...{ plural: value, description: value, on_return: value, keep_aliases: value },
      fields: mapOf(field),
    }),
  ),
  links: mapOf(link),
  role_lists: mapOf(listOf(withMembers({ number: value, external_id: value, name: value }))),
  interfaces: mapOf(withMembers({ name: value, type: name })),
};

export function misfitIn(document: unknown): string | undefined {
  if (!isMapping(document)) return 'The schema must be a mapping.';
  return firstOf(Object.entries(document), ([key, part]) => own(parts, key)?.(key, part));
}
