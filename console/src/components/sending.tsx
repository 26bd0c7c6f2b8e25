import { Progress, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { OnSent } from '../api/client.ts';
import { count, duration } from './words.ts';

export type Sent = { readonly bytes: number; readonly of: number; readonly since: number };

/** How far a file has gone on its way to the server, which reads it as it comes. */
export function useSending(): { readonly sent: Sent | undefined; readonly onSent: OnSent; readonly begin: () => void } {
  const [sent, setSent] = useState<Sent>();
  return {
    sent,
    begin: () => setSent({ bytes: 0, of: 0, since: Date.now() }),
    onSent: (bytes, of) => setSent((before) => ({ bytes, of, since: before?.since ?? Date.now() })),
  };
}

type Shown = {
  readonly label: string;
  readonly sent: Sent | undefined;
  /** How many rows are done, where the server tells, and of how many. */
  readonly rows?: { readonly done: number; readonly of: number } | undefined;
};

/** Done of all, and how long the rest may take: by rows where they are told, else by bytes. */
export function Sending({ label, sent = { bytes: 0, of: 0, since: Date.now() }, rows }: Shown) {
  const part = rows !== undefined && rows.of > 0 ? rows.done / rows.of : sent.of > 0 ? sent.bytes / sent.of : 0;
  const isAtServer = rows === undefined && part === 1;
  return (
    <Stack gap={4} role="status">
      <Progress value={part * 100} animated aria-label={label} />
      <Text size="sm">
        {isAtServer ? 'All of it is sent; the server is at work on the rest.' : (saidOf(rows) ?? sentOf(sent))}
        {!isAtServer && leftOf(part, Date.now() - sent.since)}
      </Text>
    </Stack>
  );
}

const saidOf = (rows: Shown['rows']): string | undefined =>
  rows && (rows.of > 0 ? `${count(rows.done)} of ${count(rows.of)} rows done` : `${count(rows.done)} rows done`);

const sentOf = ({ bytes, of }: Sent): string =>
  of === 0 ? 'Reading the file' : `${megabytes(bytes)} of ${megabytes(of)} MB sent`;

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

/** Nothing as long as it would be guesswork. */
const leftOf = (part: number, ms: number): string =>
  part > 0.02 && part < 1 && ms > 2_000 ? `, about ${inShort((ms / part) * (1 - part))} left` : '';

const inShort = (ms: number): string => (ms < 60_000 ? `${Math.ceil(ms / 1_000)} s` : duration(ms));
