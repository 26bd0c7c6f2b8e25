import { Alert, Anchor, Button, Stack, Text } from '@mantine/core';
import { RotateCcw } from 'lucide-react';
import { Link } from 'react-router';
import { path } from '../../api/client.ts';
import { useReplay } from '../../api/runs.ts';
import type { ShownRun } from '../../api/types.ts';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { counted } from '../../components/words.ts';

/** Once their cause is gone, all that were rejected are applied as they were sent. */
export function ReplayAll({ run }: { run: ShownRun }) {
  const replay = useReplay(run.id);
  const answer = replay.data;
  return (
    <Stack gap="xs">
      <Button
        variant="default"
        leftSection={<RotateCcw size={16} aria-hidden />}
        loading={replay.isPending}
        onClick={() => replay.mutate(undefined)}
      >
        Replay all as they were sent
      </Button>
      {replay.isError && <ProblemAlert fault={replay.error} title="Nothing was replayed" />}
      {answer !== undefined && (
        <Alert role="status">
          <Text size="sm">
            {counted(answer.counts.received, 'element')} replayed, {answer.counts.rejected} of them rejected again.{' '}
            {answer.run !== null && (
              <Anchor component={Link} to={path`/runs/${answer.run.id}`}>
                See the replay
              </Anchor>
            )}
          </Text>
        </Alert>
      )}
    </Stack>
  );
}
