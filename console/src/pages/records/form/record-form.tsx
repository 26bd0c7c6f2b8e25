import { Button, Group, Stack, Switch, Text } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Field, RecordType } from '../../../api/catalogue.ts';
import { ApiProblem } from '../../../api/client.ts';
import type { Values } from '../../../api/records.ts';
import { may } from '../../../api/rights.ts';
import { useMe } from '../../../api/session.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { FieldInput } from './field-input.tsx';
import { isSame, type Typed, typedOf, valueFrom } from './field-text.ts';

type Save = {
  readonly isPending: boolean;
  readonly error: unknown;
  mutate(write: { readonly fields: Values; readonly force: boolean }): void;
};

/** The fields that people may write, made from the schema. What the API refuses stands at the field that it is about.
 *  @param record the one that is changed; undefined: a new one. */
export function RecordForm({
  type,
  record,
  save,
  close,
  action,
}: {
  type: RecordType;
  record?: ShownRecord;
  save: Save;
  close: () => void;
  action: string;
}) {
  const me = useMe();
  const [isForcing, setForcing] = useState(false);
  const isOwn = ({ owner }: Field): boolean => owner === 'internal';
  const shown = isForcing ? type.fields : type.fields.filter(isOwn);
  const before = (field: Field): Typed => typedOf(field, record?.fields[field.key]);
  const [typed, setTyped] = useState(() => new Map<string, Typed>());
  const now = (field: Field): Typed => typed.get(field.key) ?? before(field);
  const refused = refusedFields(save.error, shown);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const changed = shown.filter((field) => !isSame(now(field), before(field)));
    save.mutate({
      fields: Object.fromEntries(changed.map((field) => [field.key, valueFrom(field, now(field))])),
      force: !changed.every(isOwn),
    });
  };
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // Where a form is long, what was refused may be out of sight.
    if (save.error !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [save.error]);
  return (
    <form onSubmit={submit} noValidate ref={form}>
      <Stack>
        {save.error !== null && refused.size === 0 && <ProblemAlert fault={save.error} title="Not saved" />}
        {shown.map((field, place) => (
          <FieldInput
            key={field.key}
            field={field}
            typed={now(field)}
            onChange={(next) => setTyped((all) => new Map(all).set(field.key, next))}
            error={refused.get(field.key)}
            isFirst={place === 0}
          />
        ))}
        {!type.fields.every(isOwn) &&
          (may(me, 'force', type.key) ? (
            <Switch
              label="Change what an external application owns, too"
              description="It is written with force. The next set of its owner that has another value writes that back: mend it there as well."
              checked={isForcing}
              onChange={({ currentTarget }) => setForcing(currentTarget.checked)}
            />
          ) : (
            <Text size="sm" c="dimmed">
              Fields that an external application owns are written by its interface, and are not here.
            </Text>
          ))}
        <Group justify="end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What was wrong with each field; empty when anything was wrong that has no input here. */
function refusedFields(fault: unknown, shown: readonly Field[]): ReadonlyMap<string, string> {
  if (!(fault instanceof ApiProblem)) return new Map();
  const said = fault.problem.violations.flatMap(({ path, message }): [string, string][] => {
    const field = shown.find(({ key }) => path === `fields.${key}`);
    return field === undefined ? [] : [[field.key, inItsLabel(field, message)]];
  });
  return new Map(said.length === fault.problem.violations.length ? said : []);
}

/** The API calls a field by its key, which is not what stands above its input. */
const inItsLabel = ({ key, label }: Field, message: string): string =>
  message.startsWith(`Field ${key}`) ? `${label}${message.slice(`Field ${key}`.length)}` : message;
