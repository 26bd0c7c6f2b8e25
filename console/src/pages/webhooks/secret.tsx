import { Alert, Button, Group, Stack } from '@mantine/core';
import type { MadeWebhook } from '../../api/types.ts';
import { CopiedText } from '../../components/copied-text.tsx';

export const Secret = ({ made, close }: { made: MadeWebhook; close: () => void }) => (
  <Stack>
    <Alert color="yellow">
      Whoever receives the requests checks their signatures by it. It cannot be shown again: copy it now.
    </Alert>
    <CopiedText text={made.secret} what="secret" />
    <Group justify="end">
      <Button onClick={close}>I have copied it</Button>
    </Group>
  </Stack>
);
