import { Button, Group, Stack, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Field, RecordType } from '../../../api/catalogue.ts';
import { ApiProblem } from '../../../api/client.ts';
import type { Values } from '../../../api/records.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { FieldInput } from './field-input.tsx';
import { isSame, type Typed, typedOf, valueFrom } from './field-text.ts';

type Save = {
  readonly isPending: boolean;
  readonly error: unknown;
  mutate(fields: Values): void;
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
  const own = type.fields.filter(({ owner }) => owner === 'internal');
  const before = (field: Field): Typed => typedOf(field, record?.fields[field.key]);
  const [typed, setTyped] = useState(() => new Map<string, Typed>());
  const now = (field: Field): Typed => typed.get(field.key) ?? before(field);
  const refused = refusedFields(save.error, own);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const changed = own.filter((field) => !isSame(now(field), before(field)));
    save.mutate(Object.fromEntries(changed.map((field) => [field.key, valueFrom(field, now(field))])));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {save.error !== null && refused.size === 0 && <ProblemAlert fault={save.error} title="Not saved" />}
        {own.map((field) => (
          <FieldInput
            key={field.key}
            field={field}
            typed={now(field)}
            onChange={(next) => setTyped((all) => new Map(all).set(field.key, next))}
            error={refused.get(field.key)}
          />
        ))}
        {own.length < type.fields.length && (
          <Text size="sm" c="dimmed">
            Fields that an external application owns are written by its interface, and are not here.
          </Text>
        )}
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
  const said = fault.problem.violations.map(({ path, message }) => [/^fields\.(.+)$/.exec(path ?? '')?.[1], message]);
  const isAllShown = said.every(([key]) => shown.some((field) => field.key === key));
  return new Map(isAllShown ? said.map(([key = '', message = '']) => [key, message]) : []);
}
