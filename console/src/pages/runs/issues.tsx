import { Anchor, Button, Group, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { openIssues, runIssuesQuery } from '../../api/runs.ts';
import { saveFile } from '../../api/save-file.ts';
import type { ShownIssue, ShownRun } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Select } from '../../components/select.tsx';
import { count } from '../../components/words.ts';
import { MendIssue } from './edit-and-replay.tsx';
import { IssueTable } from './issue-table.tsx';
import { useMayReplay } from './may-replay.ts';

const states = [
  { value: 'open', label: 'open' },
  { value: 'all', label: 'open and resolved' },
];

export function RunIssues({ run }: { run: ShownRun }) {
  const mayReplay = useMayReplay(run);
  const [severity, setSeverity] = useState<string | null>(null);
  const [state, setState] = useState('open');
  const [key, setKey] = useState('');
  const [askedKey] = useDebouncedValue(key, 300);
  const query = useSuspenseInfiniteQuery(
    runIssuesQuery(run.id, {
      ...(severity && { severity }),
      ...(askedKey && { key: askedKey }),
      ...(state === 'open' && openIssues),
    }),
  );
  const save = useMutation({
    mutationFn: () =>
      saveFile(path`/v1/runs/${run.id}/issues?spreadsheet=true`, 'text/csv', `run-${run.number}-issues.csv`),
  });
  const issues = query.data.pages.flatMap(({ items }) => items);
  const list = useKeptPlace(issues.length);
  if (run.issues === 0) return <Empty title="No sync issues">{whyNone(run)}</Empty>;
  return (
    <Stack ref={list} tabIndex={-1} style={{ outline: 'none' }} role="region" aria-label="Sync issues">
      <Group align="end">
        <Select
          label="Severity"
          placeholder="all"
          clearable
          w={150}
          data={['error', 'warning']}
          value={severity}
          onChange={setSeverity}
        />
        <Select
          label="Shown"
          w={190}
          data={states}
          value={state}
          allowDeselect={false}
          onChange={(chosen) => setState(chosen ?? 'open')}
        />
        <TextInput
          label="Key"
          placeholder="any"
          w={190}
          value={key}
          onChange={({ currentTarget }) => setKey(currentTarget.value)}
        />
        <Button
          variant="default"
          loading={save.isPending}
          onClick={() => save.mutate()}
          leftSection={<Download size={16} aria-hidden />}
        >
          Export as CSV
        </Button>
      </Group>
      {save.isError && <ProblemAlert fault={save.error} title="Not exported" />}
      {issues.length === 0 ? (
        <None run={run} isFiltered={severity !== null || askedKey !== ''} />
      ) : (
        <>
          <IssueTable
            issues={issues}
            {...((mayReplay || issues.some(({ resolved_by }) => resolved_by !== null)) && {
              action: (issue: ShownIssue) => <WhatToDo run={run} issue={issue} mayReplay={mayReplay} />,
            })}
          />
          <More query={query} />
        </>
      )}
    </Stack>
  );
}

const whyNone = ({ state }: ShownRun): string =>
  state === 'failed' || state === 'superseded'
    ? 'No element of it was applied.'
    : 'Every element was taken as it was sent.';

const None = ({ run, isFiltered }: { run: ShownRun; isFiltered: boolean }) =>
  isFiltered ? (
    <Empty title="None of these">Choose another severity or key, or those that are resolved too.</Empty>
  ) : (
    <Empty title="No open sync issue">
      {run.issues === 1 ? 'The one that there was is' : `All ${count(run.issues)} that there were are`} resolved, by
      replays or by a decision.
    </Empty>
  );

function WhatToDo({ run, issue, mayReplay }: { run: ShownRun; issue: ShownIssue; mayReplay: boolean }) {
  if (issue.resolved_by !== null) {
    return (
      <Anchor component={Link} size="sm" to={path`/runs/${issue.resolved_by}`} style={{ whiteSpace: 'nowrap' }}>
        Mended by a replay
      </Anchor>
    );
  }
  return mayReplay && canBeMended(issue) && <MendIssue run={run} issue={issue} />;
}

/** An issue that was mended goes, and with it the button that had the keyboard's focus: one goes on from the list. */
function useKeptPlace(length: number) {
  const list = useRef<HTMLDivElement>(null);
  const before = useRef(length);
  useEffect(() => {
    const hasGone = length < before.current;
    before.current = length;
    if (!hasGone) return;
    const after = setTimeout(() => {
      if (document.activeElement === document.body) list.current?.focus({ preventScroll: true });
    }, 300);
    return () => clearTimeout(after);
  }, [length]);
  return list;
}

/** A warning says that something was left out or is odd, and an issue without a key is not about one element. */
const canBeMended = ({ severity, key }: ShownIssue): boolean => severity === 'error' && key !== null;
