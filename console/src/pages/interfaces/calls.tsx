import { Card, SegmentedControl, Stack, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { interfaceCallsQuery } from '../../api/interfaces.ts';
import type { InterfaceCallsList, ListedInterface } from '../../api/types.ts';
import { CopiedText } from '../../components/copied-text.tsx';
import { curlOf } from '../../components/curl.ts';

type Calls = InterfaceCallsList['items'][number];

/** Where its application sends to, and how, in the words of each API. */
export function InterfaceCalls({ on }: { on: ListedInterface }) {
  const { items } = useSuspenseQuery(interfaceCallsQuery(on.endpoint)).data;
  // The vendor's own address is what most applications are given.
  const first = items.find(({ name }) => name !== 'native') ?? items[0];
  const [chosen, setChosen] = useState(first?.name ?? '');
  const shown = items.find(({ name }) => name === chosen) ?? first;
  if (shown === undefined) return null;
  return (
    <Card withBorder>
      <Stack gap="sm">
        <div>
          <Text fw={600} size="sm" mb={4}>
            Endpoint URL
          </Text>
          <CopiedText text={`${window.location.origin}${shown.address}`} what="endpoint URL" />
        </div>
        <details open={on.last_run === null}>
          <summary className="summary">Ready calls</summary>
          <Stack gap="sm" mt="sm">
            {items.length > 1 && (
              <SegmentedControl
                aria-label="API"
                data={items.map(({ name, title }) => ({ value: name, label: title }))}
                value={shown.name}
                onChange={setChosen}
                style={{ alignSelf: 'start' }}
              />
            )}
            <CopiedText text={scriptOf(shown)} what="cURL call" block />
            <Text size="sm" c="dimmed">
              {shown.calls.length > 1
                ? 'The first call fetches a token by a client id and its secret, which are made in Application authentications.'
                : 'The API key is made in Application authentications.'}{' '}
              {on.direction === 'synchronising' &&
                'What is sent is the complete set: one that has this example alone asks for all else to be deleted.'}
            </Text>
          </Stack>
        </details>
      </Stack>
    </Card>
  );
}

/** What comes before the last is for a token. */
function scriptOf({ calls }: Calls): string {
  const lines = calls.map(curlOf);
  return [
    ...lines.slice(0, -1).map((call) => `token=$(${call} \\\n  | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`),
    ...lines.slice(-1),
  ].join('\n\n');
}
