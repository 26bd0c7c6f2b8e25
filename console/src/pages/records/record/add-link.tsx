import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { type LinkEnd, useCatalogue } from '../../../api/catalogue.ts';
import { useLink } from '../../../api/links.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { FindRecord } from '../../../components/find-record.tsx';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { Select } from '../../../components/select.tsx';

type Props = { readonly ends: readonly LinkEnd[]; readonly record: ShownRecord; readonly close: () => void };

export const AddLink = ({ isOpen, ...props }: Props & { isOpen: boolean }) => (
  <Modal opened={isOpen} onClose={props.close} title="Add link" closeButtonProps={{ 'aria-label': 'Close' }}>
    <Form {...props} />
  </Modal>
);

/** As what, with which record, and in which role. */
function Form({ ends, record, close }: Props) {
  const catalogue = useCatalogue();
  const [name, setName] = useState(ends[0]?.name ?? '');
  const [other, setOther] = useState<ShownRecord>();
  const [role, setRole] = useState<string | null>(null);
  const link = useLink(record);
  const end = ends.find((one) => one.name === name);
  const type = catalogue.get(end?.other ?? '');
  if (end === undefined || type === undefined) return null;
  const isForced = end.owner !== 'internal';
  return (
    <Stack>
      <Select
        label="Link"
        data={ends.map((one) => ({ value: one.name, label: one.label }))}
        value={name}
        allowDeselect={false}
        onChange={(chosen) => {
          setName(chosen ?? name);
          setOther(undefined);
          setRole(null);
        }}
      />
      <FindRecord
        key={name}
        type={type}
        label={type.label}
        description={end.single ? 'It takes one only: another one that is linked now is replaced.' : undefined}
        onFound={setOther}
      />
      {end.roles.length > 0 && (
        <Select label="Role" placeholder="no role" data={[...end.roles]} value={role} onChange={setRole} clearable />
      )}
      {isForced && (
        <Text size="sm">
          An external application owns this link. It is made with force, and the next set of its owner may take it away
          again.
        </Text>
      )}
      {link.isError && <ProblemAlert fault={link.error} title="Not linked" />}
      <Group justify="end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          disabled={other === undefined}
          loading={link.isPending}
          onClick={() => other && link.mutate({ end, other: other.id, role }, { onSuccess: close })}
        >
          {isForced ? 'Add link with force' : 'Add link'}
        </Button>
      </Group>
    </Stack>
  );
}
