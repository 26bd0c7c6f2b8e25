import { Alert, Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Link } from 'react-router';
import type { LinkEnd, RecordType } from '../../../api/catalogue.ts';
import { useLink, useLinkLater } from '../../../api/links.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { useCatalogue } from '../../../api/use-catalogue.ts';
import { FindRecord } from '../../../components/find-record.tsx';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { Select } from '../../../components/select.tsx';

type Props = { readonly ends: readonly LinkEnd[]; readonly record: ShownRecord; readonly close: () => void };

export const AddLink = ({ isOpen, ...props }: Props & { isOpen: boolean }) => (
  <Modal opened={isOpen} onClose={props.close} title="Add link">
    <Form {...props} />
  </Modal>
);

/** The record at the other end: one that is there, or the key of one that is to come. */
type Other =
  | { readonly kind: 'found'; readonly id: string }
  | { readonly kind: 'expected'; key: string; field: string };

/** As what, with which record, and in which role. */
function Form({ ends, record, close }: Props) {
  const catalogue = useCatalogue();
  const [name, setName] = useState(ends[0]?.name ?? '');
  const [other, setOther] = useState<Other>();
  const [role, setRole] = useState<string | null>(null);
  const link = useLink(record);
  const linkLater = useLinkLater(record);
  const end = ends.find((one) => one.name === name);
  const type = catalogue.get(end?.other ?? '');
  if (end === undefined || type === undefined) return null;
  const isForced = end.owner !== 'internal';
  const fault = link.error ?? linkLater.error;
  const onLater = (): void => {
    close();
    notifications.show({ message: 'The link waits for its record, under Waiting links.' });
  };
  const add = (chosen: Other): void => {
    if (chosen.kind === 'found') link.mutate({ end, other: chosen.id, role }, { onSuccess: close });
    else linkLater.mutate({ end, other: `${chosen.field}:${chosen.key}`, role }, { onSuccess: onLater });
  };
  return (
    <Stack>
      <Select
        label="Link"
        data-autofocus
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
        onFound={({ id }) => setOther({ kind: 'found', id })}
        // A link that another owns is made with force, which does not wait.
        {...(!isForced && {
          onAbsent: {
            offer: 'Let the link wait for it',
            act: (key) => setOther({ kind: 'expected', key, field: 'external_id' }),
          },
        })}
      />
      {other?.kind === 'expected' && <Expected type={type} other={other} change={setOther} />}
      {end.roles.length > 0 && (
        <Select label="Role" placeholder="no role" data={[...end.roles]} value={role} onChange={setRole} clearable />
      )}
      {isForced && (
        <Text size="sm">
          An external application owns this link. It is made with force, and the next set of its owner may take it away
          again.
        </Text>
      )}
      {fault !== null && <ProblemAlert fault={fault} title="Not linked" />}
      <Group justify="end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          disabled={other === undefined}
          loading={link.isPending || linkLater.isPending}
          onClick={() => other && add(other)}
        >
          {isForced ? 'Add link with force' : other?.kind === 'expected' ? 'Add waiting link' : 'Add link'}
        </Button>
      </Group>
    </Stack>
  );
}

/** By which of its keys the record that is to come will be known. */
const Expected = ({
  type,
  other,
  change,
}: {
  type: RecordType;
  other: Extract<Other, { kind: 'expected' }>;
  change: (other: Other) => void;
}) => (
  <Alert color="blue" title={`No ${type.label} has the key ${other.key} yet`}>
    <Stack gap="sm">
      <Text size="sm">
        The link waits for it among the{' '}
        <Anchor component={Link} size="sm" c="inherit" underline="always" to="/waiting-links">
          waiting links
        </Anchor>{' '}
        and is made as soon as the record comes.
      </Text>
      <Select
        label="The key is its"
        data={type.fields.flatMap(({ key, label, unique }) => (unique ? [{ value: key, label }] : []))}
        value={other.field}
        allowDeselect={false}
        onChange={(field) => field !== null && change({ ...other, field })}
      />
    </Stack>
  </Alert>
);
