import { Text } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { useNavigate } from 'react-router';
import type { RecordType } from '../../../api/catalogue.ts';
import { path } from '../../../api/client.ts';
import { titleOf, useDeleteRecord } from '../../../api/records.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { Confirm } from '../../../components/confirm.tsx';

export function DeleteRecord({ type, record }: { type: RecordType; record: ShownRecord }) {
  const navigate = useNavigate();
  const remove = useDeleteRecord(record);
  return (
    <Confirm
      label="Delete"
      title={`Delete ${titleOf(type, record)}?`}
      button={{ size: 'sm', variant: 'default', color: 'gray', leftSection: <Trash2 size={16} aria-hidden /> }}
      write={remove}
      act={() => remove.mutate(undefined, { onSuccess: () => navigate(path`/records/${type.key}`) })}
    >
      <Text size="sm">Its links go with it. Its history stays, and its keys may come back.</Text>
    </Confirm>
  );
}
