import { Alert, Anchor, Stack, Text } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { Link, useSearchParams } from 'react-router';
import { ApiProblem } from '../../../../api/client.ts';
import type { Schema } from '../../../../api/types.ts';
import { Empty } from '../../../../components/empty.tsx';
import { type Draft, schemaOf } from '../draft.ts';
import { readText } from '../schema-text.ts';
import { AddPart } from './add-part.tsx';
import { Chooser } from './chooser.tsx';
import { type Chosen, chosenBy } from './chosen.ts';
import { SchemaFormContext } from './context.ts';
import { LinkForm } from './link-form.tsx';
import { RoleListForm } from './role-list-form.tsx';
import { saidAt } from './said-at.ts';
import { TypeForm } from './type-form.tsx';

type Shown = {
  readonly draft: Draft;
  readonly change: (to: Schema, of: string, members?: readonly string[]) => void;
  /** What the API has refused of it, and has not been changed since. */
  readonly fault: unknown;
  /** The same as it came: that it came leads to where it is. */
  readonly refusal: unknown;
};

/** The schema by form: the same document as the text, one part of it at a time, which the address names. */
export function FormEditor({ draft, change, fault, refusal }: Shown) {
  const [parameters, setParameters] = useSearchParams();
  const read = useMemo(() => schemaOf(draft), [draft]);
  const from = useMemo(() => readText(draft.from.text), [draft.from.text]);
  const form = useRef<HTMLDivElement>(null);
  const schema = read.kind === 'read' ? read.schema : {};
  const stored = from.kind === 'read' ? from.schema : {};
  const first = Object.keys(schema.types ?? {})[0];
  const at = parameters.get('at') ?? (first === undefined ? '' : `types.${first}`);
  const chosen = chosenBy(at, schema, stored);
  /** Within a part, the way back leads to what was shown before it. */
  const choose = (to: string): void => {
    const next = chosenBy(to, schema, stored);
    const isHere = next !== undefined && next.kind === chosen?.kind && next.key === chosen.key;
    setParameters({ tab: 'form', at: to }, { replace: isHere });
  };
  useRefusal(refusal, { at, isOf: (path) => chosenBy(path, schema, stored) !== undefined, choose });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once what was refused is shown
  useEffect(() => {
    if (refusal !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusal, at]);
  if (read.kind === 'unreadable') return <Unreadable message={read.message} line={read.line} />;
  return (
    <SchemaFormContext value={{ schema, stored, said: saidAt(fault), change, choose }}>
      <Stack ref={form}>
        {first === undefined && chosen === undefined ? (
          <Empty title="No record type yet" action={<AddPart />}>
            A record type says what can be kept: which fields its records have, and by which of them they are found.
          </Empty>
        ) : (
          <>
            <Chooser value={chosen === undefined ? null : placeOf(chosen)} />
            {chosen === undefined && <Text size="sm">There is no {at} in the schema: choose what to edit.</Text>}
          </>
        )}
        {chosen?.kind === 'type' && <TypeForm key={chosen.key} name={chosen.key} field={chosen.field} />}
        {chosen?.kind === 'link' && <LinkForm key={chosen.key} name={chosen.key} />}
        {chosen?.kind === 'role_list' && <RoleListForm key={chosen.key} name={chosen.key} />}
      </Stack>
    </SchemaFormContext>
  );
}

const groups = { type: 'types', link: 'links', role_list: 'role_lists' } as const;

const placeOf = ({ kind, key }: Chosen): string => `${groups[kind]}.${key}`;

type Way = {
  /** What is shown. */
  readonly at: string;
  readonly isOf: (path: string) => boolean;
  readonly choose: (to: string) => void;
};

/** Whoever has asked and was refused is led to the first place of it that has a form, unless he has chosen another one of it. */
function useRefusal(refusal: unknown, { at, isOf, choose }: Way): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each refusal
  useEffect(() => {
    if (!(refusal instanceof ApiProblem)) return;
    const places = [...saidAt(refusal).keys()].filter(isOf);
    const [first] = places;
    if (first !== undefined && !places.includes(at)) choose(first);
  }, [refusal]);
}

const Unreadable = ({ message, line }: { message: string; line: number | null }) => (
  <Alert color="orange" role="alert" title="The text cannot be shown as a form">
    <Text size="sm">
      {line !== null && `Line ${line}: `}
      {message}
    </Text>
    <Anchor component={Link} size="sm" c="inherit" underline="always" to="?tab=edit" replace>
      Mend it as YAML
    </Anchor>
  </Alert>
);
