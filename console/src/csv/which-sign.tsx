import { Text } from '@mantine/core';
import { type Said, saidBy } from './decimal-sign.ts';

const words: Readonly<Partial<Record<Said, (number: string) => string>>> = {
  either: (number) =>
    `${number} has either a decimal sign or one between thousands, which the file does not tell. Choose its decimal sign.`,
  both: () =>
    'Some numbers of the file have a decimal point, others a decimal comma. Choose which is right: the others are rejected.',
};

/** Nothing is read on a guess that may be wrong by a factor of a thousand. */
export function WhichSign({ numbers }: { numbers: readonly string[] }) {
  const [first = ''] = numbers;
  return (
    <Text size="sm" c="var(--mantine-color-error)" role="alert">
      {words[saidBy(numbers)]?.(first)}
    </Text>
  );
}
