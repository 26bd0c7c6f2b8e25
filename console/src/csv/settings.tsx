import { Group, Text } from '@mantine/core';
import { Select } from '../components/select.tsx';
import { type DecimalSign, isSign, signs } from './decimal-sign.ts';
import { type CsvForm, type Delimiter, delimiters } from './form.ts';

type Shown = {
  readonly form: CsvForm;
  readonly partBy: (delimiter: Delimiter) => void;
  /** Where there are numbers; without a value it is for somebody to say. */
  readonly sign?: { readonly value: DecimalSign | undefined; readonly choose: (sign: DecimalSign) => void };
};

/** How the file is read, to be put right where that was guessed wrong, or said where it cannot be guessed. */
export const CsvSettings = ({ form, partBy, sign }: Shown) => (
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
    {sign !== undefined && (
      <Select
        label="Decimal sign"
        placeholder="choose one"
        w={220}
        data={[...signs]}
        value={sign.value ?? null}
        allowDeselect={false}
        onChange={(chosen) => isSign(chosen) && sign.choose(chosen)}
      />
    )}
    <Text size="sm" c="dimmed" pb={8}>
      Its letters are {form.encoding.toUpperCase()}.
    </Text>
  </Group>
);
