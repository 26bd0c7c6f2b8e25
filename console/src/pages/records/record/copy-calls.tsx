import { Button, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Terminal } from 'lucide-react';
import { useState } from 'react';
import type { RecordType } from '../../../api/catalogue.ts';
import type { ShownRecord } from '../../../api/types.ts';
import { CopiedText } from '../../../components/copied-text.tsx';
import { callsFor } from './calls.ts';

/** The same record in the words of each API. */
export function CopyCalls(props: { type: RecordType; record: ShownRecord }) {
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" leftSection={<Terminal size={16} aria-hidden />} onClick={open}>
        As cURL
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        size="lg"
        title="This record as cURL calls"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Calls {...props} />
      </Modal>
    </>
  );
}

function Calls({ type, record }: { type: RecordType; record: ShownRecord }) {
  const calls = callsFor(type, record);
  const [api, setApi] = useState('Native');
  const shown = calls.find((one) => one.api === api);
  return (
    <Stack>
      <SegmentedControl aria-label="API" data={calls.map((one) => one.api)} value={api} onChange={setApi} fullWidth />
      {shown && (
        <>
          <Text size="sm" fw={600}>
            Read it
          </Text>
          <CopiedText text={shown.read} what={`${api} read call`} block />
          <Text size="sm" fw={600}>
            Make it, or change it
          </Text>
          {shown.write === undefined ? (
            <Text size="sm" c="dimmed">
              It has no key yet by which {api} could name it. Give it an external id first.
            </Text>
          ) : (
            <CopiedText text={shown.write} what={`${api} write call`} block />
          )}
        </>
      )}
      <Text size="sm" c="dimmed">
        Relatics reads and writes complete sets, not single records: its call is on the page of each interface.
      </Text>
    </Stack>
  );
}
