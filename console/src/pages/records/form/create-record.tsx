import { Modal } from '@mantine/core';
import { useNavigate } from 'react-router';
import type { RecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { useCreateRecord } from '../../../api/records.ts';
import { RecordForm } from './record-form.tsx';

export function CreateRecord({ type, isOpen, close }: { type: RecordType; isOpen: boolean; close: () => void }) {
  return (
    <Modal opened={isOpen} onClose={close} size="lg" title={`New ${type.label.toLowerCase()}`}>
      <Form type={type} close={close} />
    </Modal>
  );
}

function Form({ type, close }: { type: RecordType; close: () => void }) {
  const create = useCreateRecord(type.key);
  const navigate = useNavigate();
  const save = {
    // Until its page is there: pressed again, it would be made again.
    isPending: create.isPending || (create.isSuccess && create.data.record !== null),
    error: create.error,
    mutate: (write: Parameters<typeof create.mutate>[0]) =>
      create.mutate(write, {
        // Who may create but not read is not shown what became of it.
        onSuccess: ({ record }) => (record === null ? close() : navigate(path`/records/${type.key}/${record.id}`)),
      }),
  };
  return <RecordForm type={type} save={save} close={close} action="Create" />;
}
