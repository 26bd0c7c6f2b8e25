import { Box, Group, Text } from '@mantine/core';

/** What stands in the lines below, which say it themselves to whoever hears them. @param of each its name and its width. */
export const Columns = ({
  of,
}: {
  of: readonly (readonly [name: string, width: { flex: number } | { w: number }])[];
}) => (
  <Group gap="xs" wrap="nowrap" aria-hidden>
    {of.map(([name, width]) => (
      <Text key={name} size="sm" fw={500} {...width}>
        {name}
      </Text>
    ))}
    <Box w={34} />
  </Group>
);
