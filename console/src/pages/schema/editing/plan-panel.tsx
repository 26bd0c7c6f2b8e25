import { Alert, Button, Checkbox, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ApiProblem } from '../../../api/client.ts';
import { schemaTextQuery } from '../../../api/schema.ts';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { SchemaChanges } from '../../../components/schema-changes.tsx';
import { addressOf } from '../address.ts';
import type { Editing } from '../use-editing.ts';
import { bodyOf, type Draft, onTopOf, schemaOf } from './draft.ts';
import { chosenBy } from './form/chosen.ts';

const isOf = (fault: unknown, code: string): boolean => fault instanceof ApiProblem && fault.problem.code === code;

type Shown = { readonly draft: Draft; readonly editing: Editing; readonly isChanged: boolean };

/** What a change of the schema would do comes first, and what would be lost is to be agreed to. */
export function PlanPanel({ draft, editing, isChanged }: Shown) {
  const queries = useQueryClient();
  const { changes, fault } = editing;
  /** That it may be lost is said of one plan. */
  const [accepted, setAccepted] = useState<typeof changes>(undefined);
  const isAccepted = changes !== undefined && accepted === changes;
  const loses = changes?.some(({ loss }) => loss !== null) ?? false;
  const onApplied = (version: number): void => {
    editing.edit(null);
    notifications.show({ message: `The schema is applied. It is version ${version}.` });
  };
  const putOnTop = async (): Promise<void> => {
    const mine = onTopOf(await queries.fetchQuery({ ...schemaTextQuery, staleTime: 0 }), draft);
    editing.edit(mine);
    editing.plan(bodyOf(mine));
  };
  const hasMoved = isOf(fault, 'version_mismatch');
  return (
    <>
      {hasMoved && <Moved putOnTop={() => void putOnTop()} />}
      {fault !== null && !hasMoved && <Refused draft={draft} editing={editing} />}
      {changes !== undefined && !hasMoved && <SchemaChanges changes={changes} />}
      {loses && (
        <Checkbox
          label="Lose what it says"
          checked={isAccepted}
          onChange={({ currentTarget }) => setAccepted(currentTarget.checked ? changes : undefined)}
        />
      )}
      <Group>
        <Button
          variant={changes === undefined ? 'filled' : 'default'}
          loading={editing.isPlanning}
          onClick={() => editing.plan(bodyOf(draft))}
        >
          See what it would do
        </Button>
        <Button
          disabled={changes === undefined || changes.length === 0 || (loses && !isAccepted)}
          loading={editing.isApplying}
          onClick={() => editing.apply({ ...bodyOf(draft), allowLoss: isAccepted }, onApplied)}
        >
          Apply
        </Button>
        <Button variant="subtle" color="gray" disabled={!isChanged} onClick={() => editing.edit(null)}>
          As it is stored
        </Button>
      </Group>
    </>
  );
}

/** What is refused, with the way to the form of each place that has one. */
function Refused({ draft, editing: { fault, isPlanFault } }: Pick<Shown, 'draft' | 'editing'>) {
  const read = useMemo(() => schemaOf(draft), [draft]);
  return (
    <ProblemAlert
      fault={fault}
      title={isPlanFault ? 'The schema cannot be so' : 'The schema was not applied'}
      saysWhere
      wayTo={(place) =>
        read.kind === 'read' && chosenBy(place, read.schema) !== undefined ? addressOf(place) : undefined
      }
      {...(isOf(fault, 'malformed_body') && {
        remedy: 'The text cannot be read as YAML. Mend it there, and look again.',
      })}
    />
  );
}

const Moved = ({ putOnTop }: { putOnTop: () => void }) => (
  <Alert color="orange" role="alert" title="Somebody changed the schema meanwhile">
    <Text size="sm" mb="sm">
      Yours was begun from what was stored before, and nothing of it is applied. Put your changes on top of theirs, and
      see what they would do now: where both of you changed the same, yours counts, and the plan says what theirs was.
    </Text>
    <Button size="xs" variant="default" onClick={putOnTop}>
      Put my changes on top of theirs
    </Button>
  </Alert>
);
