import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { usePrefetchQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import { useParams } from 'react-router';
import { type RecordType, useRecordType } from '../../../api/catalogue.ts';
import { recordQuery, titleOf } from '../../../api/records.ts';
import { may } from '../../../api/rights.ts';
import { useMe } from '../../../api/session.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { PageHead } from '../../../components/page-head.tsx';
import { Time } from '../../../components/time.tsx';
import { DeleteRecord } from './delete-record.tsx';
import { EditRecord } from './edit-record.tsx';
import { Fields } from './fields.tsx';

export function Page() {
  const { type: key = '', ref = '' } = useParams();
  usePrefetchQuery(recordQuery(key, ref)); // beside the schema, not after it
  const type = useRecordType(key);
  const { data: record } = useSuspenseQuery(recordQuery(key, ref));
  return (
    <>
      <PageHead
        title={titleOf(type, record)}
        lead={<Told type={type} record={record} />}
        actions={<Actions type={type} record={record} />}
      />
      <Stack gap="lg">
        <Fields type={type} record={record} />
      </Stack>
    </>
  );
}

const Told = ({ type, record }: { type: RecordType; record: ShownRecord }) => (
  <Group gap="xs" component="span">
    <Badge variant="light" tt="none" component="span">
      {type.label} #{record.number}
    </Badge>
    <Text span size="sm">
      version {record.version}, made <Time at={record.created_at} />, changed <Time at={record.updated_at} />
    </Text>
  </Group>
);

function Actions({ type, record }: { type: RecordType; record: ShownRecord }) {
  const me = useMe();
  const [isEditing, edit] = useDisclosure();
  return (
    <Group gap="sm">
      {may(me, 'edit', type.key) && (
        <>
          <Button leftSection={<Pencil size={16} aria-hidden />} onClick={edit.open}>
            Edit
          </Button>
          <EditRecord type={type} record={record} isOpen={isEditing} close={edit.close} />
        </>
      )}
      {may(me, 'delete', type.key) && type.owner === 'internal' && <DeleteRecord type={type} record={record} />}
    </Group>
  );
}
