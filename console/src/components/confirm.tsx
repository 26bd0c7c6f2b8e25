import { Button, type ButtonProps, Group, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { ProblemAlert } from './problem-alert.tsx';

type Shown = {
  /** On the button that asks, and on the one that does it. */
  readonly label: string;
  /** What the button is called where there are several. */
  readonly name?: string;
  readonly title: string;
  readonly children: ReactNode;
  readonly stay?: string;
  readonly write: { isError: boolean; error: unknown; isPending: boolean };
  readonly act: (options: { onSuccess: () => void }) => void;
  readonly button?: ButtonProps;
};

/** Something that is not to be done by accident. */
export function Confirm({ label, name = label, title, children, stay = 'Keep it', write, act, button }: Shown) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button size="compact-sm" variant="subtle" color="red" aria-label={name} onClick={open} {...button}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title}>
        <Stack>
          {children}
          {write.isError && <ProblemAlert fault={write.error} />}
          <Group justify="end">
            <Button variant="default" onClick={close} data-autofocus>
              {stay}
            </Button>
            <Button color="red.9" loading={write.isPending} onClick={() => act({ onSuccess: close })}>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
