/** The settings of an interface as its form holds them, and back: only what was changed is sent, so that nobody undoes what another has set meanwhile. */
import type { InterfaceChange, Schema, ShownInterface } from '../../../api/types.ts';

type Fields = NonNullable<NonNullable<Schema['types']>[string]['fields']>;

export type Values = {
  readonly name: string;
  readonly initiator: ShownInterface['initiator'];
  readonly key: string;
  readonly formats: ShownInterface['formats'];
  readonly duplicates: ShownInterface['duplicates'];
  readonly delete_policy: ShownInterface['delete_policy'];
  readonly mark_field: string | null;
  readonly api_keys: readonly string[];
  readonly overdue_after: string;
  /** Empty: any number. */
  readonly deletes: number | string;
  readonly percent: number | string;
  readonly empty_set: NonNullable<ShownInterface['guard']['empty_set']>;
  readonly on_trip: NonNullable<ShownInterface['guard']['on_trip']>;
  readonly scope: readonly { readonly member: string; readonly value: string }[];
};

export const valuesOf = (on: ShownInterface): Values => ({
  name: on.name,
  initiator: on.initiator,
  key: on.key,
  formats: on.formats,
  duplicates: on.duplicates,
  delete_policy: on.delete_policy,
  mark_field: on.mark_field,
  api_keys: on.api_keys,
  overdue_after: on.overdue_after === null ? '' : String(on.overdue_after),
  deletes: on.guard.deletes ?? '',
  percent: on.guard.percent ?? '',
  empty_set: on.guard.empty_set,
  on_trip: on.guard.on_trip,
  scope: Object.entries(on.scope).map(([member, value]) => ({ member, value: String(value) })),
});

export function changeOf(before: Values, after: Values, fields: Fields): InterfaceChange {
  const set = (values: Values) => ({
    name: values.name,
    initiator: values.initiator,
    key: values.key,
    formats: values.formats,
    duplicates: values.duplicates,
    delete_policy: values.delete_policy,
    mark_field: values.delete_policy === 'keep' ? values.mark_field : null,
    api_keys: [...values.api_keys],
    overdue_after: values.overdue_after.trim() === '' ? null : durationOf(values.overdue_after.trim()),
    guard: {
      deletes: orNull(values.deletes),
      percent: orNull(values.percent),
      empty_set: values.empty_set,
      on_trip: values.on_trip,
    },
    scope: Object.fromEntries(
      values.scope.map(({ member, value }) => [member, scopeValue(fields[member]?.type, value)]),
    ),
  });
  const old = Object.entries(set(before));
  const now: Record<string, unknown> = set(after);
  return Object.fromEntries(
    old.flatMap(([name, value]) => (JSON.stringify(value) === JSON.stringify(now[name]) ? [] : [[name, now[name]]])),
  );
}

const orNull = (amount: number | string): number | null => (amount === '' ? null : Number(amount));

/** Whole seconds are a number. */
const durationOf = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);

function scopeValue(type: string | undefined, text: string): string | number | boolean {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const isNumber = type === 'integer' && text !== '' && Number.isSafeInteger(Number(text));
  return isNumber ? Number(text) : text;
}
