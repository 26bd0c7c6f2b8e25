import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

/** About what three lines have room for; all of a longer one is told on hover. */
const mostOfTitle = 100;

/** The title of a page, what it is for in a sentence, and what can be done here. */
export function PageHead({ title, lead, actions }: { title: string; lead?: ReactNode; actions?: ReactNode }) {
  useDocumentTitle(`${title} · Keyway`);
  return (
    <Group justify="space-between" align="start" mb="md" className="head">
      <Stack gap={4} className="told">
        <Title
          order={1}
          size="h2"
          className="long"
          lineClamp={3}
          title={title.length > mostOfTitle ? title : undefined}
        >
          {title}
        </Title>
        {lead !== undefined && (
          <Text size="sm" c="dimmed" maw={720}>
            {lead}
          </Text>
        )}
      </Stack>
      {actions}
    </Group>
  );
}
