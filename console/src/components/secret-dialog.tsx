import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useState } from 'react';

type Shown = {
  readonly title: string;
  /** What closing copies; null where there are several, of which the clipboard would hold one. */
  readonly toCopy: string | null;
  /** Why it is shown this once. */
  readonly lead: string;
  readonly close: () => void;
  readonly children: ReactNode;
};

/** What is shown this once does not go away uncopied: closing copies it, and where that cannot be, it asks whether somebody did. */
export function SecretDialog({ title, toCopy, lead, close, children }: Shown) {
  const [isRefused, setRefused] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const isByHand = toCopy === null || isRefused;
  const copyAndClose = async (): Promise<void> => {
    if (isByHand) return setAsking(true);
    try {
      await navigator.clipboard.writeText(toCopy);
      notifications.show({ message: 'It is on the clipboard.' });
      close();
    } catch {
      setRefused(true); // a browser gives no clipboard to a page that came by plain HTTP
    }
  };
  return (
    <Modal opened onClose={copyAndClose} title={title} closeOnClickOutside={false}>
      <Stack>
        <Alert color="yellow">
          {lead} {isByHand ? 'Copy it now.' : 'Closing copies it to the clipboard.'}
        </Alert>
        {children}
        {isAsking && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            Did you copy it? Once this is closed, nobody can see it again.
          </Text>
        )}
        <Group justify="end">
          <Button onClick={isByHand ? close : copyAndClose}>{isByHand ? 'I have copied it' : 'Copy and close'}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
