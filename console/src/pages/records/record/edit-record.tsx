import { Modal } from '@mantine/core';
import type { RecordType } from '../../../api/catalogue.ts';
import { titleOf, useEditRecord } from '../../../api/records.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { RecordForm } from '../form/record-form.tsx';

type Props = { type: RecordType; record: ShownRecord; close: () => void };

export const EditRecord = ({ isOpen, ...props }: Props & { isOpen: boolean }) => (
  <Modal opened={isOpen} onClose={props.close} size="lg" title={`Edit ${titleOf(props.type, props.record)}`}>
    <Form {...props} />
  </Modal>
);

function Form({ type, record, close }: Props) {
  const edit = useEditRecord(record);
  const save = {
    isPending: edit.isPending,
    error: edit.error,
    mutate: (write: Parameters<typeof edit.mutate>[0]) =>
      Object.keys(write.fields).length === 0 ? close() : edit.mutate(write, { onSuccess: close }),
  };
  return <RecordForm type={type} record={record} save={save} close={close} action="Save" />;
}
