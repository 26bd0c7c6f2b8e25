import { Badge } from '@mantine/core';
import type { ShownRun } from '../../api/types.ts';

export const stateColors: Readonly<Record<ShownRun['state'], string>> = {
  received: 'blue',
  queued: 'blue',
  planned: 'gray',
  applied: 'green',
  partial: 'yellow',
  held: 'orange',
  failed: 'red',
  superseded: 'gray',
  reverted: 'gray',
};

export const RunState = ({ run }: { run: Pick<ShownRun, 'state'> }) => (
  <Badge variant="light" color={stateColors[run.state] ?? 'gray'}>
    {run.state}
  </Badge>
);
