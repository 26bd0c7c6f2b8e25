import { Text } from '@mantine/core';
import type { Asked } from './asked.ts';
import type { Column } from './columns.ts';
import { costInWords, slowIn } from './indexed.ts';

/** Why it takes long, while it does. */
export function Cost({ all, asked }: { all: readonly Column[]; asked: Asked }) {
  const slow = asked.key.trim() === '' ? slowIn(all, asked) : [];
  return (
    slow.length > 0 && (
      <Text size="sm" c="dimmed" maw="60ch">
        {costInWords(slow)}
      </Text>
    )
  );
}
