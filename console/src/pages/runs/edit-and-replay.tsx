import { Button, Group, JsonInput, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { elementQuery, issuesOfElementQuery, useReplayElement } from '../../api/runs.ts';
import type { ShownElement, ShownIssue, ShownRun } from '../../api/types.ts';
import { useIsNarrow } from '../../components/narrow.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
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
  `Edit and replay ${key ?? `the element at ${place}`}`;

type Shown = {
  readonly run: ShownRun;
  readonly element: ShownElement;
  readonly isOpen: boolean;
  readonly close: () => void;
};

const Dialog = ({ run, element, isOpen, close }: Shown) => (
  <Modal
    opened={isOpen}
    onClose={close}
    size="xl"
    fullScreen={useIsNarrow()}
    title={nameOf(element)}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    <Form run={run} element={element} close={close} />
  </Modal>
);

function Form({ run, element, close }: { run: ShownRun; element: ShownElement; close: () => void }) {
  const [text, setText] = useState(() => JSON.stringify(element.row ?? {}, null, 2));
  const replay = useReplayElement(run.id, element.place, ({ issues: left }) => {
    if (left.length > 0) return;
    close();
    notifications.show({ message: `${element.key ?? 'The element'} is applied as you have mended it.` });
  });
  const { data: issues } = useSuspenseQuery(issuesOfElementQuery(run.id, element));
  const row = parsed(text);
  const isMended = replay.data?.issues.length === 0;
  const wrong = replay.data?.issues ?? issues;
  return (
    <Stack>
      {wrong.length > 0 && <IssueTable issues={wrong} />}
      <JsonInput
        label="The element"
        autosize
        minRows={6}
        maxRows={24}
        data-autofocus
        value={text}
        onChange={setText}
        error={row === undefined ? 'This is no JSON object.' : undefined}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      />
      {replay.isError && <ProblemAlert fault={replay.error} title="Not applied" />}
      <Group justify="end">
        <Button variant="default" onClick={close}>
          {isMended ? 'Done' : 'Cancel'}
        </Button>
        <Button disabled={row === undefined} loading={replay.isPending} onClick={() => row && replay.mutate(row)}>
          Replay
        </Button>
      </Group>
    </Stack>
  );
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
