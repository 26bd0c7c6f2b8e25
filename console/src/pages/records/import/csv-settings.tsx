import { Group, Text } from '@mantine/core';
import { Select } from '../../../components/select.tsx';
import { type CsvForm, type Delimiter, delimiters } from './csv-form.ts';

/** How the file is read, to be put right where that was guessed wrong. */
export const CsvSettings = ({ form, partBy }: { form: CsvForm; partBy: (delimiter: Delimiter) => void }) => (
  <Group align="end">
    <Select
      label="Columns are parted by"
      w={200}
      data={[...delimiters]}
      value={form.delimiter}
      allowDeselect={false}
      onChange={(chosen) => {
        const found = delimiters.find(({ value }) => value === chosen);
        if (found !== undefined) partBy(found.value);
      }}
    />
    <Text size="sm" c="dimmed" pb={8}>
      Its letters are {form.encoding.toUpperCase()}.
    </Text>
  </Group>
);
