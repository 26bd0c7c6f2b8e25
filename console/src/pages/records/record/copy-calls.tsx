import { Button, Modal, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Terminal } from 'lucide-react';
import { useState } from 'react';
import { sampleCallsQuery } from '../../../api/dialects.ts';
import type { SampleCall, ShownRecord } from '../../../api/types.ts';
import { CopiedText } from '../../../components/copied-text.tsx';
import { curlOf } from '../../../components/curl.ts';
import { ProblemAlert } from '../../../components/problem-alert.tsx';
import { Wide } from '../../../components/wide.tsx';

/** The same record in the words of each API. */
export function CopyCalls({ record }: { record: ShownRecord }) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" leftSection={<Terminal size={16} aria-hidden />} onClick={open}>
        As cURL
      </Button>
      <Modal opened={isOpen} onClose={close} size="lg" title="This record as cURL calls">
        <Calls record={record} />
      </Modal>
    </>
  );
}

function Calls({ record }: { record: ShownRecord }) {
  const { data, error } = useQuery(sampleCallsQuery(record.type, record.id));
  const [chosen, setChosen] = useState('native');
  if (error !== null) return <ProblemAlert fault={error} />;
  if (data === undefined) return <Skeleton h={260} aria-label="Loading" />;
  const calls = data.items.find(({ name }) => name === chosen) ?? data.items[0];
  return (
    <Stack>
      <Wide>
        <SegmentedControl
          aria-label="API"
          data={data.items.map(({ name, title }) => ({ value: name, label: title }))}
          value={chosen}
          onChange={setChosen}
          fullWidth
          miw="max-content"
        />
      </Wide>
      {calls && (
        <>
          <Call does="Read it" call={calls.read} api={calls.title} kind="read" />
          <Call does="Make it, or change it" call={calls.write} api={calls.title} kind="write" />
        </>
      )}
      <Text size="sm" c="dimmed">
        Complete sets are sent to interfaces: the call of each is on its own page.
      </Text>
    </Stack>
  );
}

type Shown = {
  readonly does: string;
  readonly call: SampleCall | null;
  readonly api: string;
  readonly kind: 'read' | 'write';
};

const Call = ({ does, call, api, kind }: Shown) => (
  <>
    <Text size="sm" fw={600}>
      {does}
    </Text>
    {call === null ? (
      <Text size="sm" c="dimmed">
        It has no key yet by which {api} could name it. Give it an external id first.
      </Text>
    ) : (
      <CopiedText text={curlOf(call)} what={`${api} ${kind} call`} block />
    )}
  </>
);
