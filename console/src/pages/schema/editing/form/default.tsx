import { useState } from 'react';
import { plainField } from '../../../../api/catalogue.ts';
import type { ShownValue } from '../../../../api/types.ts';
import { FieldInput } from '../../../records/form/field-input.tsx';
import { type Typed, typedOf, valueFrom } from '../../../records/form/field-text.ts';
import { isSame } from '../json.ts';
import { useSchemaForm } from './context.ts';
import type { FieldDocument } from './document.ts';
import type { Part } from './part.ts';

/** What a record has that is made without a value: typed as it is in the form of a record. */
export function DefaultMember({ part, name }: { part: Part<FieldDocument>; name: string }) {
  const { said } = useSchemaForm();
  const { type, options = [], pattern, default: value } = part.is;
  const field = {
    ...plainField,
    key: name,
    label: 'Default',
    description: 'Of a record that is made without a value.',
    type,
    options: [...new Map(options.map((option) => [String(option.value ?? ''), String(option.label ?? option.value)]))]
      .filter(([option]) => option !== '')
      .map(([option, label]) => ({ value: option, label })),
    pattern,
  };
  // `1.0` is on the way to `1.05`, and not yet another value than 1.
  const [typed, setTyped] = useState<Typed>('');
  const isTyped = isSame(valueFrom(field, typed), value ?? null);
  return (
    <FieldInput
      key={type}
      field={field}
      typed={isTyped ? typed : typedOf(field, value as ShownValue | undefined)}
      onChange={(to) => {
        setTyped(to);
        part.set({ default: valueFrom(field, to) ?? undefined });
      }}
      error={said.get(`${part.at}.default`)}
    />
  );
}
