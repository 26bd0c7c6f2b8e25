import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Trash2 } from 'lucide-react';
import { useNavigate } from 'react-router';
import type { RecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { titleOf, useDeleteRecord } from '../../../api/records.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { ProblemAlert } from '../../../components/problem-alert.tsx';

export function DeleteRecord({ type, record }: { type: RecordType; record: ShownRecord }) {
  const [isOpen, { open, close }] = useDisclosure();
  const navigate = useNavigate();
  const remove = useDeleteRecord(record);
  return (
    <>
      <Button variant="default" leftSection={<Trash2 size={16} aria-hidden />} onClick={open}>
        Delete
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={`Delete ${titleOf(type, record)}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <Text size="sm">Its links go with it. Its history stays, and its keys may come back.</Text>
          {remove.isError && <ProblemAlert fault={remove.error} title="Not deleted" />}
          <Group justify="end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button
              color="red.9"
              loading={remove.isPending}
              onClick={() => remove.mutate(undefined, { onSuccess: () => navigate(path`/records/${type.key}`) })}
            >
              Delete
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
