import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { path } from '../../api/client.ts';
import { runIssuesQuery } from '../../api/runs.ts';
import { saveFile } from '../../api/save-file.ts';
import type { ShownIssue, ShownRun } from '../../api/types.ts';
import { Empty } from '../../components/empty.tsx';
import { More } from '../../components/more.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Select } from '../../components/select.tsx';
import { MendIssue } from './edit-and-replay.tsx';
import { IssueTable } from './issue-table.tsx';
import { useMayReplay } from './may-replay.ts';

export function RunIssues({ run }: { run: ShownRun }) {
  const mayReplay = useMayReplay(run);
  const [severity, setSeverity] = useState<string | null>(null);
  const [key, setKey] = useState('');
  const [askedKey] = useDebouncedValue(key, 300);
  const query = useSuspenseInfiniteQuery(
    runIssuesQuery(run.id, { ...(severity && { severity }), ...(askedKey && { key: askedKey }) }),
  );
  const save = useMutation({
    mutationFn: () =>
      saveFile(path`/v1/runs/${run.id}/issues?spreadsheet=true`, 'text/csv', `run-${run.number}-issues.csv`),
  });
  const issues = query.data.pages.flatMap(({ items }) => items);
  if (run.issues === 0) return <Empty title="No sync issues">Every element was taken as it was sent.</Empty>;
  return (
    <Stack>
      <Group align="end">
        <Select
          label="Severity"
          placeholder="all"
          clearable
          data={['error', 'warning']}
          value={severity}
          onChange={setSeverity}
        />
        <TextInput
          label="Key"
          placeholder="any"
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
        <Empty title="None of these">Choose another severity or key.</Empty>
      ) : (
        <>
          <IssueTable
            issues={issues}
            action={(issue) => mayReplay && canBeMended(issue) && <MendIssue run={run} issue={issue} />}
          />
          <More query={query} />
        </>
      )}
    </Stack>
  );
}

/** A warning says that something was left out or is odd, and an issue without a key is not about one element. */
const canBeMended = ({ severity, key, resolved_by }: ShownIssue): boolean =>
  severity === 'error' && key !== null && resolved_by === null;
