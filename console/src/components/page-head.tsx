import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';

/** Whoever was led to another page goes on from its title, and hears it. Not where the browser opens one: there its own order holds. */
function useFocusOnNewPage() {
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname, key } = useLocation();
  const isFirst = key === 'default';
  // biome-ignore lint/correctness/useExhaustiveDependencies: another search is no other page
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
  }, [pathname]);
  return heading;
}

/** The title of a page, what it is for in a sentence, and what can be done here. */
export function PageHead({ title, lead, actions }: { title: string; lead?: ReactNode; actions?: ReactNode }) {
  useDocumentTitle(`${title} · Keyway`);
  const heading = useFocusOnNewPage();
  return (
    <Group justify="space-between" align="start" mb="md" className="head">
      <Stack gap={4} className="told">
        <Title order={1} size="h2" ref={heading} tabIndex={-1} className="long">
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
