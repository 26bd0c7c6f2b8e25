import { Checkbox, Fieldset, NumberInput, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useSchemaForm } from './context.ts';
import { type Change, changed, type FieldDocument } from './document.ts';
import type { Part } from './part.ts';

type Rule = NonNullable<FieldDocument['numbered']>;

/** A record that is made without a value gets the next number. */
export function Numbered({ part }: { part: Part<FieldDocument> }) {
  const { said } = useSchemaForm();
  const { numbered } = part.is;
  const set = (change: Change<Rule>): void => part.set({ numbered: changed<Rule>(numbered ?? {}, change) });
  const errorOf = (member: keyof Rule): string | undefined => said.get(`${part.at}.numbered.${member}`);
  const countOf = (to: string | number): number | undefined => (typeof to === 'number' ? to : undefined);
  const whole = { min: 0, allowDecimal: false, allowNegative: false } as const;
  return (
    <Fieldset legend="Numbers">
      <Stack gap="sm">
        <Checkbox
          label="Numbered"
          description="A record that is made without a value gets the next number."
          error={said.get(`${part.at}.numbered`)}
          checked={numbered !== undefined}
          onChange={({ currentTarget }) =>
            part.set({ numbered: currentTarget.checked ? {} : undefined, default: undefined })
          }
        />
        {numbered !== undefined && (
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <TextInput
              label="Prefix"
              placeholder="INV-"
              error={errorOf('prefix')}
              value={String(numbered.prefix ?? '')}
              onChange={({ currentTarget }) => set({ prefix: currentTarget.value || undefined })}
            />
            <NumberInput
              label="Digits at least"
              placeholder="0"
              {...whole}
              error={errorOf('padding')}
              value={numbered.padding ?? ''}
              onChange={(to) => set({ padding: countOf(to) })}
            />
            <NumberInput
              label="First number"
              placeholder="1"
              {...whole}
              error={errorOf('first')}
              value={numbered.first ?? ''}
              onChange={(to) => set({ first: countOf(to) })}
            />
          </SimpleGrid>
        )}
      </Stack>
    </Fieldset>
  );
}
