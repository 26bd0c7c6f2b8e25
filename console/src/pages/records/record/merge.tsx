import { Badge, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Merge as MergeIcon } from 'lucide-react';
import { useState } from 'react';
import type { RecordType } from '../../../api/catalogue.ts';
import { useNames } from '../../../api/names.ts';
import { useMerge, usePlanMerge } from '../../../api/record-details.ts';
import { titleOf } from '../../../api/records.ts';
import type { MergeAnswer, MergeWrite, ShownRecord } from '../../../api/types.ts';
import { useCatalogue } from '../../../api/use-catalogue.ts';
import { FindRecord } from '../../../components/find-record.tsx';
import { keyStyle } from '../../../components/key-style.ts';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { Select } from '../../../components/select.tsx';
import { StackingCell, StackingRow, StackingTable } from '../../../components/stacking-table.tsx';
import { Wide } from '../../../components/wide.tsx';
import { LostValues } from './lost-values.tsx';

type Policy = NonNullable<MergeWrite['fields']>;
type Props = { readonly type: RecordType; readonly record: ShownRecord };

const policies: readonly { value: Policy; label: string }[] = [
  { value: 'survivor', label: 'This record’s, where both have one' },
  { value: 'duplicate', label: 'The duplicate’s, where both have one' },
  { value: 'keep', label: 'This record’s only' },
];

/** A duplicate goes into this record, after showing what that would do. */
export function Merge(props: Props) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" leftSection={<MergeIcon size={16} aria-hidden />} onClick={open}>
        Merge
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        size="xl"
        title={`Merge a duplicate into ${titleOf(props.type, props.record)}`}
      >
        <Form {...props} close={close} />
      </Modal>
    </>
  );
}

function Form({ type, record, close }: Props & { close: () => void }) {
  const [duplicate, setDuplicate] = useState<ShownRecord>();
  const [fields, setFields] = useState<Policy>('survivor');
  const plan = usePlanMerge(record);
  const merge = useMerge(record);
  const ask = (from: ShownRecord | undefined, policy: Policy): void => {
    setDuplicate(from);
    setFields(policy);
    merge.reset();
    if (from !== undefined) plan.mutate({ from: from.id, fields: policy });
  };
  return (
    <Stack>
      <Text size="sm">
        Links and keys of the duplicate follow to this record, and its keys go on finding it. The duplicate is deleted;
        that is not undone.
      </Text>
      <FindRecord type={type} label="Duplicate" isFirst onFound={(found) => ask(found, fields)} />
      <Select
        label="Whose values"
        data={[...policies]}
        value={fields}
        allowDeselect={false}
        onChange={(value) => ask(duplicate, policies.find((one) => one.value === value)?.value ?? 'survivor')}
      />
      {plan.isError && <ProblemAlert fault={plan.error} title="They cannot be merged" />}
      {plan.isSuccess && <Preview type={type} plan={plan.data} />}
      {plan.isSuccess && duplicate !== undefined && <LostValues type={type} duplicate={duplicate} plan={plan.data} />}
      {merge.isError && <ProblemAlert fault={merge.error} title="Not merged" />}
      <Group justify="end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          color="red.9"
          disabled={duplicate === undefined || !plan.isSuccess}
          loading={plan.isPending || merge.isPending}
          onClick={() => duplicate && merge.mutate({ from: duplicate.id, fields }, { onSuccess: close })}
        >
          Merge
        </Button>
      </Group>
    </Stack>
  );
}

type Item = MergeAnswer['items'][number];

const told: Readonly<Record<Item['action'], string>> = {
  set: 'takes the value',
  leave: 'left: somebody else owns it',
  alias: 'key goes on finding it',
  move: 'link moves here',
  join: 'link was here already',
  drop: 'link goes',
};

const columns = ['What', 'Of', 'Now', 'Then'] as const;

function Preview({ type, plan }: { type: RecordType; plan: MergeAnswer }) {
  const catalogue = useCatalogue();
  const names = useNames(
    plan.items.flatMap(({ other }) => (other === null ? [] : [{ type: other.type, ids: [other.id] }])),
  );
  const fieldNamed = (key: string): string => type.fields.find((field) => field.key === key)?.label ?? key;
  const linkTo = ({ link, other }: Item): string => {
    if (other === null) return '';
    // Named from this record's side, as its page does.
    const label = type.links.find((end) => end.key === link && end.other === other.type)?.label ?? link;
    const kind = catalogue.get(other.type)?.label ?? other.type;
    return `${label}: ${kind} ${names.get(other.id) ?? `#${other.number}`}`;
  };
  if (plan.items.length === 0) return <Text size="sm">The duplicate has nothing that this record lacks.</Text>;
  return (
    <Wide>
      <StackingTable columns={columns} fz="sm" aria-label="What the merge would do">
        {plan.items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a plan does not change
          <StackingRow key={index}>
            <StackingCell of={columns[0]}>
              <Badge variant="light" color={item.action === 'drop' ? 'red' : 'gray'}>
                {told[item.action]}
              </Badge>
            </StackingCell>
            <StackingCell of={columns[1]} className="long" room={160}>
              {item.field !== null && fieldNamed(item.field)}
              {linkTo(item)}
              {item.role !== null && ` as ${item.role}`}
              {item.action === 'drop' && item.reason !== null && ` (${item.reason})`}
            </StackingCell>
            <StackingCell of={columns[2]} style={keyStyle(String(item.before ?? ''))}>
              {shown(item.before)}
            </StackingCell>
            <StackingCell of={columns[3]} style={keyStyle(String(item.after ?? ''))}>
              {shown(item.action === 'alias' ? item.before : item.after)}
            </StackingCell>
          </StackingRow>
        ))}
      </StackingTable>
    </Wide>
  );
}

const shown = (value: Item['before']): string => (value === null ? '' : String(value));
