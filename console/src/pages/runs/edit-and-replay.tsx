import { Button, Code, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { interfaceQuery } from '../../api/interfaces.ts';
import { elementQuery, issuesOfElementQuery, useReplayElement } from '../../api/runs.ts';
import type { ShownElement, ShownIssue, ShownRun } from '../../api/types.ts';
import { useCatalogue } from '../../api/use-catalogue.ts';
import { useIsNarrow } from '../../components/narrow.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import type { Typed } from '../records/form/field-text.ts';
import { isOf, MemberInputs, WholeElement } from './element-form.tsx';
import { membersOf, type Row, withTyped } from './element-values.ts';
import { IssueTable } from './issue-table.tsx';

/** An element that was rejected is mended and applied, beside what was wrong with it. */
export function EditAndReplay({ run, element }: { run: ShownRun; element: ShownElement }) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button size="compact-sm" variant="light" onClick={open} aria-label={nameOf(element)}>
        Edit and replay
      </Button>
      <Dialog run={run} element={element} isOpen={isOpen} close={close} />
    </>
  );
}

/** The same for the element of an issue, which may have been applied but for what the issue is about. It is asked for when it is wanted. */
export function MendIssue({ run, issue }: { run: ShownRun; issue: ShownIssue }) {
  const [isOpen, { open, close }] = useDisclosure();
  const element = useQuery({ ...elementQuery(run.id, issue), enabled: isOpen });
  if (element.isError) return <ProblemAlert fault={element.error} title="Its element cannot be shown" />;
  if (element.data === null) return 'Its element is not kept any more.';
  return (
    <>
      <Button size="compact-sm" variant="light" loading={element.isLoading} onClick={open} aria-label={nameOf(issue)}>
        Edit and replay
      </Button>
      {element.data && <Dialog run={run} element={element.data} isOpen={isOpen} close={close} />}
    </>
  );
}

const nameOf = ({ key, place }: Pick<ShownElement, 'key' | 'place'>): string =>
  `Edit and replay ${key ?? `row ${place + 1}`}`;

type Shown = {
  readonly run: ShownRun;
  readonly element: ShownElement;
  readonly isOpen: boolean;
  readonly close: () => void;
};

const Dialog = ({ run, element, isOpen, close }: Shown) => (
  <Modal opened={isOpen} onClose={close} size="xl" fullScreen={useIsNarrow()} title={nameOf(element)}>
    <Form run={run} element={element} close={close} />
  </Modal>
);

function Form({ run, element, close }: { run: ShownRun; element: ShownElement; close: () => void }) {
  const { data: on } = useSuspenseQuery(interfaceQuery(run.interface));
  const type = useCatalogue().get(on.type);
  const [row, setRow] = useState<Row>(element.row ?? {});
  const [typed, setTyped] = useState<ReadonlyMap<string, Typed>>(new Map());
  /** undefined: it is edited member by member. */
  const [text, setText] = useState<string>();
  const replay = useReplayElement(run.id, element.place, ({ issues: left }) => {
    if (left.length > 0) return;
    close();
    notifications.show({ message: `${element.key ?? 'The element'} is applied as you have mended it.` });
  });
  const { data: issues } = useSuspenseQuery(issuesOfElementQuery(run.id, element));
  const members = membersOf(row, type, [on.key, ...on.writes.fields.map(({ name }) => name)]);
  const mended = text === undefined ? withTyped(row, members, typed) : parsed(text);
  const isMended = replay.data?.issues.length === 0;
  const wrong = replay.data?.issues ?? issues;
  const ofNoInput =
    text === undefined ? wrong.filter((issue) => !members.some((member) => isOf(member, issue))) : wrong;
  const showAs = (form: string): void => {
    if (mended === undefined) return;
    setRow(mended);
    setTyped(new Map());
    setText(form === 'json' ? JSON.stringify(mended, null, 2) : undefined);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (mended !== undefined) replay.mutate(mended);
      }}
    >
      <Stack>
        {ofNoInput.length > 0 && <IssueTable issues={ofNoInput} />}
        {element.row === null && element.source !== null && <Code block>{element.source}</Code>}
        <SegmentedControl
          aria-label="How it is edited"
          style={{ alignSelf: 'start' }}
          data={[
            { value: 'members', label: 'Field by field' },
            { value: 'json', label: 'As JSON' },
          ]}
          disabled={mended === undefined}
          value={text === undefined ? 'members' : 'json'}
          onChange={showAs}
        />
        {text === undefined ? (
          <MemberInputs
            members={members}
            typed={typed}
            onTyped={(name, next) => setTyped((all) => new Map(all).set(name, next))}
            issues={wrong}
          />
        ) : (
          <WholeElement text={text} onChange={setText} isWrong={mended === undefined} />
        )}
        {replay.isError && <ProblemAlert fault={replay.error} title="Not applied" />}
        <Text size="sm" c="dimmed">
          It is applied here, and once. Have it corrected where it comes from, too: the next set brings what is sent
          then.
        </Text>
        <Group justify="end">
          <Button variant="default" onClick={close}>
            {isMended ? 'Done' : 'Cancel'}
          </Button>
          <Button type="submit" disabled={mended === undefined} loading={replay.isPending}>
            Replay
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function parsed(text: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : undefined;
  } catch {
    return undefined;
  }
}
