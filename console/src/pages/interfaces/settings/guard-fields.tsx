import { Fieldset, NumberInput, SimpleGrid } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { Select } from '../../../components/select.tsx';
import type { Values } from './values.ts';

/** How much a set may delete without somebody's approval. */
export const GuardFields = ({ form }: { form: UseFormReturnType<Values> }) => (
  <Fieldset legend="Delete guard">
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <NumberInput
        label="Deletes"
        description="More are held for approval; empty: any number may go."
        placeholder="any number"
        min={0}
        allowDecimal={false}
        thousandSeparator=","
        {...form.getInputProps('deletes')}
      />
      <NumberInput
        label="Percent of its records"
        description="More is held for approval; empty: all may go."
        placeholder="all"
        min={0}
        max={100}
        suffix=" %"
        {...form.getInputProps('percent')}
      />
      <Select
        label="An empty set"
        data={[
          { value: 'apply', label: 'Is applied: it deletes everything' },
          { value: 'hold', label: 'Is held for approval' },
        ]}
        allowDeselect={false}
        {...form.getInputProps('empty_set')}
      />
      <Select
        label="What is held"
        data={[
          { value: 'hold_deletes', label: 'The deletes; all else is applied' },
          { value: 'hold_run', label: 'The whole set' },
        ]}
        allowDeselect={false}
        {...form.getInputProps('on_trip')}
      />
    </SimpleGrid>
  </Fieldset>
);
