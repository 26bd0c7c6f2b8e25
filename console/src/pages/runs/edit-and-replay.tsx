import { Button, Group, JsonInput, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { runIssuesQuery, useReplayElement } from '../../api/runs.ts';
import type { ShownElement, ShownRun } from '../../api/types.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { IssueTable } from './issue-table.tsx';

/** An element that was rejected is mended and applied, beside what was wrong with it. */
export function EditAndReplay({ run, element }: { run: ShownRun; element: ShownElement }) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button
        size="compact-sm"
        variant="light"
        onClick={open}
        aria-label={`Edit and replay ${element.key ?? `the element at ${element.place}`}`}
      >
        Edit and replay
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        size="xl"
        title={`Edit and replay ${element.key ?? `the element at ${element.place}`}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Form run={run} element={element} close={close} />
      </Modal>
    </>
  );
}

function Form({ run, element, close }: { run: ShownRun; element: ShownElement; close: () => void }) {
  const [text, setText] = useState(() => JSON.stringify(element.row ?? {}, null, 2));
  const replay = useReplayElement(run.id, element.place);
  const issues = useSuspenseInfiniteQuery(
    runIssuesQuery(run.id, element.key === null ? {} : { key: element.key }),
  ).data.pages.flatMap(({ items }) => items.filter(({ place }) => place === element.place));
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
        <Button
          disabled={row === undefined}
          loading={replay.isPending}
          onClick={() => row && replay.mutate(row, { onSuccess: ({ issues: left }) => left.length === 0 && close() })}
        >
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
