import { Badge } from '@mantine/core';
import type { ShownWebhook } from '../../api/types.ts';

/** How a webhook is doing: one that is active may be failing. */
export function WebhookState({ webhook: { state, failures } }: { webhook: Pick<ShownWebhook, 'state' | 'failures'> }) {
  const isFailing = state === 'active' && failures > 0;
  const color = state === 'disabled' ? 'red' : isFailing ? 'orange' : state === 'paused' ? 'gray' : 'green';
  return (
    <Badge variant="light" color={color}>
      {isFailing ? 'failing' : state}
    </Badge>
  );
}
