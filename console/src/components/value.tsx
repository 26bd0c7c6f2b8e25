import { Code, Text } from '@mantine/core';
import { LongText } from './long-text.tsx';

/** A value as a change or a plan has it, of whatever type. */
export const Value = ({ value }: { value: unknown }) =>
  value === null || value === undefined ? (
    <Text span c="dimmed" size="sm">
      unset
    </Text>
  ) : (
    <Code>
      <LongText text={typeof value === 'string' ? value : JSON.stringify(value)} />
    </Code>
  );
